//! Placements made up at random, for tests: as rows in memory and as SQLite files; and questions about them.

pub(crate) mod tables;
pub(crate) mod warehouse;

use std::{path::Path, sync::Arc, time::Duration};

use entities::{Bucket, Dataset, Datum, FieldId, Kind, placement};
use proptest::{prelude::*, sample::select};
use rusqlite::Connection;

use super::{Server, Settings, postgres::PostgresSource, sqlite::SqliteSource};
use crate::query::{Facts, Holder, Operand, Predicate, Shown, Test};

/// A row in memory: all fields of the dataset.
pub(crate) type Stored = Vec<Datum>;

/// The dataset of the tests.
pub(crate) fn dataset() -> &'static Dataset {
    entities::by_name("Placement").unwrap_or_else(|| panic!("{} is a dataset", placement::dataset().name))
}

/// The field of that column.
pub(crate) fn field(name: &str) -> FieldId {
    dataset().field(name).unwrap()
}

/// Texts that tell code points from bytes, collations and patterns.
const TEXTS: [&str; 12] =
    ["", "a", "A", "á", "ab", "a_b", "a%", "zee", "Zé", "😀", r#"["a","é"]"#, r#"{"a":"a","b":[1,"a"]}"#];

/// Names and holders of sources, in their order.
pub(crate) const NAMES: [&str; 4] = ["alpha", "beta", "delta", "épsilon"];

/// The holder of the source at a place.
pub(crate) fn holder(place: usize) -> Holder {
    if place == 2 { Holder::Region("JZ36".into()) } else { Holder::Provider(NAMES[place].into()) }
}

/// A value that may stand in a field, or be compared with one; null among them.
pub(crate) fn datum(kind: Kind) -> BoxedStrategy<Datum> {
    let value = match kind {
        Kind::Boolean => any::<bool>().prop_map(Datum::Bool).boxed(),
        Kind::Int | Kind::Row(_) | Kind::Id => (-2_i64..4).prop_map(Datum::Int).boxed(),
        Kind::Float => select(vec![-1.5, 0.0, 2.0]).prop_map(Datum::Float).boxed(),
        Kind::Date => select(vec!["2024-12-31", "2025-01-01", "2025-01-17", "2025-01-31", "2025-02-01"])
            .prop_map(|text| Datum::Date(text.parse().unwrap()))
            .boxed(),
        Kind::Text | Kind::Code(_) | Kind::Codes(_) | Kind::Reference(_) | Kind::Youth => {
            select(TEXTS.to_vec()).prop_map(Datum::from).boxed()
        }
    };
    prop_oneof![1 => Just(Datum::Null), 4 => value].boxed()
}

/// Up to `most` rows of one source, with ids 1, 2, 3 ... in an order of their own.
pub(crate) fn stored(most: usize) -> impl Strategy<Value = Vec<Stored>> {
    let fields = &dataset().fields;
    let row: Vec<_> = fields.iter().map(|it| datum(it.kind)).collect();
    prop::collection::vec(row, 0..=most).prop_map(|mut rows| {
        for (place, row) in (1..).zip(&mut rows) {
            row[dataset().key()] = Datum::Int(place);
        }
        rows
    })
}

/// A value as it is stored or as some caller is shown it.
pub(crate) fn operand() -> impl Strategy<Value = Operand> {
    let bucket = prop::option::of(select(Bucket::ALL.to_vec()));
    let shown = (0..dataset().fields.len(), bucket, prop::option::of(condition(Operand::Field)));
    shown.prop_map(|(field, bucket, when)| {
        let bucket = bucket.filter(|_| dataset().fields[field].kind == Kind::Date);
        let when = when.unwrap_or(Predicate::All);
        if bucket.is_some() || when != Predicate::All {
            Operand::Shown(Arc::new(Shown { field, bucket, when }))
        } else {
            Operand::Field(field)
        }
    })
}

/// A predicate over shown values.
pub(crate) fn shown_predicate() -> impl Strategy<Value = Predicate> {
    operand().prop_flat_map(|operand| {
        let other = condition(Operand::Field);
        (test(operand.field()), other, any::<bool>()).prop_map(move |(test, other, not)| {
            let is = Predicate::Is(operand.clone(), test);
            let is = if not { is.negated() } else { is };
            Predicate::And(vec![is, other.negated()])
        })
    })
}

/// Any predicate over operands made of fields by `operand`.
pub(crate) fn condition(operand: fn(FieldId) -> Operand) -> impl Strategy<Value = Predicate> {
    let fields = 0..dataset().fields.len();
    let is = fields.prop_flat_map(test_of).prop_map(move |(field, test)| Predicate::Is(operand(field), test));
    let leaf = prop_oneof![
        12 => is,
        1 => Just(Predicate::All),
        1 => Just(Predicate::None),
        2 => select(NAMES.to_vec()).prop_map(|name| Predicate::Source(vec![name.into(), "other".into()])),
        2 => (0..NAMES.len()).prop_map(|place| Predicate::HeldBy(holder(place))),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Predicate::And),
            prop::collection::vec(inner.clone(), 0..3).prop_map(Predicate::Or),
            inner.prop_map(|it| Predicate::Not(Box::new(it))),
        ]
    })
}

