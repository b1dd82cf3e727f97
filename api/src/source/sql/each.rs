//! The statements of a question for the lists of many parents: the first rows of each in one statement, their numbers in
//! another.

use std::borrow::Cow;

use entities::FieldId;

use super::{
    Layout, Parameter, Statement,
    keyset::{self, Phase},
    order, projection,
    writer::Writer,
};
use crate::{
    query::Operand,
    source::{Links, Select},
};

/// The statement that answers `rows` where they are taken apart by a link: parent by parent, the rows of each in order.
pub(super) fn rows<'s>(layout: Layout<'s>, select: &'s Select, links: &'s Links) -> Statement<'s> {
    let mut writer = Writer::new(layout, select.dataset);
    if layout.mapping(select.dataset).is_some() {
        return by_row(writer, select, links);
    }
    projection(&mut writer, select);
    match &select.columns[links.place] {
        Some(Operand::Field(link)) if select.dataset.is_scoped_by(*link) => by_index(&mut writer, select, links, *link),
        link => by_number(&mut writer, select, links, link.as_ref()),
    }
    writer.raw("\nORDER BY ");
    if let Some(link) = &select.columns[links.place] {
        writer.operand(link);
        writer.raw(", ");
    }
    order(&mut writer, select, 0);
    writer.done()
}

/// Where an index holds the rows of each parent: a walk along it for each, which ends when it has rows enough.
fn by_index<'s>(writer: &mut Writer<'s>, select: &'s Select, links: &'s Links, link: FieldId) {
    let says_lateral = writer.says_lateral();
    writer.raw("\nFROM ");
    writer.each_of(Cow::Borrowed(&links.keys), select.dataset.fields[link].kind);
    writer.raw(" CROSS JOIN ");
    if says_lateral {
        writer.raw("LATERAL (SELECT t.*");
    } else {
        writer.table();
        writer.raw("\nWHERE ");
        writer.id();
        writer.raw(" IN (SELECT ");
        writer.id();
    }
    writer.from();
    writer.raw("\nWHERE ");
    writer.column(link);
    writer.raw(" = p.value AND ");
    condition(writer, select);
    writer.raw("\nORDER BY ");
    order(writer, select, 0);
    writer.raw(" LIMIT ");
    writer.parameter(Parameter::Limit);
    writer.raw(if says_lateral { ") AS t" } else { ")" });
}

/// Where there is none: one walk over all rows, which numbers those of each parent.
fn by_number<'s>(writer: &mut Writer<'s>, select: &'s Select, links: &'s Links, link: Option<&'s Operand>) {
    writer.raw("\nFROM (SELECT ");
    writer.id();
    writer.raw(" AS id, row_number() OVER (PARTITION BY ");
    writer.known(link);
    writer.raw(" ORDER BY ");
    order(writer, select, 0);
    writer.raw(") AS n");
    writer.from();
    writer.raw("\nWHERE ");
    is_of_parents(writer, links, link);
    writer.raw(" AND ");
    condition(writer, select);
    writer.raw(") AS numbered CROSS JOIN ");
    writer.table();
    writer.raw("\nWHERE ");
    writer.id();
    writer.raw(" = numbered.id AND numbered.n <= ");
    writer.parameter(Parameter::Limit);
}

/// Where a row cannot be found again by its id at no cost: as by number, and each row brings its values along.
fn by_row<'s>(mut writer: Writer<'s>, select: &'s Select, links: &'s Links) -> Statement<'s> {
    let link = select.columns[links.place].as_ref();
    let columns = select.columns.iter().flatten();
    writer.raw("SELECT numbered.id");
    for place in 0..columns.clone().count() {
        writer.raw(&format!(", numbered.c{place}"));
    }
    writer.raw("\nFROM (SELECT ");
    writer.id();
    writer.raw(" AS id");
    for (place, operand) in columns.enumerate() {
        writer.raw(", ");
        writer.operand(operand);
        writer.raw(&format!(" AS c{place}"));
    }
    writer.raw(", ");
    writer.known(link);
    writer.raw(" AS p, row_number() OVER (PARTITION BY ");
    writer.known(link);
    writer.raw(" ORDER BY ");
    order(&mut writer, select, 0);
    writer.raw(") AS n");
    writer.from();
    writer.raw("\nWHERE ");
    is_of_parents(&mut writer, links, link);
    writer.raw(" AND ");
    condition(&mut writer, select);
    writer.raw(") AS numbered\nWHERE numbered.n <= ");
    writer.parameter(Parameter::Limit);
    writer.raw("\nORDER BY numbered.p, numbered.n");
    writer.done()
}

/// The statement that answers `counts`: for each parent that has rows their number.
pub(in crate::source) fn counts<'s>(layout: Layout<'s>, select: &'s Select, links: &'s Links) -> Statement<'s> {
    let mut writer = Writer::new(layout, select.dataset);
    let link = select.columns[links.place].as_ref();
    writer.raw("SELECT ");
    writer.known(link);
    writer.raw(", count(*)");
    writer.from();
    writer.raw("\nWHERE ");
    is_of_parents(&mut writer, links, link);
    writer.raw(" AND ");
    writer.predicate(&select.filter);
    writer.deny_unresolved();
    writer.raw("\nGROUP BY 1");
    writer.done()
}

fn is_of_parents<'s>(writer: &mut Writer<'s>, links: &'s Links, link: Option<&'s Operand>) {
    match link {
        Some(link) => writer.is_in(link, &links.keys),
        None => writer.truth(false),
    }
}

fn condition<'s>(writer: &mut Writer<'s>, select: &'s Select) {
    writer.predicate(&select.filter);
    keyset::write(writer, select, Phase::Whole);
    writer.deny_unresolved();
}
