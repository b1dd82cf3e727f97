//! Care relations: grants on rows about youths that someone now has in care, in a case or in a procedure. Symbolic, so
//! that policy stays pure; `federation` finds out which youths those are.

use std::sync::Arc;

use entities::{Closed, Dataset, Date, Datum, FieldId};

use crate::query::{Predicate, Test};

/// The youths that open rows are about: a row goes on while its period has not ended and nothing else closed it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Relation {
    /// What the youths have in common, for people to read.
    pub name: Box<str>,
    /// The rows that make it; one of them is enough.
    pub rows: Arc<[Related]>,
}

/// Rows of one dataset that make a relation while they are open.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Related {
    /// The dataset.
    pub dataset: &'static Dataset,
    /// Which of its rows, in terms of stored values.
    pub rows: Predicate,
}

impl Related {
    /// The rows that are open on a day: begun by then and without an end, or ending later. Two conditions that an index
    /// serves each, and that no row meets both of. None where the dataset has no period that could end.
    #[must_use]
    pub fn open_on(&self, today: Date) -> Vec<Predicate> {
        let Some((period, until)) = self.dataset.period.and_then(|period| Some((period, period.until?))) else {
            return Vec::new();
        };
        let begun = Predicate::is(period.from, Test::Lte(Datum::Date(today)));
        let ends = [Test::Null, Test::Gt(Datum::Date(today))].map(|test| Predicate::is(until, test));
        let open = |end| Predicate::and([self.rows.clone(), begun.clone(), end].into_iter().chain(self.not_closed()));
        ends.into_iter().map(open).collect()
    }

    /// Nothing besides the end of its period closed the row; a code that nobody knows does not leave it open.
    fn not_closed(&self) -> impl Iterator<Item = Predicate> {
        self.dataset.closed.iter().map(|closed| match closed {
            Closed::By(field, code) => Predicate::is(*field, Test::In(self.others(*field, code))),
            Closed::ByAny(field) => Predicate::is(*field, Test::Null),
        })
    }

    /// The codes of a field's list but this one.
    fn others(&self, field: FieldId, code: &str) -> Arc<[Datum]> {
        let list = self.dataset.fields[field].kind.codes();
        list.into_iter().flat_map(|list| list.codes).filter(|it| it.code != code).map(|it| it.code.into()).collect()
    }
}
