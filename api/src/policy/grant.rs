//! What one caller may see of one dataset. Only `policy` can make a [`Grant`]; without one no row leaves.

use std::{sync::Arc, time::Duration};

use entities::{Bucket, Dataset, Datum, FieldId, Kind, Tier};

use super::{OnBehalf, Relation};
use crate::query::{Facts, Holder, Operand, Predicate, Shown, Test};

/// What a caller may see of a dataset: rows by clause, each with its highest tier.
#[derive(Clone, Debug)]
pub struct Grant {
    dataset: &'static Dataset,
    clauses: Vec<Clause>,
    stale: Option<Duration>,
    on_behalf: OnBehalf,
}

/// Some rows, up to a tier.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Clause {
    /// Which rows.
    pub rows: Rows,
    /// The highest tier of a field that is shown on them.
    pub tier: Tier,
    /// Are indirect dates shown as months?
    pub months: bool,
    /// The rule, as the policy file has it: `R/indirect`.
    pub rule: Box<str>,
}

/// Which rows a clause grants; symbolic, so that policy stays pure.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Rows {
    /// Every row.
    All,
    /// The rows for which a condition on stored values holds.
    Where(Predicate),
    /// The rows about youths that stand in a care relation. Grants nothing until it is known which those are.
    AboutYouthsOf(Relation),
}

impl Grant {
    /// A grant over a dataset, or none where no clause grants anything. Highest tier first.
    pub(super) fn new(dataset: &'static Dataset, mut clauses: Vec<Clause>) -> Option<Self> {
        clauses.sort_by_key(|clause| std::cmp::Reverse(clause.tier));
        (!clauses.is_empty()).then_some(Self { dataset, clauses, stale: None, on_behalf: OnBehalf::default() })
    }

    /// The same grant, where answers of a source that does not answer now may be this old.
    #[must_use]
    pub(crate) fn with_stale(self, age: Option<Duration>) -> Self {
        Self { stale: age, ..self }
    }

    /// The same grant for answers as they are now alone.
    #[must_use]
    pub fn live(&self) -> Self {
        self.clone().with_stale(None)
    }

    /// The same grant, where sources that find out for themselves what may be seen are asked on this behalf.
    #[must_use]
    pub fn asked_by(&self, on_behalf: OnBehalf) -> Self {
        Self { on_behalf, ..self.clone() }
    }

    /// The same grant, where such sources are told who stands in a care relation.
    #[must_use]
    pub fn vouching(self, relation: &Relation, youths: &Arc<[Datum]>) -> Self {
        let on_behalf = self.on_behalf.clone().vouching(&relation.name, youths);
        Self { on_behalf, ..self }
    }

    /// On whose behalf sources are asked.
    #[must_use]
    pub fn on_behalf(&self) -> &OnBehalf {
        &self.on_behalf
    }

    /// How old an answer may be that stands in for a source that does not answer; none where it must be live.
    #[must_use]
    pub fn stale(&self) -> Option<Duration> {
        self.stale
    }

    /// Every row, for the protected tables of a release: the one grant that no policy file gives. Nobody is shown what it
    /// grants; `release` alone asks for it (a test reads who does), and stores what is protected alone.
    pub(crate) fn for_release(dataset: &'static Dataset) -> Self {
        let clause = Clause { rows: Rows::All, tier: Tier::Sensitive, months: false, rule: "release".into() };
        Self { dataset, clauses: vec![clause], stale: None, on_behalf: OnBehalf::release() }
    }

    /// A grant that no policy made, for tests of what stands below policy.
    #[cfg(test)]
    pub(crate) fn for_test(dataset: &'static Dataset, clauses: Vec<Clause>) -> Self {
        Self::new(dataset, clauses).expect("a test grants something")
    }

