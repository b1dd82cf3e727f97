//! One page from many sorted streams: k-way, in the total order (keys, source, id), fetching more of a source whose
//! rows ran out before the page was full.
//!
//! A source that fails while more of it is fetched keeps the rows that were merged already: they are the first of its
//! rows, so the order stays right. Its later rows are missing, and its outcome says that it failed.

use std::{cmp::Ordering, sync::Arc, vec::IntoIter};

use super::{
    Answer, Fate, Outcome, Plan, Status,
    fan_out::{Batch, Fetched, fetch},
    plan::Shape,
};
use crate::{
    query::{Direction, End, Row},
    source::{Bound, Failure, Record, Select, Source, Ties},
};

/// One source's rows on their way into the page.
struct Stream<'p> {
    place: usize,
    source: &'p dyn Source,
    select: Arc<Select>,
    records: IntoIter<Record>,
    full: bool,
    failure: Option<Failure>,
}

/// Merges what the sources gave, in the plan's order, into the answer.
pub(super) async fn merge(plan: &Plan, fetched: Vec<Fetched>) -> Answer {
    let mut total = plan.count.then_some(0_u64);
    let mut streams = Vec::with_capacity(fetched.len());
    for ((place, source, select), Fetched { rows, count }) in plan.asked().zip(fetched) {
        let batch = rows.unwrap_or(Batch { records: Vec::new(), full: false, failure: None });
        let mut stream = Stream::new((place, source), Arc::clone(select), batch);
        match count {
            Some(Ok(number)) => total = total.map(|sum| sum + number),
            Some(Err(failure)) => _ = stream.failure.get_or_insert(failure),
            None => {}
        }
        streams.push(stream);
    }
    let (mut rows, more, failures) = page_of(plan, streams).await;
    let outcomes = outcomes(plan, failures);
    let complete = outcomes.iter().all(|outcome| outcome.status == Status::Answered);
    let (after, before) = plan.page.as_ref().map_or((false, false), |it| (it.after.is_some(), it.before.is_some()));
    let last = plan.page.as_ref().is_some_and(|page| page.end == End::Last);
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

/// The page's rows in the order they were asked for, whether there are more, and per asked source its failure.
async fn page_of(plan: &Plan, streams: Vec<Stream<'_>>) -> (Vec<Row>, bool, Vec<(usize, Option<Failure>)>) {
    let shape = &plan.shape;
    let size = plan.page.as_ref().map_or(0, |page| page.size);
    let mut failures = Vec::with_capacity(streams.len());
    let mut rows = Vec::with_capacity(size.min(1024));
    let (mut streams, empty): (Vec<_>, Vec<_>) = streams.into_iter().partition(Stream::is_open);
    failures.extend(empty.into_iter().map(Stream::into_end));
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
            stream.refill(row, size + 1 - rows.len()).await;
        }
        if stream.is_open() {
            let place = streams.partition_point(|other| other.compare(&stream, shape) == Ordering::Greater);
            streams.insert(place, stream);
        } else {
            failures.push(stream.into_end());
        }
    }
    let more = !streams.is_empty();
    failures.extend(streams.into_iter().map(Stream::into_end));
    (rows, more, failures)
}

fn outcomes(plan: &Plan, mut failures: Vec<(usize, Option<Failure>)>) -> Vec<Outcome> {
    failures.sort_unstable_by_key(|(place, _)| *place);
    let mut failures = failures.into_iter();
    let mut outcomes = Vec::with_capacity(failures.len());
    for (source, fate) in plan.fates.iter().enumerate() {
        let status = match fate {
            Fate::Missed => Status::Missed,
            Fate::Asked(_) => match failures.next() {
                Some((_, Some(failure))) => Status::Failed(failure),
                Some((_, None)) | None => Status::Answered,
            },
            Fate::DoesNotHold | Fate::CannotMatch => continue,
        };
        outcomes.push(Outcome { source, status });
    }
    outcomes
}

impl<'p> Stream<'p> {
    fn new((place, source): (usize, &'p dyn Source), select: Arc<Select>, batch: Batch) -> Self {
        let Batch { records, full, failure } = batch;
        Self { place, source, select, records: records.into_iter(), full, failure }
    }

    /// Has it a row to give?
    fn is_open(&self) -> bool {
        self.records.len() > 0
    }

    fn take(&mut self) -> Option<Row> {
        self.records.next().map(|Record { id, values }| Row { source: self.place, id, values })
    }

    fn into_end(self) -> (usize, Option<Failure>) {
        (self.place, self.failure)
    }

    /// Fetches the rows after the last one, twice as many as the last time, but never more than the page still lacks.
    async fn refill(&mut self, last: &Row, lacking: usize) {
        let select = Arc::make_mut(&mut self.select);
        let keys = select.order.iter().map(|(place, _)| last.values[*place].clone()).collect();
        select.after = Some(Bound { keys, ties: Ties::Beyond(last.id.clone()) });
        select.limit = select.limit.saturating_mul(2).clamp(1, lacking);
        let batch = fetch(self.source, Arc::clone(&self.select)).await;
        self.records = batch.records.into_iter();
        self.full = batch.full;
        self.failure = self.failure.take().or(batch.failure);
    }

    /// Which stream's next row comes first.
    fn compare(&self, other: &Self, shape: &Shape) -> Ordering {
        let (Some(a), Some(b)) = (self.records.as_slice().first(), other.records.as_slice().first()) else {
            return Ordering::Equal;
        };
        let sources = || directed(self.place.cmp(&other.place), shape.source_direction);
        compare_keys(&shape.order, a, b).then_with(sources)
    }
}

/// Does the one row come before the other, both of one source?
pub(super) fn is_before(select: &Select, a: &Record, b: &Record) -> bool {
    compare_keys(&select.order, a, b).then_with(|| directed(a.id.cmp(&b.id), select.id_direction)) == Ordering::Less
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

fn compare_keys(order: &[(usize, Direction)], a: &Record, b: &Record) -> Ordering {
    for (place, direction) in order {
        let keys = directed(a.values[*place].cmp(&b.values[*place]), *direction);
        if keys != Ordering::Equal {
            return keys;
        }
    }
    Ordering::Equal
}

fn directed(ordering: Ordering, direction: Direction) -> Ordering {
    match direction {
        Direction::Ascending => ordering,
        Direction::Descending => ordering.reverse(),
    }
}
