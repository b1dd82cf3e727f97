//! Who may see what: pure, default deny. Knows no token, no source and no GraphQL type.

mod cell;
mod coverage;
mod diff;
mod file;
mod grant;
mod investigation;
mod matrix;
mod on_behalf;
mod purpose;
mod relation;
mod role;
mod rows;
mod subject;
mod territory;
mod words;

use entities::Dataset;

use self::rows::Asked;
pub use self::{
    cell::{Part, Scope},
    coverage::Extent,
    file::PolicyError,
    grant::{Clause, Grant, Rows},
    investigation::Investigation,
    on_behalf::{OnBehalf, Opened, Someone, Token},
    purpose::Purpose,
    relation::{Related, Relation},
    role::{Claim, Role},
    subject::Subject,
    territory::Territory,
};
use crate::opaque::Consumer;

/// Who asks, after its token was checked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Caller {
    /// The role's name in the policy, such as `region_analyst`; `public` without a token.
    pub role: Box<str>,
    /// The code in the role's scope claim, such as `JZ36`, where the role has one.
    pub scope: Option<Box<str>>,
    /// The consumer's organisation: the scope claim, else the claim `organisation`; empty for `public`.
    pub organisation: Box<str>,
    /// What the rows are used for; none for `public`.
    pub purpose: Option<Box<str>>,
    /// Who it is, for the audit log alone: callers who differ in this alone are equal.
    pub subject: Subject,
}

/// An agreement on exact tables for a role that sees no rows: the `x!` of its cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// Its name.
    pub name: Box<str>,
    /// The role that it is made with.
    pub role: Box<str>,
    /// The datasets' names in the file.
    pub datasets: Vec<Box<str>>,
}

/// What rows are used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// They are shown one by one.
    Rows,
    /// Exact tables are made of them.
    Tables,
}

/// The role of everyone without a token.
pub const PUBLIC: &str = "public";

/// The role that reads the audit log, and nothing else.
pub const PRIVACY_OFFICER: &str = "privacy_officer";

/// The policy matrix: what every role may see of every dataset.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The version that the file states; stands in every log record.
    version: Box<str>,
    /// The datasets' names in the file, such as `capacityReport`, in the order of the columns.
    datasets: Vec<Box<str>>,
    roles: Vec<Role>,
    /// What rows may be used for.
    purposes: Vec<Purpose>,
    /// Who may have exact tables of which datasets, by name.
    agreements: Vec<Agreement>,
    /// The investigations that the purpose `investigation:<number>` may name.
    investigations: Vec<Investigation>,
}

impl Caller {
    /// Someone without a token.
    #[must_use]
    pub fn public() -> Self {
        Self { role: PUBLIC.into(), scope: None, organisation: "".into(), purpose: None, subject: Subject::default() }
    }

    /// Whom ids and pseudonyms are encrypted for.
    #[must_use]
    pub fn consumer(&self) -> Consumer<'_> {
        Consumer { organisation: &self.organisation, role: &self.role, purpose: self.purpose.as_deref() }
    }
}

impl Policy {
    /// The version that the file states.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// All roles, in the file's order.
    #[must_use]
    pub fn roles(&self) -> &[Role] {
        &self.roles
    }

    /// What rows may be used for, in the file's order.
    #[must_use]
    pub fn purposes(&self) -> &[Purpose] {
        &self.purposes
    }

    /// What a purpose is, as tokens name it: `investigation:20260001`.
    #[must_use]
    pub fn purpose(&self, name: &str) -> Option<&Purpose> {
        self.purposes.iter().find(|it| role::is_purpose(&it.name, name))
    }

    /// The agreements on exact tables, in the file's order.
    #[must_use]
    pub fn agreements(&self) -> &[Agreement] {
        &self.agreements
    }

    /// The investigations, in the file's order.
    #[must_use]
    pub fn investigations(&self) -> &[Investigation] {
        &self.investigations
    }

    /// The role of that name.
    #[must_use]
    pub fn role(&self, name: &str) -> Option<&Role> {
        self.roles.iter().find(|role| *role.name == *name)
    }

    /// The rows that the caller may see of a dataset; nothing unless a cell says so, and the caller is who its role asks
    /// for.
    #[must_use]
    pub fn grant(&self, caller: &Caller, dataset: &'static Dataset, territory: &Territory) -> Option<Grant> {
        self.granted(caller, dataset, territory, Use::Rows)
    }

    /// The rows that the caller's exact tables of a dataset are made of: those that it may see, and those of an
    /// agreement on tables (`x!`).
    #[must_use]
    pub fn tables(&self, caller: &Caller, dataset: &'static Dataset, territory: &Territory) -> Option<Grant> {
        self.granted(caller, dataset, territory, Use::Tables)
    }

    fn granted(&self, caller: &Caller, dataset: &'static Dataset, territory: &Territory, to: Use) -> Option<Grant> {
        let role = self.role(&caller.role)?;
        let claimed = caller.scope.as_deref().filter(|scope| !scope.is_empty());
        if !role.admits(caller.purpose.as_deref())
            || role.claim.is_some() != claimed.is_some()
            || dataset.is_reference()
        {
            return None;
        }
        let claim = role.claim.zip(claimed);
        let investigation = self.investigation(caller.purpose.as_deref());
        let asked = Asked { claim, dataset, territory, investigation, to };
        let clauses = role.cell(&column(dataset)).iter().flat_map(|part| {
            let clause = |rows| Clause { rows, tier: part.tier, months: part.months(dataset), rule: part.rule.clone() };
            rows::of(part.scope, &asked).into_iter().map(clause)
        });
        Some(Grant::new(dataset, clauses.collect())?.with_stale(role.stale))
    }

    /// May the caller see releases: protected tables, the same for everyone who may? Nothing unless its role says so.
    #[must_use]
    pub fn releases(&self, caller: &Caller) -> bool {
        self.role(&caller.role).is_some_and(|role| {
            let claimed = caller.scope.as_deref().is_some_and(|scope| !scope.is_empty());
            role.releases && role.admits(caller.purpose.as_deref()) && role.claim.is_some() == claimed
        })
    }

    /// May the caller read the audit log? One role alone may, whatever a policy file says of others.
    #[must_use]
    pub fn reads_audit(&self, caller: &Caller) -> bool {
        let is_reader = |role: &Role| *role.name == *PRIVACY_OFFICER && role.admits(caller.purpose.as_deref());
        self.role(&caller.role).is_some_and(is_reader)
    }

    /// The investigation that a purpose names.
    fn investigation(&self, purpose: Option<&str>) -> Option<&Investigation> {
        let purpose = purpose?;
        self.investigations.iter().find(|it| it.is_named_by(purpose))
    }
}

/// The dataset's name in the policy file: `capacityReport` for `CapacityReport`.
fn column(dataset: &Dataset) -> String {
    let mut name = dataset.name.to_owned();
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    name
}

#[cfg(test)]
mod tests;
