//! Writes the fields of rows: ids and pseudonyms sealed for the caller, values, and what rows link to.

use entities::{Datum, FieldId, Kind};

use super::{Value, Writer, Written, leaf};
use crate::{
    graphql::{
        execute::{below::Of, collect::Selected, page::Page},
        model::{Field, Resolve},
    },
    query::Row,
};

impl<'a> Writer<'a> {
    pub(super) fn column(
        &mut self,
        selected: &'a Selected<'a>,
        field: &'a Field,
        (page, row): (&Page, &Row),
        id: FieldId,
    ) -> Written {
        match page.dataset.fields[id].kind {
            Kind::Id => {
                let source = self.task.gateway.parts().sources.get(row.source).map_or("", |source| source.name());
                let (dataset, id) = (page.dataset.name, &row.id);
                self.sealed(|writer| writer.task.access.opaque.row_id(dataset, source, id, &mut writer.out))
            }
            kind => self.datum(selected, field, kind, page.value(row, id)),
        }
    }

    pub(super) fn sealed(&mut self, write: impl FnOnce(&mut Self)) -> Written {
        self.out.push(b'"');
        write(self);
        self.out.push(b'"');
        Ok(())
    }

    pub(super) fn datum(&mut self, selected: &'a Selected<'a>, field: &'a Field, kind: Kind, datum: &Datum) -> Written {
        match (kind, datum) {
            (_, Datum::Null) => self.null(selected, field),
            (Kind::Reference(target), Datum::Text(key)) => {
                let table = self.task.gateway.parts().reference.table(target);
                match table.and_then(|table| Some((table, table.place(key)?))) {
                    Some((table, place)) => self.object(&selected.children, Value::Reference(table, place)),
                    None => self.null(selected, field),
                }
            }
            (Kind::Youth, Datum::Text(pseudonym)) => self.object(&selected.children, Value::Youth(pseudonym)),
            (kind, datum) => {
                if leaf::datum(&mut self.out, kind, datum) {
                    Ok(())
                } else {
                    self.null(selected, field)
                }
            }
        }
    }

    /// What an object links to, or is linked by.
    pub(super) fn linked(&mut self, selected: &'a Selected<'a>, field: &'a Field, value: Value<'_>) -> Written {
        let of = match (field.resolve, value) {
            (Resolve::Link(id, _), Value::Row(page, row)) => match page.value(row, id) {
                Datum::Null => return self.null(selected, field),
                id => Of::Row(row.source, id.clone()),
            },
            (Resolve::Each(..), Value::Row(_, row)) => Of::Row(row.source, row.id.clone()),
            (Resolve::Each(..), Value::Reference(table, place)) => {
                Of::Key(table.row(place)[table.dataset.key()].as_text().unwrap_or_default().into())
            }
            (Resolve::Each(..), Value::Youth(pseudonym)) => Of::Key(pseudonym.into()),
            _ => return self.null(selected, field),
        };
        self.asked(selected, field, of)
    }
}
