//! Asks the sources what an operation needs, one level of it at a time: first the fields of the query, then those of the
//! youths that it led to. What one level asks, it asks at the same time, and no question twice.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use async_graphql_value::ConstValue;
use entities::{Dataset, Datum};
use futures_util::future::join_all;

use super::{
    Task,
    coerce::Values,
    collect::Selected,
    lookup::Lookup,
    page::{Page, rows_of, wanted, youths},
};
use crate::{
    federation::{self, Outcome, Status},
    graphql::{
        ask::{self, Asking, OnFailure},
        error::{Code, Problem},
        gateway::Gateway,
        model::Resolve,
    },
    query::{Predicate, Query, Test},
};

/// The most youths of one operation whose rows are asked for beyond the lists that led to them.
const YOUTHS_MOST: usize = 100;

/// The most questions of one operation: lists, ids and youths.
const QUESTIONS_MOST: usize = 1_000;
/// The most rows that the lists of one operation may ask for together.
const ROWS_MOST: usize = 100_000;

/// What an operation may still ask, by its form alone.
struct Budget {
    questions: usize,
    rows: usize,
}

impl Budget {
    /// Takes what a field asks; false where that is more than there is left.
    fn take(&mut self, field: &Selected<'_>, page_default: usize) -> bool {
        let Ok(args) = &field.args else { return true };
        let number = |name: &str| match args.get(name) {
            Some(ConstValue::Number(number)) => number.as_u64().and_then(|it| usize::try_from(it).ok()),
            _ => None,
        };
        let (questions, rows) = match (field.resolve(), args.get("ids")) {
            (Some(Resolve::Rows(_)), _) => (1, number("first").or_else(|| number("last")).unwrap_or(page_default)),
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
    /// One row: the first of a page.
    Row(Arc<Page>),
    /// A reference row, by its place.
    Reference(&'static Dataset, usize),
    /// A source, by its place.
    Source(usize),
    /// A youth, by the pseudonym that sources know.
    Youth(Box<str>),
    /// Several of them.
    List(Vec<Result<Found, Problem>>),
    /// Nothing, or nothing for this caller.
    Nothing,
}

/// What was asked for: the field's number, and the youth that it was asked of.
pub(super) type Key = (usize, Option<Box<str>>);

/// All that was found.
pub(super) type AllFound = HashMap<Key, Result<Found, Problem>>;

/// Finds what an operation's fields need.
pub(super) async fn fetch(task: &Task, selected: &[Selected<'_>]) -> AllFound {
    let lookup = Lookup::new(task);
    let mut all = AllFound::new();
    let mut budget = Budget { questions: QUESTIONS_MOST, rows: ROWS_MOST };
    let mut level: Vec<(Option<Box<str>>, &Selected<'_>)> =
        selected.iter().filter(|field| field.asks).map(|field| (None, field)).collect();
    while !level.is_empty() {
        let too_many = level.iter().filter_map(|(youth, _)| youth.as_ref()).collect::<HashSet<_>>().len() > YOUTHS_MOST;
        let answers = level.iter().map(|(youth, field)| {
            let refused = match (too_many, budget.take(field, task.gateway.parts().limits.page_default)) {
                (true, _) => Some(too_many_youths()),
                (false, false) => Some(too_much()),
                (false, true) => None,
            };
            let lookup = &lookup;
            async move {
                match refused {
                    Some(problem) => Err(problem),
                    None => answer(task, lookup, youth.as_deref(), field).await,
                }
            }
        });
        let answers: Vec<_> = answers.collect();
        let answers = join_all(answers).await;
        let mut next = Vec::new();
        for ((youth, field), answer) in level.into_iter().zip(answers) {
            if let Ok(found) = &answer {
                below(found, field, &mut next);
            }
            all.insert((field.id, youth), answer);
        }
        let mut seen = HashSet::new();
        next.retain(|(youth, field)| {
            let key = (field.id, youth.clone());
            !all.contains_key(&key) && seen.insert(key)
        });
        level = next;
    }
    all
}

fn too_much() -> Problem {
    let message = format!(
        "the operation asks more than {QUESTIONS_MOST} questions or for more than {ROWS_MOST} rows; ask for less at a time"
    );
    Problem { code: Code::CostLimit, message }
}

fn too_many_youths() -> Problem {
    let message = format!(
        "the operation asks for the rows of more than {YOUTHS_MOST} youths one by one; ask for fewer youths, or for the lists themselves"
    );
    Problem { code: Code::CostLimit, message }
}

/// The fields below what was found that ask sources again.
fn below<'s, 'm>(found: &Found, field: &'s Selected<'m>, next: &mut Vec<(Option<Box<str>>, &'s Selected<'m>)>) {
    let mut of_youth = |pseudonym: &str, selected: &'s Selected<'m>| {
        let branches = selected.children.iter().filter(|(object, _)| object.name == "Youth");
        let asking = branches.flat_map(|(_, fields)| fields).filter(|field| field.asks);
        next.extend(asking.map(|field| (Some(pseudonym.into()), field)));
    };
    match found {
        Found::Youth(pseudonym) => of_youth(pseudonym, field),
        Found::Page(page) => {
            youths(page, &rows_of(field)).into_iter().for_each(|(pseudonym, link)| of_youth(&pseudonym, link));
        }
        Found::Row(page) => {
            youths(page, &[field]).into_iter().for_each(|(pseudonym, link)| of_youth(&pseudonym, link));
        }
        Found::List(items) => {
            for item in items.iter().flatten() {
                below(item, field, next);
            }
        }
        Found::Reference(..) | Found::Source(_) | Found::Nothing => {}
    }
}

async fn answer(task: &Task, lookup: &Lookup<'_>, youth: Option<&str>, field: &Selected<'_>) -> Result<Found, Problem> {
    let args = field.args.as_ref().map_err(Clone::clone)?;
    match field.resolve() {
        Some(Resolve::Rows(dataset)) => list(task, dataset, youth, field, args).await,
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

async fn list(
    task: &Task,
    dataset: &'static Dataset,
    youth: Option<&str>,
    field: &Selected<'_>,
    args: &Values,
) -> Result<Found, Problem> {
    let parts = task.gateway.parts();
    let query = query(task, dataset, youth, field, args)?;
    let Some(grant) = task.granted.grant(dataset).await? else { return Ok(Found::Nothing) };
    let answer = federation::answer(&query, &grant, &parts.sources).await;
    if ask::on_failure(args) == OnFailure::Fail {
        refuse_failures(&task.gateway, &answer.outcomes)?;
    }
    Ok(Found::Page(Arc::new(Page::new(&query, answer, &parts.sources))))
}

/// The query of a list, of a youth where it is asked of one.
pub(super) fn query(
    task: &Task,
    dataset: &'static Dataset,
    youth: Option<&str>,
    field: &Selected<'_>,
    args: &Values,
) -> Result<Query, Problem> {
    let asking = Asking::new(task.gateway.parts(), &task.access);
    let mut query = ask::list(&asking, dataset, args)?;
    if let Some((pseudonym, id)) = youth.zip(dataset.youth()) {
        let about = Predicate::is(id, Test::Eq(Datum::text(pseudonym)));
        query.filter = Predicate::and([about, query.filter]);
    }
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
            Status::Missed => Some(format!("source \"{name}\": missed on an earlier page")),
        }
    });
    let failed: Vec<_> = failed.collect();
    if failed.is_empty() {
        return Ok(());
    }
    Err(Problem { code: Code::SourceUnavailable, message: failed.join("; ") })
}
