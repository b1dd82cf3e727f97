//! Days, however they are written.

use entities::{Bucket, Date, Datum};

use super::{Asked, Necessary};
use crate::mapping::{Day, Format, Stored};

/// What is stored, where the day that is made of it, or the first day of its bucket, passes.
pub(super) fn necessary(form: Day, bucket: Option<Bucket>, asked: Asked<'_>) -> Necessary {
    let bucket = bucket.unwrap_or(Bucket::Day);
    if let (Asked::Among(data), Bucket::Day) = (asked, bucket)
        && !form.format.is_moment()
    {
        return Necessary::Among(data.iter().filter_map(day).flat_map(|day| spellings(form, day)).collect());
    }
    // The first and the last day of which the bucket can pass.
    let (from, until) = match asked {
        Asked::Among(data) => {
            let mut days: Vec<_> = data.iter().filter_map(day).collect();
            days.sort_unstable();
            let (Some(first), Some(last)) = (days.first(), days.last()) else { return Necessary::Among(Vec::new()) };
            (Some(*first), Some(last.next(bucket)))
        }
        Asked::Lt(datum) | Asked::Lte(datum) => (None, day(datum).map(|day| day.next(bucket))),
        Asked::Gt(datum) | Asked::Gte(datum) => (day(datum), None),
    };
    if form.format == Format::Dutch {
        return Necessary::Nothing;
    }
    let (from, until) = match form.format {
        // A day of Amsterdam begins on the day before it, and where moments are written with their distance from UTC,
        // they bear the next day's date in the far east.
        Format::Utc => (from.map(before), until.map(|day| day.next(Bucket::Day))),
        _ => (from, until),
    };
    match (from.and_then(|day| lowest(form, day)), until.and_then(|day| highest(form, day))) {
        (None, None) => Necessary::Nothing,
        (from, until) => Necessary::Between(from, until),
    }
}

fn day(datum: &Datum) -> Option<Date> {
    if let Datum::Date(day) = datum { Some(*day) } else { None }
}

fn before(day: Date) -> Date {
    day.to_chrono().pred_opt().map_or(day, Date::from_chrono)
}

/// All that is read as this day.
fn spellings(form: Day, day: Date) -> Vec<Datum> {
    let mut unknown = Vec::new();
    let text = day.to_string();
    if form.unknown_is_first && text.ends_with("-01") {
        unknown.push("-00");
        if text.ends_with("-01-01") {
            unknown.push("-00-00");
        }
    }
    let others = unknown.into_iter().map(|end| format!("{}{end}", &text[..text.len() - end.len()]));
    std::iter::once(text.clone()).chain(others).filter_map(|it| written(form, &it)).collect()
}

/// No spelling of this day or a later one is lower.
fn lowest(form: Day, day: Date) -> Option<Datum> {
    let text = day.to_string();
    let lowest = match (form.unknown_is_first, text.ends_with("-01"), text.ends_with("-01-01")) {
        (true, _, true) => format!("{}-00-00", &text[..4]),
        (true, true, false) => format!("{}-00", &text[..7]),
        _ => text,
    };
    written(form, &lowest)
}

/// No spelling of this day or an earlier one is higher; of moments that is true of the days before.
fn highest(form: Day, day: Date) -> Option<Datum> {
    written(form, &day.to_string())
}

/// A day `2023-06-15`, perhaps with zeros in it, as the source writes it.
fn written(form: Day, text: &str) -> Option<Datum> {
    let (year, month, date) = (text.get(..4)?, text.get(5..7)?, text.get(8..)?);
    let written = match form.format {
        Format::Compact => format!("{year}{month}{date}"),
        Format::Iso | Format::Timestamp | Format::Utc => text.to_owned(),
        Format::Dutch => format!("{date}-{month}-{year}"),
    };
    match form.stored {
        Stored::Integer => written.parse().ok().map(Datum::Int),
        Stored::Text | Stored::Decimal => Some(Datum::text(written)),
    }
}
