//! One question for the lists of many parents: asked of every source in one statement, and merged parent by parent into
//! pages that are those of the same lists asked one by one.

use std::{
    cmp::Ordering,
    collections::{HashMap, HashSet},
    sync::Arc,
};

use entities::Datum;
use futures_util::{
    StreamExt,
    future::{OptionFuture, join},
    stream::FuturesUnordered,
};

use super::{
    Answered, Outcome, Sources, Status, answer_of,
    fan_out::{in_time, out_of_order},
    merge::{End, compare_keys, directed, is_before, is_beyond},
    plan::{Shape, bounded},
    stale::{OldRows, Stale},
};
use crate::{
    policy::Grant,
    query::{Per, Predicate, Query, Row},
    source::{Failure, Links, Record, Records, Select, Source},
};

/// What one source is asked.
struct Part<'p> {
    place: usize,
    source: &'p dyn Source,
    /// The parents that its rows can link to: their places, by the value of the link.
    parents: HashMap<&'p Datum, usize>,
    /// Nothing where it did not answer on an earlier page.
    select: Option<Arc<Select>>,
}

/// What one source answered: rows and numbers, each where it was asked for them.
type Came = (Option<Result<Records, Failure>>, Option<Result<Vec<(Datum, u64)>, Failure>>);

/// What came of one source, its rows aside.
#[derive(Default)]
struct Told {
    /// Why rows of it are missing, or of when they are.
    end: End,
    /// The number of rows, by parent's place.
    counts: HashMap<usize, u64>,
    /// Why there are no numbers.
    uncounted: Option<Failure>,
}

/// Answers a question for each of its parents, in their order. A source that can hold rows of any of them is asked once
/// for the rows and once for their numbers, however many parents there are; one that fails leaves the others' rows in
/// place, and is among the outcomes of every parent that it could have had rows of.
pub async fn answer_each(query: &Query, per: &Per, grant: &Grant, sources: &Sources) -> Vec<Answered> {
    let shape = Shape::new(query, grant);
    let parts = plan((query, per), &shape, sources);
    let mut lists: Vec<Vec<Row>> = vec![Vec::new(); per.parents.len()];
    let mut told: Vec<Told> = parts.iter().map(|_| Told::default()).collect();
    let stale = Stale::of(grant, sources);
    let asked = parts.iter().enumerate().map(|(number, part)| async move { (number, part.ask(query).await) });
    let mut asked: FuturesUnordered<_> = asked.collect();
    // As each source answers, so that rows that stand on no page are let go at once.
    while let Some((number, (rows, counts))) = asked.next().await {
        let part = &parts[number];
        let end = match rows {
            Some(rows) => part.end(&mut lists, rows, &shape, stale.as_ref()),
            None => End::default(),
        };
        let (counts, uncounted) = match counts {
            Some(Ok(counts)) => (part.by_parent(&counts), None),
            Some(Err(failure)) => (HashMap::new(), Some(failure)),
            None => (HashMap::new(), None),
        };
        told[number] = Told { end, counts, uncounted };
    }
    let lists = lists.into_iter().enumerate();
    lists.map(|(parent, rows)| answered((query, per), (parent, rows), parts.iter().zip(&told))).collect()
}

/// What each source is asked that can hold rows of any parent. Which parents those are is known of some sources.
fn plan<'p>((query, per): (&Query, &'p Per), shape: &Shape, sources: &'p Sources) -> Vec<Part<'p>> {
    let link = query.fields.iter().position(|field| *field == per.link).expect("fields hold the link to the parents");
    let missed = query.missed();
    let part = |(place, source): (usize, &'p dyn Source)| {
        let mut select = source.holds(query.dataset).then(|| shape.select(source, &Predicate::All))??;
        select.columns[link].as_ref()?;
        let facts = source.facts(query.dataset);
        let parents = per.parents.iter().enumerate().filter(|(_, it)| it.source.is_none_or(|own| own == place));
        let parents: HashMap<_, _> =
            parents.filter(|(_, it)| facts.allow(per.link, &it.key)).map(|(parent, it)| (&it.key, parent)).collect();
        if parents.is_empty() {
            return None;
        }
        if missed.contains(&source.name()) {
            return Some(Part { place, source, parents, select: None });
        }
        let mut keys: Vec<Datum> = parents.keys().map(|key| (*key).clone()).collect();
        keys.sort_unstable();
        select.per = Some(Links { place: link, keys: keys.into() });
        select.limit = query.page.as_ref().map_or(0, |page| page.size.saturating_add(1));
        let select = Arc::new(bounded(select, query.page.as_ref(), source.name()));
        Some(Part { place, source, parents, select: Some(select) })
    };
    sources.iter().enumerate().filter_map(part).collect()
}

