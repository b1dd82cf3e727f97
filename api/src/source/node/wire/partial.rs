//! A partial table on its way. What does not fit together is no table.

use std::collections::HashSet;

use entities::{Datum, Kind};
use serde::{Deserialize, Serialize};

use super::{
    answer::{kinds, unreadable},
    value::Scalar,
};
use crate::source::{Failure, Partial, Sum, Tabulate, node::link::Youths};

/// A [`Partial`].
#[derive(Serialize, Deserialize)]
pub(super) struct PartialForm {
    groups: Vec<Vec<Scalar>>,
    rows: Vec<u64>,
    sums: Vec<SumForm>,
    youths: Vec<(u32, i64)>,
    values: Vec<Vec<(u32, i64, u64)>>,
}

/// Count, sum and range.
type SumForm = (u64, i64, Option<(i64, i64)>);

pub(super) fn write(table: &Partial, tabulate: &Tabulate, youths: &Youths) -> PartialForm {
    let kinds = group_kinds(tabulate);
    let group =
        |parts: &[Datum]| parts.iter().zip(&kinds).map(|(part, kind)| Scalar::of(part, *kind, youths)).collect();
    PartialForm {
        groups: table.groups.iter().map(|parts| group(parts)).collect(),
        rows: table.rows.clone(),
        sums: table.sums.iter().map(|it| (it.count, it.sum, it.range)).collect(),
        youths: table.youths.clone(),
        values: table.values.clone(),
    }
}

pub(super) fn read(form: PartialForm, tabulate: &Tabulate, youths: &Youths) -> Result<Partial, Failure> {
    check(&form, tabulate)?;
    let kinds = group_kinds(tabulate);
    let group = |parts: Vec<Scalar>| {
        let parts = parts.into_iter().zip(&kinds).map(|(part, kind)| match kind {
            Some(kind) => part.read(Some(*kind), youths),
            None => Some(Datum::Null),
        });
        parts.collect::<Option<Box<[Datum]>>>().ok_or_else(|| unreadable("groups of another kind"))
    };
    let groups: Vec<_> = form.groups.into_iter().map(group).collect::<Result<_, _>>()?;
    if groups.iter().collect::<HashSet<_>>().len() != groups.len() {
        return Err(unreadable("a group twice"));
    }
    let sums = form.sums.into_iter().map(|(count, sum, range)| Sum { count, sum, range });
    Ok(Partial { groups, rows: form.rows, sums: sums.collect(), youths: form.youths, values: form.values })
}

/// Is it no larger than what was asked for, and are its groups of the parts that were? Whoever merges it looks at the rest.
fn check(form: &PartialForm, tabulate: &Tabulate) -> Result<(), Failure> {
    let most = tabulate.entries_most;
    if form.groups.len() > tabulate.groups_most {
        return Err(Failure::TooMany(tabulate.groups_most));
    }
    if form.youths.len() > most || form.values.iter().any(|it| it.len() > most) {
        return Err(Failure::TooMany(most));
    }
    let parts = group_kinds(tabulate).len();
    let fits = form.groups.iter().all(|group| group.len() == parts)
        && (tabulate.youths || form.youths.is_empty())
        && form.sums.iter().all(|(count, _, range)| (*count == 0) == range.is_none());
    if fits { Ok(()) } else { Err(unreadable("no table of the form that was asked for")) }
}

/// The kinds of a group's parts: the day where rows are counted on days, then the columns.
fn group_kinds(tabulate: &Tabulate) -> Vec<Option<Kind>> {
    let day = tabulate.open_on.is_some().then_some(Some(Kind::Date));
    day.into_iter().chain(kinds(&tabulate.select).into_iter().take(tabulate.groups)).collect()
}
