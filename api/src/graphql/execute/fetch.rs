//! Asks the sources what an operation needs, one level of it at a time: first the fields of the query, then what rows,
//! reference rows and youths link to and are linked by. What one level asks, it asks at the same time, and every field
//! once for all parents.

use std::{collections::HashMap, sync::Arc};

use async_graphql_value::ConstValue;
use entities::Dataset;
use futures_util::future::join_all;
use indexmap::IndexSet;
use serde_json::Value as Json;

use super::{
    Task, audited,
    below::{Of, Walk},
    coerce::Values,
    collect::Selected,
    links::{self, FoundEach},
    lookup::{self, Lookup},
    made, named,
    page::{Page, wanted},
    represented,
    table::{self, Statistics},
};
use crate::{
    federation::{self, Outcome, Status},
    graphql::{
        ask::{self, Asking, OnFailure},
        error::{Code, Problem},
        gateway::Gateway,
        model::Resolve,
    },
    query::Query,
    source::Links,
};

/// The most questions of one operation: lists, links and ids.
const QUESTIONS_MOST: usize = 1_000;
/// The most rows that the lists of one operation may ask for together: of each parent a page.
const ROWS_MOST: usize = Links::ROWS_MOST;
/// The most tables of one operation.
const TABLES_MOST: usize = 25;

/// What an operation may still ask, by its form alone.
struct Budget {
    questions: usize,
    rows: usize,
    tables: usize,
}

impl Budget {
    /// Takes what a field asks of so many parents; false where that is more than there is left.
    fn take(&mut self, field: &Selected<'_>, page_default: usize, parents: usize) -> bool {
        let Ok(args) = &field.args else { return true };
        let number = |name: &str| match args.get(name) {
            Some(ConstValue::Number(number)) => number.as_u64().and_then(|it| usize::try_from(it).ok()),
            _ => None,
        };
        if let Some(Resolve::Statistics(_)) = field.resolve() {
            let left = self.tables.checked_sub(1);
            self.tables = left.unwrap_or(0);
            return left.is_some();
        }
        let page = || number("first").or_else(|| number("last")).unwrap_or(page_default);
        let asked = match args.get("representations") {
            Some(ConstValue::List(asked)) => asked.len(),
            _ => 1,
        };
        let (questions, rows) = match (field.resolve(), args.get("ids")) {
            (Some(Resolve::Rows(_)), _) => (1, page()),
            (Some(Resolve::Each(dataset, _)), _) if wanted(dataset, field, &|_| false).rows => {
                (1, page().max(1).saturating_mul(parents))
            }
            (Some(Resolve::Each(..) | Resolve::Link(..)), _) => (1, parents),
            (Some(Resolve::Entities), _) => (1, asked),
            (_, Some(ConstValue::List(ids))) => (ids.len(), ids.len()),
            _ => (1, 1),
        };
        let (Some(questions), Some(rows)) = (self.questions.checked_sub(questions), self.rows.checked_sub(rows)) else {
            return false;
        };
        (self.questions, self.rows) = (questions, rows);
        true
    }
}

