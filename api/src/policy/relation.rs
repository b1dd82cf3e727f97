//! Care relations: grants on rows about youths that someone now has in care, in a case or in a procedure. Symbolic, so
//! that policy stays pure; `federation` finds out which youths those are.

use std::sync::Arc;

use entities::{Closed, Dataset, Date, Datum};

use crate::query::{Predicate, Test};

/// The youths that open rows are about: a row goes on while its period has not ended and nothing else closed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// What the youths have in common, for people to read.
    pub name: Box<str>,
    /// The rows that make it; one of them is enough.
    pub rows: Arc<[Related]>,
}

/// Rows of one dataset that make a relation while they are open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// The dataset.
    pub dataset: &'static Dataset,
    /// Which of its rows, in terms of stored values.
    pub rows: Predicate,
}

impl Related {
    /// The rows that are open on a day.
    #[must_use]
    pub fn open_on(&self, today: Date) -> Predicate {
        Predicate::and([self.rows.clone(), is_open(self.dataset, today)])
    }
}

/// The condition for a row to be open on a day: never, where the dataset has no period that could end.
fn is_open(dataset: &Dataset, today: Date) -> Predicate {
    let Some(until) = dataset.period.and_then(|period| period.until) else {
        return Predicate::None;
    };
    let ends_later = [Test::Null, Test::Gt(Datum::Date(today))].map(|test| Predicate::is(until, test));
    let not_closed = dataset.closed.iter().map(|closed| match closed {
        Closed::By(field, code) => Predicate::is(*field, Test::Eq(Datum::from(*code))).negated(),
        Closed::ByAny(field) => Predicate::is(*field, Test::Null),
    });
    Predicate::and(std::iter::once(Predicate::or(ends_later)).chain(not_closed))
}
