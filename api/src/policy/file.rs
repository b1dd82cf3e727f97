//! Reads the policy file. What it does not know it refuses, with file, line and key.

mod named;

use std::{
    collections::BTreeMap,
    ops::{Range, RangeInclusive},
    time::Duration,
};

use serde::Deserialize;
use toml::Spanned;

use self::named::{AgreementEntry, InvestigationEntry, PurposeEntry};
use super::{
    Claim, PUBLIC, Policy, Purpose, Role,
    cell::{self, Part},
};
use crate::place::Place;

/// The matrix that the program comes with.
const EMBEDDED: &str = include_str!("../../policy.toml");

/// What is wrong with a policy file, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {reason}")]
pub struct PolicyError {
    /// File, line and column.
    pub place: Place,
    /// What is wrong; names the key.
    pub reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: Spanned<Box<str>>,
    datasets: Vec<Spanned<Box<str>>>,
    role: Vec<RoleEntry>,
    #[serde(default)]
    purpose: Vec<PurposeEntry>,
    #[serde(default)]
    agreement: Vec<AgreementEntry>,
    #[serde(default)]
    investigation: Vec<InvestigationEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RoleEntry {
    name: Spanned<Box<str>>,
    called: Option<Spanned<Box<str>>>,
    called_nl: Option<Spanned<Box<str>>>,
    claim: Option<Spanned<Box<str>>>,
    #[serde(default)]
    purposes: Vec<Spanned<Box<str>>>,
    #[serde(default)]
    acr: Vec<Spanned<Box<str>>>,
    writes: Option<Spanned<Box<str>>>,
    #[serde(default)]
    releases: bool,
    stale: Option<Spanned<Box<str>>>,
    #[serde(default)]
    cells: BTreeMap<Spanned<Box<str>>, Spanned<Box<str>>>,
}

/// How old stale answers may be.
const STALE: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(24 * 60 * 60);

/// What is wrong, and where in the text.
type Wrong = (Range<usize>, String);

impl Policy {
    /// The policy in a text; `file` is the name that errors give it.
    pub fn parse(text: &str, file: &str) -> Result<Self, PolicyError> {
        let at = |(span, reason): Wrong| PolicyError { place: Place::new(file, text, span.start), reason };
        let parsed: File = toml::from_str(text)
            .map_err(|error| at((error.span().unwrap_or_default(), error.message().replace('\n', ", "))))?;
        parsed.into_policy().map_err(at)
    }

    /// The policy that the program comes with.
    #[must_use]
    pub fn embedded() -> Self {
        Self::parse(EMBEDDED, "policy.toml").expect("a test parses the embedded policy")
    }
}

impl File {
    fn into_policy(self) -> Result<Policy, Wrong> {
        check_name("version", &self.version, |it| !it.trim().is_empty())?;
        let mut datasets = Vec::new();
        for name in &self.datasets {
            check_name("datasets", name, |it| it.starts_with(|c: char| c.is_ascii_lowercase()) && is_word(it))?;
            check_new("datasets", name, &datasets)?;
            datasets.push(name.get_ref().clone());
        }
        let purposes = named::purposes(&self.purpose)?;
        let mut roles: Vec<Role> = Vec::new();
        for role in self.role {
            let names: Vec<_> = roles.iter().map(|it| it.name.clone()).collect();
            check_new("role.name", &role.name, &names)?;
            roles.push(role.into_role(&datasets, &purposes)?);
        }
        if !roles.iter().any(|role| *role.name == *PUBLIC) {
            return Err((0..0, format!("role: there is no role `{PUBLIC}`, which everyone without a token has")));
        }
        let agreements = named::agreements(&self.agreement, &roles)?;
        let investigations = named::investigations(&self.investigation)?;
        Ok(Policy { version: self.version.into_inner(), datasets, roles, purposes, agreements, investigations })
    }
}

impl RoleEntry {
    fn into_role(self, datasets: &[Box<str>], purposes: &[Purpose]) -> Result<Role, Wrong> {
        check_name("role.name", &self.name, is_word)?;
        let name = self.name.get_ref().clone();
        let claim = self.claim.as_ref().map(|claim| self.check_claim(claim)).transpose()?;
        self.check_purposes(purposes)?;
        let texts = [("role.writes", &self.writes), ("role.called", &self.called), ("role.called_nl", &self.called_nl)];
        for (key, text) in texts.into_iter().filter_map(|(key, text)| Some((key, text.as_ref()?))) {
            check_name(key, text, |it| !it.trim().is_empty() && !it.contains(['|', '\n']))?;
        }
        let stale = self.stale.as_ref().map(|stale| check_stale(&name, stale)).transpose()?;
        let mut cells: BTreeMap<Box<str>, Vec<Part>> = BTreeMap::new();
        for (dataset, cell) in self.cells {
            if !datasets.contains(dataset.get_ref()) {
                let known = datasets.join(", ");
                let reason =
                    format!("role {name}: cells: unknown dataset `{}`, expected one of {known}", dataset.get_ref());
                return Err((dataset.span(), reason));
            }
            let parts = cell::parse(cell.get_ref(), claim)
                .map_err(|reason| (cell.span(), format!("role {name}: cells.{}: {reason}", dataset.get_ref())))?;
            cells.insert(dataset.into_inner(), parts);
        }
        let plain = |texts: Vec<Spanned<Box<str>>>| texts.into_iter().map(Spanned::into_inner).collect();
        let [writes, called, called_nl] =
            [self.writes, self.called, self.called_nl].map(|it| it.map(Spanned::into_inner));
        Ok(Role {
            name,
            called,
            called_nl,
            claim,
            acr: plain(self.acr),
            writes,
            releases: self.releases,
            stale,
            purposes: plain(self.purposes),
            cells,
        })
    }