fn test_of(field: FieldId) -> impl Strategy<Value = (FieldId, Test)> {
    test(field).prop_map(move |test| (field, test))
}

fn test(field: FieldId) -> impl Strategy<Value = Test> {
    let kind = dataset().fields[field].kind;
    let parts = ["", "a", "é", "_", "%", "A", "😀", "a_"];
    prop_oneof![
        2 => Just(Test::Null),
        2 => datum(kind).prop_map(Test::Eq),
        2 => prop::collection::vec(datum(kind), 0..4).prop_map(|it| Test::In(it.into())),
        1 => datum(kind).prop_map(Test::Lt),
        1 => datum(kind).prop_map(Test::Lte),
        1 => datum(kind).prop_map(Test::Gt),
        1 => datum(kind).prop_map(Test::Gte),
        1 => select(parts.to_vec()).prop_map(move |it| text_test(kind, Test::Contains(it.into()))),
        1 => select(parts.to_vec()).prop_map(move |it| text_test(kind, Test::StartsWith(it.into()))),
        1 => select(vec!["a", "é", "1"]).prop_map(move |it| text_test(kind, Test::Has(it.into()))),
    ]
}

/// Tests of texts are asked of texts only, and of lists only what is in them.
fn text_test(kind: Kind, test: Test) -> Test {
    let is_asked = match (&test, kind) {
        (Test::Has(_), Kind::Codes(_)) => true,
        (Test::Has(_), _) => false,
        (_, kind) => matches!(kind, Kind::Text | Kind::Code(_) | Kind::Reference(_)),
    };
    if is_asked { test } else { Test::Null }
}

/// The key of a youth, by its pseudonym: the same in every source.
pub(crate) fn youth_key(youth: &Datum) -> Option<i64> {
    let hash = |hash: i64, byte: u8| (hash ^ i64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    youth.as_text().map(|text| text.bytes().fold(-0x340d_631b_7bdd_dcdb, hash))
}

/// Writes rows into a new SQLite file.
pub(crate) fn write(path: &Path, rows: &[Stored]) {
    let dataset = dataset();
    let mut connection = Connection::open(path).unwrap();
    connection.execute_batch("PRAGMA journal_mode = off; PRAGMA synchronous = off").unwrap();
    let mut columns: Vec<_> =
        dataset.fields.iter().map(|it| format!("\"{}\" {}", it.column, affinity(it.kind))).collect();
    columns.push("youth_key bigint".to_owned());
    let places = vec!["?"; columns.len()].join(", ");
    let transaction = connection.transaction().unwrap();
    transaction.execute_batch(&format!("CREATE TABLE {} ({})", dataset.table, columns.join(", "))).unwrap();
    let mut insert = transaction.prepare(&format!("INSERT INTO {} VALUES ({places})", dataset.table)).unwrap();
    for row in rows {
        let key = dataset.youth().and_then(|youth| youth_key(&row[youth])).map_or(Datum::Null, Datum::Int);
        insert.execute(rusqlite::params_from_iter(row.iter().chain([&key]).map(sqlite))).unwrap();
    }
    drop(insert);
    transaction.commit().unwrap();
}

fn affinity(kind: Kind) -> &'static str {
    match kind {
        Kind::Id => "integer PRIMARY KEY",
        Kind::Boolean => "boolean",
        Kind::Int | Kind::Row(_) => "integer",
        Kind::Float => "double",
        Kind::Date => "date_text",
        Kind::Text | Kind::Code(_) | Kind::Codes(_) | Kind::Reference(_) | Kind::Youth => "varchar",
    }
}

