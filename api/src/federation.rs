//! One question over many sources: plan, fan out, merge. Never sees a token, a role or a GraphQL type.

mod explain;
mod fan_out;
mod find;
mod merge;
mod plan;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use self::{
    find::{Found, find},
    plan::{Fate, Plan, plan},
};
use crate::{
    policy::Grant,
    query::{Query, Row},
    source::{Failure, Source},
};

/// All configured sources, in the order of their names: a source's place here is its place in the total order.
#[derive(Clone)]
pub struct Sources(Arc<[Arc<dyn Source>]>);

/// What came of a question.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The page's rows, in the query's order.
    pub rows: Vec<Row>,
    /// Are there rows before the page's first? Exact where the page was taken from the end; else: was there a cursor?
    pub has_previous: bool,
    /// Are there rows after the page's last? Exact where the page was taken from the start; else: was there a cursor?
    pub has_next: bool,
    /// The number of all rows that match, whatever the page; none if it was not asked for or an asked source did not answer.
    pub total: Option<u64>,
    /// The sources that were asked, in their order, and those that a cursor says were missed.
    pub outcomes: Vec<Outcome>,
}

/// What came of one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The source's place in [`Sources`].
    pub source: usize,
    /// How it answered.
    pub status: Status,
}

/// How a source answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Within its deadline.
    Answered,
    /// It did not, and why. Rows that it gave before it failed may stand in the answer; later ones are missing.
    Failed(Failure),
    /// It did not on an earlier page of this list, so that its rows are missing from the whole.
    Missed,
}

/// Answers a question from all sources that can hold a match. Each source has its own deadline; one that fails leaves
/// the others' rows in place and says so in its outcome. Dropping the future stops the work.
pub async fn answer(query: &Query, grant: &Grant, sources: &Sources) -> Answer {
    let plan = plan(query, grant, sources);
    let fetched = fan_out::fan_out(&plan).await;
    merge::merge(&plan, fetched).await
}

impl Sources {
    /// Takes the sources in, whatever their order. Names are unique; the configuration sees to it.
    #[must_use]
    pub fn new(mut sources: Vec<Arc<dyn Source>>) -> Self {
        sources.sort_by(|a, b| a.name().cmp(b.name()));
        Self(sources.into())
    }

    /// The source at a place.
    #[must_use]
    pub fn get(&self, place: usize) -> Option<&dyn Source> {
        self.0.get(place).map(AsRef::as_ref)
    }

    /// The source of that name, and its place.
    #[must_use]
    pub fn by_name(&self, name: &str) -> Option<(usize, &dyn Source)> {
        let place = self.0.binary_search_by(|source| source.name().cmp(name)).ok()?;
        Some((place, self.0[place].as_ref()))
    }

    /// All sources, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &dyn Source> {
        self.0.iter().map(AsRef::as_ref)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Are there none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
