//! Made-up sources with schemas of their own: what stands in them at random, and what it means, told once more without
//! SQL.

use std::path::Path;

use entities::{Datum, FieldId};
use proptest::{prelude::*, sample::select};
use rusqlite::{Connection, types::Value};

use crate::{
    mapping::{Codes, Column, Day, FIRST, Form, Format, Join, Mapping, Number, Part, Raw, Stored, Table, Truth},
    source::fixture::{dataset, field},
};

/// A row of a part: for each field what stands in its column.
pub(super) type RawRow = Vec<Datum>;

/// The fields whose columns stand in a table that is joined.
const JOINED: [&str; 3] = ["youth", "municipality", "age_band"];

fn raw(alias: &str, column: &str) -> Raw {
    Raw { alias: alias.into(), column: column.into() }
}

fn codes(stored: Stored, pairs: &[(&str, &str)], default: Option<&str>) -> Form {
    let own = |code: &str| if stored == Stored::Integer { code.parse().map(Datum::Int).unwrap() } else { code.into() };
    let pairs = pairs.iter().map(|(code, meaning)| (own(code), (*meaning).into())).collect();
    Form::Codes(Codes { stored, pairs, default: default.map(Into::into) })
}

fn day(format: Format, stored: Stored, unknown_is_first: bool) -> Form {
    Form::Date(Day { stored, format, unknown_is_first })
}

fn number(stored: Stored, times: i64, divided_by: i64, plus: i64) -> Form {
    Form::Number(Number { stored, times, divided_by, plus })
}

/// The form of each field that is not as in the contract, in one part or the other.
fn form(name: &str, part: usize) -> Option<Column> {
    let (text, integer) = (Stored::Text, Stored::Integer);
    let at = |form: Form| Some(Column::Of(raw(if JOINED.contains(&name) { "c" } else { FIRST }, name), form));
    match (name, part) {
        ("id", _) => at(number(integer, 2, 1, i64::try_from(part).unwrap())),
        ("region", _) => Some(Column::Constant("a".into())),
        ("institution", 0) => Some(Column::Nothing),
        ("unit", _) => at(Form::Prefix("a".into())),
        ("age_band", 0) => at(codes(text, &[("1", "a"), ("01", "a"), ("é", "zee")], None)),
        ("age_band", _) => at(codes(integer, &[("1", "a"), ("2", "ab")], None)),
        ("authorisation", _) => at(codes(text, &[("1", "a"), ("2", "A"), ("3", "a")], Some("ab"))),
        ("outflow", 0) => at(codes(integer, &[("1", "a"), ("-2", "á")], Some(""))),
        ("urgent", 0) => {
            at(Form::Boolean(Truth { stored: text, yes: vec!["1".into(), "é".into()], no: vec!["2".into()] }))
        }
        ("urgent", _) => {
            at(Form::Boolean(Truth { stored: integer, yes: vec![1.into()], no: vec![2.into(), (-2).into()] }))
        }
        ("mentor_present", 1) => Some(Column::Constant(true.into())),
        ("started_on", 0) => at(day(Format::Compact, text, true)),
        ("started_on", _) => at(day(Format::Iso, text, true)),
        ("ended_on", 0) => at(day(Format::Compact, integer, false)),
        ("ended_on", _) => at(day(Format::Compact, integer, true)),
        ("housing_perspective_on", _) => at(day(Format::Dutch, text, part == 0)),
        ("updated_on", _) => at(day(Format::Timestamp, text, false)),
        ("closed_days", 0) => at(number(Stored::Decimal, 3, 2, -1)),
        ("closed_days", _) => at(number(integer, 1, 3, 0)),
        _ => at(Form::Same),
    }
}

/// How so many parts hold the dataset of the tests.
pub(super) fn mapping(parts: usize) -> Mapping {
    let part = |part: usize| Part {
        table: Table { schema: None, name: format!("stay \"{part}\"").into() },
        joins: vec![Join {
            table: Table { schema: None, name: format!("client{part}").into() },
            alias: "c".into(),
            on: vec![(raw(FIRST, "client"), raw("c", "nr"))],
        }],
        columns: dataset().fields.iter().map(|it| form(it.column, part).unwrap()).collect(),
        youth_key: None,
    };
    Mapping { dataset: dataset(), parts: (0..parts).map(part).collect() }
}

