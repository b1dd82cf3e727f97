//! What each source is asked: only sources that can hold a match, each with the values and rows that the grant shows
//! of it, its bounds and a bounded first fetch. Does no IO.

use std::sync::Arc;

use entities::{Dataset, Datum};

use super::{
    Sources,
    at::{At, always_shown},
    share::{self, Shares},
    stale::{Key, Stale},
};
use crate::{
    policy::{Grant, OnBehalf},
    query::{Dimension, Direction, End, Operand, Page, Position, Predicate, Query, Table},
    source::{Bound, Select, Source, Ties},
};

/// What each source is asked. Prints as text for people to read: statements without values.
pub struct Plan {
    /// The dataset.
    pub dataset: &'static Dataset,
    /// What becomes of each source, in the order of the sources.
    pub fates: Vec<Fate>,
    pub(super) sources: Sources,
    pub(super) page: Option<Page>,
    /// What the sources gave to this question before; nothing where no page is asked for.
    pub(super) shares: Option<Arc<Shares>>,
    /// What of earlier answers may stand in for sources that do not answer; nothing where the policy does not say so.
    pub(super) stale: Option<Stale>,
    /// Is each source asked for its number of rows?
    pub(super) count: bool,
    pub(super) shape: Shape,
}

/// What becomes of one source.
#[derive(Clone, Debug)]
pub enum Fate<Question = Select> {
    /// It is asked.
    Asked(Arc<Question>),
    /// It could match, but did not answer on an earlier page.
    Missed,
    /// It does not hold the dataset.
    DoesNotHold,
    /// It holds no row that is granted and can match.
    CannotMatch,
}

/// What all sources are asked, before what is known of each; in terms of what the caller is shown.
pub(super) struct Shape {
    pub(super) dataset: &'static Dataset,
    /// The rows granted.
    pub(super) rows: Predicate,
    /// Does the grant rest on rows of other datasets that those link to?
    pub(super) links: bool,
    /// Which of them.
    pub(super) filter: Predicate,
    pub(super) columns: Vec<Operand>,
    /// As sources are asked and rows merged: turned round where the page is taken from the list's end.
    pub(super) order: Vec<(usize, Direction)>,
    pub(super) source_direction: Direction,
    pub(super) id_direction: Direction,
    /// On whose behalf sources are asked.
    pub(super) on_behalf: OnBehalf,
}

/// Plans a question.
#[must_use]
pub fn plan(query: &Query, grant: &Grant, sources: &Sources) -> Plan {
    let shape = Shape::new(query, grant);
    let missed = query.missed();
    let fates: Vec<_> = sources
        .iter()
        .map(|source| {
            if !source.holds(query.dataset) {
                return Fate::DoesNotHold;
            }
            match shape.select(source, &Predicate::All) {
                None => Fate::CannotMatch,
                Some(_) if missed.contains(&source.name()) => Fate::Missed,
                Some(select) => Fate::Asked(Arc::new(bounded(select, query.page.as_ref(), source.name()))),
            }
        })
        .collect();
    let count = query.count || query.page.is_none();
    let page = query.page.clone();
    let shares = page.as_ref().map(|page| sources.shares(&shape, page));
    let stale = page.as_ref().and_then(|_| Stale::of(grant, sources));
    let mut plan = Plan { dataset: query.dataset, fates, sources: sources.clone(), page, shares, stale, count, shape };
    plan.limit_first_fetch();
    plan
}

impl Plan {
    /// The sources that are asked: place, source and question.
    pub(super) fn asked(&self) -> impl Iterator<Item = (usize, &dyn Source, &Arc<Select>)> {
        asked(&self.fates, &self.sources)
    }

    /// The key under which the rows of a source are kept: the page's question but for the size of its first fetch, which
    /// changes with what the sources give.
    pub(super) fn key(&self, stale: &Stale, place: usize, select: &Select) -> Key {
        stale.key(place, &(self.page.as_ref().map(|page| page.size), select.without_limit()))
    }

    /// What a source gave to this question before, and one row more to see that it ends there; where it was not asked
    /// yet, its equal share. What this leaves out is fetched while merging.
    fn limit_first_fetch(&mut self) {
        let Some((page, shares)) = self.page.as_ref().zip(self.shares.as_ref()) else {
            return;
        };
        let whole = page.size.saturating_add(1);
        let equal = share::equal(page.size, self.asked().count());
        for (place, fate) in self.fates.iter_mut().enumerate() {
            if let Fate::Asked(select) = fate {
                Arc::make_mut(select).limit = shares.expected(place).unwrap_or(equal).clamp(1, whole);
            }
        }
    }
}

/// The sources that are asked: place, source and question.
pub(super) fn asked<'p, Question>(
    fates: &'p [Fate<Question>],
    sources: &'p Sources,
) -> impl Iterator<Item = (usize, &'p dyn Source, &'p Arc<Question>)> {
    let all = fates.iter().zip(sources.iter()).enumerate();
    all.filter_map(|(place, (fate, source))| match fate {
        Fate::Asked(question) => Some((place, source, question)),
        Fate::Missed | Fate::DoesNotHold | Fate::CannotMatch => None,
    })
}

