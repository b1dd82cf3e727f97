//! Where the rows of one source begin and end. The rows beyond a cursor are asked for in parts, one after another: those
//! that share its first key, those whose first key lies beyond it, and those on the other side of null. Each part is one
//! range of an index, which no comparison over all of them is: page 1000 costs what page 1 costs.

use super::writer::{Comparison, Writer};
use crate::{
    query::{Direction, Operand},
    source::{Bound, Select, Ties},
};

/// A part of the rows that lie within the bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// All of them.
    Whole,
    /// Those whose first key is that of [`Select::after`].
    Equal,
    /// Those whose first key lies beyond that of [`Select::after`], which is not null; null does not.
    Beyond,
    /// Those whose first key is null.
    Null,
    /// Those whose first key is not null.
    Value,
}

impl Phase {
    /// Do all its rows share the first key? To order by it as well would keep databases from walking the index.
    pub(super) fn shares_first_key(self) -> bool {
        matches!(self, Self::Equal | Self::Null)
    }
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
    let others: &[Phase] = match (direction, key.is_null()) {
        (Direction::Ascending, false) => &[Phase::Beyond],
        (Direction::Ascending, true) => &[Phase::Value],
        (Direction::Descending, false) => &[Phase::Beyond, Phase::Null],
        (Direction::Descending, true) => &[],
    };
    let no_ties = select.order.len() == 1 && after.ties == Ties::Without;
    let equal = (!no_ties).then_some(Phase::Equal);
    equal.into_iter().chain(others.iter().copied()).collect()
}

/// Writes `AND` and the condition of one part, if it has any.
pub(super) fn write<'s>(writer: &mut Writer<'s>, select: &'s Select, phase: Phase) {
    if let Some(bound) = &select.after {
        let edge = Edge { select, bound, reversed: false };
        match phase {
            Phase::Whole => edge.and_beyond(writer, 0),
            Phase::Equal => {
                writer.raw(" AND ");
                edge.equal(writer, 0);
                edge.and_beyond(writer, 1);
            }
            Phase::Beyond => edge.and_first(writer, comparison(edge.direction(0), false)),
            Phase::Null | Phase::Value => {
                writer.raw(" AND ");
                writer.known(edge.operand(0));
                writer.raw(if phase == Phase::Null { " IS NULL" } else { " IS NOT NULL" });
            }
        }
    }
    if let Some(bound) = &select.before {
        let edge = Edge { select, bound, reversed: true };
        if edge.first_is_value() && matches!(phase, Phase::Beyond | Phase::Value) {
            // Redundant, but an index can end there.
            edge.and_first(writer, comparison(edge.direction(0), true));
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

    fn and_first(&self, writer: &mut Writer<'s>, comparison: Comparison) {
        writer.raw(" AND ");
        writer.known_ordered(self.operand(0));
        writer.compared(comparison, &self.bound.keys[0]);
    }

    fn equal(&self, writer: &mut Writer<'s>, key: usize) {
        let value = &self.bound.keys[key];
        writer.known(self.operand(key));
        if value.is_null() {
            writer.raw(" IS NULL");
        } else {
            writer.compared(Comparison::Eq, value);
        }
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
        writer.raw("(");
        self.strictly(writer, key);
        writer.raw(" OR (");
        self.equal(writer, key);
        writer.raw(" AND ");
        self.beyond(writer, key + 1);
        writer.raw("))");
    }

    fn strictly(&self, writer: &mut Writer<'s>, key: usize) {
        let value = &self.bound.keys[key];
        let direction = self.direction(key);
        match (direction, value.is_null()) {
            (Direction::Ascending, true) => {
                writer.known(self.operand(key));
                writer.raw(" IS NOT NULL");
            }
            (Direction::Descending, true) => writer.truth(false),
            (_, false) => {
                writer.known_ordered(self.operand(key));
                writer.compared(comparison(direction, false), value);
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
            Ties::Within => writer.truth(true),
            Ties::Without => writer.truth(false),
            Ties::Beyond(id) => {
                writer.ordered_id();
                writer.compared(comparison(self.turned(self.select.id_direction), false), id);
            }
        }
    }
}

fn comparison(direction: Direction, inclusive: bool) -> Comparison {
    match (direction, inclusive) {
        (Direction::Ascending, false) => Comparison::Gt,
        (Direction::Ascending, true) => Comparison::Gte,
        (Direction::Descending, false) => Comparison::Lt,
        (Direction::Descending, true) => Comparison::Lte,
    }
}