impl Part<'_> {
    async fn ask(&self, query: &Query) -> Came {
        let Some(select) = &self.select else { return (None, None) };
        let (source, name, deadline) = (self.source, query.dataset.name, self.source.deadline());
        let rows = query.page.is_some().then(|| in_time(source, name, deadline, source.rows(Arc::clone(select))));
        let counts = query.count || query.page.is_none();
        let counts = counts.then(|| in_time(source, name, deadline, source.counts(Arc::clone(select))));
        join(OptionFuture::from(rows), OptionFuture::from(counts)).await
    }

    /// Adds its rows, or those that it gave to the same question before where that is allowed, and says how they ended.
    fn end(&self, lists: &mut [Vec<Row>], rows: Result<Records, Failure>, shape: &Shape, stale: Option<&Stale>) -> End {
        let key = stale.zip(self.select.as_ref()).map(|(stale, select)| (stale, stale.key(self.place, select)));
        let failure = match (rows, key) {
            (Ok(Records { all, lacking }), None) => {
                return End { failure: self.add(lists, all, shape), stale: None, lacking };
            }
            (Ok(Records { all, lacking }), Some((stale, key))) => {
                let end = End { failure: self.add(lists, all.clone(), shape), stale: None, lacking };
                if end.is_good() {
                    stale.keep_rows(key, all, false);
                }
                return end;
            }
            (Err(failure), None) => failure,
            (Err(failure), Some((stale, key))) => match stale.rows(&key, &failure) {
                Some(OldRows { as_of, records, .. }) => {
                    let stale = Some((as_of, failure));
                    return End { failure: self.add(lists, records, shape), stale, lacking: Vec::new() };
                }
                None => failure,
            },
        };
        End { failure: Some(failure), ..End::default() }
    }

    /// Adds its rows to the lists of their parents, which keep one row more than their page. Why rows are missing, where
    /// what came was not what was asked for.
    fn add(&self, lists: &mut [Vec<Row>], mut records: Vec<Record>, shape: &Shape) -> Option<Failure> {
        let select = self.select.as_ref()?;
        let link = select.per.as_ref()?.place;
        let wrong = self.first_wrong(select, link, &records);
        records.truncate(wrong.unwrap_or(records.len()));
        let mut shared = Vec::new();
        let mut last = None;
        for Record { id, values } in records {
            let Some(parent) = self.parents.get(&values[link]).copied() else { continue };
            if last.replace(parent) != Some(parent) && !lists[parent].is_empty() {
                shared.push(parent);
            }
            lists[parent].push(Row { source: self.place, id, values });
        }
        for parent in shared {
            lists[parent].sort_by(|a, b| compare(shape, a, b));
            lists[parent].truncate(select.limit);
        }
        wrong.map(|_| out_of_order(self.source, select))
    }

    /// The first row that is not what was asked for: parent by parent, no more than so many of each, in order.
    fn first_wrong(&self, select: &Select, link: usize, records: &[Record]) -> Option<usize> {
        let mut seen = HashSet::new();
        let mut of_parent = 0_usize;
        let mut previous: Option<&Record> = None;
        records.iter().position(|record| {
            let fits = record.values.len() == select.columns.len();
            let Some(key) = record.values.get(link).filter(|key| fits && self.parents.contains_key(key)) else {
                return true;
            };
            let before = previous.replace(record).filter(|before| before.values[link] == *key);
            of_parent = if before.is_some() { of_parent + 1 } else { 1 };
            let follows = match before {
                Some(before) => is_before(select, before, record),
                None => seen.insert(key) && select.after.as_ref().is_none_or(|it| is_beyond(select, it, record)),
            };
            !follows || of_parent > select.limit
        })
    }

    fn by_parent(&self, counts: &[(Datum, u64)]) -> HashMap<usize, u64> {
        counts.iter().filter_map(|(key, count)| Some((*self.parents.get(key)?, *count))).collect()
    }
}

/// Puts one parent's rows and numbers together, as those of a list of its own.
fn answered<'p>(
    (query, per): (&Query, &Per),
    (parent, mut rows): (usize, Vec<Row>),
    parts: impl Iterator<Item = (&'p Part<'p>, &'p Told)>,
) -> Answered {
    let (mut outcomes, mut missed, mut total) = (Vec::new(), Vec::new(), 0_u64);
    let key = &per.parents[parent].key;
    for (part, told) in parts.filter(|(part, _)| part.parents.get(key) == Some(&parent)) {
        let status = if part.select.is_some() {
            missed.extend(told.end.failure.is_some().then_some(part.place));
            total = total.saturating_add(told.counts.get(&parent).copied().unwrap_or(0));
            Status::of(told.end.clone(), told.uncounted.clone())
        } else {
            missed.push(part.place);
            Status::Missed
        };
        outcomes.push(Outcome { source: part.place, status });
    }
    let size = query.page.as_ref().map_or(0, |page| page.size);
    let more = rows.len() > size;
    rows.truncate(size);
    let total = (query.count || query.page.is_none()).then_some(total);
    Answered { answer: answer_of(query.page.as_ref(), (rows, more), total, outcomes), missed }
}

/// The total order, as sources are asked: keys, source, id.
fn compare(shape: &Shape, a: &Row, b: &Row) -> Ordering {
    let sources = || directed(a.source.cmp(&b.source), shape.source_direction);
    let ids = || directed(a.id.cmp(&b.id), shape.id_direction);
    compare_keys(&shape.order, &a.values, &b.values).then_with(sources).then_with(ids)
}
