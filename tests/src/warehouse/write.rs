//! Statements that make a source's own tables, and that write rows into them: of several ways to say a value one in turn.

use std::fmt::Write as _;

use entities::{Dataset, Datum, FieldId, Kind};
use regiograph::mapping::{Codes, Column, Day, Form, Format, Number, Part, Stored, Truth};
use rusqlite::types::Value;

use super::{CLIENT, CLIENT_NR, Shape, own_table, youth_key};
use crate::row::Row;

impl Shape {
    /// Makes the tables of these datasets.
    pub(crate) fn tables(self, datasets: &[&'static Dataset], is_postgres: bool) -> String {
        let mut text = format!("CREATE TABLE \"{CLIENT}\" (nr bigint PRIMARY KEY, pseudonym text);\n");
        for dataset in datasets {
            for (number, part) in self.mapping(dataset).parts.iter().enumerate() {
                let _ = write!(text, "CREATE TABLE {} (\"{CLIENT_NR}\" bigint", own_table(dataset, number));
                for (field, column) in own_columns(part) {
                    let kind = dataset.fields[field].kind;
                    let _ = write!(text, ", {} {}", name(column), type_of(form(column), kind, is_postgres));
                }
                text.push_str(");\n");
            }
        }
        text
    }

    /// Takes all rows of a dataset away.
    pub(crate) fn clear(self, dataset: &Dataset) -> String {
        (0..self.tables).map(|part| format!("DELETE FROM {};\n", own_table(dataset, part))).collect()
    }

    /// Puts rows beside those that stand there.
    pub(crate) fn insert(self, rows: &[Row], is_postgres: bool) -> String {
        let mut text = String::new();
        let mut mappings = Vec::new();
        for row in rows {
            let known = mappings.iter().position(|it: &regiograph::mapping::Mapping| it.dataset == row.dataset);
            let place = known.unwrap_or_else(|| {
                mappings.push(self.mapping(row.dataset));
                mappings.len() - 1
            });
            let id = match row.values.get("id") {
                Some(Value::Integer(id)) => usize::try_from(*id).ok(),
                _ => None,
            };
            let id = id.expect("rows of a source with a schema of its own say an id above zero");
            let number = id % self.tables;
            self.insert_one(&mut text, row, (&mappings[place].parts[number], number), id, is_postgres);
        }
        text
    }

    fn insert_one(self, text: &mut String, row: &Row, (part, number): (&Part, usize), id: usize, is_postgres: bool) {
        let youth = row.dataset.youth().and_then(|field| row.values.get(row.dataset.fields[field].column));
        let client = match youth {
            Some(Value::Text(youth)) => {
                let nr = youth_key(youth);
                let client = quoted(youth);
                let _ = writeln!(text, "INSERT INTO \"{CLIENT}\" VALUES ({nr}, {client}) ON CONFLICT DO NOTHING;");
                nr.to_string()
            }
            _ => "NULL".to_owned(),
        };
        let _ = write!(text, "INSERT INTO {} VALUES ({client}", own_table(row.dataset, number));
        for (field, column) in own_columns(part) {
            let described = &row.dataset.fields[field];
            let value = row.values.get(described.column).unwrap_or(&Value::Null);
            let _ = write!(text, ", {}", written(form(column), described.kind, value, (id + field, is_postgres)));
        }
        text.push_str(");\n");
    }
}

/// The columns of a part's own table, with the fields that they are for.
fn own_columns(part: &Part) -> impl Iterator<Item = (FieldId, &Column)> {
    let is_own = |column: &Column| matches!(column, Column::Of(raw, _) if *raw.alias == *regiograph::mapping::FIRST);
    part.columns.iter().enumerate().filter(move |(_, column)| is_own(column))
}

fn form(column: &Column) -> &Form {
    if let Column::Of(_, form) = column { form } else { &Form::Same }
}

fn name(column: &Column) -> String {
    let Column::Of(raw, _) = column else { return String::new() };
    format!("\"{}\"", raw.column.replace('"', "\"\""))
}

fn type_of(form: &Form, kind: Kind, is_postgres: bool) -> &'static str {
    let of = |stored: Stored| if stored == Stored::Text { "varchar(40)" } else { "bigint" };
    match form {
        Form::Same => match kind {
            Kind::Boolean => "boolean",
            Kind::Float => "double precision",
            Kind::Date if is_postgres => "date",
            _ => "text",
        },
        Form::Prefix(_) => "varchar(40)",
        Form::Codes(codes) => of(codes.stored),
        Form::Number(number) => of(number.stored),
        Form::Date(Day { format: Format::Timestamp, .. }) if is_postgres => "timestamp",
        Form::Date(Day { format: Format::Utc, .. }) if is_postgres => "timestamptz",
        Form::Date(day) => of(day.stored),
        Form::Boolean(truth) => of(truth.stored),
    }
}

