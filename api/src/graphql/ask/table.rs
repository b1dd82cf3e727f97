//! From coerced arguments to a table: filter, dimensions, days, order, and the buckets that are to be filled. What is
//! measured, the selection says.

use std::sync::Arc;

use async_graphql_value::ConstValue;
use entities::{Bucket, Date};

use super::{Asking, Form, filter, form, is_shown};
use crate::{
    graphql::{axis::Axis, error::Problem, execute::Values, name},
    policy::Grant,
    query::Table,
    source::OpenOn,
};

const DAYS_MOST: usize = OpenOn::DAYS_MOST;

/// A table as the arguments ask for it.
#[derive(Debug)]
pub(in crate::graphql) struct Asked {
    /// The question, yet without youths and measures.
    pub(in crate::graphql) table: Table,
    /// Its form.
    pub(in crate::graphql) form: Form,
    /// Of each dimension the bounds that the filter sets to its buckets; none where buckets are not to be filled.
    pub(in crate::graphql) fill: Option<Vec<Range>>,
    /// Is a lowest or a highest value asked for, which is one person's own?
    pub(in crate::graphql) extremes: bool,
}

/// The first and the last bucket that a filter leaves, each by its first day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::graphql) struct Range {
    pub(in crate::graphql) first: Option<Date>,
    pub(in crate::graphql) last: Option<Date>,
}

/// The table that the arguments ask for.
pub(in crate::graphql) fn table(asking: &Asking<'_>, grant: &Grant, args: &Values) -> Result<Asked, Problem> {
    let dataset = grant.dataset();
    let form = form(asking.model, dataset, args)?;
    let open_on = open_on(grant, args)?;
    form.axes.iter().try_for_each(|axis| is_own(axis, grant))?;
    let fills = matches!(args.get("fillBuckets"), Some(ConstValue::Boolean(true)));
    let fill = fills.then(|| form.axes.iter().map(|axis| range(grant, axis, args)).collect());
    let filter = filter(asking, dataset, args)?;
    is_shown(&filter, grant)?;
    let table = Table {
        dataset,
        filter,
        dimensions: form.axes.iter().map(|axis| axis.dimension(asking.reference)).collect(),
        open_on,
        youths: false,
        measures: Vec::new(),
    };
    Ok(Asked { table, form, fill, extremes: false })
}

/// Refuses what only releases are grouped by for this caller.
fn is_own(axis: &Axis, grant: &Grant) -> Result<(), Problem> {
    let is_fine = axis.bucket.is_some_and(|bucket| bucket < Bucket::Month) && grant.shows_months(axis.field);
    if axis.tier(grant.dataset()) <= grant.tier() && !is_fine {
        return Ok(());
    }
    let value = axis.value();
    Err(Problem::input(format!("argument \"groupBy\" names {value}, which you are not shown of your own rows")))
}

fn open_on(grant: &Grant, args: &Values) -> Result<Option<Arc<[Date]>>, Problem> {
    let Some(ConstValue::List(values)) = args.get("openOn") else { return Ok(None) };
    let refused = |what: &str| Err(Problem::input(format!("argument \"openOn\" {what}")));
    let dataset = grant.dataset();
    let Some((from, until)) = dataset.period.and_then(|period| Some((period.from, period.until?))) else {
        return refused(&format!("counts rows that begin and end; rows of {} do not", dataset.name));
    };
    for field in [from, until] {
        if !grant.sees(field) {
            let name = name::field(&dataset.fields[field]);
            return refused(&format!("rests on \"{name}\", which you are not shown"));
        }
    }
    let days = values.iter().map(|value| match value {
        ConstValue::String(day) => day.parse().ok(),
        _ => None,
    });
    let Some(days) = days.collect::<Option<Vec<Date>>>() else {
        return refused("holds a value that is not of its type");
    };
    if days.is_empty() {
        return refused("must name a day; leave it out to count every row once");
    }
    if days.len() > DAYS_MOST {
        return refused(&format!("names more than {DAYS_MOST} days; ask for fewer at a time"));
    }
    if days.iter().enumerate().any(|(place, day)| days[..place].contains(day)) {
        return refused("names a day twice; name it once");
    }
    let shows_months = [from, until].into_iter().any(|field| grant.shows_months(field));
    if shows_months && days.iter().any(|day| day.start_of(Bucket::Month) != *day) {
        return refused("takes firsts of months only, because you are shown months in place of days");
    }
    Ok(Some(days.into()))
}

/// The bounds that the filter itself, and none of its parts, sets to the buckets of a date.
fn range(grant: &Grant, axis: &Axis, args: &Values) -> Range {
    let Some(bucket) = axis.bucket else { return Range::default() };
    let field = name::field(&grant.dataset().fields[axis.field]);
    let Some(ConstValue::Object(filter)) = args.get("filter") else { return Range::default() };
    let Some(ConstValue::Object(tests)) = filter.get(field.as_str()) else { return Range::default() };
    let step = if grant.shows_months(axis.field) { Bucket::Month } else { Bucket::Day };
    let mut range = Range::default();
    for (operator, value) in tests {
        let ConstValue::String(day) = value else { continue };
        let Ok(day) = day.parse::<Date>() else { continue };
        let is_strict = matches!(operator.as_str(), "gt" | "lt");
        if matches!(operator.as_str(), "gt" | "gte" | "eq") {
            range.first = range.first.max(Some(from(day, is_strict, step).start_of(bucket)));
        }
        if matches!(operator.as_str(), "lt" | "lte" | "eq") {
            let last = until(day, is_strict, step).start_of(bucket);
            range.last = Some(range.last.map_or(last, |known| known.min(last)));
        }
    }
    range
}

/// The first day (or first of a month) that is not before a day, or is after it.
fn from(day: Date, is_strict: bool, step: Bucket) -> Date {
    if day.start_of(step) == day && !is_strict { day } else { day.next(step) }
}

/// The last day (or first of a month) that is not after a day, or is before it.
fn until(day: Date, is_strict: bool, step: Bucket) -> Date {
    let start = day.start_of(step);
    if !is_strict || start != day {
        return start;
    }
    day.to_chrono().pred_opt().map_or(day, Date::from_chrono).start_of(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().expect("a day")
    }

    #[test]
    fn bounds_leave_the_buckets_in_which_a_shown_day_can_lie() {
        let [first, middle] = [day("2025-03-01"), day("2025-03-15")];
        assert_eq!(from(middle, false, Bucket::Day), middle);
        assert_eq!(from(middle, true, Bucket::Day), day("2025-03-16"));
        assert_eq!(from(middle, false, Bucket::Month), day("2025-04-01"));
        assert_eq!(from(first, false, Bucket::Month), first);
        assert_eq!(until(first, true, Bucket::Day), day("2025-02-28"));
        assert_eq!(until(first, true, Bucket::Month), day("2025-02-01"));
        assert_eq!(until(middle, true, Bucket::Month), first);
        assert_eq!(until(first, false, Bucket::Month), first);
    }
}
