//! Why a source gave no answer, in words that may be shown to clients.

use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use entities::{Dataset, FieldId};

/// Why a source gave no answer. What is said here may be shown to clients: no address, statement or value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// No answer within the deadline.
    #[error("no answer within {0:?}")]
    TimedOut(Duration),
    /// It could not be opened or reached.
    #[error("could not be reached")]
    Unreachable,
    /// No connection could be made, so that nothing of the question was sent: it may be put again, whatever it costs.
    #[error("could not be reached")]
    Unconnected,
    /// A table or column of the contract is missing or of another type.
    #[error("does not have {0} as the contract asks")]
    Drifted(String),
    /// The answer has more groups, youths or values than anyone may ask for.
    #[error("has more than {0} groups, youths or values for this table")]
    TooMany(usize),
    /// It answered what cannot be: rows out of order, a value of another kind. Or the gateway asked wrongly: it says so.
    #[error("gave no answer that can be read: {0}")]
    Malformed(String),
    /// It does not take questions of this gateway, or not on behalf of this caller.
    #[error("does not let this gateway ask, or not for this caller")]
    Refused,
    /// It is a node that was not asked further: the question came over it before, or over more gateways than it may.
    #[error("is asked over itself, or over too many other gateways: nodes lead in a circle")]
    Looped,
    /// It was not asked: it had as many questions as it may have at the same time.
    #[error("has as many questions as it may have at the same time")]
    Busy,
    /// It was not asked: it kept failing, and is left alone until a moment, or while one question finds out whether it
    /// answers again.
    #[error("did not answer several times, and is not asked {}", until(.0.as_ref()))]
    Resting(Option<DateTime<Utc>>),
}

fn until(moment: Option<&DateTime<Utc>>) -> String {
    let words = |moment: &DateTime<Utc>| format!("until {}", moment.to_rfc3339_opts(SecondsFormat::Secs, true));
    moment.map_or_else(|| "while one question finds out whether it does again".to_owned(), words)
}

impl Failure {
    /// A value that is not of its field's kind. Names the field, never the value.
    pub(crate) fn malformed(dataset: &Dataset, field: FieldId) -> Self {
        Self::Malformed(format!("{}.{}", dataset.table, dataset.fields[field].column))
    }
}
