//! Adds up partial tables of sources. Knows nothing of thresholds, and of sources only what they gave.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

use entities::Datum;

use super::{GROUPS_MOST, Group, Spread, TooMany, percentile, plan::ENTRIES_MOST};
use crate::{
    query::Table,
    source::{Failure, Partial, Sum, Tabulate},
};

/// A table in the making. What belongs to a group stands at the group's place.
pub(super) struct Whole {
    /// For each part of a key what its values lead to, where the group is that.
    leads_to: Vec<Option<Arc<HashMap<Datum, Datum>>>>,
    places: HashMap<Box<[Datum]>, u32>,
    rows: Vec<u64>,
    /// `groups x measures`, group by group.
    sums: Vec<Sum>,
    measures: usize,
    /// Every youth that a source named in a group; none where they are not asked for.
    youths: Option<Vec<(u32, i64)>>,
    /// For each measure group, value and number, where percentiles are asked for; a value may come more than once.
    values: Vec<Vec<(u32, i64, u64)>>,
}

/// A partial table that has the form that was asked for. The places in it are those of its groups.
pub(super) fn checked(partial: Partial, tabulate: &Tabulate) -> Result<Partial, Failure> {
    let groups = partial.groups.len();
    let parts = usize::from(tabulate.open_on.is_some()) + tabulate.groups;
    let is_group = |place: u32| usize::try_from(place).is_ok_and(|place| place < groups);
    let fits = partial.groups.iter().all(|group| group.len() == parts)
        && partial.rows.len() == groups
        && partial.sums.len() == groups * tabulate.values.len()
        && partial.values.len() == tabulate.values.len()
        && partial.youths.iter().all(|(place, _)| is_group(*place))
        && partial.values.iter().flatten().all(|(place, _, _)| is_group(*place));
    if fits { Ok(partial) } else { Err(Failure::Malformed("no table of the form that was asked for".to_owned())) }
}

impl Whole {
    pub(super) fn new(table: &Table) -> Self {
        let day = table.open_on.is_some().then_some(None);
        let dimensions = table.dimensions.iter().map(|it| it.leads_to.clone());
        let youths = table.youths && table.dataset.youth().is_some();
        Self {
            leads_to: day.into_iter().chain(dimensions).collect(),
            places: HashMap::new(),
            rows: Vec::new(),
            sums: Vec::new(),
            measures: table.measures.len(),
            youths: youths.then(Vec::new),
            values: vec![Vec::new(); table.measures.len()],
        }
    }

    /// Adds what one source gave; see [`checked`].
    pub(super) fn add(&mut self, partial: Partial) -> Result<(), TooMany> {
        let groups = partial.groups.into_iter().map(|group| self.place(group));
        let places = groups.collect::<Result<Vec<u32>, TooMany>>()?;
        for (place, rows) in places.iter().zip(partial.rows) {
            let sum = &mut self.rows[*place as usize];
            *sum = sum.checked_add(rows).ok_or(TooMany)?;
        }
        for (number, sum) in partial.sums.into_iter().enumerate() {
            let (group, measure) = (places[number / self.measures] as usize, number % self.measures);
            add(&mut self.sums[group * self.measures + measure], sum)?;
        }
        if let Some(youths) = &mut self.youths {
            gather(youths, partial.youths, |(group, _)| *group = places[*group as usize])?;
        }
        for (all, values) in self.values.iter_mut().zip(partial.values) {
            gather(all, values, |(group, _, _)| *group = places[*group as usize])?;
        }
        Ok(())
    }

    /// The groups, in no order.
    pub(super) fn into_groups(mut self) -> Vec<Group> {
        let youths = self.youths.take().map(|youths| distinct(youths, self.rows.len()));
        let mut spreads: Vec<Spread> = self.sums.iter().map(spread).collect();
        for (measure, mut values) in self.values.into_iter().enumerate() {
            values.sort_unstable();
            for of_group in values.chunk_by(|a, b| a.0 == b.0) {
                spreads[of_group[0].0 as usize * self.measures + measure].percentiles = percentile::both(of_group);
            }
        }
        let groups = self.places.into_iter().map(|(key, place)| {
            let place = place as usize;
            Group {
                key,
                rows: self.rows[place],
                youths: youths.as_ref().map(|youths| youths[place]),
                measures: spreads[place * self.measures..(place + 1) * self.measures].into(),
            }
        });
        groups.collect()
    }

    /// The place of the group that a source's group belongs to.
    fn place(&mut self, mut key: Box<[Datum]>) -> Result<u32, TooMany> {
        for (part, leads_to) in key.iter_mut().zip(&self.leads_to) {
            if let Some(leads_to) = leads_to {
                *part = leads_to.get(part).cloned().unwrap_or(Datum::Null);
            }
        }
        let next = self.rows.len();
        match self.places.entry(key) {
            Entry::Occupied(known) => Ok(*known.get()),
            Entry::Vacant(_) if next >= GROUPS_MOST => Err(TooMany),
            Entry::Vacant(new) => {
                self.rows.push(0);
                self.sums.resize(self.sums.len() + self.measures, Sum::default());
                Ok(*new.insert(u32::try_from(next).map_err(|_| TooMany)?))
            }
        }
    }
}

fn add(to: &mut Sum, other: Sum) -> Result<(), TooMany> {
    to.count = to.count.checked_add(other.count).ok_or(TooMany)?;
    to.sum = to.sum.checked_add(other.sum).ok_or(TooMany)?;
    to.range = match (to.range, other.range) {
        (Some((low, high)), Some((lower, higher))) => Some((low.min(lower), high.max(higher))),
        (one, other) => one.or(other),
    };
    Ok(())
}

/// Takes over what one source gave, with the places of its groups changed to those of the whole.
fn gather<T>(all: &mut Vec<T>, mut more: Vec<T>, change: impl Fn(&mut T)) -> Result<(), TooMany> {
    if all.len() + more.len() > ENTRIES_MOST {
        return Err(TooMany);
    }
    more.iter_mut().for_each(change);
    if all.is_empty() {
        *all = more;
    } else {
        all.append(&mut more);
    }
    Ok(())
}

/// How many youths each of so many groups has. One that several sources name, or several groups of a source that are one
/// group here, counts once.
fn distinct(mut youths: Vec<(u32, i64)>, groups: usize) -> Vec<u64> {
    youths.sort_unstable();
    youths.dedup();
    let mut numbers = vec![0; groups];
    for (group, _) in youths {
        numbers[group as usize] += 1;
    }
    numbers
}

fn spread(sum: &Sum) -> Spread {
    Spread { count: sum.count, sum: sum.sum, range: sum.range, percentiles: None }
}
