//! Writes a [`Select`] as SQL statements. All values are parameters, so that the same shape has the same text and a
//! prepared statement can be used again. Knows no connection; what differs between databases stands in [`Dialect`].

mod cell;
mod dialect;
mod drift;
mod each;
mod inverse;
mod keyset;
mod layout;
mod mapped;
mod partial;
mod table;
mod writer;

use std::borrow::Cow;

use entities::{Datum, Kind};

pub use self::layout::Mappings;
pub(super) use self::{
    cell::{Cell, Cells, Decoder},
    dialect::Dialect,
    drift::{Lack, against, drifted, lacking, lacking_mapped, overflow},
    each::counts,
    layout::Layout,
    mapped::{ids, lost, table_with},
    partial::Reading,
    table::{streams, table},
};
use self::{
    keyset::{Phase, phases},
    writer::Writer,
};
use super::Select;
use crate::query::{Operand, Predicate};

/// One statement and what to bind to it.
#[derive(Debug)]
pub(super) struct Statement<'s> {
    /// The text, with one placeholder per parameter.
    pub(super) text: String,
    /// The parameters, in the order of their placeholders.
    pub(super) parameters: Vec<Parameter<'s>>,
}

/// A value that is bound to a statement.
#[derive(Debug)]
pub(super) enum Parameter<'s> {
    /// A value of the question.
    Datum(&'s Datum),
    /// A value that stands for one of the question.
    Own(Datum),
    /// A text of the question.
    Text(&'s str),
    /// A list.
    List(List<'s>),
    /// A number: a limit or a length.
    Number(i64),
    /// The most rows; the statements of one answer share it, so that it is known only when each is run.
    Limit,
}

/// A list of values that are bound as one parameter, whatever its length.
#[derive(Debug)]
pub(super) struct List<'s> {
    /// What the values are compared with.
    pub(super) kind: Kind,
    /// The values.
    pub(super) data: Cow<'s, [Datum]>,
}

/// The statements that answer `rows`, to be run one after another until the limit is reached. Their rows, put one
/// behind the other, are in order; each is written only when it is its turn. No index is to serve conditions on the
/// `broad` operands.
pub(super) fn rows<'s>(
    layout: Layout<'s>,
    select: &'s Select,
    broad: &[&'s Operand],
) -> impl Iterator<Item = Statement<'s>> {
    let each = select.per.as_ref().map(|links| each::rows(layout, select, links));
    let phases = if each.is_some() { Vec::new() } else { phases(select) };
    each.into_iter().chain(phases.into_iter().map(move |phase| rows_of(layout, select, broad, phase)))
}

fn rows_of<'s>(layout: Layout<'s>, select: &'s Select, broad: &[&'s Operand], phase: Phase) -> Statement<'s> {
    let mut writer = Writer::new(layout, select.dataset);
    writer.broad(broad);
    projection(&mut writer, select);
    writer.from();
    writer.raw("\nWHERE ");
    writer.predicate(&select.filter);
    keyset::write(&mut writer, select, phase);
    writer.deny_unresolved();
    writer.raw("\nORDER BY ");
    order(&mut writer, select, usize::from(phase.shares_first_key()));
    writer.raw(" LIMIT ");
    writer.parameter(Parameter::Limit);
    writer.done()
}

/// The row's id, then the columns that the source has.
fn projection<'s>(writer: &mut Writer<'s>, select: &'s Select) {
    writer.raw("SELECT ");
    writer.id();
    for operand in select.columns.iter().flatten() {
        writer.raw(", ");
        writer.operand(operand);
    }
}

/// The keys of the order but the first so many, then the row's id.
fn order<'s>(writer: &mut Writer<'s>, select: &'s Select, but: usize) {
    for (place, direction) in select.order.iter().skip(but) {
        if let Some(operand) = &select.columns[*place] {
            writer.ordered(operand);
            writer.direction(*direction, true);
            writer.raw(", ");
        }
    }
    writer.ordered_id();
    writer.direction(select.id_direction, false);
}

/// The statement that answers `count`.
pub(super) fn count<'s>(layout: Layout<'s>, select: &'s Select) -> Statement<'s> {
    count_where(layout, select.dataset, &select.filter)
}

/// How many rows of a dataset match.
pub(super) fn count_where<'s>(
    layout: Layout<'s>,
    dataset: &'static entities::Dataset,
    filter: &'s Predicate,
) -> Statement<'s> {
    let mut writer = Writer::new(layout, dataset);
    writer.raw("SELECT count(*)");
    writer.from();
    writer.raw("\nWHERE ");
    writer.predicate(filter);
    writer.deny_unresolved();
    writer.done()
}

/// How many rows match, counted no further than `most`.
pub(super) fn count_up_to<'s>(
    layout: Layout<'s>,
    dataset: &'static entities::Dataset,
    filter: &'s Predicate,
    most: i64,
) -> Statement<'s> {
    let mut writer = Writer::new(layout, dataset);
    writer.raw("SELECT count(*) FROM (SELECT 1");
    writer.from();
    writer.raw("\nWHERE ");
    writer.predicate(filter);
    writer.deny_unresolved();
    writer.raw(" LIMIT ");
    writer.parameter(Parameter::Number(most));
    writer.raw(") AS counted");
    writer.done()
}
