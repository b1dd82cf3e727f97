//! Investigations of the inspectorate, as the policy file lists them: one provider, one period of at most six months.

use entities::{Dataset, Date, Datum};

use crate::query::{Holder, Predicate, Test};

/// One investigation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Investigation {
    /// Its number, as the purpose `investigation:<number>` names it.
    pub number: Box<str>,
    /// The provider's code.
    pub provider: Box<str>,
    /// The first day of the period.
    pub from: Date,
    /// Its last day.
    pub until: Date,
}

/// The most months of a period.
pub(super) const MONTHS: u32 = 6;

impl Investigation {
    /// Does the purpose name it?
    pub(super) fn is_named_by(&self, purpose: &str) -> bool {
        purpose.strip_prefix("investigation:").is_some_and(|number| *number == *self.number)
    }

    /// The provider's rows that hold on a day of the period; none where rows are not dated.
    pub(super) fn rows(&self, dataset: &Dataset) -> Option<Predicate> {
        let period = dataset.period?;
        let (from, until) = (Datum::Date(self.from), Datum::Date(self.until));
        let ends_in_time = match period.until {
            None => Predicate::is(period.from, Test::Gte(from)),
            Some(end) => Predicate::or([Test::Null, Test::Gt(from)].map(|test| Predicate::is(end, test))),
        };
        Some(Predicate::and([
            Predicate::HeldBy(Holder::Provider(self.provider.clone())),
            Predicate::is(period.from, Test::Lte(until)),
            ends_in_time,
        ]))
    }
}