/// A value of the contract as it stands in a column.
fn written(form: &Form, kind: Kind, value: &Value, (turn, is_postgres): (usize, bool)) -> String {
    match (form, value) {
        (form, Value::Null) => nothing(form, turn),
        (Form::Prefix(prefix), Value::Text(text)) => {
            quoted(text.strip_prefix(&**prefix).expect("all keys of that table begin alike"))
        }
        (Form::Codes(codes), Value::Text(code)) => coded(codes, code, turn),
        (Form::Number(form), Value::Integer(number)) => numbered(*form, *number, turn),
        (Form::Date(day), Value::Text(date)) => dated(*day, date, turn),
        (Form::Boolean(Truth { yes, no, .. }), Value::Integer(truth)) => {
            let ways = if *truth == 0 { no } else { yes };
            datum(&ways[turn % ways.len()])
        }
        (_, Value::Integer(truth)) if kind == Kind::Boolean && is_postgres => (*truth != 0).to_string(),
        (_, Value::Integer(number)) => number.to_string(),
        (_, Value::Real(number)) => number.to_string(),
        (_, Value::Text(text)) => quoted(text),
        (_, Value::Blob(_)) => "NULL".to_owned(),
    }
}

/// What means nothing: nothing, or what stands there for it.
fn nothing(form: &Form, turn: usize) -> String {
    let said = match form {
        _ if turn.is_multiple_of(2) => "NULL",
        Form::Codes(Codes { stored: Stored::Text, default: None, .. }) => "'zz'",
        Form::Codes(Codes { default: None, .. }) => "-1",
        Form::Date(Day { format: Format::Compact, stored: Stored::Text, .. }) => "'99999999'",
        Form::Date(Day { format: Format::Compact, .. }) => "0",
        Form::Date(Day { format: Format::Dutch | Format::Iso, .. }) => "''",
        Form::Boolean(Truth { stored: Stored::Text, .. }) => "'?'",
        _ => "NULL",
    };
    said.to_owned()
}

fn coded(codes: &Codes, code: &str, turn: usize) -> String {
    if codes.default.as_deref() == Some(code) && turn.is_multiple_of(3) {
        return if codes.stored == Stored::Text { "'other'" } else { "777777" }.to_owned();
    }
    let ways: Vec<_> = codes.pairs.iter().filter(|(_, meant)| **meant == *code).map(|(own, _)| own).collect();
    datum(ways[turn % ways.len()])
}

fn numbered(form: Number, number: i64, turn: usize) -> String {
    let scaled = (number - form.plus) * form.divided_by / form.times;
    // What is rounded to the number, too.
    let beside = [0, 29, -29][turn % 3];
    (scaled + if form.divided_by == 60 { beside } else { 0 }).to_string()
}

fn dated(form: Day, date: &str, turn: usize) -> String {
    let (year, mut month, mut day) = (&date[..4], &date[5..7], &date[8..]);
    if form.unknown_is_first && turn.is_multiple_of(2) && day == "01" {
        (month, day) = (if month == "01" { "00" } else { month }, "00");
    }
    let text = match form.format {
        Format::Compact => format!("{year}{month}{day}"),
        Format::Iso => format!("{year}-{month}-{day}"),
        Format::Dutch => format!("{day}-{month}-{year}"),
        // In winter and in summer alike.
        Format::Utc => format!("{date} {}Z", ["00:00:00", "12:30:00", "21:59:59"][turn % 3]),
        Format::Timestamp => format!("{date} {}", ["00:00:00", "12:30:00", "23:59:59.5"][turn % 3]),
    };
    if form.stored == Stored::Integer { text } else { quoted(&text) }
}

fn datum(datum: &Datum) -> String {
    match datum {
        Datum::Text(text) => quoted(text),
        Datum::Int(number) => number.to_string(),
        _ => "NULL".to_owned(),
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
