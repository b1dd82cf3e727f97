//! One GraphQL request from a known caller to its reply: the caller's schema, and the executor behind it.

mod prepare;
mod refusals;

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicU64, Ordering},
};

use async_graphql::Variables;
use async_graphql_parser::types::ExecutableDocument;
use chrono::{DateTime, Utc};
use entities::{Dataset, Date, datasets};
use quick_cache::sync::Cache;
use tokio::sync::Semaphore;

use self::prepare::{Known, Prepared, errors};
use super::{
    access::{Access, Grants, RoleSchema, visible},
    documents::Documents,
    error::{Code, Problem},
    execute::{self, Executor, Granted, Mode, Payer, Task},
    meter::Meter,
    request::{Reply, Request},
    schema::{Visible, model, to_schema},
    watch::{Noted, Watch},
};
use crate::{
    audit::Audit,
    config::Limits,
    federation::Sources,
    opaque::Keys,
    policy::{Caller, Grant, OnBehalf, Policy, Subject, Territory, Token},
    reference::Reference,
    release::{Secret, Shelf},
};

/// The most callers whose grants are kept ready.
const CALLERS: usize = 4_096;
/// The most schemas that are kept ready.
const SCHEMAS: usize = 64;
/// The most valid documents that are kept ready.
const DOCUMENTS: usize = 1_024;
/// The longest document that is kept, in bytes.
const DOCUMENT_LONGEST: usize = 16 * 1024;

/// All that answering takes.
pub struct Gateway {
    parts: Parts,
    accesses: Cache<Caller, Arc<Access>>,
    schemas: Cache<Visible, Arc<RoleSchema>>,
    /// Valid documents, by the number of the schema that they are valid for and their text.
    documents: Cache<(u64, String), Known>,
    /// How many schemas were made.
    made: AtomicU64,
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
    pub keys: Arc<Keys>,
    /// What one request may ask.
    pub limits: Limits,
    /// The documents that are known beforehand, or were sent before.
    pub documents: Arc<Documents>,
    /// What was asked within the minute.
    pub meter: Arc<Meter>,
    /// The releases, where there is a store of them.
    pub releases: Option<Shelf>,
    /// Where it is written down who was answered what.
    pub audit: Audit,
    /// Are all rows about youths made up?
    pub demonstration: bool,
}

impl Gateway {
    /// Takes the parts in.
    #[must_use]
    pub fn new(parts: Parts) -> Arc<Self> {
        Arc::new(Self {
            parts,
            accesses: Cache::new(CALLERS),
            schemas: Cache::new(SCHEMAS),
            documents: Cache::new(DOCUMENTS),
            made: AtomicU64::new(0),
        })
    }

    /// What it is made of.
    #[must_use]
    pub fn parts(&self) -> &Parts {
        &self.parts
    }

