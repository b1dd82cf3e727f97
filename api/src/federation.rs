//! One question over many sources: plan, fan out, merge. Never sees a token, a role or a GraphQL type.

use std::sync::Arc;

use entities::{Datum, FieldId};

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
    /// Are there rows before the page's first (of those that the query's filter matches)?
    pub has_previous: bool,
    /// Are there rows after the page's last?
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
    /// It did not, and why.
    Failed(Failure),
    /// It did not on an earlier page of this list, so that its rows are missing from the whole.
    Missed,
}
