//! Writes what asks no source: reference rows, their lists, and the small made objects.

use std::io::Write as _;

use async_graphql::dynamic::TypeRef;
use entities::{Dataset, List};
use serde_json::Value as Json;

use super::{Value, Writer, Written};
use crate::{
    graphql::{
        error::{Code, Problem, Segment},
        execute::{Values, collect::Selected, reference},
    },
    reference::Table,
};

impl<'a> Writer<'a> {
    /// A member of a small made object, after its type.
    pub(super) fn made(&mut self, selected: &'a Selected<'a>, ty: &TypeRef, json: &Json) -> Written {
        match (ty, json) {
            (TypeRef::NonNull(_), Json::Null) => {
                let message = format!("there is no value for \"{}\", which always has one", selected.key);
                Err(self.fail(&Problem { code: Code::Internal, message }, selected))
            }
            (_, Json::Null) => {
                self.out.extend_from_slice(b"null");
                Ok(())
            }
            (TypeRef::NonNull(inner), _) => self.made(selected, inner, json),
            (TypeRef::List(inner), Json::Array(items)) => {
                self.out.push(b'[');
                for (place, item) in items.iter().enumerate() {
                    if place > 0 {
                        self.out.push(b',');
                    }
                    self.path.push(Segment::Index(place));
                    let written = self.made(selected, inner, item);
                    self.path.pop();
                    written?;
                }
                self.out.push(b']');
                Ok(())
            }
            (_, Json::Object(_)) => self.object(&selected.children, Value::Made(json)),
            _ => {
                let _ = write!(self.out, "{json}");
                Ok(())
            }
        }
    }

    pub(super) fn reference_rows(
        &mut self,
        selected: &'a Selected<'a>,
        dataset: &'static Dataset,
        args: &Values,
    ) -> Written {
        let rows = reference::rows(self.task, dataset, args).map_err(|problem| self.fail(&problem, selected))?;
        let Some(table) = self.task.gateway.parts().reference.table(dataset.name) else {
            self.out.extend_from_slice(b"[]");
            return Ok(());
        };
        self.references(selected, table, &rows)
    }

    pub(super) fn list_of(
        &mut self,
        selected: &'a Selected<'a>,
        (list, args): (&'static List, &Values),
        table: &Table,
        place: usize,
    ) -> Written {
        match reference::list(self.task, (list, args), (table, place)) {
            Some((target, places)) => self.references(selected, target, &places),
            None => {
                self.out.extend_from_slice(b"[]");
                Ok(())
            }
        }
    }

    fn references(&mut self, selected: &'a Selected<'a>, table: &Table, places: &[usize]) -> Written {
        self.out.push(b'[');
        for (index, place) in places.iter().enumerate() {
            if index > 0 {
                self.out.push(b',');
            }
            self.path.push(Segment::Index(index));
            let written = self.object(&selected.children, Value::Reference(table, *place));
            self.path.pop();
            written?;
        }
        self.out.push(b']');
        Ok(())
    }
}
