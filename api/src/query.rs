//! What is asked of a dataset, free of GraphQL and of SQL.

mod facts;
mod named;
mod per;
mod predicate;
mod table;
mod test;

pub use self::facts::{Facts, facts};
pub use self::named::{Among, Named};
pub use self::per::{Parent, Per};
pub use self::predicate::{Holder, Linked, Operand, Predicate, Shown};
pub use self::table::{Dimension, Measured, Table};
pub use self::test::Test;

use entities::{Dataset, Datum, FieldId};

/// One question: rows of one dataset, in one order, one page of them, and perhaps their number.
#[derive(Clone, Debug)]
pub struct Query {
    /// What is asked for.
    pub dataset: &'static Dataset,
    /// The fields of each row, in the order of [`Row::values`]; holds every field of `order`.
    pub fields: Vec<FieldId>,
    /// Which rows, in terms of the fields as the caller is shown them.
    pub filter: Predicate,
    /// In which order; ties are broken by the source's name, ascending, then by the row's id, in the direction of the
    /// last key (ascending where there is none), so that one index walk gives the order of a source.
    pub order: Vec<Order>,
    /// Which page; none where only the number is asked for.
    pub page: Option<Page>,
    /// Is the number of all rows that match asked for?
    pub count: bool,
}

/// One key of the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Order {
    /// The field; it says of itself that it sorts.
    pub field: FieldId,
    /// Upwards or downwards. `Null` is the lowest value.
    pub direction: Direction,
}

/// Upwards or downwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Lowest first.
    Ascending,
    /// Highest first.
    Descending,
}

impl Direction {
    /// The other one.
    #[must_use]
    pub fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }
}

/// A page: up to `size` rows from one end of what lies between `after` and `before`.
#[derive(Clone, Debug)]
pub struct Page {
    /// The most rows that the page holds.
    pub size: usize,
    /// From which end the rows are taken; they come in the query's order all the same.
    pub end: End,
    /// Only rows after this one.
    pub after: Option<Position>,
    /// Only rows before this one.
    pub before: Option<Position>,
}

/// An end of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The first rows.
    First,
    /// The last rows.
    Last,
}

/// Where a row stands in the total order, and which sources were missed on the way there. A cursor is one, encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// The values of the order's keys, as the caller is shown them.
    pub keys: Vec<Datum>,
    /// The row's source, by name.
    pub source: Box<str>,
    /// The row's id at its source.
    pub id: Datum,
    /// The sources that did not answer on this page or an earlier one, by name; they stay missed.
    pub missed: Vec<Box<str>>,
}

/// One row of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The source's place in the list of all sources.
    pub source: usize,
    /// The row's id at its source.
    pub id: Datum,
    /// The values of [`Query::fields`], as the caller is shown them. Where rows are about youths, and theirs is not shown as
    /// sources know it, that comes last, for the audit log and nobody else.
    pub values: Box<[Datum]>,
}

impl Query {
    /// The places in [`Row::values`] of the order's keys.
    #[must_use]
    pub fn keys(&self) -> Vec<usize> {
        let place = |order: &Order| self.fields.iter().position(|field| *field == order.field);
        self.order.iter().map(|order| place(order).expect("fields hold every field of the order")).collect()
    }

    /// The direction of the row's id, which breaks ties within one source.
    #[must_use]
    pub fn id_direction(&self) -> Direction {
        self.order.last().map_or(Direction::Ascending, |order| order.direction)
    }

    /// The sources that the page's cursors say were missed.
    #[must_use]
    pub fn missed(&self) -> Vec<&str> {
        let bounds = self.page.iter().flat_map(|page| [&page.after, &page.before]).flatten();
        bounds.flat_map(|position| position.missed.iter().map(AsRef::as_ref)).collect()
    }
}
