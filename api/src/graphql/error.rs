//! What goes wrong with a request or a field, as clients are told it: in their own words, never with a value of theirs
//! or of a row.

use std::fmt::Write as _;

use async_graphql_parser::Pos;
use bytes::Bytes;

use super::name::is_dimension;
use crate::telemetry;

/// The closed list of `extensions.code`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// The document is no GraphQL.
    ParseFailed,
    /// The document does not fit the caller's schema.
    ValidationFailed,
    /// An argument, a variable or the request itself cannot be what is meant.
    BadUserInput,
    /// The operation asks for more than one request may.
    CostLimit,
    /// The caller has asked all that it may ask in a minute.
    RateLimited,
    /// The caller may not ask for this, whatever is in it.
    Forbidden,
    /// No document is known by this hash.
    PersistedQueryNotFound,
    /// A source did not answer, and the field was asked to fail then.
    SourceUnavailable,
    /// Something went wrong inside; it was logged.
    Internal,
}

impl Code {
    /// The code's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ParseFailed => "GRAPHQL_PARSE_FAILED",
            Self::ValidationFailed => "GRAPHQL_VALIDATION_FAILED",
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::CostLimit => "COST_LIMIT",
            Self::RateLimited => "RATE_LIMITED",
            Self::Forbidden => "FORBIDDEN",
            Self::PersistedQueryNotFound => "PERSISTED_QUERY_NOT_FOUND",
            Self::SourceUnavailable => "SOURCE_UNAVAILABLE",
            Self::Internal => "INTERNAL",
        }
    }
}

/// What is wrong, without a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Which kind of thing.
    pub code: Code,
    /// What, where and what to do.
    pub message: String,
}

impl Problem {
    /// Something in the caller's own input.
    pub fn input(message: impl Into<String>) -> Self {
        Self { code: Code::BadUserInput, message: message.into() }
    }

    /// The schema is not for this role to ask for.
    pub(super) fn introspection() -> Self {
        Self { code: Code::Forbidden, message: "this role may not ask for the schema".to_owned() }
    }
}

/// What the parser or validation says, without the values that it cites: the line that does not parse, an enumeration's
/// value. Names stay, and so do those of dimensions, which are the schema's.
#[must_use]
pub fn without_values(message: &str) -> String {
    let message = message.rsplit_once("\n  = ").map_or(message, |(_, said)| said);
    match message.split_once(" does not contain the value ") {
        Some((told, value)) => match told.rsplit('"').nth(1).filter(|ty| is_dimension(ty)).and(dimension(value)) {
            Some(name) => format!("{told} does not contain the value {name}"),
            None => format!("{told} does not contain the value that was given"),
        },
        None => message.to_owned(),
    }
}

/// What was written for a dimension, where it has the form of one.
#[must_use]
pub fn dimension(written: &str) -> Option<&str> {
    let name = written.trim_matches('"');
    let is_upper_snake = |letter: char| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_';
    (!name.is_empty() && name.len() <= 64 && name.chars().all(is_upper_snake)).then_some(name)
}

/// One step of a response path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segment<'a> {
    /// A response key.
    Key(&'a str),
    /// A place in a list.
    Index(usize),
}

/// Appends one error of a response, as JSON.
pub fn write_error(out: &mut String, problem: &Problem, positions: &[Pos], path: Option<&str>) {
    write_place(out, problem, positions, path);
    write_extensions(out, problem.code, None);
}

fn write_place(out: &mut String, problem: &Problem, positions: &[Pos], path: Option<&str>) {
    out.push_str("{\"message\":");
    out.push_str(&serde_json::Value::from(problem.message.as_str()).to_string());
    if !positions.is_empty() {
        out.push_str(",\"locations\":[");
        for (place, position) in positions.iter().enumerate() {
            let comma = if place > 0 { "," } else { "" };
            let _ = write!(out, "{comma}{{\"line\":{},\"column\":{}}}", position.line, position.column);
        }
        out.push(']');
    }
    if let Some(path) = path {
        out.push_str(",\"path\":");
        out.push_str(path);
    }
}

fn write_extensions(out: &mut String, code: Code, retry_after: Option<u64>) {
    let name = code.name();
    telemetry::note(name);
    let _ = write!(out, ",\"extensions\":{{\"code\":\"{name}\"");
    // What went wrong inside is in the log; this says where.
    if let Some(trace) = telemetry::trace_id().filter(|_| code == Code::Internal) {
        let _ = write!(out, ",\"traceId\":\"{trace}\"");
    }
    if let Some(seconds) = retry_after {
        let _ = write!(out, ",\"retryAfter\":{seconds}");
    }
    out.push_str("}}");
}

/// A response without data that says after how many seconds the same may run.
pub fn refusal_until(problem: &Problem, retry_after: Option<u64>) -> Bytes {
    let mut out = String::from("{\"errors\":[");
    write_place(&mut out, problem, &[], None);
    write_extensions(&mut out, problem.code, retry_after);
    out.push_str("]}");
    out.into()
}

/// A response without data: nothing ran.
pub fn refusal<'e>(errors: impl IntoIterator<Item = (&'e Problem, &'e [Pos])>) -> Bytes {
    let mut out = String::from("{\"errors\":[");
    for (place, (problem, positions)) in errors.into_iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        write_error(&mut out, problem, positions, None);
    }
    out.push_str("]}");
    out.into()
}

/// A response path, as JSON.
#[must_use]
pub fn path_json(path: &[Segment<'_>]) -> String {
    let steps = path.iter().map(|step| match step {
        Segment::Key(key) => serde_json::Value::from(*key),
        Segment::Index(index) => serde_json::Value::from(*index),
    });
    serde_json::Value::Array(steps.collect()).to_string()
}
