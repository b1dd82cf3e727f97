//! One GraphQL request and the reply to it. Knows nothing of HTTP: how they travel is the concern of `http`.

use std::time::Duration;

use async_graphql_parser::Pos;
use bytes::Bytes;
use serde_json::{Map, Value};

use super::error::{Problem, refusal, refusal_until};
pub use super::meter::Client;
use crate::policy::Token;

/// What a client asks: a document and what goes with it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    /// The document, as the client wrote it; empty where it is named by its hash.
    pub query: String,
    /// The hash of a document that is known, in place of one.
    pub document_id: Option<String>,
    /// Which of the document's operations runs; not needed where there is one.
    pub operation_name: Option<String>,
    /// The values of the operation's variables, by name.
    pub variables: Map<String, Value>,
    /// What clients and servers agree on beside the specification.
    pub extensions: Map<String, Value>,
    /// What the caller showed to say who it is, for sources that find out for themselves what it may see.
    pub token: Option<Token>,
    /// Where the client is, as far as that is known; nothing is kept or told of it.
    pub client: Option<Client>,
}

/// What a client gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The whole response, as JSON: `data`, `errors`, `extensions`.
    pub body: Bytes,
    /// What became of the operation.
    pub standing: Standing,
}

/// What became of an operation. Where it did not run there is no `data`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It ran.
    Ran,
    /// It did not parse, validate, or its variables do not fit; or it may not be asked.
    Refused,
    /// All that may be asked in a minute was asked: how long to wait before asking again.
    Later(Duration),
    /// Nothing is answered now, which is not the request's fault.
    Unavailable,
}

impl Standing {
    /// After how many seconds to ask again, where that may help.
    #[must_use]
    pub fn retry_after(self) -> Option<u64> {
        let Self::Later(wait) = self else { return None };
        Some(u64::try_from(wait.as_millis().div_ceil(1_000).max(1)).unwrap_or(u64::MAX))
    }
}

impl Reply {
    /// Did the operation run?
    #[must_use]
    pub fn executed(&self) -> bool {
        self.standing == Standing::Ran
    }

    /// What an operation that ran has to say.
    pub(super) fn ran(body: impl Into<Bytes>) -> Self {
        Self { body: body.into(), standing: Standing::Ran }
    }

    /// What is said where nothing ran.
    pub(super) fn without_data(body: impl Into<Bytes>) -> Self {
        Self { body: body.into(), standing: Standing::Refused }
    }

    /// Nothing ran.
    pub(super) fn refused(problem: &Problem, at: &[Pos]) -> Self {
        Self::without_data(refusal([(problem, at)]))
    }

    /// Nothing ran, and may run later.
    pub(super) fn later(problem: &Problem, wait: Duration) -> Self {
        let standing = Standing::Later(wait);
        Self { body: refusal_until(problem, standing.retry_after()), standing }
    }

    /// Nothing is answered now, which is not the request's fault.
    pub(super) fn unavailable(problem: &Problem) -> Self {
        Self { standing: Standing::Unavailable, ..Self::refused(problem, &[]) }
    }
}
