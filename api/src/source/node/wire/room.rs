//! How long a question or an answer may be, by what is asked: in bytes, and in values, of which a few bytes can say many.
//! Counted while it comes in, before anything of it is read: whoever sends without end costs no memory.

use entities::Kind;

use super::{ANSWER_MOST, Ask, QUESTION_MOST, TABLE_MOST, value::kind};
use crate::source::{Select, Tabulate};

/// As much of a message as may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    bytes: usize,
    values: usize,
}

/// Counts a message that comes in parts.
#[derive(Debug)]
pub struct Gauge {
    left: Room,
    is_in_text: bool,
    is_escaped: bool,
}

const NOTHING: Room = Room { bytes: 0, values: 0 };

/// What stands around what was asked for: names, and words on a failure.
const AROUND: Room = Room { bytes: 64 * 1024, values: 4 * 1024 };

/// What is said of one dataset by whoever compares it with the contract.
const INSPECTED: Room = Room { bytes: 1024 * 1024, values: 64 * 1024 };

/// The most values of a question: those of a filter, and youths that stand in care relations, are some tens of thousands.
const OF_QUESTION: usize = 250_000;

/// A whole number with what parts it from the next.
const NUMBER: usize = 22;

impl Room {
    /// That of a question.
    pub(super) const QUESTION: Self = Self { bytes: QUESTION_MOST, values: OF_QUESTION };

    /// That of the answer to a question.
    #[must_use]
    pub fn of(ask: &Ask) -> Self {
        let (asked, most) = match ask {
            Ask::Rows(select) => (Self::of_rows(select), ANSWER_MOST),
            Ask::Count(_) => (NOTHING, ANSWER_MOST),
            Ask::Counts(select) => (Self::of_counts(select), ANSWER_MOST),
            Ask::Table(tabulate) => (Self::of_table(tabulate), TABLE_MOST),
            Ask::Check(datasets) => (INSPECTED.times(datasets.len()), ANSWER_MOST),
        };
        let Self { bytes, values } = asked.and(AROUND);
        Self { bytes: bytes.min(most), values }
    }

    fn of_rows(select: &Select) -> Self {
        let row = select.columns.iter().map(|it| Self::of_value(kind(select.dataset, it.as_ref())));
        let row = row.fold(Self::of_value(Some(Kind::Id)), Self::and).within();
        let parents = select.per.as_ref().map_or(1, |links| links.keys.len());
        // What is lacking is named.
        row.times(select.limit.saturating_mul(parents)).and(Self { bytes: 256, values: 1 }.times(select.columns.len()))
    }

    fn of_counts(select: &Select) -> Self {
        let links = select.per.as_ref();
        let link = links.and_then(|links| kind(select.dataset, select.columns.get(links.place)?.as_ref()));
        let number = Self { bytes: NUMBER, values: 1 };
        // One more for the rows without a value.
        Self::of_value(link).and(number).within().times(links.map_or(0, |links| links.keys.len()).saturating_add(1))
    }

    fn of_table(tabulate: &Tabulate) -> Self {
        let Tabulate { select, groups, open_on, youths, values, groups_most, entries_most } = tabulate;
        let day = open_on.as_ref().map(|_| Some(Kind::Date));
        let parts = select.columns.iter().take(*groups).map(|it| kind(select.dataset, it.as_ref())).chain(day);
        let number = Self { bytes: NUMBER, values: 1 };
        let sum = number.times(4).within().within();
        let group = parts.map(Self::of_value).fold(NOTHING, Self::and).within();
        let group = group.and(number).and(sum.times(values.len()));
        let youth = number.times(2).within().times(usize::from(*youths));
        let wanted = values.iter().filter(|it| **it).count();
        let entry = youth.and(number.times(3).within().times(wanted));
        group.times(*groups_most).and(entry.times(*entries_most))
    }

    /// A value of this kind. Nobody knows how long texts are that people write; what is longer than this in many rows is none.
    fn of_value(kind: Option<Kind>) -> Self {
        let bytes = match kind {
            None | Some(Kind::Boolean) => 8,
            Some(Kind::Int | Kind::Float | Kind::Date) => 40,
            Some(Kind::Row(_) | Kind::Id | Kind::Code(_) | Kind::Reference(_) | Kind::Youth) => 1024,
            Some(Kind::Text | Kind::Codes(_)) => 16 * 1024,
        };
        Self { bytes, values: 1 }
    }

    fn and(self, other: Self) -> Self {
        let (bytes, values) = (self.bytes.saturating_add(other.bytes), self.values.saturating_add(other.values));
        Self { bytes, values }
    }

    fn times(self, number: usize) -> Self {
        Self { bytes: self.bytes.saturating_mul(number), values: self.values.saturating_mul(number) }
    }

    /// The same within brackets.
    fn within(self) -> Self {
        self.and(Self { bytes: 3, values: 1 })
    }
}

impl Gauge {
    /// Nothing has come yet of what may.
    #[must_use]
    pub fn new(room: Room) -> Self {
        Self { left: room, is_in_text: false, is_escaped: false }
    }

    /// Is there room for this part too? What opens and what parts values is counted: there are no more values than that,
    /// and one.
    pub fn takes(&mut self, part: &[u8]) -> bool {
        let mut values = 0;
        for byte in part {
            match byte {
                _ if self.is_escaped => self.is_escaped = false,
                b'\\' if self.is_in_text => self.is_escaped = true,
                b'"' => self.is_in_text = !self.is_in_text,
                b',' | b'[' | b'{' if !self.is_in_text => values += 1,
                _ => {}
            }
        }
        let left = (self.left.bytes.checked_sub(part.len()), self.left.values.checked_sub(values));
        let (Some(bytes), Some(values)) = left else { return false };
        self.left = Room { bytes, values };
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_opens_and_parts_is_counted_and_texts_are_not_whatever_comes_apart() {
        let body = br#"{"rows":[[[1,"a,[{\",[",null],[2,"\\",3]],[]]}"#;
        let values = 12;
        for room in [values, values - 1] {
            for size in [1, 2, 7, body.len()] {
                let mut gauge = Gauge::new(Room { bytes: body.len(), values: room });
                assert_eq!(body.chunks(size).all(|part| gauge.takes(part)), room == values, "{room} {size}");
            }
        }
        let mut gauge = Gauge::new(Room { bytes: body.len() - 1, values });
        assert!(!gauge.takes(body), "a byte too many");
    }
}
