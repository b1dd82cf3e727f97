//! One page from many sorted streams: k-way, in the total order (keys, source, id), fetching more of a source whose
//! rows ran out before the page was full.
//!
//! A source that fails while more of it is fetched keeps the rows that were merged already: they are the first of its
//! rows, so the order stays right. Its later rows are missing, and its outcome says that it failed.

use std::{
    cmp::Ordering,
    sync::Arc,
    time::{Duration, Instant},
    vec::IntoIter,
};

use chrono::{DateTime, Utc};
use entities::Datum;

use super::{
    Plan,
    fan_out::{Batch, fetch, first_rows},
    plan::Shape,
    stale::{Key, Stale},
};
use crate::{
    query::{Direction, Row},
    source::{Bound, Failure, Record, Select, Source, Ties},
};

/// What all sources may take together beyond the longest deadline of one. Little in tests, so that they are quick.
const GRACE: Duration = Duration::from_millis(if cfg!(test) { 100 } else { 1000 });

/// What every refill may take, however late.
const LEAST: Duration = Duration::from_millis(25);

/// The rows of one page.
#[derive(Default)]
pub(super) struct Merged {
    /// In the plan's order.
    pub(super) rows: Vec<Row>,
    /// Are there more?
    pub(super) more: bool,
    /// How the rows of a source ended: per asked source, in the plan's order.
    pub(super) ends: Vec<End>,
}

/// How the rows of one source ended.
#[derive(Clone, Default)]
pub(super) struct End {
    /// Why later ones are missing.
    pub(super) failure: Option<Failure>,
    /// Where they are those of an earlier answer: of when, and why there are no others.
    pub(super) stale: Option<(DateTime<Utc>, Failure)>,
    /// The fields that the source does not know: they are null on all its rows, which stand all the same.
    pub(super) lacking: Vec<Box<str>>,
}

/// One source's rows on their way into the page.
struct Stream<'p> {
    place: usize,
    source: &'p dyn Source,
    select: Arc<Select>,
    records: IntoIter<Record>,
    full: bool,
    end: End,
    /// All rows that it gave, where they are kept for when it does not answer.
    kept: Option<(Key, Vec<Record>)>,
    /// How many rows the next fetch takes.
    refill: usize,
    /// What is left of its deadline, which holds for all that it is asked for one page.
    left: Duration,
}

/// Merges the rows that the sources give, in the plan's order, into the page. One that is slow to give more holds up
/// the others no longer than its own deadline.
pub(super) async fn merge(plan: &Plan, size: usize) -> Merged {
    let end = Instant::now() + plan.asked().map(|(_, source, _)| source.deadline()).max().unwrap_or_default() + GRACE;
    let fetched = plan.asked().zip(first_rows(plan).await);
    let streams = fetched.map(|((place, source, select), batch)| {
        let key = plan.stale.as_ref().map(|stale| plan.key(stale, place, select));
        Stream::new((place, source), select, batch, key)
    });
    let (shape, stale) = (&plan.shape, plan.stale.as_ref());
    let mut ends = Vec::new();
    let mut rows = Vec::with_capacity(size.min(1024));
    let (mut streams, empty): (Vec<_>, Vec<_>) = streams.partition(Stream::is_open);
    ends.extend(empty.into_iter().map(|it| it.into_end(stale)));
    // The stream whose row comes next stands last, so that it is cheap to take away and to put back.
    streams.sort_by(|a, b| b.compare(a, shape));
    while rows.len() < size
        && let Some(mut stream) = streams.pop()
    {
        rows.extend(stream.take());
        let wanted = rows.len() < size || streams.is_empty();
        if wanted
            && !stream.is_open()
            && stream.full
            && let Some(row) = rows.last()
        {
            stream.refill(row, size + 1 - rows.len(), end).await;
        }
        if stream.is_open() {
            let place = streams.partition_point(|other| other.compare(&stream, shape) == Ordering::Greater);
            streams.insert(place, stream);
        } else {
            ends.push(stream.into_end(stale));
        }
    }
    let more = !streams.is_empty();
    ends.extend(streams.into_iter().map(|it| it.into_end(stale)));
    ends.sort_unstable_by_key(|(place, _)| *place);
    remember(plan, &rows, &ends);
    Merged { rows, more, ends: ends.into_iter().map(|(_, end)| end).collect() }
}

/// Notes how many rows of the page each source gave that did not fail.
fn remember(plan: &Plan, rows: &[Row], ends: &[(usize, End)]) {
    let Some(shares) = &plan.shares else {
        return;
    };
    let mut given = vec![0; plan.fates.len()];
    for row in rows {
        given[row.source] += 1;
    }
    for (place, end) in ends {
        if end.failure.is_none() && end.stale.is_none() {
            shares.gave(*place, given[*place]);
        }
    }
}

