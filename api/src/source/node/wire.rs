//! What a gateway and a node say to each other, in JSON. Datasets and fields travel by name, values by the kind of their
//! field, and youths encrypted for this one link. Knows no HTTP and no rights.
//!
//! The two may be of different versions. What a node does not know of the columns is null and named in its answer; what
//! it does not know elsewhere it names and answers nothing: a wrong set of rows would be worse.

mod answer;
mod condition;
mod partial;
mod question;
mod room;
mod table;
#[cfg(test)]
mod tests;
mod value;

use std::{fmt, sync::Arc, time::Duration};

use entities::{Dataset, Datum};

pub use self::room::{Gauge, Room};
use super::link::Youths;
use crate::source::{Failure, Inspected, Partial, Records, Select, Tabulate};

/// The version of what is said, in [`PROTOCOL_HEADER`] of every question and answer.
pub const PROTOCOL: &str = "1";

/// The header that says the version.
pub const PROTOCOL_HEADER: &str = "regiograph-protocol";

/// The header of the credential by which a node knows the gateway.
pub const CREDENTIAL_HEADER: &str = "regiograph-gateway";

/// The address of the endpoint, below that of the node.
pub const PATH: &str = "/node";

/// What a node answers, in HTTP, to a version that it does not speak.
pub const OTHER_VERSION: u16 = 501;

/// The longest question, in bytes.
pub const QUESTION_MOST: usize = 8 * 1024 * 1024;

/// The longest answer but a table, in bytes, whatever is asked: see [`Room`].
pub const ANSWER_MOST: usize = 64 * 1024 * 1024;

/// The longest table, in bytes: it may hold as many youths and values as anyone may ask for.
pub const TABLE_MOST: usize = 256 * 1024 * 1024;

/// What a node is asked.
#[derive(Clone)]
pub struct Question {
    /// The source, by its name at the node.
    pub source: Box<str>,
    /// What of it.
    pub ask: Ask,
    /// Is it asked which youths stand in a care relation of the caller?
    pub relates: bool,
    /// Who stands in care relations of the caller, by the relations' names, as the gateway found out.
    pub vouched: Vec<(Box<str>, Arc<[Datum]>)>,
    /// How long the gateway waits for the answer.
    pub within: Duration,
}

/// A kind of question. On whose behalf stands in no body: the credential says it.
#[derive(Clone)]
pub enum Ask {
    /// Rows in an order.
    Rows(Arc<Select>),
    /// The number of rows.
    Count(Arc<Select>),
    /// The number of rows for each value of a link.
    Counts(Arc<Select>),
    /// A partial table.
    Table(Arc<Tabulate>),
    /// How these datasets compare with the contract.
    Check(Vec<&'static Dataset>),
}

/// A question as a node understood it.
#[derive(Clone)]
pub struct Heard {
    /// The question. Columns whose fields are not known here are null in it.
    pub question: Question,
    /// Those fields: `placement.started_on`. The answer has to name them.
    pub lacking: Vec<Box<str>>,
}

/// Why a question was not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unheard {
    /// It is none.
    Unreadable,
    /// It rests on what is not known here: a dataset, a field, a kind of question.
    Unknown(Box<str>),
}

/// What a node answers.
#[derive(Clone)]
pub struct Answer {
    /// What was asked for, or why it is not there.
    pub told: Result<Told, Failure>,
}

/// What was asked for.
#[derive(Clone)]
pub enum Told {
    /// Rows, and what is not known of them.
    Rows(Records),
    /// Their number.
    Count(u64),
    /// Their number for each value of a link.
    Counts(Vec<(Datum, u64)>),
    /// A partial table.
    Table(Partial),
    /// How datasets compare with the contract.
    Check(Vec<Inspected>),
}

// What is asked and answered holds filters' values, rows and pseudonyms: of those nothing is ever printed.

impl fmt::Debug for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Question").field("source", &self.source).field("ask", &self.ask).finish_non_exhaustive()
    }
}

