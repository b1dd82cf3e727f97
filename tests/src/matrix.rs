//! The policy matrix, read once more from the policy file: what each cell promises, in words of the tests' own.

use std::collections::BTreeMap;

use entities::{Dataset, Field, Held, Tier};
use serde::Deserialize;

use crate::caller::As;

/// The policy file of the program.
pub const POLICY: &str = include_str!("../../api/policy.toml");

/// What the file says of roles.
#[derive(Debug, Deserialize)]
pub struct Matrix {
    /// In the file's order.
    pub role: Vec<Role>,
}

/// What the file says of one role.
#[derive(Clone, Debug, Deserialize)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// The claim that its token carries.
    pub claim: Option<String>,
    /// Does it see releases?
    #[serde(default)]
    pub releases: bool,
    /// The text of the cell per dataset.
    #[serde(default)]
    pub cells: BTreeMap<String, String>,
    /// What the rows are used for, where it is not monitoring.
    #[serde(skip)]
    pub purpose: Option<String>,
}

/// The purpose of the investigation that the policy file has.
pub const INVESTIGATION: &str = "investigation:20260001";

/// One part of a cell that grants rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// `A`, `R`, `own wards` ...
    pub scope: String,
    /// The highest tier shown.
    pub tier: Tier,
    /// The part as the file has it.
    pub rule: String,
}

impl Part {
    /// Is it an agreement on exact tables, which grants no row?
    #[must_use]
    pub fn is_for_tables(&self) -> bool {
        self.scope.starts_with("x!")
    }
}

impl Matrix {
    /// The matrix of a policy file; roles that may investigate stand there twice, monitoring and investigating.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut matrix: Self = toml::from_str(text).expect("the policy file is TOML");
        let investigates = |role: &&Role| role.cells.values().any(|cell| cell.contains("inquiry"));
        let investigating = |role: &Role| Role { purpose: Some(INVESTIGATION.to_owned()), ..role.clone() };
        let twice: Vec<_> = matrix.role.iter().filter(investigates).map(investigating).collect();
        matrix.role.extend(twice);
        matrix
    }

    /// The role of that name.
    #[must_use]
    pub fn role(&self, name: &str) -> &Role {
        self.role.iter().find(|role| role.name == name).expect("tests name roles that there are")
    }
}

impl Role {
    /// The parts of the cell for a dataset that grant rows.
    #[must_use]
    pub fn parts(&self, dataset: &Dataset) -> Vec<Part> {
        let column = dataset.name[..1].to_lowercase() + &dataset.name[1..];
        let cell = self.cells.get(&column).map_or("", String::as_str);
        cell.split([',', ';']).filter_map(|part| self.part(part.trim(), dataset)).collect()
    }

    fn part(&self, rule: &str, dataset: &Dataset) -> Option<Part> {
        let (scope, tier) = if rule == "inquiry" { (rule, "sensitive") } else { rule.split_once('/')? };
        let tier = Tier::ALL.into_iter().find(|it| it.name() == tier)?;
        let is_held = matches!(
            (self.claim.as_deref(), dataset.held),
            (Some("provider"), Held::Provider) | (Some("partnership"), Held::Partnership)
        );
        let grants = match scope {
            "A" | "R" | "L" | "N" => true,
            "own" => is_held || dataset.youth().is_some(),
            "own wards" | "case" | "procedure" => dataset.youth().is_some(),
            "inquiry" => self.purpose.is_some(),
            _ => false,
        };
        grants.then(|| Part { scope: scope.to_owned(), tier, rule: rule.to_owned() })
    }

    /// The parts of the cell for a dataset that tables are made of: those that grant rows, and agreements on tables.
    #[must_use]
    pub fn table_parts(&self, dataset: &Dataset) -> Vec<Part> {
        let column = dataset.name[..1].to_lowercase() + &dataset.name[1..];
        let cell = self.cells.get(&column).map_or("", String::as_str);
        let agreements = cell.split([',', ';']).map(str::trim).filter(|rule| rule.starts_with("x!"));
        let agreements =
            agreements.map(|rule| Part { scope: rule.to_owned(), tier: Tier::Indirect, rule: rule.to_owned() });
        self.parts(dataset).into_iter().chain(agreements).collect()
    }

    /// The highest tier that the role's tables of a dataset reach.
    #[must_use]
    pub fn table_tier(&self, dataset: &Dataset) -> Option<Tier> {
        self.table_parts(dataset).into_iter().map(|part| part.tier).max()
    }

    /// Does it see releases of a dataset? They are of rows about persons.
    #[must_use]
    pub fn sees_releases_of(&self, dataset: &Dataset) -> bool {
        self.releases && dataset.youth().is_some()
    }

    /// Are the role's tables made of months in place of indirect dates?
    #[must_use]
    pub fn tables_by_months(&self, dataset: &Dataset) -> bool {
        let by_months = |part: &Part| matches!(part.scope.as_str(), "R" | "N" | "x! L" | "x! A");
        dataset.youth().is_some() && self.table_parts(dataset).iter().any(by_months)
    }

    /// The highest tier that the role is shown of a dataset on any row.
    #[must_use]
    pub fn tier(&self, dataset: &Dataset) -> Option<Tier> {
        self.parts(dataset).into_iter().map(|part| part.tier).max()
    }

    /// Is the role shown the field on any row?
    #[must_use]
    pub fn sees(&self, dataset: &Dataset, field: &Field) -> bool {
        dataset.is_reference() || self.tier(dataset).is_some_and(|tier| field.tier <= tier)
    }

    /// Someone with this role.
    #[must_use]
    pub fn someone(&self) -> As {
        let caller = As::role(&self.name).for_purpose(self.purpose.as_deref().unwrap_or("monitoring"));
        self.claim.as_deref().map_or_else(|| caller.clone(), |claim| caller.clone().of(code(claim)))
    }
}

/// A code that the reference data have for a claim.
#[must_use]
pub fn code(claim: &str) -> &'static str {
    match claim {
        "region" => "JZ36",
        "supra_region" => "ZW",
        "network" => "BEN",
        "provider" => "ALMATA",
        "partnership" => "VO3001",
        "municipality" => "GM0748",
        _ => "GI01",
    }
}