    /// The dataset.
    #[must_use]
    pub fn dataset(&self) -> &'static Dataset {
        self.dataset
    }

    /// The clauses, highest tier first.
    #[must_use]
    pub fn clauses(&self) -> &[Clause] {
        &self.clauses
    }

    /// The highest tier that is shown on any row.
    #[must_use]
    pub fn tier(&self) -> Tier {
        self.clauses.first().map_or(Tier::Open, |clause| clause.tier)
    }

    /// Is the field shown on any row?
    #[must_use]
    pub fn sees(&self, field: FieldId) -> bool {
        self.dataset.fields[field].tier <= self.tier()
    }

    /// Is the field shown on every row that is granted?
    #[must_use]
    pub fn always_sees(&self, field: FieldId) -> bool {
        self.clauses.iter().all(|clause| clause.tier >= self.dataset.fields[field].tier)
    }

    /// The rows granted, in terms of stored values.
    #[must_use]
    pub fn rows(&self) -> Predicate {
        Predicate::or(self.clauses.iter().map(Clause::predicate))
    }

    /// The rows of each clause, in terms of stored values.
    pub fn conditions(&self) -> impl Iterator<Item = Predicate> {
        self.clauses.iter().map(Clause::predicate)
    }

    /// The care relations that it rests on; it grants their rows only once [`Grant::resolved`] knows their youths.
    pub fn relations(&self) -> impl Iterator<Item = &Relation> {
        self.clauses.iter().filter_map(|clause| match &clause.rows {
            Rows::AboutYouthsOf(relation) => Some(relation),
            Rows::All | Rows::Where(_) => None,
        })
    }

    /// Does it rest on rows that others link to?
    #[must_use]
    pub fn has_links(&self) -> bool {
        self.clauses.iter().any(|clause| matches!(&clause.rows, Rows::Where(predicate) if predicate.has_links()))
    }

    /// Does it grant rows that rest on no care relation?
    #[must_use]
    pub fn stands_alone(&self) -> bool {
        self.clauses.iter().any(|clause| !matches!(clause.rows, Rows::AboutYouthsOf(_)))
    }

    /// The grant with each care relation exchanged for the youths that stand in it.
    #[must_use]
    pub fn resolved(&self, youths: impl Fn(&Relation) -> Arc<[Datum]>) -> Self {
        let rows = |rows: &Rows| match (rows, self.dataset.youth()) {
            (Rows::AboutYouthsOf(relation), Some(youth)) => {
                Rows::Where(Predicate::is(youth, Test::In(youths(relation))))
            }
            (other, _) => other.clone(),
        };
        let clauses = self.clauses.iter().map(|clause| Clause { rows: rows(&clause.rows), ..clause.clone() });
        Self { clauses: clauses.collect(), ..self.clone() }
    }

    /// May a source hold rows that are granted, for all that is known of it? Of a care relation every source may.
    #[must_use]
    pub fn may_be_held_by(&self, source: (&str, &Holder), facts: &Facts, holds: impl Fn(&Dataset) -> bool) -> bool {
        self.clauses.iter().any(|clause| match &clause.rows {
            Rows::All | Rows::AboutYouthsOf(_) => true,
            Rows::Where(predicate) => predicate.where_held(&holds).for_source(source, facts) != Predicate::None,
        })
    }

    /// The field as this caller is shown it.
    #[must_use]
    pub fn shown(&self, field: FieldId) -> Operand {
        self.shown_up_to(field, self.dataset.fields[field].tier, None)
    }

    /// The first day of the bucket of a date, as this caller is shown it: never finer than the date itself is shown
    /// where it is, and where only the bucket is (being less telling) on the rows whose tier reaches that.
    #[must_use]
    pub fn bucketed(&self, field: FieldId, bucket: Bucket) -> Operand {
        self.shown_up_to(field, self.dataset.fields[field].bucket_tier(bucket), Some(bucket))
    }

    /// Are indirect dates of this field shown as months, on any row?
    #[must_use]
    pub fn shows_months(&self, field: FieldId) -> bool {
        self.dataset.fields[field].tier == Tier::Indirect && self.clauses.iter().any(|clause| clause.months)
    }

    fn shown_up_to(&self, field: FieldId, tier: Tier, bucket: Option<Bucket>) -> Operand {
        let described = &self.dataset.fields[field];
        let covers = |clause: &&Clause| clause.tier >= tier;
        let covering: Vec<_> = self.clauses.iter().filter(covers).collect();
        let months =
            described.kind == Kind::Date && tier == Tier::Indirect && covering.iter().any(|clause| clause.months);
        let bucket = bucket.max(months.then_some(Bucket::Month));
        let when = if covering.len() == self.clauses.len() {
            Predicate::All
        } else {
            Predicate::or(covering.into_iter().map(Clause::predicate))
        };
        if bucket.is_some() || when != Predicate::All {
            Operand::Shown(Arc::new(Shown { field, bucket, when }))
        } else {
            Operand::Field(field)
        }
    }

    /// A caller's condition, in terms of the values it is shown.
    #[must_use]
    pub fn shown_in(&self, filter: &Predicate) -> Predicate {
        filter.map_operands(&|operand| self.shown(operand.field()))
    }
}

impl Clause {
    fn predicate(&self) -> Predicate {
        match &self.rows {
            Rows::All => Predicate::All,
            Rows::Where(predicate) => predicate.clone(),
            Rows::AboutYouthsOf(_) => Predicate::None,
        }
    }
}
