//! Adds the groups that have no rows: of a table that is not taken apart the one group that there is, and where buckets
//! are to be filled those between the first and the last.

use std::collections::{BTreeSet, HashSet};

use entities::{Bucket, Date, Datum, FieldId};

use crate::{
    federation::{GROUPS_MOST, Group, Spread, TooMany},
    graphql::ask::{Asked, Range},
};

/// What a part of a group can be.
enum Part {
    /// A day or a bucket: these, each with whatever else there is.
    Dates(Dates),
    /// What occurs with the other parts that are not dates.
    Occurring,
}

/// The days or buckets of one part.
struct Dates {
    all: Vec<Date>,
    /// The field that they are of, and its bucket; none of the days on which rows are counted.
    of: Option<(FieldId, Bucket)>,
}

/// Adds groups without rows where they are asked for.
pub(super) fn fill(groups: &mut Vec<Group>, asked: &Asked) -> Result<(), TooMany> {
    let table = &asked.table;
    if asked.form.axes.is_empty() && table.open_on.is_none() && groups.is_empty() {
        groups.push(empty(Box::default(), asked));
    }
    let Some(ranges) = &asked.fill else { return Ok(()) };
    let on_days = usize::from(table.open_on.is_some());
    let mut parts: Vec<Part> =
        table.open_on.iter().map(|days| Part::Dates(Dates { all: days.to_vec(), of: None })).collect();
    for (place, (axis, range)) in asked.form.axes.iter().zip(ranges).enumerate() {
        parts.push(match axis.bucket {
            Some(bucket) => {
                let all = buckets(bucket, *range, groups, place + on_days)?;
                Part::Dates(Dates { all, of: Some((axis.field, bucket)) })
            }
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

/// Every date with every other date that a day can be in, too, and with the other parts as they occur together.
fn keys(parts: &[Part], groups: &[Group]) -> Result<Vec<Box<[Datum]>>, TooMany> {
    let other = |key: &[Datum]| -> Vec<Datum> {
        let others = key.iter().zip(parts).filter(|(_, part)| matches!(part, Part::Occurring));
        others.map(|(datum, _)| datum.clone()).collect()
    };
    let mut others: BTreeSet<Vec<Datum>> = groups.iter().map(|group| other(&group.key)).collect();
    if !parts.iter().any(|part| matches!(part, Part::Occurring)) {
        others.insert(Vec::new());
    }
    let mut known: Vec<&Dates> = Vec::new();
    let mut keys: Vec<Vec<Date>> = vec![Vec::new()];
    for part in parts {
        let Part::Dates(dates) = part else { continue };
        let mut longer = Vec::new();
        for key in &keys {
            for date in dates.all.iter().filter(|date| known.iter().zip(key).all(|it| meet(it, (&dates, date)))) {
                if (longer.len() + 1).saturating_mul(others.len()) > GROUPS_MOST {
                    return Err(TooMany);
                }
                longer.push(key.iter().chain([date]).copied().collect());
            }
        }
        known.push(dates);
        keys = longer;
    }
    let whole = |dates: &[Date], others: &[Datum]| -> Box<[Datum]> {
        let (mut dates, mut others) = (dates.iter().copied().map(Datum::Date), others.iter().cloned());
        let whole = parts.iter().filter_map(|part| match part {
            Part::Dates(_) => dates.next(),
            Part::Occurring => others.next(),
        });
        whole.collect()
    };
    Ok(keys.iter().flat_map(|dates| others.iter().map(move |others| whole(dates, others))).collect())
}

/// Is there a day in both buckets, where they are of one field?
fn meet((left, at): (&&Dates, &Date), (right, on): (&&Dates, &Date)) -> bool {
    match (left.of, right.of) {
        (Some((field, bucket)), Some((other, finer))) if field == other => {
            *at < on.next(finer) && *on < at.next(bucket)
        }
        _ => true,
    }
}
