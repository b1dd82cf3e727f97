//! Adds the groups that have no rows: of a table that is not taken apart the one group that there is, and where buckets
//! are to be filled those between the first and the last.

use std::collections::{BTreeSet, HashSet};

use entities::{Bucket, Date, Datum};

use crate::{
    federation::{GROUPS_MOST, Group, Spread, TooMany},
    graphql::ask::{Asked, Range},
};

/// What a part of a group can be.
enum Part {
    /// A day or a bucket: these, each with whatever else there is.
    Dates(Vec<Date>),
    /// What occurs with the other parts that are not dates.
    Occurring,
}

/// Adds groups without rows where they are asked for.
pub(super) fn fill(groups: &mut Vec<Group>, asked: &Asked) -> Result<(), TooMany> {
    let table = &asked.table;
    if asked.form.axes.is_empty() && table.open_on.is_none() && groups.is_empty() {
        groups.push(empty(Box::default(), asked));
    }
    let Some(ranges) = &asked.fill else { return Ok(()) };
    let on_days = usize::from(table.open_on.is_some());
    let mut parts: Vec<Part> = table.open_on.iter().map(|days| Part::Dates(days.to_vec())).collect();
    for (place, (axis, range)) in asked.form.axes.iter().zip(ranges).enumerate() {
        parts.push(match axis.bucket {
            Some(bucket) => Part::Dates(buckets(bucket, *range, groups, place + on_days)?),
            None => Part::Occurring,
        });
    }
    let keys = keys(&parts, groups)?;
    let known: HashSet<&[Datum]> = groups.iter().map(|group| &*group.key).collect();
    let missing: Vec<_> = keys.into_iter().filter(|key| !known.contains(&**key)).collect();
    if groups.len() + missing.len() > GROUPS_MOST {
        return Err(TooMany);
    }
    groups.extend(missing.into_iter().map(|key| empty(key, asked)));
    Ok(())
}

fn empty(key: Box<[Datum]>, asked: &Asked) -> Group {
    let measures = asked.table.measures.iter().map(|_| Spread::default()).collect();
    Group { key, rows: 0, youths: asked.table.youths.then_some(0), measures }
}

/// All buckets from the filter's first to its last; where it does not say, from and to those that have rows.
fn buckets(bucket: Bucket, range: Range, groups: &[Group], place: usize) -> Result<Vec<Date>, TooMany> {
    let dates = groups.iter().filter_map(|group| match group.key.get(place) {
        Some(Datum::Date(date)) => Some(*date),
        _ => None,
    });
    let occurring: BTreeSet<Date> = dates.collect();
    let first = range.first.or(occurring.first().copied());
    let last = range.last.or(occurring.last().copied());
    let (Some(mut at), Some(last)) = (first, last) else { return Ok(Vec::new()) };
    let mut out = Vec::new();
    while at <= last {
        if out.len() == GROUPS_MOST {
            return Err(TooMany);
        }
        out.push(at);
        let next = at.next(bucket);
        if next <= at {
            break;
        }
        at = next;
    }
    Ok(out)
}

/// Every date with every other date, and with the other parts as they occur together.
fn keys(parts: &[Part], groups: &[Group]) -> Result<Vec<Box<[Datum]>>, TooMany> {
    let other = |key: &[Datum]| -> Vec<Datum> {
        let others = key.iter().zip(parts).filter(|(_, part)| matches!(part, Part::Occurring));
        others.map(|(datum, _)| datum.clone()).collect()
    };
    let mut others: BTreeSet<Vec<Datum>> = groups.iter().map(|group| other(&group.key)).collect();
    if !parts.iter().any(|part| matches!(part, Part::Occurring)) {
        others.insert(Vec::new());
    }
    let mut keys: Vec<Vec<Datum>> = vec![Vec::new()];
    for part in parts {
        let Part::Dates(dates) = part else { continue };
        if keys.len().saturating_mul(dates.len()).saturating_mul(others.len()) > GROUPS_MOST {
            return Err(TooMany);
        }
        let with = |key: &Vec<Datum>| {
            let key = key.clone();
            dates.iter().map(move |date| key.iter().cloned().chain([Datum::Date(*date)]).collect())
        };
        keys = keys.iter().flat_map(with).collect();
    }
    let whole = |dates: &[Datum], others: &[Datum]| -> Box<[Datum]> {
        let (mut dates, mut others) = (dates.iter().cloned(), others.iter().cloned());
        let whole = parts.iter().filter_map(|part| match part {
            Part::Dates(_) => dates.next(),
            Part::Occurring => others.next(),
        });
        whole.collect()
    };
    Ok(keys.iter().flat_map(|dates| others.iter().map(move |others| whole(dates, others))).collect())
}
