//! Which areas a grant covers whole: every row there, whatever else stands in it. Where it cannot tell, it says no.

use entities::{Dataset, Datum, FieldId, Kind, Tier};

use super::{Clause, Grant, Rows};
use crate::query::{Operand, Predicate, Test};

/// Where rows lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Everywhere, also where no region is known.
    Everywhere,
    /// In one of these regions, by code.
    Regions(Vec<Box<str>>),
}

impl Grant {
    /// Are all rows of the extent granted up to this tier, whoever holds them and whomever they are about? Only by
    /// clauses that ask nothing of a row but its region: a care relation covers no area, nor does what one holds.
    #[must_use]
    pub fn covers(&self, extent: &Extent, tier: Tier) -> bool {
        let mut reaching = self.clauses().iter().filter(|clause| clause.tier >= tier);
        match extent {
            Extent::Everywhere => reaching.any(|clause| clause.rows == Rows::All),
            Extent::Regions(regions) => {
                let reaching: Vec<_> = reaching.collect();
                let is_covered = |region: &str| reaching.iter().any(|it| it.covers(self.dataset(), region));
                !regions.is_empty() && regions.iter().all(|region| is_covered(region))
            }
        }
    }

    /// What it grants of the regions that it covers up to this tier, and nothing else; none where it covers none.
    #[must_use]
    pub fn covered(&self, regions: &[Box<str>], tier: Tier) -> Option<Self> {
        let dataset = self.dataset();
        let narrowed = |clause: &Clause| {
            let rows = if clause.rows == Rows::All {
                Rows::All
            } else {
                let covered = regions.iter().filter(|it| clause.covers(dataset, it)).map(|it| Datum::from(&**it));
                let covered: Vec<_> = covered.collect();
                let region = region(dataset).filter(|_| !covered.is_empty())?;
                Rows::Where(Predicate::is(region, Test::In(covered.into())))
            };
            Some(Clause { rows, ..clause.clone() })
        };
        let clauses = self.clauses().iter().filter(|it| it.tier >= tier).filter_map(narrowed).collect();
        Self::new(dataset, clauses).map(|it| it.asked_by(self.on_behalf().clone()))
    }
}

impl Clause {
    /// Does it grant every row of the region?
    fn covers(&self, dataset: &Dataset, code: &str) -> bool {
        match &self.rows {
            Rows::All => true,
            Rows::Where(predicate) => region(dataset).is_some_and(|it| follows(predicate, it, code)),
            Rows::AboutYouthsOf(_) => false,
        }
    }
}

/// Does the condition hold for every row of the region? Not where it asks anything else.
fn follows(predicate: &Predicate, region: FieldId, code: &str) -> bool {
    let is_code = |value: &Datum| value.as_text() == Some(code);
    match predicate {
        Predicate::All => true,
        Predicate::And(parts) => parts.iter().all(|part| follows(part, region, code)),
        Predicate::Or(parts) => parts.iter().any(|part| follows(part, region, code)),
        Predicate::Is(Operand::Field(field), Test::Eq(value)) => *field == region && is_code(value),
        Predicate::Is(Operand::Field(field), Test::In(values)) => *field == region && values.iter().any(is_code),
        Predicate::None
        | Predicate::Not(_)
        | Predicate::Is(..)
        | Predicate::Source(_)
        | Predicate::HeldBy(_)
        | Predicate::Linked(_) => false,
    }
}

fn region(dataset: &Dataset) -> Option<FieldId> {
    dataset.field("region").filter(|field| dataset.fields[*field].kind == Kind::Reference("Region"))
}