impl Shape {
    pub(super) fn new(query: &Query, grant: &Grant) -> Self {
        if grant.dataset().name != query.dataset.name {
            return Self::of_nothing(query.dataset);
        }
        let reversed = query.page.as_ref().is_some_and(|page| page.end == End::Last);
        let turned = |direction: Direction| if reversed { direction.reversed() } else { direction };
        let order = query.keys().into_iter().zip(&query.order);
        Self {
            dataset: query.dataset,
            rows: grant.rows(),
            links: grant.has_links(),
            filter: grant.shown_in(&query.filter),
            // Whom a row is about, whatever of it the caller is shown, is for the audit log alone.
            columns: with_about(query.dataset, query.fields.iter().map(|field| grant.shown(*field)).collect()),
            order: order.map(|(place, order)| (place, turned(order.direction))).collect(),
            source_direction: turned(Direction::Ascending),
            id_direction: turned(query.id_direction()),
            on_behalf: grant.on_behalf().clone(),
        }
    }

    /// The columns are the dimensions, the measures and, where rows are counted on days, the ends of their period.
    pub(super) fn of_table(table: &Table, grant: &Grant) -> Self {
        let dataset = table.dataset;
        if grant.dataset().name != dataset.name {
            return Self::of_nothing(dataset);
        }
        let dimension = |it: &Dimension| match it.bucket {
            Some(bucket) => grant.bucketed(it.field, bucket),
            None => grant.shown(it.field),
        };
        let period = dataset.period.as_ref().filter(|_| table.open_on.is_some());
        let ends = period.into_iter().flat_map(|it| [Some(it.from), it.until]).flatten();
        let shown = table.measures.iter().map(|it| it.field).chain(ends).map(|field| grant.shown(field));
        Self {
            rows: grant.rows(),
            links: grant.has_links(),
            filter: grant.shown_in(&table.filter),
            columns: table.dimensions.iter().map(dimension).chain(shown).collect(),
            on_behalf: grant.on_behalf().clone(),
            ..Self::of_nothing(dataset)
        }
    }

    /// A grant over one dataset grants nothing of another.
    fn of_nothing(dataset: &'static Dataset) -> Self {
        Self {
            dataset,
            rows: Predicate::None,
            links: false,
            filter: Predicate::All,
            columns: Vec::new(),
            order: Vec::new(),
            source_direction: Direction::Ascending,
            id_direction: Direction::Ascending,
            on_behalf: OnBehalf::default(),
        }
    }

    /// What one source is asked, whatever the page; nothing where no row of it can match. `narrowed` is a condition on
    /// stored values that comes on top.
    pub(super) fn select(&self, source: &dyn Source, narrowed: &Predicate) -> Option<Select> {
        // Only grants rest on what rows link to: where theirs do not, nothing does.
        let at = At { dataset: self.dataset, source, links: self.links };
        let rows = at.rows(&self.rows);
        let seen = |operand: &Operand| always_shown(operand, &rows);
        let mut filter = at.rows(&self.filter);
        let mut columns: Vec<_> = self.columns.iter().map(|it| at.operand(it)).collect();
        if rows != Predicate::All {
            filter = filter.map_operands(&seen);
            columns.iter_mut().flatten().for_each(|operand| *operand = seen(operand));
        }
        let filter = Predicate::and([rows, filter, narrowed.clone()]);
        if filter == Predicate::None {
            return None;
        }
        Some(Select {
            dataset: self.dataset,
            columns,
            filter,
            order: self.order.clone(),
            id_direction: self.id_direction,
            after: None,
            before: None,
            limit: 0,
            per: None,
            on_behalf: self.on_behalf.clone(),
        })
    }
}

/// These columns, and last the one that says whom rows are about, as it is, where it is not among them.
fn with_about(dataset: &Dataset, mut columns: Vec<Operand>) -> Vec<Operand> {
    let about = dataset.youth().map(Operand::Field);
    columns.extend(about.filter(|about| !columns.contains(about)));
    columns
}

/// Sets the page's bounds, in the order that the source is asked in.
pub(super) fn bounded(mut select: Select, page: Option<&Page>, source: &str) -> Select {
    let Some(page) = page else {
        return select;
    };
    let keys = select.order.len();
    let after = page.after.as_ref().map(|position| bound(position, keys, source, (Ties::Without, Ties::Within)));
    let before = page.before.as_ref().map(|position| bound(position, keys, source, (Ties::Within, Ties::Without)));
    (select.after, select.before) = match page.end {
        End::First => (after, before),
        End::Last => (before, after),
    };
    select
}

/// A cursor as one source sees it: which of its rows that are equal in all keys lie within, if its name comes before
/// the cursor's source or after it.
fn bound(position: &Position, keys: usize, source: &str, (earlier, later): (Ties, Ties)) -> Bound {
    let ties = match source.cmp(&position.source) {
        std::cmp::Ordering::Less => earlier,
        std::cmp::Ordering::Equal => Ties::Beyond(position.id.clone()),
        std::cmp::Ordering::Greater => later,
    };
    // Whoever reads a cursor sees to it that it is of this order; one key per key of the order it is in any case.
    let values = position.keys.iter().cloned().chain(std::iter::repeat(Datum::Null));
    Bound { keys: values.take(keys).collect(), ties }
}
