//! The parts of a group in words, in Dutch and in English.

use chrono::Datelike;
use entities::{Bucket, Date, Datum, Kind};

use crate::{clock::MONTHS, graphql::axis::Axis, reference::Reference};

/// A language of labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::graphql::execute) enum Language {
    Dutch,
    English,
}

impl Language {
    fn of<'a>(self, (dutch, english): (&'a str, &'a str)) -> &'a str {
        match self {
            Self::Dutch => dutch,
            Self::English => english,
        }
    }
}

/// A group's value of a dimension, in words.
pub(in crate::graphql::execute) fn label(
    axis: &Axis,
    datum: &Datum,
    language: Language,
    reference: &Reference,
) -> String {
    let words = match (axis.kind, datum) {
        (Kind::Boolean, Datum::Bool(true)) => Some(language.of(("ja", "yes")).to_owned()),
        (Kind::Boolean, Datum::Bool(false)) => Some(language.of(("nee", "no")).to_owned()),
        (Kind::Code(list), Datum::Text(code)) => {
            list.by_code(code).map(|code| language.of((code.dutch, code.english)).to_owned())
        }
        (Kind::Reference(table), Datum::Text(key)) => name(table, key, reference),
        (_, Datum::Date(date)) => Some(bucket(axis.bucket.unwrap_or(Bucket::Day), *date, language)),
        _ => None,
    };
    words.unwrap_or_else(|| language.of(("onbekend", "unknown")).to_owned())
}

/// The name of a reference row; its key where its type has no names.
fn name(table: &str, key: &str, reference: &Reference) -> Option<String> {
    let table = reference.table(table)?;
    let row = table.row(table.place(key)?);
    let name = table.dataset.field("name").and_then(|field| row[field].as_text());
    Some(name.unwrap_or(key).to_owned())
}

fn bucket(bucket: Bucket, first: Date, language: Language) -> String {
    let date = first.to_chrono();
    let year = date.year();
    let month = MONTHS.get(date.month0() as usize).map_or("", |names| language.of(*names));
    let quarter = date.month0() / 3 + 1;
    match (bucket, language) {
        (Bucket::Day, Language::Dutch) => format!("{:02}-{:02}-{year}", date.day(), date.month()),
        (Bucket::Day, Language::English) => first.to_string(),
        (Bucket::Week, _) => format!("{}-W{:02}", date.iso_week().year(), date.iso_week().week()),
        (Bucket::Month, _) => format!("{month} {year}"),
        (Bucket::Quarter, Language::Dutch) => format!("{quarter}e kwartaal {year}"),
        (Bucket::Quarter, Language::English) => format!("Q{quarter} {year}"),
        (Bucket::Year, _) => year.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_read_as_people_write_them() {
        let day: Date = "2025-01-27".parse().expect("a day");
        let said = |it: Bucket| {
            let first = day.start_of(it);
            (bucket(it, first, Language::Dutch), bucket(it, first, Language::English))
        };
        let both = |dutch: &str, english: &str| (dutch.to_owned(), english.to_owned());
        assert_eq!(said(Bucket::Day), both("27-01-2025", "2025-01-27"));
        assert_eq!(said(Bucket::Week), both("2025-W05", "2025-W05"));
        assert_eq!(said(Bucket::Month), both("januari 2025", "January 2025"));
        assert_eq!(said(Bucket::Quarter), both("1e kwartaal 2025", "Q1 2025"));
        assert_eq!(said(Bucket::Year), both("2025", "2025"));
    }
}
