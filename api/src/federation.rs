//! One question over many sources: plan, fan out, merge. Never sees a token, a role or a GraphQL type.

mod at;
mod each;
mod explain;
mod fan_out;
mod find;
mod merge;
mod plan;
mod relate;
mod share;
mod stale;
mod table;
mod within;
#[cfg(test)]
mod tests;

use std::{ops::Deref, sync::Arc};

use chrono::{DateTime, Utc};
use futures_util::future::{OptionFuture, join};

pub use self::{
    each::answer_each,
    fan_out::in_time,
    find::{Found, find},
    plan::{Fate, Plan, plan},
    relate::{Unrelated, YOUTHS_MOST, explain, youths},
    stale::Memory,
    table::{GROUPS_MOST, Group, Spread, TablePlan, Tabulated, TooMany, plan_table, tabulate},
    within::{NotGranted, Said, by_dimensions, by_rows, within, within_relations, within_table},
};
use self::{
    merge::{End as Ended, Merged},
    plan::Shape,
    share::{Remembered, Shares},
};
use crate::{
    policy::Grant,
    query::{End, Page, Query, Row},
    source::{Failure, Source},
};

/// All configured sources, in the order of their names: a source's place here is its place in the total order.
#[derive(Clone)]
pub struct Sources {
    all: Arc<[Arc<dyn Source>]>,
    /// What they gave to earlier questions.
    remembered: Arc<Remembered>,
    /// Their last good answers, where they are kept.
    memory: Option<Arc<Memory>>,
}

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

/// An answer, and the sources that later pages of its list have to leave out.
#[derive(Clone, Debug)]
pub struct Answered {
    /// The answer.
    pub answer: Answer,
    /// The places of the sources whose rows are missing, on this page or an earlier one. One that gave its rows and
    /// failed to count them is not among them.
    pub missed: Vec<usize>,
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
    /// It did not, and why. Rows that it gave before it failed may stand in the answer; later ones are missing. Where it
    /// does not know some fields, all its rows stand.
    Failed(Failure),
    /// It did not, and what it answered to the same question before stands in the answer: the policy allows it.
    Stale {
        /// As it was then.
        as_of: DateTime<Utc>,
        /// Why it did not answer now.
        failure: Failure,
        /// Are these all of its rows for this answer? Else later ones are missing.
        whole: bool,
    },
    /// It did not on an earlier page of this list, so that its rows are missing from the whole.
    Missed,
}

/// Answers a question from all sources that can hold a match. Each source has its own deadline; one that fails leaves
/// the others' rows in place and says so in its outcome. Takes little longer than the longest deadline. Dropping the
/// future stops the work.
pub async fn answer(query: &Query, grant: &Grant, sources: &Sources) -> Answered {
    carry_out(&plan(query, grant, sources)).await
}

async fn carry_out(plan: &Plan) -> Answered {
    let rows: OptionFuture<_> = plan.page.as_ref().map(|page| merge::merge(plan, page.size)).into();
    let counts: OptionFuture<_> = plan.count.then(|| fan_out::counts(plan)).into();
    let (merged, counts) = join(rows, counts).await;
    answered(plan, merged.unwrap_or_default(), counts)
}

/// Puts rows and numbers together. A source whose rows came and whose number did not has failed, but is not missed.
fn answered(plan: &Plan, merged: Merged, counts: Option<Vec<Result<u64, Failure>>>) -> Answered {
    let Merged { rows, more, ends } = merged;
    let counted = counts.is_some();
    let (mut ends, mut counts) = (ends.into_iter(), counts.into_iter().flatten());
    let (mut outcomes, mut missed, mut total) = (Vec::new(), Vec::new(), 0_u64);
    for (source, fate) in plan.fates.iter().enumerate() {
        let status = match fate {
            Fate::DoesNotHold | Fate::CannotMatch => continue,
            Fate::Missed => {
                missed.push(source);
                Status::Missed
            }
            Fate::Asked(_) => {
                let end = ends.next().unwrap_or_default();
                missed.extend(end.failure.is_some().then_some(source));
                let count = counts.next().unwrap_or(Ok(0));
                total = total.saturating_add(*count.as_ref().unwrap_or(&0));
                Status::of(end, count.err())
            }
        };
        outcomes.push(Outcome { source, status });
    }
    Answered { answer: answer_of(plan.page.as_ref(), (rows, more), counted.then_some(total), outcomes), missed }
}