/// What came of a field that asks sources.
pub(super) enum Found {
    /// A page of a list.
    Page(Arc<Page>),
    /// A table.
    Table(Arc<Statistics>),
    /// A small made object, or several.
    Made(Json),
    /// One row of a page, by its place.
    Row(Arc<Page>, usize),
    /// A reference row, by its place.
    Reference(&'static Dataset, usize),
    /// A source, by its place.
    Source(usize),
    /// A youth, by the pseudonym that sources know.
    Youth(Box<str>),
    /// Several of them.
    List(Vec<Result<Found, Problem>>),
    /// Nothing, because the source that would hold it did not answer.
    Failed(Outcome),
    /// Nothing, or nothing for this caller.
    Nothing,
}

/// All that was found: by the field's number, and what it was asked of.
pub(super) type AllFound = HashMap<(usize, Of), Result<Found, Problem>>;

/// Finds what an operation's fields need.
pub(super) async fn fetch(task: &Task, selected: &[Selected<'_>]) -> AllFound {
    let (lookup, page_default) = (Lookup::new(task), task.gateway.parts().limits.page_default);
    let mut all = AllFound::new();
    let mut budget = Budget { questions: QUESTIONS_MOST, rows: ROWS_MOST, tables: TABLES_MOST };
    let mut walk = Walk::new(task);
    walk.query(selected);
    loop {
        let level = walk.take();
        if level.is_empty() {
            return all;
        }
        let answers = level.values().map(|(field, of)| {
            let affordable = !walk.is_spent && budget.take(field, page_default, of.len());
            let lookup = &lookup;
            async move {
                if !affordable {
                    return of.iter().map(|of| (of.clone(), Err(too_much()))).collect();
                }
                let found = answer(task, lookup, field, of).await;
                // At once: whoever goes away while others are asked leaves an event that says it.
                task.progress().account.take(task, field, &found);
                found
            }
        });
        let answers: Vec<_> = answers.collect();
        let answers = join_all(answers).await;
        for ((field, _), found) in level.values().zip(answers) {
            walk.found(field, found.iter().filter_map(|(_, found)| found.as_ref().ok()));
            all.extend(found.into_iter().map(|(of, found)| ((field.id, of), found)));
        }
    }
}

pub(super) fn too_much() -> Problem {
    let message = format!(
        "the operation asks more than {QUESTIONS_MOST} questions, or for more than {ROWS_MOST} rows or {TABLES_MOST} tables; \
         ask for less at a time"
    );
    Problem { code: Code::CostLimit, message }
}

/// What came of a field, for each of its parents.
async fn answer(task: &Task, lookup: &Lookup<'_>, field: &Selected<'_>, of: &IndexSet<Of>) -> FoundEach {
    match field.resolve() {
        Some(Resolve::Each(dataset, link)) => links::each(task, field, (dataset, link), of).await,
        Some(Resolve::Link(_, target)) => links::to_one(task, field, target, of).await,
        _ => vec![(Of::Query, of_query(task, lookup, field).await)],
    }
}

async fn of_query(task: &Task, lookup: &Lookup<'_>, field: &Selected<'_>) -> Result<Found, Problem> {
    let args = field.args.as_ref().map_err(Clone::clone)?;
    match field.resolve() {
        Some(Resolve::Rows(dataset)) => list(task, dataset, field, args).await,
        Some(Resolve::Releases) => Ok(Found::Made(made::releases(task, &*lookup::releases(task).await?))),
        Some(Resolve::AuditEvents) => audited::events(task, args).await,
        Some(Resolve::Statistics(dataset)) => table::statistics(task, dataset, field, args).await,
        Some(Resolve::Row(dataset)) => lookup.row(dataset, text(args, "id")).await,
        Some(Resolve::Node) => lookup.node(text(args, "id")).await,
        Some(Resolve::Nodes) => {
            let Some(ConstValue::List(ids)) = args.get("ids") else { return Ok(Found::List(Vec::new())) };
            let most = task.gateway.parts().limits.nodes;
            if ids.len() > most {
                return Err(Problem::input(format!("argument \"ids\" holds more than {most} ids; ask for fewer")));
            }
            let nodes = ids.iter().map(|id| match id {
                ConstValue::String(id) => lookup.node(id),
                _ => lookup.node(""),
            });
            Ok(Found::List(join_all(nodes).await))
        }
        Some(Resolve::Entities) => represented::entities(task, lookup, args).await,
        Some(Resolve::Youth) => lookup.youth(text(args, "pseudonym")).await,
        _ => Ok(Found::Nothing),
    }
}

fn text<'a>(args: &'a Values, name: &str) -> &'a str {
    match args.get(name) {
        Some(ConstValue::String(text)) => text,
        _ => "",
    }
}

async fn list(task: &Task, dataset: &'static Dataset, field: &Selected<'_>, args: &Values) -> Result<Found, Problem> {
    let parts = task.gateway.parts();
    let query = query(task, dataset, field, args)?;
    if let Some(grant) = task.access.grant(dataset) {
        ask::is_shown(&query.filter, grant)?;
    }
    let Some(grant) = task.granted.grant(dataset).await? else { return Ok(Found::Nothing) };
    named::note(task, dataset, &query.filter).await?;
    task.progress().account.begins(field, dataset, task.access.grant(dataset));
    let answer = federation::answer(&query, &grant, &parts.sources).await.lacking(&grant.unknown);
    if ask::on_failure(args) == OnFailure::Fail {
        refuse_failures(&task.gateway, &answer.outcomes)?;
    }
    Ok(Found::Page(Arc::new(Page::new(&query, answer, &parts.sources))))
}

/// The query of a list; of whose rows, where it is one of many, is said beside it.
pub(super) fn query(
    task: &Task,
    dataset: &'static Dataset,
    field: &Selected<'_>,
    args: &Values,
) -> Result<Query, Problem> {
    let asking = Asking::new(task.gateway.parts(), &task.access);
    let mut query = ask::list(&asking, dataset, args)?;
    let sees = |id| task.access.grant(dataset).is_some_and(|grant| grant.sees(id));
    let wanted = wanted(dataset, field, &sees);
    query.fields = wanted.fields;
    for key in &query.order {
        if !query.fields.contains(&key.field) {
            query.fields.push(key.field);
        }
    }
    query.count = wanted.count;
    query.page = query.page.filter(|_| wanted.rows);
    Ok(query)
}

/// An error that names the sources that did not answer, where there are any.
pub(super) fn refuse_failures(gateway: &Gateway, outcomes: &[Outcome]) -> Result<(), Problem> {
    let sources = &gateway.parts().sources;
    let failed = outcomes.iter().filter_map(|outcome| {
        let name = sources.get(outcome.source)?.name();
        match &outcome.status {
            Status::Answered => None,
            Status::Failed(failure) => Some(format!("source \"{name}\": {failure}")),
            Status::Stale { failure, .. } => {
                Some(format!("source \"{name}\": {failure}; PARTIAL shows what it gave before"))
            }
            Status::Missed => Some(format!("source \"{name}\": missed on an earlier page")),
        }
    });
    let failed: Vec<_> = failed.collect();
    if failed.is_empty() {
        return Ok(());
    }
    Err(Problem { code: Code::SourceUnavailable, message: failed.join("; ") })
}
