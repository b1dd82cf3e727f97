//! Asks all sources of a plan at the same time, each within its own deadline. A failure is logged here, once, and
//! stays with its source.

use std::{
    future::Future,
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use tokio::time::timeout;

use super::{
    Plan,
    merge::{is_before, is_beyond},
    stale::OldRows,
};
use crate::source::{Failure, Noted, Record, Records, Select, Source};

/// Rows of one source, in order.
pub(super) struct Batch {
    pub(super) records: Vec<Record>,
    /// May there be more?
    pub(super) full: bool,
    /// Why there are none after these.
    pub(super) failure: Option<Failure>,
    /// The fields that the source does not know.
    pub(super) lacking: Vec<Box<str>>,
    /// How long it took.
    pub(super) spent: Duration,
    /// Where the rows are those of an earlier answer: of when, and why there are no others.
    pub(super) stale: Option<(DateTime<Utc>, Failure)>,
}

/// The first rows of every source that the plan asks, in the plan's order; of one that does not answer those that it gave
/// to the same question before, where that is allowed.
pub(super) async fn first_rows(plan: &Plan) -> Vec<Batch> {
    let asked = plan.asked().map(|(place, source, select)| async move {
        let batch = fetch(source, Arc::clone(select), source.deadline()).await;
        let (Some(failure), Some(stale)) = (&batch.failure, &plan.stale) else { return batch };
        match stale.rows(&plan.key(stale, place, select), failure) {
            Some(OldRows { as_of, records, full }) => {
                Batch { records, full, stale: Some((as_of, failure.clone())), failure: None, ..batch }
            }
            None => batch,
        }
    });
    join_all(asked).await
}

/// The number of rows of every source that the plan asks, in the plan's order.
pub(super) async fn counts(plan: &Plan) -> Vec<Result<u64, Failure>> {
    let counts = plan.asked().map(|(_, source, select)| {
        in_time(source, select.dataset.name, source.deadline(), source.count(Arc::clone(select)))
    });
    join_all(counts).await
}

/// Fetches rows of one source within a time and checks that they are in order.
pub(super) async fn fetch(source: &dyn Source, select: Arc<Select>, within: Duration) -> Batch {
    let started = Instant::now();
    let answer = in_time(source, select.dataset.name, within, source.rows(Arc::clone(&select))).await;
    let spent = started.elapsed();
    match answer {
        Ok(records) => checked(source, &select, records, spent),
        Err(failure) => Batch::new(Vec::new(), spent, Some(failure)),
    }
}

/// Waits for one answer of a source, this long at most. A failure is logged, and the source hears of it.
///
/// # Errors
/// Why there is none.
pub async fn in_time<T>(
    source: &dyn Source,
    dataset: &str,
    within: Duration,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let started = Instant::now();
    tracing::debug!(source.name = source.name(), dataset, "a source is asked");
    let mut answer = timeout(within, work).await.unwrap_or(Err(Failure::TimedOut(within)));
    if let Err(Failure::TimedOut(waited)) = &mut answer {
        let shown = within.as_millis().max(1);
        *waited = Duration::from_millis(u64::try_from(shown).unwrap_or(u64::MAX));
    }
    source.note(Noted::Asked { spent: started.elapsed(), failure: answer.as_ref().err() });
    if let Err(failure) = &answer {
        let elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::warn!(source.name = source.name(), dataset, elapsed_ms, %failure, "a source did not answer");
    }
    answer
}

impl Batch {
    fn new(records: Vec<Record>, spent: Duration, failure: Option<Failure>) -> Self {
        Self { records, full: false, failure, lacking: Vec::new(), spent, stale: None }
    }
}

/// Cuts the rows where they stop being what was asked for.
fn checked(source: &dyn Source, select: &Select, given: Records, spent: Duration) -> Batch {
    let Records { all: mut records, lacking } = given;
    let full = records.len() >= select.limit;
    let fits = |record: &Record| record.values.len() == select.columns.len();
    let starts = |record: &Record| select.after.as_ref().is_none_or(|bound| is_beyond(select, bound, record));
    let first = records.first().is_none_or(|record| fits(record) && starts(record));
    let follows = |pair: &[Record]| fits(&pair[1]) && is_before(select, &pair[0], &pair[1]);
    let wrong = if first { records.windows(2).position(|pair| !follows(pair)).map(|place| place + 1) } else { Some(0) };
    let Some(wrong) = wrong else {
        return Batch { full, lacking, ..Batch::new(records, spent, None) };
    };
    records.truncate(wrong);
    Batch::new(records, spent, Some(out_of_order(source, select)))
}

/// What is wrong with a source whose rows are not those that were asked for, in their order.
pub(super) fn out_of_order(source: &dyn Source, select: &Select) -> Failure {
    tracing::warn!(source.name = source.name(), dataset = select.dataset.name, "a source gave rows out of order");
    source.note(Noted::Disordered);
    Failure::Malformed("rows out of order".to_owned())
}