    fn check_claim(&self, claim: &Spanned<Box<str>>) -> Result<Claim, Wrong> {
        let role = self.name.get_ref();
        if **role == *PUBLIC {
            return Err((claim.span(), format!("role {role}: claim: nobody without a token has a claim")));
        }
        Claim::by_name(claim.get_ref()).ok_or_else(|| {
            let known = Claim::ALL.map(Claim::name).join(", ");
            (claim.span(), format!("role {role}: claim: unknown claim `{}`, expected one of {known}", claim.get_ref()))
        })
    }

    fn check_purposes(&self, explained: &[Purpose]) -> Result<(), Wrong> {
        let role = self.name.get_ref();
        let is_public = **role == *PUBLIC;
        match self.purposes.first() {
            Some(purpose) if is_public => {
                return Err((purpose.span(), format!("role {role}: purposes: nobody without a token names a purpose")));
            }
            None if !is_public => {
                return Err((
                    self.name.span(),
                    format!("role {role}: purposes: at least one is needed, as in [\"monitoring\"]"),
                ));
            }
            _ => {}
        }
        let unexplained = self.purposes.iter().find(|it| !explained.iter().any(|known| known.name == *it.get_ref()));
        unexplained.map_or(Ok(()), |purpose| {
            let reason = format!("role {role}: purposes: no [[purpose]] says what `{}` is for", purpose.get_ref());
            Err((purpose.span(), reason))
        })
    }
}

fn check_stale(role: &str, stale: &Spanned<Box<str>>) -> Result<Duration, Wrong> {
    let age = humantime::parse_duration(stale.get_ref()).ok().filter(|age| STALE.contains(age));
    age.ok_or_else(|| {
        let reason = format!("role {role}: stale: `{}` is no duration from 1s to 24h, such as 15m", stale.get_ref());
        (stale.span(), reason)
    })
}

fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 64
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

fn check_name(key: &str, name: &Spanned<Box<str>>, is_right: impl FnOnce(&str) -> bool) -> Result<(), Wrong> {
    if is_right(name.get_ref()) {
        Ok(())
    } else {
        Err((name.span(), format!("{key}: `{}` is no name", name.get_ref())))
    }
}

fn check_new(key: &str, name: &Spanned<Box<str>>, known: &[Box<str>]) -> Result<(), Wrong> {
    if known.contains(name.get_ref()) {
        return Err((name.span(), format!("{key}: `{}` stands there twice", name.get_ref())));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
