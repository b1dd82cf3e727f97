//! A cell of the matrix: its parts as the file writes them.

use entities::{Dataset, Tier};

use super::Claim;

/// One part of a cell: some rows, up to a tier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Which rows.
    pub scope: Scope,
    /// The highest tier shown on them.
    pub tier: Tier,
    /// The part as the file has it: `R/indirect`.
    pub rule: Box<str>,
}

/// Which rows a part speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// `A`: every row.
    All,
    /// `R`: of the claim's region.
    Region,
    /// `L`: of the regions of the claim's supra-region.
    SupraRegion,
    /// `N`: of the network's regions, and those that it holds itself.
    Network,
    /// `own`: held by the claim's organisation; of others' rows those about youths that it now has.
    Own,
    /// `own wards`: the row's institution is the claim.
    OwnWards,
    /// `case`: about youths with an open case in the claim's region.
    Case,
    /// `procedure`: about youths with an open consultation or placement in the claim's supra-region.
    Procedure,
    /// `inquiry`: of one provider and one period, for an investigation.
    Inquiry,
    /// `x! A`: no rows, but exact tables over all of them.
    AllTables,
    /// `x! L`: no rows, but exact tables over the claim's supra-region.
    SupraRegionTables,
}

/// The scopes as the file writes them. Those that state a tier come first.
const WORDS: [(&str, Scope); 11] = [
    ("A", Scope::All),
    ("R", Scope::Region),
    ("L", Scope::SupraRegion),
    ("N", Scope::Network),
    ("own", Scope::Own),
    ("own wards", Scope::OwnWards),
    ("case", Scope::Case),
    ("procedure", Scope::Procedure),
    ("inquiry", Scope::Inquiry),
    ("x! A", Scope::AllTables),
    ("x! L", Scope::SupraRegionTables),
];

impl Scope {
    /// The scope as the file writes it.
    #[must_use]
    pub fn word(self) -> &'static str {
        WORDS.iter().find(|(_, scope)| *scope == self).map_or("", |(word, _)| word)
    }

    /// The tier that it reaches where it states none itself.
    fn own_tier(self) -> Option<Tier> {
        match self {
            Self::Inquiry => Some(Tier::Sensitive),
            Self::AllTables | Self::SupraRegionTables => Some(Tier::Indirect),
            _ => None,
        }
    }

    /// Can a role with this claim have it?
    fn fits(self, claim: Option<Claim>) -> bool {
        match self {
            Self::All | Self::AllTables | Self::Inquiry => true,
            Self::Region | Self::Case => claim == Some(Claim::Region),
            Self::SupraRegion | Self::Procedure | Self::SupraRegionTables => claim == Some(Claim::SupraRegion),
            Self::Network => claim == Some(Claim::Network),
            Self::Own => matches!(claim, Some(Claim::Provider | Claim::Partnership)),
            Self::OwnWards => claim == Some(Claim::Institution),
        }
    }
}

impl Part {
    /// The part behind a rule as the file and the audit log write it: `R/indirect`; none where it is no rule.
    #[must_use]
    pub fn read(rule: &str) -> Option<Self> {
        let mut claims = std::iter::once(None).chain(Claim::ALL.map(Some));
        claims.find_map(|claim| parse_part(rule, claim).ok())
    }
}

/// The parts of a cell as the file writes it: `R/indirect, A/open`; `–` for nothing. Else what is wrong with it.
pub(super) fn parse(cell: &str, claim: Option<Claim>) -> Result<Vec<Part>, String> {
    if matches!(cell.trim(), "–" | "-") {
        return Ok(Vec::new());
    }
    let parts: Vec<Part> =
        cell.split([',', ';']).map(|part| parse_part(part.trim(), claim)).collect::<Result<_, _>>()?;
    let twice = parts.iter().enumerate().find(|(place, part)| parts[..*place].iter().any(|it| it.scope == part.scope));
    match twice {
        Some((_, part)) => Err(format!("`{}` stands there twice", part.scope.word())),
        None => Ok(parts),
    }
}

fn parse_part(part: &str, claim: Option<Claim>) -> Result<Part, String> {
    let (word, tier) = part.split_once('/').map_or((part, None), |(word, tier)| (word.trim(), Some(tier.trim())));
    let Some((_, scope)) = WORDS.into_iter().find(|(known, _)| *known == word) else {
        return Err(format!("unknown scope `{word}`, expected one of {}", WORDS.map(|(word, _)| word).join(", ")));
    };
    if !scope.fits(claim) {
        let claim = claim.map_or("no claim".to_owned(), |claim| format!("the claim `{}`", claim.name()));
        return Err(format!("a role with {claim} cannot have the scope `{word}`"));
    }
    let tier = match (tier, scope.own_tier()) {
        (None, Some(own)) => own,
        (None, None) => return Err(format!("`{word}` needs a tier, as in `{word}/open`")),
        (Some(_), Some(_)) => return Err(format!("`{word}` states no tier")),
        (Some(tier), None) => Tier::ALL.into_iter().find(|known| known.name() == tier).ok_or_else(|| {
            format!("unknown tier `{tier}`, expected one of {}", Tier::ALL.map(Tier::name).join(", "))
        })?,
    };
    Ok(Part { scope, tier, rule: part.into() })
}

impl Part {
    /// Are indirect dates shown as months on the rows that it grants?
    #[must_use]
    pub fn months(&self, dataset: &Dataset) -> bool {
        (self.is_for_tables() || matches!(self.scope, Scope::Region | Scope::Network)) && dataset.youth().is_some()
    }

    /// Is it only for exact tables, and for no row?
    #[must_use]
    pub fn is_for_tables(&self) -> bool {
        matches!(self.scope, Scope::AllTables | Scope::SupraRegionTables)
    }
}