impl fmt::Debug for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, dataset) = match self {
            Self::Rows(select) => ("Rows", select.dataset.name),
            Self::Count(select) => ("Count", select.dataset.name),
            Self::Counts(select) => ("Counts", select.dataset.name),
            Self::Table(tabulate) => ("Table", tabulate.select.dataset.name),
            Self::Check(_) => ("Check", "datasets"),
        };
        write!(f, "{kind}({dataset})")
    }
}

impl fmt::Debug for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Heard").field("question", &self.question).field("lacking", &self.lacking).finish()
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("told", &self.told).finish()
    }
}

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rows(_) => "Rows(..)",
            Self::Count(_) => "Count(..)",
            Self::Counts(_) => "Counts(..)",
            Self::Table(_) => "Table(..)",
            Self::Check(_) => "Check(..)",
        })
    }
}

impl Unheard {
    /// What is not known, by the names of what holds it. What is no name makes the question unreadable: it may be shown.
    fn unknown(names: &[&str]) -> Self {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let is_name = |name: &&str| (1..=64).contains(&name.len()) && name.bytes().all(is_plain);
        if names.iter().all(is_name) { Self::Unknown(names.join(".").into()) } else { Self::Unreadable }
    }
}

impl From<Unheard> for Failure {
    fn from(unheard: Unheard) -> Self {
        match unheard {
            Unheard::Unreadable => Self::Malformed(NOT_ASKED.to_owned()),
            Unheard::Unknown(names) => Self::Drifted(names.into()),
        }
    }
}

impl Question {
    /// The question as a body.
    ///
    /// # Errors
    /// Where its condition is one that a source is never asked.
    pub fn write(&self, youths: &Youths) -> Result<Vec<u8>, Failure> {
        let form = question::write(self, youths).ok_or_else(|| Failure::Malformed(NOT_ASKED.to_owned()))?;
        Ok(serde_json::to_vec(&form).expect("it is made of names, numbers and texts"))
    }

    /// The question of a body.
    ///
    /// # Errors
    /// Why it is not understood.
    pub fn read(body: &[u8], youths: &Youths) -> Result<Heard, Unheard> {
        if !Gauge::new(Room::QUESTION).takes(body) {
            return Err(Unheard::Unreadable);
        }
        question::read(body, youths)
    }
}

impl Answer {
    /// The answer to a question, as a body.
    #[must_use]
    pub fn write(&self, ask: &Ask, youths: &Youths) -> Vec<u8> {
        answer::write(self, ask, youths)
    }

    /// The answer of a body to this question; one that cannot be read is [`Failure::Malformed`].
    #[must_use]
    pub fn read(body: &[u8], ask: &Ask, youths: &Youths) -> Self {
        answer::read(body, ask, youths)
    }
}

/// What a gateway's own mistake is called.
const NOT_ASKED: &str = "the gateway asked for what it cannot do";

impl Heard {
    /// The answer, with what is not known here said in it.
    #[must_use]
    pub fn answer(&self, told: Result<Told, Failure>) -> Answer {
        let told = told.map(|told| match told {
            Told::Rows(Records { all, mut lacking }) => {
                lacking.extend(self.lacking.iter().filter(|it| !lacking.contains(it)).cloned().collect::<Vec<_>>());
                Told::Rows(Records { all, lacking })
            }
            Told::Check(mut all) => {
                for inspected in &mut all {
                    let (table, names) = (inspected.dataset.table, self.lacking.iter());
                    let own = names.filter(|it| it.split_once('.').is_some_and(|(of, _)| of == table));
                    inspected.missing.extend(own.map(ToString::to_string));
                }
                Told::Check(all)
            }
            other => other,
        });
        Answer { told }
    }
}

impl Ask {
    /// The dataset; none where it is about several.
    #[must_use]
    pub fn dataset(&self) -> Option<&'static Dataset> {
        self.select().map(|select| select.dataset)
    }

    /// Which rows, and what of them; none where it is about several datasets.
    #[must_use]
    pub fn select(&self) -> Option<&Select> {
        match self {
            Self::Rows(select) | Self::Count(select) | Self::Counts(select) => Some(select),
            Self::Table(tabulate) => Some(&tabulate.select),
            Self::Check(_) => None,
        }
    }
}
