//! From a document's text to one that is ready to run: bounded, parsed, and validated once.

use std::sync::Arc;

use async_graphql::ServerError;
use async_graphql_parser::{Pos, types::ExecutableDocument};
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{DOCUMENT_LONGEST, Gateway};
use crate::graphql::{
    access::Access,
    error::{Code, Problem, refusal, without_values},
    execute::{Payer, take},
    request::{Reply, Request},
    shape::shape,
    validate,
};
use crate::policy::Caller;

/// A document that is valid.
#[derive(Clone)]
pub(super) struct Known {
    document: Arc<ExecutableDocument>,
    shape: Arc<str>,
}

/// A document that is ready for validation, or past it.
pub(super) struct Prepared {
    pub(super) document: Arc<ExecutableDocument>,
    /// The document without literals.
    pub(super) shape: Arc<str>,
    /// The schema's number and the document's text.
    pub(super) key: (u64, String),
    /// Does it ask for the schema itself? Then async-graphql answers that part.
    pub(super) introspects: bool,
    /// Was it validated before?
    pub(super) is_valid: bool,
}

impl Gateway {
    /// Takes a request's document in: by its hash where it has one, within bounds, and paid for before it is parsed,
    /// where anything is to be paid.
    pub(super) fn read(
        &self,
        access: &Access,
        caller: &Caller,
        request: &mut Request,
        (now, is_charged): (DateTime<Utc>, bool),
    ) -> Result<(Prepared, Payer), Reply> {
        let refused = |problem: Problem| Reply::refused(&problem, &[]);
        let known = self.parts.documents.resolve(&caller.role, request).map_err(refused)?;
        let longest = self.parts.limits.query_bytes;
        if request.query.len() > longest {
            let message = format!("the document is longer than {longest} bytes; send a shorter one");
            return Err(refused(Problem::input(message)));
        }
        let payer = Payer {
            client: request.client,
            now,
            document: u64::try_from(request.query.len()).unwrap_or(u64::MAX),
            is_told: request.extensions.get("cost") == Some(&Value::Bool(true)),
        };
        if is_charged {
            take(self, (caller, &payer), payer.reading())?;
        }
        let prepared = self.prepare(access, std::mem::take(&mut request.query))?;
        if let Some(hash) = known {
            self.parts.documents.register(hash, &prepared.key.1);
        }
        validate::variables(&request.variables).map_err(refused)?;
        Ok((prepared, payer))
    }

    /// Parses a document and bounds it; one that was found valid for the same schema before is taken as it is.
    fn prepare(&self, access: &Access, query: String) -> Result<Prepared, Reply> {
        let key = (access.schema.number, query);
        if let Some(Known { document, shape }) = self.documents.get(&key) {
            return Ok(Prepared { document, shape, key, introspects: false, is_valid: true });
        }
        validate::text(&key.1, self.parts.limits.tokens).map_err(|problem| Reply::refused(&problem, &[]))?;
        let document = async_graphql_parser::parse_query(&key.1).map_err(|error| unparsed(&error))?;
        let introspects = validate::introspects(&document);
        if introspects && !self.parts.limits.allowance(&access.caller.role).introspection {
            return Err(Reply::refused(&Problem::introspection(), &[]));
        }
        validate::before(&access.schema.model, &document).map_err(|(problem, at)| Reply::refused(&problem, &at))?;
        let shape = shape(&document).into();
        Ok(Prepared { document: Arc::new(document), shape, key, introspects, is_valid: false })
    }

    pub(super) fn remember(&self, access: &Access, prepared: Prepared) {
        debug_assert_eq!(access.schema.number, prepared.key.0);
        if prepared.key.1.len() <= DOCUMENT_LONGEST {
            let Prepared { document, shape, key, .. } = prepared;
            self.documents.insert(key, Known { document, shape });
        }
    }
}

/// The document is no GraphQL: says where, and repeats nothing of it.
fn unparsed(error: &async_graphql_parser::Error) -> Reply {
    let message = without_values(&error.to_string());
    let at: Vec<Pos> = error.positions().collect();
    Reply::refused(&Problem { code: Code::ParseFailed, message }, &at)
}

pub(super) fn errors(code: Code, mut errors: Vec<ServerError>) -> Reply {
    errors.dedup_by(|a, b| a.message == b.message && a.locations == b.locations);
    let told = |error: &ServerError| Problem { code, message: without_values(&error.message) };
    let told: Vec<_> = errors.iter().map(|error| (told(error), error.locations.as_slice())).collect();
    Reply::without_data(refusal(told.iter().map(|(problem, at)| (problem, *at))))
}