impl End {
    /// Did the source give all that it was asked for, now?
    pub(super) fn is_good(&self) -> bool {
        self.failure.is_none() && self.stale.is_none() && self.lacking.is_empty()
    }
}

impl<'p> Stream<'p> {
    fn new((place, source): (usize, &'p dyn Source), select: &Arc<Select>, batch: Batch, key: Option<Key>) -> Self {
        let Batch { records, full, failure, lacking, spent, stale } = batch;
        let left = source.deadline().saturating_sub(spent);
        let refill = select.limit / 3 + 1;
        let (select, end) = (Arc::clone(select), End { failure, stale, lacking });
        let kept = key.filter(|_| end.is_good()).map(|key| (key, records.clone()));
        Self { place, source, select, records: records.into_iter(), full, end, kept, left, refill }
    }

    /// Has it a row to give?
    fn is_open(&self) -> bool {
        self.records.len() > 0
    }

    fn take(&mut self) -> Option<Row> {
        self.records.next().map(|Record { id, values }| Row { source: self.place, id, values })
    }

    /// How it ended; what it gave is kept where it may stand in for it, and it did not fail.
    fn into_end(self, stale: Option<&Stale>) -> (usize, End) {
        if let (Some(stale), Some((key, records)), true) = (stale, self.kept, self.end.is_good()) {
            stale.keep_rows(key, records, self.full);
        }
        (self.place, self.end)
    }

    /// Fetches the rows after the last one: a third of the first fetch, then four times as many each time, but never more
    /// than the page still lacks. A source that gives its share needs a few rows; one that gives all needs many.
    async fn refill(&mut self, last: &Row, lacking: usize, end: Instant) {
        if let Some((_, failure)) = &self.end.stale {
            // There is nothing more of an earlier answer than what was kept of it.
            self.end.failure = Some(failure.clone());
            self.full = false;
            return;
        }
        let select = Arc::make_mut(&mut self.select);
        let keys = select.order.iter().map(|(place, _)| last.values[*place].clone()).collect();
        select.after = Some(Bound { keys, ties: Ties::Beyond(last.id.clone()) });
        select.limit = self.refill.clamp(1, lacking);
        self.refill = self.refill.saturating_mul(4);
        let within = self.left.min(share(end.saturating_duration_since(Instant::now())));
        let batch = fetch(self.source, Arc::clone(&self.select), within).await;
        self.left = self.left.saturating_sub(batch.spent);
        if let Some((_, kept)) = &mut self.kept {
            kept.extend_from_slice(&batch.records);
        }
        self.records = batch.records.into_iter();
        self.full = batch.full;
        self.end.failure = self.end.failure.take().or(batch.failure);
        self.end.lacking.extend(batch.lacking);
    }

    /// Which stream's next row comes first.
    fn compare(&self, other: &Self, shape: &Shape) -> Ordering {
        let (Some(a), Some(b)) = (self.records.as_slice().first(), other.records.as_slice().first()) else {
            return Ordering::Equal;
        };
        let sources = || directed(self.place.cmp(&other.place), shape.source_direction);
        compare_keys(&shape.order, &a.values, &b.values).then_with(sources)
    }
}

/// How long one refill may take of what is left to all: the whole but the grace, and of the grace each time half, so
/// that something is left to those that are quick.
fn share(left: Duration) -> Duration {
    left.saturating_sub(GRACE).max(left / 2).max(LEAST)
}

/// Does the one row come before the other, both of one source?
pub(super) fn is_before(select: &Select, a: &Record, b: &Record) -> bool {
    compare_keys(&select.order, &a.values, &b.values).then_with(|| directed(a.id.cmp(&b.id), select.id_direction))
        == Ordering::Less
}

/// Does the row lie after the bound?
pub(super) fn is_beyond(select: &Select, bound: &Bound, record: &Record) -> bool {
    let keys = select.order.iter().zip(&bound.keys);
    let keys = keys.map(|((place, direction), key)| directed(record.values[*place].cmp(key), *direction));
    match keys.fold(Ordering::Equal, Ordering::then) {
        Ordering::Less => false,
        Ordering::Greater => true,
        Ordering::Equal => match &bound.ties {
            Ties::Within => true,
            Ties::Without => false,
            Ties::Beyond(id) => directed(record.id.cmp(id), select.id_direction) == Ordering::Greater,
        },
    }
}

pub(super) fn compare_keys(order: &[(usize, Direction)], a: &[Datum], b: &[Datum]) -> Ordering {
    for (place, direction) in order {
        let keys = directed(a[*place].cmp(&b[*place]), *direction);
        if keys != Ordering::Equal {
            return keys;
        }
    }
    Ordering::Equal
}

pub(super) fn directed(ordering: Ordering, direction: Direction) -> Ordering {
    match direction {
        Direction::Ascending => ordering,
        Direction::Descending => ordering.reverse(),
    }
}
