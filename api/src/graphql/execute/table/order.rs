//! The order of a table's groups.

use std::cmp::Ordering;

use entities::{Datum, FieldId, Kind};

use super::{Line, measure};
use crate::{
    graphql::{
        ask::Form,
        model::{GroupKey, MeasurePart},
    },
    query::Direction,
};

/// Where the number or the value of a key lies in a group.
enum Key {
    Part(usize, Kind),
    Rows,
    Youths,
    Measure(usize, MeasurePart),
}

/// The groups in the order that is asked for, no more than are; those equal in that in the order of their parts.
pub(super) fn arranged(mut lines: Vec<Line>, form: &Form, measures: &[FieldId]) -> Vec<Line> {
    let on_days = usize::from(form.is_on_days);
    let day = form.is_on_days.then_some(Key::Part(0, Kind::Date));
    let parts = form.axes.iter().enumerate().map(|(place, axis)| Key::Part(place + on_days, axis.kind));
    let ties = day.into_iter().chain(parts).map(|key| (key, Direction::Ascending));
    let order = form.order.iter().filter_map(|(key, direction)| Some((place(form, measures, *key)?, *direction)));
    let order: Vec<_> = order.chain(ties).collect();
    lines.sort_by(|a, b| {
        let compared = order.iter().map(|(key, direction)| match direction {
            Direction::Ascending => compare(a, b, key),
            Direction::Descending => compare(b, a, key),
        });
        compared.fold(Ordering::Equal, Ordering::then)
    });
    lines.truncate(form.first);
    lines
}

fn place(form: &Form, measures: &[FieldId], key: GroupKey) -> Option<Key> {
    let on_days = usize::from(form.is_on_days);
    Some(match key {
        GroupKey::Axis(axis) => Key::Part(form.axes.iter().position(|known| *known == axis)? + on_days, axis.kind),
        GroupKey::OpenOn => Key::Part(0, Kind::Date),
        GroupKey::Rows => Key::Rows,
        GroupKey::Youths => Key::Youths,
        GroupKey::Measure(field, part) => Key::Measure(measures.iter().position(|it| *it == field)?, part),
    })
}

/// Null is the lowest.
fn compare(a: &Line, b: &Line, key: &Key) -> Ordering {
    match key {
        Key::Part(place, kind) => match (a.key.get(*place), b.key.get(*place)) {
            (Some(a), Some(b)) => rank(a, *kind).cmp(&rank(b, *kind)).then_with(|| a.cmp(b)),
            (a, b) => a.cmp(&b),
        },
        Key::Rows => a.rows.cmp(&b.rows),
        Key::Youths => a.youths.cmp(&b.youths),
        Key::Measure(place, part) => {
            let number = |line: &Line| measure::number(line.measures.get(*place)?, *part);
            match (number(a), number(b)) {
                (Some(a), Some(b)) => a.order(b),
                (a, b) => a.is_some().cmp(&b.is_some()),
            }
        }
    }
}

/// Of a code its place in its list; a code that the list does not have comes after all others.
fn rank(datum: &Datum, kind: Kind) -> usize {
    match (kind, datum) {
        (Kind::Code(list), Datum::Text(code)) => {
            list.codes.iter().position(|it| it.code == &**code).map_or(usize::MAX, |place| place + 1)
        }
        _ => 0,
    }
}
