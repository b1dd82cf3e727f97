//! Asks all sources of a plan at the same time, each within its own deadline. A failure is logged here, once, and
//! stays with its source.

use std::{future::Future, sync::Arc, time::Instant};

use futures_util::future::{OptionFuture, join, join_all};
use tokio::time::timeout;

use super::{
    Plan,
    merge::{is_before, is_beyond},
};
use crate::source::{Failure, Record, Select, Source};

/// What one source gave.
pub(super) struct Fetched {
    /// Its first rows, where a page was asked for.
    pub(super) rows: Option<Batch>,
    /// Its number of rows, where that was asked for.
    pub(super) count: Option<Result<u64, Failure>>,
}

/// Rows of one source, in order.
pub(super) struct Batch {
    pub(super) records: Vec<Record>,
    /// May there be more?
    pub(super) full: bool,
    /// Why there are none after these.
    pub(super) failure: Option<Failure>,
}

/// Asks every source that the plan asks, in the plan's order.
pub(super) async fn fan_out(plan: &Plan) -> Vec<Fetched> {
    let questions = plan.asked().map(|(_, source, select)| async move {
        let rows: OptionFuture<_> = plan.page.is_some().then(|| fetch(source, Arc::clone(select))).into();
        let count: OptionFuture<_> =
            plan.count.then(|| in_time(source, select.dataset.name, source.count(Arc::clone(select)))).into();
        let (rows, count) = join(rows, count).await;
        Fetched { rows, count }
    });
    join_all(questions).await
}

/// Fetches rows of one source and checks that they are in order.
pub(super) async fn fetch(source: &dyn Source, select: Arc<Select>) -> Batch {
    match in_time(source, select.dataset.name, source.rows(Arc::clone(&select))).await {
        Ok(records) => checked(source, &select, records),
        Err(failure) => Batch { records: Vec::new(), full: false, failure: Some(failure) },
    }
}

async fn in_time<T>(
    source: &dyn Source,
    dataset: &str,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let started = Instant::now();
    let deadline = source.deadline();
    let answer = timeout(deadline, work).await.unwrap_or(Err(Failure::TimedOut(deadline)));
    if let Err(failure) = &answer {
        let elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::warn!(source.name = source.name(), dataset, elapsed_ms, %failure, "a source did not answer");
    }
    answer
}

/// Cuts the rows where they stop being what was asked for.
fn checked(source: &dyn Source, select: &Select, mut records: Vec<Record>) -> Batch {
    let full = records.len() >= select.limit;
    let fits = |record: &Record| record.values.len() == select.columns.len();
    let starts = |record: &Record| select.after.as_ref().is_none_or(|bound| is_beyond(select, bound, record));
    let first = records.first().is_none_or(|record| fits(record) && starts(record));
    let follows = |pair: &[Record]| fits(&pair[1]) && is_before(select, &pair[0], &pair[1]);
    let wrong = if first { records.windows(2).position(|pair| !follows(pair)).map(|place| place + 1) } else { Some(0) };
    let Some(wrong) = wrong else {
        return Batch { records, full, failure: None };
    };
    records.truncate(wrong);
    tracing::warn!(source.name = source.name(), dataset = select.dataset.name, "a source gave rows out of order");
    Batch { records, full: false, failure: Some(Failure::Malformed("rows out of order".to_owned())) }
}
