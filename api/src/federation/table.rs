//! Exact tables over many sources: partial tables, one statement per stream, put together here.

mod merge;
mod percentile;
mod plan;

use std::sync::Arc;

use entities::Datum;
use futures_util::{StreamExt, stream::FuturesUnordered};

use self::merge::{Whole, checked};
pub(super) use self::plan::{ENTRIES_MOST, GROUPS_MOST as GROUPS_OF_SOURCE};
pub use self::plan::{TablePlan, plan_table};
use super::{Outcome, Sources, Status, fan_out::in_time, plan::asked, stale::Stale};
use crate::{policy::Grant, query::Table, source::Failure};

/// The most groups of a table.
pub const GROUPS_MOST: usize = 10_000;

/// What came of a table.
#[derive(Clone, Debug)]
pub struct Tabulated {
    /// The groups that have rows, in no order.
    pub groups: Vec<Group>,
    /// The sources that were asked, in their order. Of one that failed nothing is counted.
    pub outcomes: Vec<Outcome>,
}

/// One group of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The day where rows are counted on days, then the values of the dimensions, as the caller is shown them.
    pub key: Box<[Datum]>,
    /// How many rows.
    pub rows: u64,
    /// How many distinct youths, over all sources; none where they were not asked for.
    pub youths: Option<u64>,
    /// What the measures come to, in their order.
    pub measures: Box<[Spread]>,
}

/// What the values of a measure come to in a group; nulls do not count.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spread {
    /// How many values there are.
    pub count: u64,
    /// Their sum.
    pub sum: i64,
    /// The lowest and the highest; none where there are no values.
    pub range: Option<(i64, i64)>,
    /// The median and the ninth decile, between two values in proportion (SQL's `percentile_cont`); none where they were
    /// not asked for or there are no values.
    pub percentiles: Option<(f64, f64)>,
}

/// The table has more groups than [`GROUPS_MOST`], takes more youths or values than can be put together, or a sum beyond
/// 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany;

/// Answers a table from all sources that can hold a match, each within its deadline. Of one that fails nothing is counted,
/// or what it gave to the same question before where that is allowed, and its outcome says so. Dropping the future stops the work.
///
/// # Errors
/// Where it is too large. A table is never cut.
pub async fn tabulate(table: &Table, grant: &Grant, sources: &Sources) -> Result<Tabulated, TooMany> {
    let plan = plan_table(table, grant, sources);
    let mut answers: FuturesUnordered<_> = asked(&plan.fates, sources)
        .map(|(place, source, tabulate)| async move {
            let answer = source.table(Arc::clone(tabulate));
            let answer = in_time(source, table.dataset.name, source.deadline(), answer).await;
            (place, tabulate, answer.and_then(|partial| checked(partial, tabulate)))
        })
        .collect();
    let mut whole = Whole::new(table);
    let stale = Stale::of(grant, sources);
    let mut outcomes = Vec::new();
    // As each source answers, so that what it gave is let go at once.
    while let Some((source, tabulate, answer)) = answers.next().await {
        let key = stale.as_ref().map(|stale| (stale, stale.key(source, &**tabulate)));
        let status = match (answer, key) {
            (Ok(partial), key) => {
                if let Some((stale, key)) = key {
                    stale.keep_table(key, partial.clone());
                }
                whole.add(partial)?;
                Status::Answered
            }
            (Err(Failure::TooMany(_)), _) => return Err(TooMany),
            (Err(failure), None) => Status::Failed(failure),
            (Err(failure), Some((stale, key))) => match stale.table(&key, &failure) {
                Some((as_of, partial)) => {
                    whole.add(partial)?;
                    Status::Stale { as_of, failure, whole: true }
                }
                None => Status::Failed(failure),
            },
        };
        outcomes.push(Outcome { source, status });
    }
    outcomes.sort_unstable_by_key(|outcome| outcome.source);
    Ok(Tabulated { groups: whole.into_groups(), outcomes })
}
