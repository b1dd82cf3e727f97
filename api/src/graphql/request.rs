//! One GraphQL request and the reply to it. Knows nothing of HTTP: how they travel is the concern of `http`.

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::policy::Token;

/// What a client asks: a document and what goes with it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    /// The document, as the client wrote it.
    pub query: String,
    /// Which of the document's operations runs; not needed where there is one.
    pub operation_name: Option<String>,
    /// The values of the operation's variables, by name.
    pub variables: Map<String, Value>,
    /// What clients and servers agree on beside the specification.
    pub extensions: Map<String, Value>,
    /// What the caller showed to say who it is, for sources that find out for themselves what it may see.
    pub token: Option<Token>,
}

/// What a client gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The whole response, as JSON: `data`, `errors`, `extensions`.
    pub body: Bytes,
    /// Did the operation run? If not (it did not parse, validate, or its variables do not fit), there is no `data`.
    pub executed: bool,
    /// Is nothing answered now that may be answered later? Then it is not the request's fault.
    pub is_unavailable: bool,
}