/// What stands in a column: what means something, and what does not.
fn stands(column: &Column, name: &str) -> BoxedStrategy<Datum> {
    let Column::Of(_, form) = column else { return Just(Datum::Null).boxed() };
    let texts = |texts: &[&str]| select(texts.iter().map(|it| Datum::from(*it)).collect::<Vec<_>>()).boxed();
    let ints = |ints: &[i64]| select(ints.iter().map(|it| Datum::Int(*it)).collect::<Vec<_>>()).boxed();
    let days = ["20241231", "20250100", "20250101", "20250000", "20250117", "20250132", "20250200", "20250015", "0"];
    let value = match form {
        Form::Same if name == "youth" => texts(&["a", "A", "á", "zee"]),
        Form::Same => crate::source::fixture::datum(dataset().fields[field(name)].kind),
        Form::Prefix(_) => texts(&["", "b", "_b", "%", "a", "é"]),
        Form::Codes(_) | Form::Boolean(_) => {
            prop_oneof![texts(&["1", "01", "2", "3", "é", ""]), ints(&[1, 2, 3, -2])].boxed()
        }
        Form::Number(_) => prop_oneof![
            4 => ints(&[-5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7]),
            1 => select(vec![Datum::Float(0.5), Datum::Float(1.0), Datum::Float(-1.5), Datum::Float(1e18)]),
            1 => texts(&["1", "x"]),
        ]
        .boxed(),
        Form::Date(Day { format: Format::Compact, .. }) => {
            let numbers: Vec<i64> = days.iter().map(|it| it.parse().unwrap()).collect();
            prop_oneof![texts(&days), ints(&numbers)].boxed()
        }
        Form::Date(Day { format: Format::Iso, .. }) => {
            texts(&["2024-12-31", "2025-01-00", "2025-01-01", "2025-00-00", "2025-02-00", "2025-02-30", "2025-1-1"])
        }
        Form::Date(Day { format: Format::Dutch, .. }) => {
            texts(&["31-12-2024", "00-01-2025", "01-01-2025", "00-00-2025", "17-01-2025", "30-02-2025", "2025-01-01"])
        }
        Form::Date(_) => {
            texts(&["2024-12-31 23:59", "2025-01-01T00:00:00", "2025-01-17 12", "2025-01-17", "2025-02-30 1"])
        }
    };
    prop_oneof![1 => Just(Datum::Null), 5 => value].boxed()
}

/// Rows of each part, and how each column is declared.
pub(super) fn rows(parts: usize) -> impl Strategy<Value = (Vec<Vec<RawRow>>, Vec<&'static str>)> {
    let mapping = mapping(parts);
    let row = |part: &Part| {
        let columns = part.columns.iter().zip(&dataset().fields);
        columns.map(|(column, it)| stands(column, it.column)).collect::<Vec<_>>()
    };
    let parts: Vec<_> = mapping.parts.iter().map(|part| prop::collection::vec(row(part), 0..12)).collect();
    let declared = prop::collection::vec(select(vec!["", "TEXT", "INTEGER", "NUMERIC"]), dataset().fields.len());
    (parts, declared)
}

/// Writes a source; gives the rows back as they came to stand there.
pub(super) fn write(path: &Path, mapping: &Mapping, parts: &[Vec<RawRow>], declared: &[&str]) -> Vec<Vec<RawRow>> {
    let connection = Connection::open(path).unwrap();
    connection.execute_batch("PRAGMA journal_mode = off; PRAGMA synchronous = off").unwrap();
    let mut stored = Vec::new();
    for (number, (part, rows)) in mapping.parts.iter().zip(parts).enumerate() {
        let (stay, client) = (format!("\"stay \"\"{number}\"\"\""), format!("client{number}"));
        let fields = || dataset().fields.iter().zip(declared);
        let columns = |joined: bool| {
            let of = fields().filter(|(it, _)| JOINED.contains(&it.column) == joined && it.column != "id");
            of.map(|(it, declared)| {
                // Fields that are as in the contract are declared as there.
                let same = matches!(form(it.column, number), Some(Column::Of(_, Form::Same)));
                format!(", \"{}\" {}", it.column, if same { "" } else { declared })
            })
            .collect::<String>()
        };
        let tables = format!(
            "CREATE TABLE {stay} (id integer PRIMARY KEY, client integer{}); CREATE TABLE {client} (nr integer PRIMARY KEY{})",
            columns(false),
            columns(true)
        );
        connection.execute_batch(&tables).unwrap();
        for (place, row) in (1_i64..).zip(rows) {
            connection
                .execute(&format!("INSERT INTO {stay} (id, client) VALUES (?, ?)"), [place, 100 - place])
                .unwrap();
            connection.execute(&format!("INSERT INTO {client} (nr) VALUES (?)"), [100 - place]).unwrap();
            for (datum, it) in row.iter().zip(&dataset().fields).skip(1) {
                let (table, key, id) =
                    if JOINED.contains(&it.column) { (&client, "nr", 100 - place) } else { (&stay, "id", place) };
                let text = format!("UPDATE {table} SET \"{}\" = ? WHERE {key} = ?", it.column);
                connection.execute(&text, (value(datum), id)).unwrap();
            }
        }
        let names: Vec<_> = dataset().fields.iter().map(|it| format!("\"{}\"", it.column)).collect();
        let text = format!("SELECT {} FROM {stay} JOIN {client} ON client = nr ORDER BY id", names.join(", "));
        let mut statement = connection.prepare(&text).unwrap();
        let read =
            statement.query_map([], |row| (0..part.columns.len()).map(|place| Ok(datum(row.get(place)?))).collect());
        stored.push(read.unwrap().collect::<Result<Vec<RawRow>, _>>().unwrap());
    }
    stored
}

