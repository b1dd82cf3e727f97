//! What is told of one answer or refusal: the event, and the processings of the people in it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use crate::secret_file::to_hex;

/// The longest shape that is kept, in bytes; its hash is of the whole.
const SHAPE_LONGEST: usize = 8 * 1024;

/// What happened: all that is written at once, or not at all.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Who asked what, and what came of it.
    pub event: Event,
    /// Whose data were processed for it.
    pub processings: Vec<Processing>,
}

/// One event, after NEN 7513. No value of a row or a filter stands in it.
#[derive(Clone, Debug)]
pub struct Event {
    /// When it began.
    pub at: DateTime<Utc>,
    /// The id of its trace, after W3C.
    pub trace: Option<Box<str>>,
    /// What happened.
    pub kind: Kind,
    /// What was done to data.
    pub action: Action,
    /// The role in use; none where nobody knows who asked.
    pub role: Option<Box<str>>,
    /// The issuer of the token.
    pub issuer: Option<Box<str>>,
    /// Whom the token is about, as its issuer calls it.
    pub subject: Option<Box<str>>,
    /// The program that asked for the token.
    pub client: Option<Box<str>>,
    /// The organisation.
    pub organisation: Option<Box<str>>,
    /// What rows are used for.
    pub purpose: Option<Box<str>>,
    /// The other gateway that asked on the role's behalf, where one did.
    pub gateway: Option<Box<str>>,
    /// The policy's version.
    pub policy: Box<str>,
    /// The rules by which rows were granted: `placement: R/indirect`.
    pub rules: BTreeSet<String>,
    /// The name of the operation, in a document that is valid.
    pub name: Option<Box<str>>,
    /// The document without literals, where it is valid.
    pub shape: Option<Box<str>>,
    /// The datasets that were asked for.
    pub datasets: BTreeSet<&'static str>,
    /// The sources that were asked.
    pub sources: BTreeSet<Box<str>>,
    /// How many rows were given; how many events are meant, where it stands for several.
    pub rows: u64,
    /// What came of it.
    pub outcome: Outcome,
    /// The status of HTTP, where it says something.
    pub status: Option<u16>,
    /// The codes of its errors.
    pub codes: BTreeSet<&'static str>,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A GraphQL operation.
    Operation,
    /// A question of another gateway.
    Question,
    /// A request that was refused before anything was asked.
    Request,
    /// Releases were made.
    Release,
    /// A command of the program read the log, or took months out of it.
    Command,
    /// The program itself took months out of the log that were kept long enough, with so many records as its rows.
    Expiry,
    /// So many refusals, as many as its rows, that are not written one by one: whoever is refused more often than a log has
    /// room for is counted.
    Refusals,
    /// So many events, as many as its rows, that could not be written.
    Missing,
}

/// What was done to data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Read.
    Read,
    /// Made.
    Create,
    /// Taken out.
    Delete,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// An answer without errors.
    Answered,
    /// An answer with errors in some of its fields.
    Partial,
    /// Nothing was given.
    Refused,
    /// Nobody waited for the answer, or it took too long.
    Cancelled,
}

/// Data that were processed for one activity, after Logboek Dataverwerkingen. No user stands in it.
#[derive(Clone, Debug)]
pub struct Processing {
    /// What the data are used for: the purpose and the dataset.
    pub activity: String,
    /// The dataset.
    pub dataset: &'static str,
    /// The source, or several where a row answer has them, with commas between.
    pub sources: BTreeSet<Box<str>>,
    /// The release that a table is of.
    pub released: Option<Box<str>>,
    /// Whose data.
    pub subjects: Subjects,
}

/// What the log calls itself where it is read.
pub const LOG_DATASET: &str = "AuditEvent";

/// The processing activity of telling whoever holds a youth's data who saw them.
pub const SUBJECT_ACCESS: &str = "urn:regiograph:processing:subject-access";

/// The processing activity of rows and tables of a dataset that are given for a purpose.
#[must_use]
pub fn activity(purpose: &str, dataset: &str) -> String {
    format!("urn:regiograph:processing:{purpose}:{dataset}")
}

/// Whose data were processed.
#[derive(Clone, Debug)]
pub enum Subjects {
    /// Those of each of these, by the pseudonyms that sources know: one record, in which each stands encrypted.
    Each(Vec<Box<str>>),
    /// Those of a table, which names nobody: one record.
    Table,
}

/// The hash of a shape, in hexadecimal.
#[must_use]
pub fn hash_of(shape: &str) -> String {
    to_hex(&Sha256::digest(shape))
}

impl Event {
    /// An event of which nothing is known yet but when it began, and that nothing came of it.
    #[must_use]
    pub fn new(kind: Kind, at: DateTime<Utc>, policy: &str) -> Self {
        Self {
            at,
            trace: None,
            kind,
            action: Action::Read,
            role: None,
            issuer: None,
            subject: None,
            client: None,
            organisation: None,
            purpose: None,
            gateway: None,
            policy: policy.into(),
            rules: BTreeSet::new(),
            name: None,
            shape: None,
            datasets: BTreeSet::new(),
            sources: BTreeSet::new(),
            rows: 0,
            outcome: Outcome::Refused,
            status: None,
            codes: BTreeSet::new(),
        }
    }

    /// What is counted of it.
    pub(super) fn brief(&self) -> Self {
        let Self { outcome, rows, .. } = *self;
        Self { outcome, rows, codes: self.codes.clone(), ..Self::new(self.kind, self.at, &self.policy) }
    }

    /// As much of the shape as is kept.
    pub(super) fn kept_shape(&self) -> Option<String> {
        let shape = self.shape.as_deref()?;
        Some(shape[..shape.floor_char_boundary(SHAPE_LONGEST)].to_owned())
    }
}

impl Kind {
    /// Its name in the log.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Operation => "OPERATION",
            Self::Question => "QUESTION",
            Self::Request => "REQUEST",
            Self::Release => "RELEASE",
            Self::Command => "COMMAND",
            Self::Expiry => "EXPIRY",
            Self::Refusals => "REFUSALS",
            Self::Missing => "MISSING",
        }
    }
}

impl Action {
    /// Its name in the log.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "READ",
            Self::Create => "CREATE",
            Self::Delete => "DELETE",
        }
    }
}

impl Outcome {
    /// All of them, as they are named in the log.
    pub const ALL: [Self; 4] = [Self::Answered, Self::Partial, Self::Refused, Self::Cancelled];

    /// Its name in the log.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Answered => "ANSWERED",
            Self::Partial => "PARTIAL",
            Self::Refused => "REFUSED",
            Self::Cancelled => "CANCELLED",
        }
    }
}

impl From<Event> for Entry {
    fn from(event: Event) -> Self {
        Self { event, processings: Vec::new() }
    }
}
