//! What a column of a PostgreSQL source means, as an expression of the type that the contract asks. A value that is
//! stored otherwise than the mapping says has no meaning: it is null, or the statement is refused, and nothing is guessed.

use entities::{Datum, Kind};

use super::{column, text};
use crate::mapping::{Codes, Column, Day, Form, Format, Number, Raw, Stored, Truth};

/// The value of a field.
pub(super) fn value(kind: Kind, from: &Column) -> String {
    let to = type_of(kind);
    let (raw, form) = match from {
        Column::Nothing => return format!("NULL::{to}"),
        Column::Constant(datum) => return format!("{}::{to}", literal(datum)),
        Column::Of(raw, form) => (column(raw), form),
    };
    match form {
        Form::Same => format!("{raw}::{to}"),
        Form::Prefix(prefix) => format!("({}||{raw}::text)", text(prefix)),
        Form::Codes(codes) => of_code(&raw, codes),
        Form::Number(number) => of_number(&raw, *number),
        Form::Date(day) => of_day(&raw, *day),
        Form::Boolean(truth) => of_truth(&raw, truth),
    }
}

/// The key of a row's youth.
pub(super) fn youth_key(raw: Option<&Raw>) -> String {
    raw.map_or_else(|| "NULL::bigint".to_owned(), |raw| format!("{}::bigint", column(raw)))
}

fn type_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Boolean => "boolean",
        Kind::Int | Kind::Row(_) | Kind::Id => "bigint",
        Kind::Float => "double precision",
        Kind::Date => "date",
        Kind::Text | Kind::Code(_) | Kind::Codes(_) | Kind::Reference(_) | Kind::Youth => "text",
    }
}

fn literal(datum: &Datum) -> String {
    match datum {
        Datum::Null => "NULL".to_owned(),
        Datum::Bool(value) => value.to_string(),
        Datum::Int(number) => format!("({number})"),
        Datum::Float(number) => format!("({number})"),
        Datum::Date(date) => text(&date.to_string()),
        Datum::Text(value) => text(value),
    }
}

/// The column as it is stored; text keeps its own length and collation out of comparisons.
fn as_stored(raw: &str, stored: Stored) -> String {
    match stored {
        Stored::Text => format!("{raw}::text"),
        Stored::Integer | Stored::Decimal => raw.to_owned(),
    }
}

fn of_code(raw: &str, codes: &Codes) -> String {
    let raw = as_stored(raw, codes.stored);
    let pairs = codes.pairs.iter().map(|(own, code)| format!(" WHEN {raw} = {} THEN {}", literal(own), text(code)));
    let default = codes.default.as_ref();
    let default = default.map_or_else(String::new, |code| format!(" WHEN {raw} IS NOT NULL THEN {}", text(code)));
    format!("(CASE{}{default} ELSE NULL::text END)", pairs.collect::<String>())
}

fn of_truth(raw: &str, truth: &Truth) -> String {
    let raw = as_stored(raw, truth.stored);
    let when = [(&truth.yes, "TRUE"), (&truth.no, "FALSE")].map(|(data, value)| {
        let data: Vec<_> = data.iter().map(literal).collect();
        if data.is_empty() { String::new() } else { format!(" WHEN {raw} IN ({}) THEN {value}", data.join(", ")) }
    });
    format!("(CASE{} ELSE NULL::boolean END)", when.concat())
}

/// Decimals of PostgreSQL are rounded half away from zero.
fn of_number(raw: &str, Number { stored, times, divided_by, plus }: Number) -> String {
    match (stored, divided_by) {
        (Stored::Integer | Stored::Text, 1) => format!("({raw}::bigint*{times}+({plus}))"),
        _ => format!("(round({raw}::numeric*{times}/{divided_by})::bigint+({plus}))"),
    }
}

fn of_day(raw: &str, day: Day) -> String {
    match day.format {
        // A moment that is stored with its zone is none of a clock's: its day would be that of UTC.
        Format::Timestamp => {
            return format!("(CASE WHEN pg_typeof({raw}) <> 'timestamptz'::regtype THEN {raw}::timestamp::date END)");
        }
        // The connection's zone is UTC, which is what a moment without one is taken to be of.
        Format::Utc => return format!("({raw}::timestamptz AT TIME ZONE 'Europe/Amsterdam')::date"),
        Format::Compact | Format::Iso | Format::Dutch => {}
    }
    let digits = match day.stored {
        Stored::Integer | Stored::Decimal => format!("lpad({raw}::text, 8, '0')"),
        Stored::Text => format!("{raw}::text"),
    };
    let (pattern, [year, month, date]) = match day.format {
        Format::Compact => ("^[0-9]{8}$", [(1, 4), (5, 2), (7, 2)]),
        Format::Iso | Format::Timestamp | Format::Utc => ("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", [(1, 4), (6, 2), (9, 2)]),
        Format::Dutch => ("^[0-9]{2}-[0-9]{2}-[0-9]{4}$", [(7, 4), (4, 2), (1, 2)]),
    };
    let part = |(from, length): (i32, i32)| format!("substr({digits}, {from}, {length})::int");
    let (year, month, date) = (part(year), part(month), part(date));
    let (month, date) = if day.unknown_is_first {
        let first = format!("(CASE WHEN {month} = 0 AND {date} = 0 THEN 1 ELSE {month} END)");
        (first, format!("greatest({date}, 1)"))
    } else {
        (month, date)
    };
    // No day beyond the month's last becomes one of the next.
    let last = format!("extract(day from make_date({year}, {month}, 1) + interval '1 month' - interval '1 day')::int");
    format!(
        "(CASE WHEN {digits} ~ '{pattern}' THEN CASE WHEN {year} >= 1 AND {month} BETWEEN 1 AND 12 AND {date} >= 1 THEN \
         CASE WHEN {date} <= {last} THEN make_date({year}, {month}, {date}) END END END)"
    )
}
