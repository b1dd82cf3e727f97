//! The statements of a question for the lists of many parents: the first rows of each in one statement, their numbers in
//! another.

use super::{
    Dialect, Parameter, Statement, direction_text,
    keyset::{self, Phase},
    writer::Writer,
};
use crate::{query::Operand, source::Select};

/// The statement that answers `rows` where they are taken apart by the link at a place: parent by parent, the rows of
/// each in order. The filter says which parents, so that an index on the link serves it; one statement over all of them
/// needs no index on the order.
pub(super) fn rows(dialect: Dialect, select: &Select, place: usize) -> Statement<'_> {
    let mut writer = Writer::new(dialect, select.dataset);
    let operands: Vec<&Operand> = select.columns.iter().flatten().collect();
    writer.raw("SELECT c0");
    for place in 1..=operands.len() {
        writer.raw(&format!(", c{place}"));
    }
    writer.raw("\nFROM (SELECT ");
    writer.id();
    writer.raw(" AS c0");
    for (operand, place) in operands.iter().zip(1..) {
        writer.raw(", ");
        writer.operand(operand);
        writer.raw(&format!(" AS c{place}"));
    }
    writer.raw(", row_number() OVER (PARTITION BY ");
    writer.known(select.columns[place].as_ref());
    writer.raw(" ORDER BY ");
    for (place, direction) in &select.order {
        if let Some(operand) = &select.columns[*place] {
            writer.operand(operand);
            writer.raw(direction_text(*direction));
            writer.raw(", ");
        }
    }
    writer.id();
    writer.raw(direction_text(select.id_direction));
    writer.raw(") AS n");
    writer.from();
    writer.raw("\nWHERE ");
    writer.predicate(&select.filter);
    keyset::write(&mut writer, select, Phase::Whole);
    writer.deny_unresolved();
    let parent = select.columns[..=place].iter().flatten().count();
    writer.raw(") AS each_row\nWHERE n <= ");
    writer.parameter(Parameter::Limit);
    writer.raw(&format!("\nORDER BY c{parent}, n"));
    writer.done()
}

/// The statement that answers `counts`: for each value of the link at a place the number of rows.
pub(in crate::source) fn counts(dialect: Dialect, select: &Select, place: usize) -> Statement<'_> {
    let mut writer = Writer::new(dialect, select.dataset);
    writer.raw("SELECT ");
    writer.known(select.columns[place].as_ref());
    writer.raw(", count(*)");
    writer.from();
    writer.raw("\nWHERE ");
    writer.predicate(&select.filter);
    writer.deny_unresolved();
    writer.raw("\nGROUP BY 1");
    writer.done()
}