    /// How many entries each cache has.
    #[must_use]
    pub fn cached(&self) -> [(&'static str, usize); 3] {
        [("callers", self.accesses.len()), ("schemas", self.schemas.len()), ("documents", self.documents.len())]
    }

    /// What a caller can do here.
    ///
    /// # Errors
    /// Where the schema cannot be made: a fault of the program.
    pub fn access(&self, caller: &Caller) -> Result<Arc<Access>, Problem> {
        self.accesses.get_or_insert_with(caller, || {
            let Parts { policy, territory, .. } = &self.parts;
            let of = |grant: &dyn Fn(&'static Dataset) -> Option<Grant>| {
                datasets().iter().filter_map(|dataset| Some((dataset.name, grant(dataset)?))).collect()
            };
            let rows = of(&|dataset| policy.grant(caller, dataset, territory));
            let tables = of(&|dataset| policy.tables(caller, dataset, territory));
            let grants = Grants { rows, tables, releases: policy.releases(caller), audit: policy.reads_audit(caller) };
            let schema = self.schema(&visible(&grants))?;
            let opaque = self.parts.keys.consumer(&caller.consumer());
            // Everyone alike shares it: it is nobody's by name.
            let caller = Caller { subject: Subject::default(), ..caller.clone() };
            Ok(Arc::new(Access::new(caller, schema, opaque, grants)))
        })
    }

    /// The schema of one set of visible fields.
    ///
    /// # Errors
    /// Where it cannot be made: a fault of the program.
    pub fn schema(&self, visible: &Visible) -> Result<Arc<RoleSchema>, Problem> {
        self.schemas.get_or_insert_with(visible, || {
            let model = model(visible);
            let schema = to_schema(&model, &self.parts.limits, Executor).map_err(|error| {
                tracing::error!(%error, "a schema cannot be made");
                Problem { code: Code::Internal, message: "the schema cannot be made".to_owned() }
            })?;
            let number = self.made.fetch_add(1, Ordering::Relaxed);
            Ok(Arc::new(RoleSchema { number, model, schema, subgraph: OnceLock::new() }))
        })
    }

    /// Answers a request, once the audit log holds that it does.
    pub async fn answer(self: &Arc<Self>, caller: &Caller, request: Request, now: DateTime<Utc>) -> Reply {
        let mut watch = Watch::begin(&self.parts, (caller, request.client), now);
        let reply = self.run(caller, request, (now, Mode::Answer), watch.noted()).await;
        watch.end(reply).await
    }

    /// Says how a request would be answered: per list the rule that grants it, and per source the statement. The reply's
    /// body is text; where the request cannot be answered, it is the response with its errors.
    ///
    /// With the disclosure secret, which no gateway keeps, it says why cells of releases are hidden, to whoever may read
    /// their rows. For that alone sources are asked.
    pub async fn explain(
        self: &Arc<Self>,
        caller: &Caller,
        request: Request,
        now: DateTime<Utc>,
        secret: Option<Arc<Secret>>,
    ) -> Reply {
        self.run(caller, request, (now, Mode::Explain(secret)), &mut Noted::default()).await
    }

    async fn run(
        self: &Arc<Self>,
        caller: &Caller,
        mut request: Request,
        (now, mode): (DateTime<Utc>, Mode),
        noted: &mut Noted,
    ) -> Reply {
        let access = match self.access(caller) {
            Ok(access) => access,
            Err(problem) => return Reply::refused(&problem, &[]),
        };
        let is_charged = matches!(mode, Mode::Answer);
        let (prepared, payer) = match self.read(&access, caller, &mut request, (now, is_charged)) {
            Ok(read) => read,
            Err(reply) => return reply,
        };
        let variables = serde_json::Value::Object(request.variables.into_iter().map(whole).collect());
        let variables = Variables::from_json(variables);
        let on_behalf = self.on_behalf(caller, request.token);
        let task = self.task(&access, &prepared, (&variables, on_behalf), (payer, mode));
        noted.begins(&task, &prepared.shape, request.operation_name.as_deref());
        if prepared.is_valid
            && let Some(reply) = execute::run_valid(&task, request.operation_name.as_deref()).await
        {
            return reply;
        }
        let mut asked = async_graphql::Request::new("").only_introspection().data(Arc::clone(&task));
        if prepared.introspects {
            asked = asked.variables(variables);
        }
        asked.set_parsed_query(ExecutableDocument::clone(&prepared.document));
        if let Some(name) = &request.operation_name {
            asked = asked.operation_name(name);
        }
        let response = access.schema.schema.execute(asked).await;
        let mut progress = task.progress();
        if progress.validated && !prepared.introspects {
            self.remember(&access, prepared);
        }
        match progress.reply.take() {
            Some(reply) => reply,
            None => {
                let code = match (progress.is_within_limits, progress.validated) {
                    (false, _) => Code::CostLimit,
                    (true, false) => Code::ValidationFailed,
                    (true, true) => Code::BadUserInput,
                };
                errors(code, response.errors)
            }
        }
    }

    /// On whose behalf sources are asked. Of one operation, and never kept; of nobody where no source asks.
    fn on_behalf(&self, caller: &Caller, token: Option<Token>) -> OnBehalf {
        if self.parts.sources.has_remote() { OnBehalf::caller(caller, token) } else { OnBehalf::default() }
    }

    fn task(
        self: &Arc<Self>,
        access: &Arc<Access>,
        prepared: &Prepared,
        (variables, on_behalf): (&Variables, OnBehalf),
        (payer, mode): (Payer, Mode),
    ) -> Arc<Task> {
        let today = amsterdam_day(payer.now);
        Arc::new(Task {
            gateway: Arc::clone(self),
            access: Arc::clone(access),
            document: Arc::clone(&prepared.document),
            is_valid: prepared.is_valid,
            variables: variables.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
            today,
            mode,
            payer,
            granted: Arc::new(Granted::new(self, access, on_behalf, today)),
            tables: Semaphore::new(execute::TABLES_AT_ONCE),
            progress: std::sync::Mutex::default(),
        })
    }
}

/// A whole number is one however it is written: `1.0` is `1`.
fn whole((name, value): (String, serde_json::Value)) -> (String, serde_json::Value) {
    use serde_json::Value as Json;
    fn within(value: Json) -> Json {
        match value {
            Json::Number(number) if number.is_f64() => {
                let whole = number.as_f64().filter(|it| it.fract() == 0.0 && it.abs() <= f64::from(i32::MAX));
                #[expect(clippy::cast_possible_truncation, reason = "whole and of 32 bits, as was just asked")]
                whole.map_or(Json::Number(number), |it| Json::from(it as i64))
            }
            Json::Array(items) => items.into_iter().map(within).collect(),
            Json::Object(members) => members.into_iter().map(whole).collect(),
            other => other,
        }
    }
    (name, within(value))
}

/// The calendar day in Amsterdam.
pub(crate) fn amsterdam_day(now: DateTime<Utc>) -> Date {
    Date::from_chrono(now.with_timezone(&chrono_tz::Europe::Amsterdam).date_naive())
}
