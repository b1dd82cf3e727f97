//! Where the rows of one source begin and end. A cursor becomes a range on the order's first key, which an index can
//! seek, and the whole comparison spelled out. Rows whose first key is null and rows where it is not are asked for one
//! after another, because no index seeks over both at once: page 1000 costs what page 1 costs.

use entities::Datum;

use super::{Parameter, writer::Writer};
use crate::{
    query::{Direction, Operand},
    source::{Bound, Select, Ties},
};

/// A part of the rows that lie within the bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// All of them.
    Whole,
    /// Those beyond [`Select::after`] whose first key is null.
    NullBeyond,
    /// Those beyond [`Select::after`] whose first key is not null.
    ValueBeyond,
    /// All whose first key is null.
    Null,
    /// All whose first key is not null.
    Value,
}

/// A bound, seen from its inner side: each key's operand, direction (away from the bound) and value.
struct Edge<'s> {
    select: &'s Select,
    bound: &'s Bound,
    reversed: bool,
}

/// The parts of the rows, in order. None where no row can lie within the bounds.
pub(super) fn phases(select: &Select) -> Vec<Phase> {
    let Some(after) = &select.after else {
        return vec![Phase::Whole];
    };
    let (Some((_, direction)), Some(key)) = (select.order.first(), after.keys.first()) else {
        return if after.ties == Ties::Without { Vec::new() } else { vec![Phase::Whole] };
    };
    match (direction, key.is_null()) {
        (Direction::Ascending, false) => vec![Phase::ValueBeyond],
        (Direction::Ascending, true) => vec![Phase::NullBeyond, Phase::Value],
        (Direction::Descending, false) => vec![Phase::ValueBeyond, Phase::Null],
        (Direction::Descending, true) => vec![Phase::NullBeyond],
    }
}

/// Writes `AND` and the condition of one part, if it has any.
pub(super) fn write<'s>(writer: &mut Writer<'s>, select: &'s Select, phase: &Phase) {
    let first = select.order.first().and_then(|(place, _)| select.columns[*place].as_ref());
    if matches!(phase, Phase::NullBeyond | Phase::Null | Phase::Value) {
        writer.raw(" AND ");
        writer.known(first);
        writer.raw(if *phase == Phase::Value { " IS NOT NULL" } else { " IS NULL" });
    }
    if let Some(bound) = &select.after {
        let edge = Edge { select, bound, reversed: false };
        match phase {
            Phase::ValueBeyond => edge.value_beyond(writer),
            Phase::NullBeyond => edge.and_beyond(writer, 1),
            Phase::Whole => edge.and_beyond(writer, 0),
            Phase::Null | Phase::Value => {}
        }
    }
    if let Some(bound) = &select.before {
        let edge = Edge { select, bound, reversed: true };
        if edge.first_is_value() && matches!(phase, Phase::ValueBeyond | Phase::Value) {
            edge.range(writer);
        }
        edge.and_beyond(writer, 0);
    }
}

impl<'s> Edge<'s> {
    fn operand(&self, key: usize) -> Option<&'s Operand> {
        self.select.columns[self.select.order[key].0].as_ref()
    }

    fn direction(&self, key: usize) -> Direction {
        self.turned(self.select.order[key].1)
    }

    fn turned(&self, direction: Direction) -> Direction {
        if self.reversed { direction.reversed() } else { direction }
    }

    fn first_is_value(&self) -> bool {
        !self.select.order.is_empty() && self.bound.keys.first().is_some_and(|key| !key.is_null())
    }

    /// The first key is no null and the row lies beyond the bound: one comparison of rows where all keys point the same
    /// way, else the range and the comparison spelled out.
    fn value_beyond(&self, writer: &mut Writer<'s>) {
        let uniform = self.select.order.len() == 1 && self.direction(0) == self.turned(self.select.id_direction);
        if let (true, Ties::Beyond(id)) = (uniform, &self.bound.ties) {
            writer.raw(" AND (");
            writer.known(self.operand(0));
            writer.raw(", ");
            writer.id();
            writer.raw(")");
            writer.raw(comparison(self.direction(0), false));
            writer.raw("(");
            writer.datum(&self.bound.keys[0]);
            writer.raw(", ");
            writer.datum(id);
            return writer.raw(")");
        }
        self.range(writer);
        if self.select.order.len() > 1 || self.bound.ties != Ties::Within {
            self.and_beyond(writer, 0);
        }
    }

    /// The redundant range on the first key.
    fn range(&self, writer: &mut Writer<'s>) {
        writer.raw(" AND ");
        writer.known(self.operand(0));
        writer.raw(comparison(self.direction(0), true));
        writer.datum(&self.bound.keys[0]);
    }

    fn and_beyond(&self, writer: &mut Writer<'s>, key: usize) {
        if key == self.select.order.len() && self.bound.ties == Ties::Within {
            return;
        }
        writer.raw(" AND ");
        self.beyond(writer, key);
    }

    /// Rows equal in the keys before `key` that lie beyond the bound.
    fn beyond(&self, writer: &mut Writer<'s>, key: usize) {
        if key == self.select.order.len() {
            return self.ties(writer);
        }
        let value = &self.bound.keys[key];
        writer.raw("(");
        self.strictly(writer, key, value);
        writer.raw(" OR (");
        writer.known(self.operand(key));
        if value.is_null() {
            writer.raw(" IS NULL");
        } else {
            writer.raw(" = ");
            writer.datum(value);
        }
        writer.raw(" AND ");
        self.beyond(writer, key + 1);
        writer.raw("))");
    }

    fn strictly(&self, writer: &mut Writer<'s>, key: usize, value: &'s Datum) {
        let direction = self.direction(key);
        match (direction, value.is_null()) {
            (Direction::Ascending, true) => {
                writer.known(self.operand(key));
                writer.raw(" IS NOT NULL");
            }
            (Direction::Descending, true) => writer.raw("0"),
            (_, false) => {
                writer.known(self.operand(key));
                writer.raw(comparison(direction, false));
                writer.datum(value);
                if direction == Direction::Descending {
                    writer.raw(" OR ");
                    writer.known(self.operand(key));
                    writer.raw(" IS NULL");
                }
            }
        }
    }

    fn ties(&self, writer: &mut Writer<'s>) {
        match &self.bound.ties {
            Ties::Within => writer.raw("1"),
            Ties::Without => writer.raw("0"),
            Ties::Beyond(id) => {
                writer.id();
                writer.raw(comparison(self.turned(self.select.id_direction), false));
                writer.parameter(Parameter::Datum(id));
            }
        }
    }
}

fn comparison(direction: Direction, inclusive: bool) -> &'static str {
    match (direction, inclusive) {
        (Direction::Ascending, false) => " > ",
        (Direction::Ascending, true) => " >= ",
        (Direction::Descending, false) => " < ",
        (Direction::Descending, true) => " <= ",
    }
}
