//! A role of the policy: which claim its token carries, which purposes it may name, and its cells.

use std::{collections::BTreeMap, time::Duration};

use super::{PUBLIC, cell::Part};

/// One stakeholder's role.
#[derive(Clone, Debug)]
pub struct Role {
    /// Its name in the policy and in tokens, such as `region_analyst`.
    pub name: Box<str>,
    /// Who that is, in words for a youth who asks who saw its data.
    pub called: Option<Box<str>>,
    /// The same in Dutch.
    pub called_nl: Option<Box<str>>,
    /// The claim that says for which region, provider ... the role is held.
    pub claim: Option<Claim>,
    /// The token's `acr` must be one of these, where there are any.
    pub acr: Vec<Box<str>>,
    /// What it may write, in words: datasets, and whose rows of them.
    pub writes: Option<Box<str>>,
    /// May it see releases, the protected tables?
    pub releases: bool,
    /// How old rows and tables may be that it is shown in place of those of a source that does not answer; none where it is
    /// shown nothing old.
    pub stale: Option<Duration>,
    pub(super) purposes: Vec<Box<str>>,
    pub(super) cells: BTreeMap<Box<str>, Vec<Part>>,
}

/// What a role is held for: the name of a claim in tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Claim {
    /// A region, such as `JZ36`.
    Region,
    /// A supra-region, such as `ZW`.
    SupraRegion,
    /// An expertise network, such as `BEN`.
    Network,
    /// A provider.
    Provider,
    /// An education partnership, such as `VO3001`.
    Partnership,
    /// A municipality, such as `GM0748`.
    Municipality,
    /// A certified institution.
    Institution,
}

impl Claim {
    /// All claims.
    pub const ALL: [Self; 7] = [
        Self::Region,
        Self::SupraRegion,
        Self::Network,
        Self::Provider,
        Self::Partnership,
        Self::Municipality,
        Self::Institution,
    ];

    /// The claim's name in tokens and in the policy file: `supra_region`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Region => "region",
            Self::SupraRegion => "supra_region",
            Self::Network => "network",
            Self::Provider => "provider",
            Self::Partnership => "partnership",
            Self::Municipality => "municipality",
            Self::Institution => "institution",
        }
    }

    /// The claim of that name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|claim| claim.name() == name)
    }

    /// The reference table whose keys the claim names: `SupraRegion`.
    #[must_use]
    pub fn table(self) -> &'static str {
        match self {
            Self::Region => "Region",
            Self::SupraRegion => "SupraRegion",
            Self::Network => "ExpertiseNetwork",
            Self::Provider => "Provider",
            Self::Partnership => "Partnership",
            Self::Municipality => "Municipality",
            Self::Institution => "Institution",
        }
    }
}

/// Stands for a number in a purpose: `investigation:<number>`.
pub(super) const NUMBER: &str = "<number>";

impl Role {
    /// The purposes that it may name, as the policy has them: `investigation:<number>` stands for any number.
    pub fn purposes(&self) -> impl Iterator<Item = &str> {
        self.purposes.iter().map(AsRef::as_ref)
    }

    /// What its tokens carry in `scope`, for federation routers to see; nothing here rests on it. None for `public`, which
    /// has no token.
    #[must_use]
    pub fn token_scope(&self) -> Option<String> {
        (*self.name != *PUBLIC).then(|| format!("regiograph:{}", self.name))
    }

    /// May it be used for this purpose? `public` names none; every other role names one that the policy lists.
    #[must_use]
    pub fn admits(&self, purpose: Option<&str>) -> bool {
        match purpose {
            None => *self.name == *PUBLIC,
            Some(purpose) => self.purposes.iter().any(|pattern| is_purpose(pattern, purpose)),
        }
    }

    /// The parts of its cell for a dataset (by its name in the file); none where there is no cell.
    pub(super) fn cell(&self, dataset: &str) -> &[Part] {
        self.cells.get(dataset).map_or(&[], Vec::as_slice)
    }
}

pub(super) fn is_purpose(pattern: &str, purpose: &str) -> bool {
    match pattern.strip_suffix(NUMBER) {
        None => pattern == purpose,
        Some(start) => purpose.strip_prefix(start).is_some_and(|number| {
            (1..=18).contains(&number.len()) && number.bytes().all(|digit| digit.is_ascii_digit())
        }),
    }
}
