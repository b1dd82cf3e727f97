//! One GraphQL request from a known caller to its reply: the caller's schema, and the executor behind it.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{ServerError, Variables};
use chrono::{DateTime, Utc};
use entities::{Date, datasets};
use quick_cache::sync::Cache;

use super::{
    access::{Access, RoleSchema, visible},
    error::{Code, Problem, without_values, write_error},
    execute::{Executor, Mode, Task},
    request::{Reply, Request},
    schema::{Visible, model, to_schema},
};
use crate::{
    config::Limits,
    federation::Sources,
    opaque::Keys,
    policy::{Caller, Policy, Territory},
    reference::Reference,
};

/// The most callers whose grants are kept ready.
const CALLERS: usize = 4_096;
/// The most schemas that are kept ready.
const SCHEMAS: usize = 64;

/// All that answering takes.
pub struct Gateway {
    parts: Parts,
    accesses: Cache<Caller, Arc<Access>>,
    schemas: Cache<Visible, Arc<RoleSchema>>,
}

/// What a gateway is made of.
pub struct Parts {
    /// The sources.
    pub sources: Sources,
    /// The reference data.
    pub reference: Arc<Reference>,
    /// Who may see what.
    pub policy: Arc<Policy>,
    /// The regions of supra-regions and networks.
    pub territory: Territory,
    /// The encryption of ids, cursors and pseudonyms.
    pub keys: Keys,
    /// What one request may ask.
    pub limits: Limits,
    /// Are all rows about youths made up?
    pub demonstration: bool,
}

impl Gateway {
    /// Takes the parts in.
    #[must_use]
    pub fn new(parts: Parts) -> Arc<Self> {
        Arc::new(Self { parts, accesses: Cache::new(CALLERS), schemas: Cache::new(SCHEMAS) })
    }

    /// What it is made of.
    #[must_use]
    pub fn parts(&self) -> &Parts {
        &self.parts
    }

    /// What a caller can do here.
    ///
    /// # Errors
    /// Where the schema cannot be made: a fault of the program.
    pub fn access(&self, caller: &Caller) -> Result<Arc<Access>, Problem> {
        self.accesses.get_or_insert_with(caller, || {
            let grant = |dataset| self.parts.policy.grant(caller, dataset, &self.parts.territory);
            let grants: HashMap<_, _> =
                datasets().iter().filter_map(|dataset| Some((dataset.name, grant(dataset)?))).collect();
            let schema = self.schema(&visible(&grants))?;
            let opaque = self.parts.keys.consumer(&caller.consumer());
            Ok(Arc::new(Access::new(caller.clone(), schema, opaque, grants)))
        })
    }

    /// The schema of one set of visible fields.
    ///
    /// # Errors
    /// Where it cannot be made: a fault of the program.
    pub fn schema(&self, visible: &Visible) -> Result<Arc<RoleSchema>, Problem> {
        self.schemas.get_or_insert_with(visible, || {
            let model = model(visible);
            let schema = to_schema(&model, self.parts.limits, Executor).map_err(|error| {
                tracing::error!(%error, "a schema cannot be made");
                Problem { code: Code::Internal, message: "the schema cannot be made".to_owned() }
            })?;
            Ok(Arc::new(RoleSchema { model, schema }))
        })
    }

    /// Answers a request.
    pub async fn answer(self: &Arc<Self>, caller: &Caller, request: Request, now: DateTime<Utc>) -> Reply {
        self.run(caller, request, now, Mode::Answer).await
    }

    /// Says how a request would be answered: per list the rule that grants it, and per source the statement. The reply's
    /// body is text; where the request cannot be answered, it is the response with its errors.
    pub async fn explain(self: &Arc<Self>, caller: &Caller, request: Request, now: DateTime<Utc>) -> Reply {
        self.run(caller, request, now, Mode::Explain).await
    }

    async fn run(self: &Arc<Self>, caller: &Caller, request: Request, now: DateTime<Utc>, mode: Mode) -> Reply {
        let access = match self.access(caller) {
            Ok(access) => access,
            Err(problem) => return refused(&problem),
        };
        let longest = self.parts.limits.query_bytes;
        if request.query.len() > longest {
            return refused(&Problem::input(format!(
                "the document is longer than {longest} bytes; send a shorter one"
            )));
        }
        let variables = Variables::from_json(serde_json::Value::Object(request.variables));
        let task = Arc::new(Task {
            gateway: Arc::clone(self),
            access: Arc::clone(&access),
            variables: variables.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
            today: amsterdam_day(now),
            mode,
            progress: std::sync::Mutex::default(),
        });
        let mut asked = async_graphql::Request::new(request.query)
            .variables(variables)
            .only_introspection()
            .data(Arc::clone(&task));
        if let Some(name) = request.operation_name {
            asked = asked.operation_name(name);
        }
        let response = access.schema.schema.execute(asked).await;
        let mut progress = task.progress();
        match progress.reply.take() {
            Some((body, executed)) => Reply { body, executed },
            None => {
                let code = match (&progress.document, progress.validated) {
                    (None, _) => Code::ParseFailed,
                    (Some(_), false) => Code::ValidationFailed,
                    (Some(_), true) => Code::BadUserInput,
                };
                errors(code, &response.errors)
            }
        }
    }
}

/// The calendar day in Amsterdam.
fn amsterdam_day(now: DateTime<Utc>) -> Date {
    Date::from_chrono(now.with_timezone(&chrono_tz::Europe::Amsterdam).date_naive())
}

fn refused(problem: &Problem) -> Reply {
    Reply { body: super::execute::refusal(problem), executed: false }
}

fn errors(code: Code, errors: &[ServerError]) -> Reply {
    let mut out = String::from("{\"errors\":[");
    for (place, error) in errors.iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        let problem = Problem { code, message: without_values(&error.message) };
        write_error(&mut out, &problem, &error.locations, None);
    }
    out.push_str("]}");
    Reply { body: out.into(), executed: false }
}