fn sqlite(datum: &Datum) -> rusqlite::types::Value {
    use rusqlite::types::Value;
    match datum {
        Datum::Null => Value::Null,
        Datum::Bool(value) => Value::Integer((*value).into()),
        Datum::Int(number) => Value::Integer(*number),
        Datum::Float(number) => Value::Real(*number),
        Datum::Date(date) => Value::Text(date.to_string()),
        Datum::Text(text) => Value::Text(text.to_string()),
    }
}

/// The statements that make the table of the tests in PostgreSQL, its texts in the order of the database.
pub(crate) fn postgres_table() -> String {
    let columns = dataset().fields.iter().map(|it| format!("\"{}\" {}", it.column, postgres_type(it.kind)));
    let columns: Vec<_> = columns.chain(["youth_key bigint".to_owned()]).collect();
    format!("DROP TABLE IF EXISTS placement; CREATE TABLE placement ({})", columns.join(", "))
}

/// The statement that puts rows into it, if there are any.
pub(crate) fn postgres_rows(rows: &[Stored]) -> String {
    let key = |row: &Stored| dataset().youth().and_then(|youth| youth_key(&row[youth])).map_or(Datum::Null, Datum::Int);
    let row = |row: &Stored| {
        let values: Vec<_> = row.iter().chain([&key(row)]).map(literal).collect();
        format!("({})", values.join(", "))
    };
    let rows: Vec<_> = rows.iter().map(row).collect();
    if rows.is_empty() { String::new() } else { format!("INSERT INTO placement VALUES {}", rows.join(", ")) }
}

fn postgres_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Id => "bigint PRIMARY KEY",
        Kind::Boolean => "boolean",
        Kind::Int => "integer",
        Kind::Row(_) => "bigint",
        Kind::Float => "double precision",
        Kind::Date => "date",
        Kind::Code(_) => "varchar",
        Kind::Text | Kind::Codes(_) | Kind::Reference(_) | Kind::Youth => "text",
    }
}

pub(crate) fn literal(datum: &Datum) -> String {
    match datum {
        Datum::Null => "NULL".to_owned(),
        Datum::Bool(value) => value.to_string(),
        Datum::Int(number) => number.to_string(),
        Datum::Float(number) => number.to_string(),
        Datum::Date(date) => format!("'{date}'"),
        Datum::Text(text) => format!("'{}'", text.replace('\'', "''")),
    }
}

/// The source at a place of [`NAMES`], over a file.
pub(crate) fn source(place: usize, path: &Path, facts: Facts) -> SqliteSource {
    let settings = Settings::new(NAMES[place], holder(place), path, vec![dataset()]);
    let settings = Settings { facts: vec![("Placement", facts)], deadline: Duration::from_secs(30), ..settings };
    SqliteSource::open(settings.into_parts().0, path.to_owned())
}

/// The same over a database of PostgreSQL.
pub(crate) fn postgres_source(place: usize, server: Server, facts: Facts) -> PostgresSource {
    let settings = Settings::new(NAMES[place], holder(place), "", vec![dataset()]);
    let settings = Settings { facts: vec![("Placement", facts)], deadline: Duration::from_secs(30), ..settings };
    PostgresSource::open(settings.into_parts().0, server)
}
