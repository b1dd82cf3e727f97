//! Asks for what rows, reference rows and youths link to and are linked by: one question for all parents of a level.

use std::{collections::HashMap, sync::Arc};

use entities::{Dataset, Datum, FieldId};
use indexmap::IndexSet;

use super::{
    Task,
    below::Of,
    collect::Selected,
    fetch::{Found, query, refuse_failures},
    named,
    page::{Page, fields_of_row},
};
use crate::{
    federation::{self, Answer, Status},
    graphql::{
        ask::{self, OnFailure},
        error::Problem,
    },
    query::{Parent, Per, Predicate, Query},
};

/// What came of a field, for each parent.
pub(super) type FoundEach = Vec<(Of, Result<Found, Problem>)>;

/// The rows of a dataset that link to each of these parents.
pub(super) async fn each(
    task: &Task,
    field: &Selected<'_>,
    (dataset, link): (&'static Dataset, FieldId),
    of: &IndexSet<Of>,
) -> FoundEach {
    let asked = || {
        let args = field.args.as_ref().map_err(Clone::clone)?;
        let mut query = query(task, dataset, field, args)?;
        if !query.fields.contains(&link) {
            query.fields.push(link);
        }
        Ok((query, ask::on_failure(args)))
    };
    let (query, on_failure) = match asked() {
        Ok(asked) => asked,
        Err(problem) => return all(of, || Err(Problem::clone(&problem))),
    };
    let grant = match task.granted.grant(dataset).await {
        Ok(Some(grant)) => grant,
        Ok(None) => return all(of, || Ok(Found::Nothing)),
        Err(problem) => return all(of, || Err(Problem::clone(&problem))),
    };
    if let Err(problem) = named::note(task, dataset, &query.filter).await {
        return all(of, || Err(Problem::clone(&problem)));
    }
    task.progress().account.begins_each((field, dataset, link), task.access.grant(dataset), of);
    let sources = &task.gateway.parts().sources;
    let per = Per { link, parents: of.iter().map(parent).collect() };
    let answers = federation::answer_each(&query, &per, &grant, sources).await;
    let pages = answers.into_iter().map(|answer| {
        let answer = answer.lacking(&grant.unknown);
        if on_failure == OnFailure::Fail {
            refuse_failures(&task.gateway, &answer.outcomes)?;
        }
        Ok(Found::Page(Arc::new(Page::new(&query, answer, sources))))
    });
    of.iter().cloned().zip(pages).collect()
}

/// The rows that these name, each by its source and id.
pub(super) async fn to_one(
    task: &Task,
    field: &Selected<'_>,
    dataset: &'static Dataset,
    of: &IndexSet<Of>,
) -> FoundEach {
    let grant = match task.granted.grant(dataset).await {
        Ok(Some(grant)) => grant,
        Ok(None) => return all(of, || Ok(Found::Nothing)),
        Err(problem) => return all(of, || Err(Problem::clone(&problem))),
    };
    let fields = fields_of_row(dataset, field, &|id| grant.sees(id));
    let ids: Vec<(usize, Datum)> = of.iter().filter_map(named).collect();
    let asked = ids.iter().map(|(source, _)| *source);
    task.progress().account.begins_at(asked, dataset, task.access.grant(dataset));
    let sources = &task.gateway.parts().sources;
    let found = federation::find(dataset, &fields, &ids, &grant, sources).await;
    let failed = found.outcomes.into_iter().filter(|outcome| outcome.status != Status::Answered);
    let failed: HashMap<_, _> = failed.map(|outcome| (outcome.source, outcome)).collect();
    let places = found.rows.iter().enumerate().map(|(place, row)| ((row.source, row.id.clone()), place));
    let places: HashMap<(usize, Datum), usize> = places.collect();
    let query = Query { dataset, fields, filter: Predicate::All, order: Vec::new(), page: None, count: false };
    let answer = Answer { rows: found.rows, has_previous: false, has_next: false, total: None, outcomes: Vec::new() };
    let page = Arc::new(Page::new(&query, answer, sources));
    let found = |of: &Of| {
        let Some(named) = named(of) else { return Found::Nothing };
        match (places.get(&named), failed.get(&named.0)) {
            (Some(place), _) => Found::Row(Arc::clone(&page), *place),
            (None, Some(outcome)) => Found::Failed(outcome.clone()),
            (None, None) => grant.unknown.first().map_or(Found::Nothing, |outcome| Found::Failed(outcome.clone())),
        }
    };
    of.iter().map(|of| (of.clone(), Ok(found(of)))).collect()
}

fn all(of: &IndexSet<Of>, found: impl Fn() -> Result<Found, Problem>) -> FoundEach {
    of.iter().map(|of| (of.clone(), found())).collect()
}

fn parent(of: &Of) -> Parent {
    match of {
        Of::Row(source, id) => Parent { source: Some(*source), key: id.clone() },
        Of::Key(key) => Parent { source: None, key: Datum::text(key.clone()) },
        // Nothing links to the query, and nothing has an empty key.
        Of::Query => Parent { source: None, key: Datum::text("") },
    }
}

fn named(of: &Of) -> Option<(usize, Datum)> {
    match of {
        Of::Row(source, id) => Some((*source, id.clone())),
        Of::Key(_) | Of::Query => None,
    }
}