fn value(datum: &Datum) -> Value {
    match datum {
        Datum::Int(number) => Value::Integer(*number),
        Datum::Float(number) => Value::Real(*number),
        Datum::Text(text) => Value::Text(text.to_string()),
        Datum::Bool(value) => Value::Integer((*value).into()),
        Datum::Date(date) => Value::Text(date.to_string()),
        Datum::Null => Value::Null,
    }
}

fn datum(value: Value) -> Datum {
    match value {
        Value::Integer(number) => Datum::Int(number),
        Value::Real(number) => Datum::Float(number),
        Value::Text(text) => Datum::text(text),
        Value::Null | Value::Blob(_) => Datum::Null,
    }
}

/// What the rows mean, in the order of their ids.
pub(super) fn meanings(mapping: &Mapping, parts: &[Vec<RawRow>]) -> Vec<Vec<Datum>> {
    let of_part = |(part, rows): (&Part, &Vec<RawRow>)| {
        let row =
            |row: &RawRow| (0..row.len()).map(|field| meaning(&part.columns[field], &row[field], field)).collect();
        rows.iter().map(row).collect::<Vec<Vec<Datum>>>()
    };
    let mut rows: Vec<_> = mapping.parts.iter().zip(parts).flat_map(of_part).collect();
    rows.sort_by(|a, b| a[0].cmp(&b[0]));
    rows
}

fn meaning(column: &Column, raw: &Datum, field: FieldId) -> Datum {
    let found = match column {
        Column::Nothing => None,
        Column::Constant(datum) => Some(datum.clone()),
        Column::Of(_, form) => match (form, raw) {
            (_, Datum::Null) => None,
            (Form::Same, raw) => Some(same(raw, field)),
            (Form::Prefix(prefix), Datum::Text(text)) => Some(Datum::text(format!("{prefix}{text}"))),
            (Form::Codes(codes), raw) if is_stored(codes.stored, raw) => {
                let meant = codes.pairs.iter().find(|(own, _)| own == raw).map(|(_, code)| code);
                meant.or(codes.default.as_ref()).map(|code| Datum::from(&**code))
            }
            (Form::Boolean(truth), raw) if truth.yes.contains(raw) => Some(true.into()),
            (Form::Boolean(truth), raw) if truth.no.contains(raw) => Some(false.into()),
            (Form::Number(it), Datum::Int(number)) => {
                Some(Datum::Int(rounded(number * it.times, it.divided_by) + it.plus))
            }
            #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "the numbers are small")]
            (Form::Number(it), Datum::Float(number)) if it.stored == Stored::Decimal && number.abs() < 1e14 => {
                Some(Datum::Int((number * it.times as f64 / it.divided_by as f64).round() as i64 + it.plus))
            }
            (Form::Date(form), Datum::Int(number)) if form.stored == Stored::Integer => {
                date(*form, &format!("{number:08}"))
            }
            (Form::Date(form), Datum::Text(text)) if form.stored == Stored::Text => date(*form, text),
            _ => None,
        },
    };
    found.unwrap_or(Datum::Null)
}

fn same(raw: &Datum, field: FieldId) -> Datum {
    match (dataset().fields[field].kind, raw) {
        (entities::Kind::Boolean, Datum::Int(number)) => Datum::Bool(*number == 1),
        (entities::Kind::Date, Datum::Text(text)) => Datum::Date(text.parse().unwrap()),
        _ => raw.clone(),
    }
}

fn is_stored(stored: Stored, raw: &Datum) -> bool {
    matches!((stored, raw), (Stored::Text, Datum::Text(_)) | (Stored::Integer, Datum::Int(_)))
}

/// Half away from zero.
fn rounded(number: i64, by: i64) -> i64 {
    let half = if number < 0 { -by } else { by };
    (2 * number + half) / (2 * by)
}

fn date(form: Day, text: &str) -> Option<Datum> {
    let (year, month, day) = match form.format {
        Format::Compact if text.len() == 8 => (&text[..4], &text[4..6], &text[6..]),
        Format::Iso if text.len() == 10 => (&text[..4], &text[5..7], &text[8..]),
        Format::Timestamp if text.len() > 11 => (&text[..4], &text[5..7], &text[8..10]),
        Format::Dutch if text.len() == 10 && text.as_bytes()[2] == b'-' => (&text[6..], &text[3..5], &text[..2]),
        _ => return None,
    };
    if year == "0000" {
        return None;
    }
    let (month, day) = match (form.unknown_is_first, month, day) {
        (true, "00", "00") => ("01", "01"),
        (true, month, "00") => (month, "01"),
        (_, month, day) => (month, day),
    };
    format!("{year}-{month}-{day}").parse().ok().map(Datum::Date)
}
