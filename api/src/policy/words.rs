//! The policy in plain words: whose rows a part speaks of, and what of them a role is shown.

use chrono::NaiveDate;
use entities::{Dataset, Date, Tier};

use super::{Investigation, Part, Role, Scope, Territory, Use, column, rows, rows::Asked};

/// Stands in for the code of a claim, a region and an investigation where only the form of a rule matters.
const SOME: &str = "some";

impl Scope {
    /// Whose rows, as said of a role.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::All => "all rows",
            Self::Region => "rows of its region",
            Self::SupraRegion => "rows of the regions of its supra-region",
            Self::Network => "rows of its network's regions, and those that the network holds",
            Self::Own => "rows that it holds, and rows held elsewhere about youths that it now has",
            Self::OwnWards => "rows of its wards",
            Self::Case => "rows about youths with an open case in its region",
            Self::Procedure => "rows about youths with an open consultation or placement in its supra-region",
            Self::Inquiry => "rows of one provider and one period, for an investigation",
            Self::AllTables => "no rows, but exact tables over all of them, by agreement",
            Self::SupraRegionTables => "no rows, but exact tables over its supra-region, by agreement",
        }
    }
}

impl Part {
    /// Whose rows of a dataset, how far, and whether with months in place of days.
    #[must_use]
    pub fn words(&self, dataset: &Dataset) -> String {
        let months = if self.months(dataset) { ", dates as months" } else { "" };
        format!("{}, up to {}{months}", self.whose(dataset), self.tier.name())
    }

    /// Whose rows of a dataset.
    #[must_use]
    pub fn whose(&self, dataset: &Dataset) -> &'static str {
        match self.scope {
            Scope::Own if dataset.youth().is_none() => "rows that it holds",
            scope => scope.words(),
        }
    }
}

impl Role {
    /// The parts of its cell for a dataset, as the policy file has them.
    #[must_use]
    pub fn parts(&self, dataset: &Dataset) -> &[Part] {
        self.cell(&column(dataset))
    }

    /// Does a part of its cell grant any row of the dataset, to whoever holds the role for something?
    #[must_use]
    pub fn reads_by(&self, part: &Part, dataset: &'static Dataset) -> bool {
        let territory = Territory::new([(SOME, [SOME])], [(SOME, [SOME])]);
        let day = Date::from_chrono(NaiveDate::default());
        let investigation = Investigation { number: SOME.into(), provider: SOME.into(), from: day, until: day };
        let claim = self.claim.map(|claim| (claim, SOME));
        let asked = Asked { claim, dataset, territory: &territory, investigation: Some(&investigation), to: Use::Rows };
        !rows::of(part.scope, &asked).is_empty()
    }

    /// The highest tier that it is shown on any row of a dataset; none where it sees no row.
    #[must_use]
    pub fn tier(&self, dataset: &'static Dataset) -> Option<Tier> {
        self.parts(dataset).iter().filter(|part| self.reads_by(part, dataset)).map(|part| part.tier).max()
    }
}
