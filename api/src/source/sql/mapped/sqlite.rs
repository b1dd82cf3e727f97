//! What a column of a SQLite source means, as an expression. A value that is stored otherwise than the mapping says has no
//! meaning: it is null, whatever SQLite could make of it.

use entities::Datum;

use super::{column, text};
use crate::mapping::{Codes, Column, Day, Form, Format, Number, Stored, Truth};

/// Up to here decimal numbers are exact enough.
const EXACT: i64 = 1_000_000_000_000_000;

/// The value of a field.
pub(super) fn value(from: &Column) -> String {
    let (raw, form) = match from {
        Column::Nothing => return "NULL".to_owned(),
        Column::Constant(datum) => return literal(datum),
        Column::Of(raw, form) => (column(raw), form),
    };
    match form {
        Form::Same => raw,
        Form::Prefix(prefix) => stored(&raw, Stored::Text, &format!("{}||{raw}", text(prefix))),
        Form::Codes(codes) => of_code(&raw, codes),
        Form::Number(number) => of_number(&raw, *number),
        Form::Date(day) => of_day(&raw, *day),
        Form::Boolean(truth) => of_truth(&raw, truth),
    }
}

fn literal(datum: &Datum) -> String {
    match datum {
        Datum::Null => "NULL".to_owned(),
        Datum::Bool(value) => i64::from(*value).to_string(),
        Datum::Int(number) => number.to_string(),
        Datum::Float(number) => number.to_string(),
        Datum::Date(date) => text(&date.to_string()),
        Datum::Text(value) => text(value),
    }
}

/// A value where the column's is stored so.
fn stored(raw: &str, stored: Stored, value: &str) -> String {
    let name = match stored {
        Stored::Text => "text",
        Stored::Integer => "integer",
        Stored::Decimal => "real",
    };
    format!("CASE typeof({raw}) WHEN '{name}' THEN {value} END")
}

fn of_code(raw: &str, codes: &Codes) -> String {
    let pairs = codes.pairs.iter().map(|(own, code)| format!(" WHEN {} THEN {}", literal(own), text(code)));
    let default = codes.default.as_ref().map_or_else(String::new, |code| format!(" ELSE {}", text(code)));
    stored(raw, codes.stored, &format!("CASE {raw}{}{default} END", pairs.collect::<String>()))
}

fn of_truth(raw: &str, truth: &Truth) -> String {
    let when = [(&truth.yes, 1), (&truth.no, 0)].map(|(data, value)| {
        let data: Vec<_> = data.iter().map(literal).collect();
        if data.is_empty() { String::new() } else { format!(" WHEN {raw} IN ({}) THEN {value}", data.join(", ")) }
    });
    stored(raw, truth.stored, &format!("CASE{} END", when.concat()))
}

fn of_number(raw: &str, Number { stored: as_stored, times, divided_by, plus }: Number) -> String {
    let whole = match divided_by {
        1 => format!("{raw}*{times}+{plus}"),
        by => format!(
            "({raw}*{}+CASE WHEN {raw}<0 THEN -{by} ELSE {by} END)/{}+{plus}",
            times.saturating_mul(2),
            by.saturating_mul(2)
        ),
    };
    if as_stored != Stored::Decimal {
        return stored(raw, Stored::Integer, &whole);
    }
    let most = EXACT / times.max(1);
    format!(
        "CASE typeof({raw}) WHEN 'integer' THEN {whole} WHEN 'real' THEN CASE WHEN {raw} BETWEEN -{most} AND {most} \
         THEN CAST(round({raw}*{times}.0/{divided_by}.0) AS INTEGER)+{plus} END END"
    )
}

fn of_day(raw: &str, day: Day) -> String {
    if day.format == Format::Utc {
        return stored(raw, day.stored, &of_moment(raw));
    }
    let digits = match (day.stored, day.format) {
        (Stored::Integer, _) => format!("printf('%08d',{raw})"),
        _ => raw.to_owned(),
    };
    let (glob, [year, month, date]) = match day.format {
        Format::Compact => ("[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]", [(1, 4), (5, 2), (7, 2)]),
        Format::Iso => ("[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]", [(1, 4), (6, 2), (9, 2)]),
        Format::Timestamp | Format::Utc => {
            ("[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9][ T][0-9]*", [(1, 4), (6, 2), (9, 2)])
        }
        Format::Dutch => ("[0-9][0-9]-[0-9][0-9]-[0-9][0-9][0-9][0-9]", [(7, 4), (4, 2), (1, 2)]),
    };
    let part = |(from, length): (i32, i32)| format!("substr({digits},{from},{length})");
    let (year, month, date) = (part(year), part(month), part(date));
    let text = if day.unknown_is_first {
        // Of an unknown month the day is unknown, too.
        format!(
            "{year}||CASE {month}||{date} WHEN '0000' THEN '-01-01' ELSE '-'||{month}||CASE {date} WHEN '00' THEN '-01' \
             ELSE '-'||{date} END END"
        )
    } else {
        format!("{year}||'-'||{month}||'-'||{date}")
    };
    // What SQLite would move to another day is none, and there was no year zero.
    let is_day = format!(
        "CASE WHEN {digits} GLOB '{glob}' AND {year}<>'0000' THEN CASE date({text}) WHEN {text} THEN {text} END END"
    );
    stored(raw, day.stored, &is_day)
}

/// The day in Amsterdam: two hours ahead of UTC from one o'clock of March's last Sunday to one o'clock of October's, else
/// one. SQLite knows no zones; that is the rule since 1996, and what is older is no day.
fn of_moment(raw: &str) -> String {
    let utc = format!("datetime({raw})");
    let change = |month: &str| format!("date(substr({utc},1,4)||'-{month}-25','weekday 0')||' 01:00:00'");
    let (spring, autumn) = (change("03"), change("10"));
    // What SQLite would move to another day is none.
    format!(
        "CASE WHEN {raw} GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9][ T][0-9][0-9]:[0-9][0-9]*' AND \
         date(substr({raw},1,10))=substr({raw},1,10) AND {utc}>='1996' THEN \
         date({raw},CASE WHEN {utc}>={spring} AND {utc}<{autumn} THEN '+2 hours' ELSE '+1 hours' END) END"
    )
}
