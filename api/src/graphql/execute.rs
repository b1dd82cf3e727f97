//! Executes operations in place of async-graphql's resolvers: collects fields, coerces arguments, asks the federation a
//! level at a time, and writes JSON in request order straight from rows.

mod account;
mod audited;
mod below;
mod charge;
mod coerce;
mod collect;
mod cost;
mod explain;
mod fetch;
mod granted;
mod links;
mod lookup;
mod made;
mod named;
mod page;
mod reference;
mod represented;
mod table;
mod write;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_graphql::{
    Response, ServerResult, ValidationResult, Variables,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute, NextParseQuery, NextValidation},
    parser::types::{DocumentOperations, ExecutableDocument, OperationDefinition},
};
use async_graphql_value::{ConstValue, Name};
use entities::Date;
use tokio::sync::Semaphore;

pub(crate) use self::coerce::{Values, fits, type_ref, unfit};
pub(in crate::graphql) use self::{
    account::Account,
    charge::{Payer, take},
    granted::Granted,
};
use self::{collect::What, write::Writer};
use super::{
    access::Access,
    error::{Code, Problem},
    gateway::Gateway,
    request::{Reply, Standing},
    validate,
};
use crate::release::Secret;

/// The most tables of one operation that are put together at the same time.
pub(super) const TABLES_AT_ONCE: usize = 4;

/// One operation under way; lies in the request's data, where the extension finds it.
pub(super) struct Task {
    pub(super) gateway: Arc<Gateway>,
    pub(super) access: Arc<Access>,
    pub(super) document: Arc<ExecutableDocument>,
    /// Was the document found valid before?
    pub(super) is_valid: bool,
    pub(super) variables: Values,
    /// Today, Amsterdam.
    pub(super) today: Date,
    pub(super) mode: Mode,
    /// What goes into its cost beside its form.
    pub(super) payer: Payer,
    /// What the caller is granted today.
    pub(super) granted: Arc<Granted>,
    /// The tables that may be put together at the same time; each may hold much while it is.
    pub(super) tables: Semaphore,
    pub(super) progress: Mutex<Progress>,
}

/// What is wanted of an operation.
#[derive(Clone, Debug)]
pub(super) enum Mode {
    /// Its answer.
    Answer,
    /// How it would be answered, in words; with the disclosure secret also why cells of releases are hidden.
    Explain(Option<Arc<Secret>>),
}

/// How far an operation came.
#[derive(Debug, Default)]
pub(super) struct Progress {
    pub(super) is_within_limits: bool,
    pub(super) validated: bool,
    pub(super) reply: Option<Reply>,
    /// What was found, for the audit log.
    pub(super) account: Account,
}

/// Makes the extension that stands in for execution.
pub(super) struct Executor;

impl ExtensionFactory for Executor {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

impl Task {
    pub(super) fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_graphql::async_trait::async_trait]
impl Extension for Executor {
    async fn parse_query(
        &self,
        ctx: &ExtensionContext<'_>,
        query: &str,
        variables: &Variables,
        next: NextParseQuery<'_>,
    ) -> ServerResult<ExecutableDocument> {
        let document = next.run(ctx, query, variables).await?;
        if let Some(task) = ctx.data_opt::<Arc<Task>>() {
            task.progress().is_within_limits = true;
        }
        Ok(document)
    }

    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<async_graphql::ServerError>> {
        let Some(task) = ctx.data_opt::<Arc<Task>>() else { return next.run(ctx).await };
        let result = next.run(ctx).await?;
        validate::rest(&task.access.schema.model, &task.document)?;
        task.progress().validated = true;
        Ok(result)
    }

    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        let Some(task) = ctx.data_opt::<Arc<Task>>() else { return Response::default() };
        let Some(operation) = operation(&task.document, operation_name) else { return Response::default() };
        let reply = run(task, operation, || async { next.run(ctx, operation_name).await }).await;
        task.progress().reply = Some(reply);
        Response::default()
    }
}

/// The name of the operation that runs, where it has one.
pub(super) fn name_of<'d>(document: &'d ExecutableDocument, asked: Option<&'d str>) -> Option<&'d str> {
    match (&document.operations, asked) {
        (DocumentOperations::Multiple(operations), None) if operations.len() == 1 => {
            operations.keys().next().map(Name::as_str)
        }
        (DocumentOperations::Multiple(operations), Some(name)) => {
            operations.get_key_value(name).map(|(name, _)| name.as_str())
        }
        _ => None,
    }
}

fn operation<'d>(document: &'d ExecutableDocument, name: Option<&str>) -> Option<&'d OperationDefinition> {
    match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => Some(&operation.node),
        (DocumentOperations::Single(_), Some(_)) => None,
        (DocumentOperations::Multiple(operations), Some(name)) => {
            operations.get(&Name::new(name)).map(|operation| &operation.node)
        }
        (DocumentOperations::Multiple(operations), None) => {
            operations.values().next().filter(|_| operations.len() == 1).map(|operation| &operation.node)
        }
    }
}

/// Runs an operation of a document that was validated before and does not ask for the schema; nothing where there is no
/// such operation.
pub(super) async fn run_valid(task: &Task, name: Option<&str>) -> Option<Reply> {
    let operation = operation(&task.document, name)?;
    Some(run(task, operation, || async { Response::default() }).await)
}

/// Runs one operation.
async fn run<F: Future<Output = Response>>(
    task: &Task,
    operation: &OperationDefinition,
    introspect: impl FnOnce() -> F,
) -> Reply {
    let model = &task.access.schema.model;
    let variables = match coerce::variables(model, operation, &task.variables) {
        Ok(variables) => variables,
        Err(problem) => return Reply::refused(&problem, &[]),
    };
    let Some(root) = model.object("Query") else {
        let problem = Problem { code: Code::Internal, message: "there is no query type".to_owned() };
        return Reply::refused(&problem, &[]);
    };
    let selected = match collect::collect(model, root, (&task.document, operation), &variables) {
        Ok(selected) => selected,
        Err(problem) => return Reply::refused(&problem, &[]),
    };
    if let Mode::Explain(secret) = &task.mode {
        return Reply::ran(explain::explain(task, &selected, secret.as_ref()).await);
    }
    let told = match charge::charge(task, &selected) {
        Ok(told) => told,
        Err(refused) => return refused,
    };
    let mut introspected = Values::new();
    if selected.iter().any(|field| matches!(field.what, What::Introspection)) {
        let response = introspect().await;
        if let Some(error) = response.errors.into_iter().next() {
            let problem = Problem { code: Code::ValidationFailed, message: error.message };
            return Reply { standing: Standing::Ran, ..Reply::refused(&problem, &[]) };
        }
        if let ConstValue::Object(members) = response.data {
            introspected = members;
        }
    }
    let found = fetch::fetch(task, &selected).await;
    Reply::ran(Writer::new(task, &found, &introspected).response(&selected, told.as_deref()))
}