/// The answer of rows that come as sources were asked for them, and the number of all where it was asked for.
fn answer_of(
    page: Option<&Page>,
    (mut rows, more): (Vec<Row>, bool),
    total: Option<u64>,
    outcomes: Vec<Outcome>,
) -> Answer {
    let complete = outcomes.iter().all(|outcome| outcome.status == Status::Answered);
    let (after, before) = page.map_or((false, false), |it| (it.after.is_some(), it.before.is_some()));
    let last = page.is_some_and(|page| page.end == End::Last);
    if last {
        rows.reverse();
    }
    Answer {
        rows,
        has_previous: if last { more } else { after },
        has_next: if last { before } else { more },
        total: total.filter(|_| complete),
        outcomes,
    }
}

impl Status {
    /// How a source answered whose rows ended so, and whose number may not have come.
    fn of(Ended { failure, stale, lacking }: Ended, uncounted: Option<Failure>) -> Self {
        let whole = failure.is_none();
        match stale {
            Some((as_of, failure)) => Self::Stale { as_of, failure, whole },
            None => failure.or(uncounted).or_else(|| lacks(lacking)).map_or(Self::Answered, Self::Failed),
        }
    }
}

/// What is said of a source that does not know some fields. Its rows stand, and it is not missed.
fn lacks(mut fields: Vec<Box<str>>) -> Option<Failure> {
    fields.sort_unstable();
    fields.dedup();
    (!fields.is_empty()).then(|| Failure::Drifted(fields.join(", ")))
}

impl Answered {
    /// The answer where rows are missing because of these sources too, whether or not they were asked for rows.
    #[must_use]
    pub fn lacking(mut self, outcomes: &[Outcome]) -> Self {
        for outcome in outcomes {
            self.answer.total = None;
            match self.answer.outcomes.binary_search_by_key(&outcome.source, |it| it.source) {
                Ok(place) if self.answer.outcomes[place].status == Status::Answered => {
                    self.answer.outcomes[place] = outcome.clone();
                }
                Ok(_) => {}
                Err(place) => self.answer.outcomes.insert(place, outcome.clone()),
            }
            if !self.missed.contains(&outcome.source) {
                self.missed.push(outcome.source);
            }
        }
        self
    }
}

impl Deref for Answered {
    type Target = Answer;

    fn deref(&self) -> &Answer {
        &self.answer
    }
}

impl From<Answer> for Answered {
    fn from(answer: Answer) -> Self {
        let missed = answer.outcomes.iter().filter(|outcome| outcome.status != Status::Answered);
        Self { missed: missed.map(|outcome| outcome.source).collect(), answer }
    }
}

impl Sources {
    /// Takes the sources in, whatever their order. Names are unique; the configuration sees to it.
    #[must_use]
    pub fn new(mut sources: Vec<Arc<dyn Source>>) -> Self {
        sources.sort_by(|a, b| a.name().cmp(b.name()));
        Self { all: sources.into(), remembered: Arc::default(), memory: None }
    }

    /// With a memory for their last good answers, for those who may be shown them.
    #[must_use]
    pub fn with_memory(self, memory: Memory) -> Self {
        Self { memory: Some(Arc::new(memory)), ..self }
    }

    /// The source at a place.
    #[must_use]
    pub fn get(&self, place: usize) -> Option<&dyn Source> {
        self.all.get(place).map(AsRef::as_ref)
    }

    /// The source of that name, and its place.
    #[must_use]
    pub fn by_name(&self, name: &str) -> Option<(usize, &dyn Source)> {
        let place = self.all.binary_search_by(|source| source.name().cmp(name)).ok()?;
        Some((place, self.all[place].as_ref()))
    }

    /// Does one of them find out for itself what a caller may see?
    #[must_use]
    pub fn has_remote(&self) -> bool {
        self.all.iter().any(|source| source.is_remote())
    }

    /// How many bytes of their last good answers are kept, about.
    #[must_use]
    pub fn bytes_kept(&self) -> u64 {
        self.memory.as_ref().map_or(0, |memory| memory.bytes())
    }

    /// What they gave to this question before.
    fn shares(&self, shape: &Shape, page: &Page) -> Arc<Shares> {
        self.remembered.shares(shape, page, self.len())
    }

    /// All sources, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &dyn Source> {
        self.all.iter().map(AsRef::as_ref)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Are there none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}
