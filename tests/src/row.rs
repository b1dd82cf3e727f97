//! Rows as sources store them: columns with values, whatever their meaning.

use std::{collections::BTreeMap, path::Path};

use entities::{Dataset, Kind};
use rusqlite::{Connection, params_from_iter, types::Value};

/// One stored row of a dataset.
#[derive(Clone, Debug)]
pub struct Row {
    /// Of which dataset.
    pub dataset: &'static Dataset,
    /// By column.
    pub values: BTreeMap<&'static str, Value>,
}

impl Row {
    /// A row that has a value exactly where one must be.
    #[must_use]
    pub fn of(dataset: &'static Dataset) -> Self {
        let mut values = BTreeMap::new();
        for field in dataset.fields.iter().skip(1) {
            values.insert(field.column, if field.nullable { Value::Null } else { plain(field.kind) });
        }
        for column in &dataset.hidden {
            let moment = Value::Text("2025-01-31 12:00:00".to_owned());
            values.insert(column, if column.ends_with("_at") { moment } else { Value::Integer(0) });
        }
        Self { dataset, values }
    }

    /// The same row with this value in a column.
    #[must_use]
    pub fn with(mut self, column: &'static str, value: impl Into<Value>) -> Self {
        let value = value.into();
        if let ("youth", Value::Text(youth)) = (column, &value) {
            // As a source has it: one number for one youth, at every source.
            let key = youth.bytes().fold(17_i64, |key, byte| key.wrapping_mul(1_099_511_628_211) ^ i64::from(byte));
            self.values.insert("youth_key", Value::Integer(key));
        }
        self.values.insert(column, value);
        self
    }
}

/// Placements of so many youths, each from a day of November 2025 on, half of them for ten days.
#[must_use]
pub fn placements(youths: std::ops::Range<i64>) -> Vec<Row> {
    let row = |youth: i64| {
        let (day, week) = (youth % 20 + 1, youth % 20 + 8);
        let ended = if youth % 2 == 0 { Value::Text(format!("2025-11-{week:02}")) } else { Value::Null };
        Row::of(dataset("Placement"))
            .with("id", youth)
            .with("youth", format!("youth-{youth}"))
            .with("youth_key", youth * 7919)
            .with("started_on", format!("2025-11-{day:02}"))
            .with("ended_on", ended)
            .with("region", ["JZ01", "JZ36", "JZ05", "JZ10"][youth.unsigned_abs() as usize / 2 % 4].to_owned())
    };
    youths.map(row).collect()
}

/// A dataset by its type name.
#[must_use]
pub fn dataset(name: &str) -> &'static Dataset {
    entities::by_name(name).expect("tests name datasets that there are")
}

/// Something that fits a kind.
fn plain(kind: Kind) -> Value {
    match kind {
        Kind::Boolean | Kind::Int | Kind::Row(_) | Kind::Id => Value::Integer(0),
        Kind::Float => Value::Real(0.0),
        Kind::Text => Value::Text("text".to_owned()),
        Kind::Date => Value::Text("2025-01-15".to_owned()),
        Kind::Code(list) => Value::Text(list.codes.first().map_or("", |it| it.code).to_owned()),
        Kind::Codes(_) => Value::Text("[]".to_owned()),
        Kind::Youth => Value::Text("youth-0".to_owned()),
        Kind::Reference(target) => Value::Text(key(target).to_owned()),
    }
}

/// A key of a reference table.
fn key(target: &str) -> &'static str {
    match target {
        "Region" => "JZ36",
        "Municipality" => "GM0748",
        "Provider" => "ALMATA",
        "Unit" => "ALMATA-OSS-1",
        "Location" => "ALMATA-OSS",
        "Partnership" => "VO3001",
        "School" => "SCH02",
        "Institution" => "GI01",
        _ => "NONE",
    }
}

/// Puts rows into a source's file, beside those that stand there.
pub fn insert(path: &Path, rows: &[Row]) {
    let mut connection = open(path);
    let transaction = connection.transaction().expect("a source's file takes a transaction");
    for row in rows {
        insert_one(&transaction, row.dataset.table, row.values.iter().map(|(column, value)| (*column, value.clone())));
    }
    transaction.commit().expect("a source's file takes rows");
}

/// Takes all rows of a dataset out of a source's file.
pub fn clear(path: &Path, dataset: &Dataset) {
    open(path).execute(&format!("DELETE FROM {}", dataset.table), []).expect("a source's file gives up its rows");
}

/// Inserts one row, whatever its columns.
pub(crate) fn insert_one(connection: &Connection, table: &str, values: impl Iterator<Item = (&'static str, Value)>) {
    let (columns, values): (Vec<_>, Vec<_>) = values.unzip();
    let places = vec!["?"; columns.len()].join(", ");
    let statement = format!("INSERT INTO {table} ({}) VALUES ({places})", columns.join(", "));
    let mut statement = connection.prepare_cached(&statement).expect("the table has the row's columns");
    statement.execute(params_from_iter(values)).expect("the table takes the row");
}

/// Opens a source's file for writing.
pub(crate) fn open(path: &Path) -> Connection {
    let connection = Connection::open(path).expect("a source's file opens");
    connection
        .execute_batch("PRAGMA synchronous = off; PRAGMA busy_timeout = 20000")
        .expect("SQLite has these settings");
    connection
}

/// Changes a source's file by a statement.
pub fn execute(path: &Path, statement: &str) {
    open(path).execute_batch(statement).expect("a source's file can be changed");
}

/// No value.
#[must_use]
pub fn null() -> Value {
    Value::Null
}
