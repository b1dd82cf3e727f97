//! What PostgreSQL answers is what the predicate says in memory; what it cannot answer is said.

mod faults;
mod mapped;
#[path = "../../../../tests/src/postgres.rs"]
#[expect(unreachable_pub, dead_code, reason = "the tests over HTTP use the same server, and more of it")]
mod programs;
mod tables;

use std::sync::Arc;

use entities::Datum;
use proptest::prelude::*;

use super::{Dialect, PostgresSource, sql};
use crate::{
    query::{Direction, Facts, Operand, Predicate, Shown, Test},
    source::{
        Bound, Links, Select, Server, Source, Ties,
        fixture::{self, Stored, dataset, field},
    },
};

/// A database with the table of the tests.
struct Made {
    server: &'static programs::Server,
    database: String,
}

impl Made {
    /// None where PostgreSQL is not installed.
    async fn new() -> Option<Self> {
        let server = programs::server()?;
        let made = Self { server, database: server.database().await };
        made.execute(&fixture::postgres_table()).await;
        Some(made)
    }

    /// The same with one row, to which something was done.
    async fn changed(change: &str) -> Option<Self> {
        let made = Self::new().await?;
        made.execute(&fixture::postgres_rows(&[row(1)])).await;
        made.execute(change).await;
        Some(made)
    }

    async fn execute(&self, statements: &str) {
        self.server.execute(&self.database, statements).await;
    }

    async fn fill(&self, rows: &[Stored]) {
        self.execute(&format!("TRUNCATE placement; {}", fixture::postgres_rows(rows))).await;
    }

    fn address(&self) -> Server {
        Server::parse(&self.server.address(&self.database), None).unwrap()
    }

    fn source(&self, facts: Facts) -> PostgresSource {
        fixture::postgres_source(1, self.address(), facts)
    }
}

/// A row of which nothing is known.
fn row(id: i64) -> Stored {
    let mut row = vec![Datum::Null; dataset().fields.len()];
    row[0] = Datum::Int(id);
    row
}

fn everything(filter: Predicate) -> Arc<Select> {
    Arc::new(Select { filter, ..Select::whole(dataset(), 1000) })
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

fn runner(cases: u32) -> proptest::test_runner::TestRunner {
    let config =
        ProptestConfig { cases, max_shrink_iters: 200, failure_persistence: None, ..ProptestConfig::default() };
    proptest::test_runner::TestRunner::new(config)
}

#[test]
fn a_condition_means_the_same_in_postgresql_and_in_memory() {
    let runtime = runtime();
    let Some(made) = runtime.block_on(Made::new()) else { return };
    let cases = (
        fixture::stored(30),
        prop::collection::vec(fixture::condition(Operand::Field), 20),
        prop::collection::vec(fixture::shown_predicate(), 20),
        prop::collection::vec(fixture::operand(), 8),
    );
    let source = made.source(Facts::default());
    let name = (source.name(), source.holder());
    let run = runner(48).run(&cases, |(rows, plain, shown, operands)| {
        runtime.block_on(made.fill(&rows));
        for predicate in plain.iter().chain(&shown) {
            let held = rows.iter().filter(|row| predicate.holds(&|field| &row[field], name));
            let expected: Vec<_> = held.map(|row| row[0].clone()).collect();
            let select = everything(predicate.for_source(name, source.facts(dataset())));
            let found = runtime.block_on(source.rows(Arc::clone(&select))).unwrap();
            let found: Vec<_> = found.into_iter().map(|record| record.id).collect();
            prop_assert_eq!(&found, &expected, "{:?}\n{}", predicate, source.explain(&select));
            let count = runtime.block_on(source.count(select)).unwrap();
            prop_assert_eq!(count, expected.len() as u64);
        }
        let columns = operands.iter().map(|it| it.for_source(name, source.facts(dataset()))).collect();
        let select = Select { columns, ..(*everything(Predicate::All)).clone() };
        let found = runtime.block_on(source.rows(Arc::new(select))).unwrap();
        for (row, record) in rows.iter().zip(found) {
            for (operand, value) in operands.iter().zip(record.values) {
                prop_assert_eq!(operand.value(&|field| &row[field], name), value);
            }
        }
        Ok(())
    });
    assert!(run.is_ok(), "{}", run.unwrap_err());
}

#[tokio::test]
async fn a_list_of_codes_holds_what_it_holds_as_text_and_as_json() {
    let lists = [
        r#"["a","é","1"]"#,
        r#" [ "b" , "a" ] "#,
        r#"["\u0061"]"#,
        r#"["b"]"#,
        r"[]",
        r#"["a",]"#,
        r#"["a""#,
        r#""a""#,
        r#"{"a":"a"}"#,
        r#"["\ud800","a"]"#,
        r#"["\u0000","a"]"#,
        r#"["\x","a"]"#,
    ];
    let Some(made) = Made::new().await else { return };
    let with = |(id, list): (i64, &&str)| {
        let mut row = row(id);
        row[field("unit")] = Datum::from(*list);
        row
    };
    made.fill(&(1..).zip(&lists).map(with).collect::<Vec<_>>()).await;
    let source = made.source(Facts::default());
    let has = |code: &str| everything(Predicate::is(field("unit"), Test::Has(code.into())));
    let ids = async |select| {
        let found = source.rows(select).await.unwrap();
        found.into_iter().map(|it| it.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(has("a")).await, [1, 2, 3].map(Datum::Int));
    assert_eq!(ids(has("é")).await, [Datum::Int(1)]);
    assert_eq!(ids(has("1")).await, [Datum::Int(1)]);
    assert_eq!(ids(has("\0")).await, []);
}

#[tokio::test]
async fn a_text_that_no_text_of_postgresql_can_be_is_compared_all_the_same() {
    let Some(made) = Made::changed("UPDATE placement SET unit = 'ab'").await else { return };
    let source = made.source(Facts::default());
    let text = || Datum::from("ab\0c");
    for (test, count) in [
        (Test::Eq(text()), 0),
        (Test::In([text(), Datum::from("ab")].into()), 1),
        (Test::In([text(), Datum::Null].into()), 0),
        (Test::Lt(text()), 1),
        (Test::Lte(text()), 1),
        (Test::Gt(text()), 0),
        (Test::Gte(text()), 0),
        (Test::Gt(Datum::from("aa\0")), 1),
        (Test::Contains("\0".into()), 0),
        (Test::StartsWith("\0".into()), 0),
    ] {
        assert!(test.passes(&Datum::from("ab")) == (count == 1), "{test:?}");
        let is = Predicate::is(field("unit"), test.clone());
        assert_eq!(source.count(everything(is.clone())).await, Ok(count), "{test:?}");
        assert_eq!(source.count(everything(is.negated())).await, Ok(1 - count), "not {test:?}");
    }
}

#[test]
fn a_statement_says_what_it_asks_and_no_value() {
    let server = Server::parse("postgres://test@localhost/test", None).unwrap();
    let source = fixture::postgres_source(1, server, Facts::default());
    let of = |name: &str| Some(Operand::Field(field(name)));
    let filter = Predicate::And(vec![
        Predicate::is(field("region"), Test::In(["JZ34", "JZ36"].map(Datum::from).into())),
        Predicate::is(field("unit"), Test::StartsWith("secret".into())).negated(),
        Predicate::is(field("age_band"), Test::Has("secret".into())),
        Predicate::is(field("urgent"), Test::Eq(Datum::Bool(true))),
    ]);
    let bound = Bound { keys: vec![Datum::from("secret"), Datum::Null], ties: Ties::Beyond(Datum::Int(7)) };
    let select = Select {
        columns: vec![of("unit"), of("started_on")],
        filter,
        order: vec![(0, Direction::Descending), (1, Direction::Ascending)],
        after: Some(bound),
        ..Select::whole(dataset(), 10)
    };
    let links = Links { place: 0, keys: ["a", "b"].map(Datum::from).into() };
    let each = Select { per: Some(links), after: None, filter: Predicate::All, ..select.clone() };
    let table = tables::by(vec![of("unit")], &["closed_days"], true);
    let said = [source.explain(&select), source.explain(&each), source.explain_table(&table)].join("\n\n");
    assert!(!said.contains("secret"), "{said}");
    insta::assert_snapshot!(said);
}

/// What PostgreSQL does to answer, in few words.
async fn plan(made: &Made, select: &Select) -> String {
    let statement = sql::rows(sql::Layout::plain(Dialect::Postgres), select, &[]).next().unwrap();
    let explained = sql::Statement { text: format!("EXPLAIN {}", statement.text), ..statement };
    let mut connection = made.server.connect(&made.database).await;
    // Tables of tests are small: an index would serve larger ones.
    sqlx::raw_sql("SET enable_seqscan = off; SET enable_bitmapscan = off").execute(&mut connection).await.unwrap();
    let lines = super::bind::query(explained, 2).unwrap().fetch_all(&mut connection).await.unwrap();
    lines.iter().map(|row| sqlx::Row::get::<String, _>(row, 0)).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn every_order_of_the_contract_walks_an_index() {
    let Some(server) = programs::server() else { return };
    let made = Made { server, database: server.database().await };
    let tables = sea_orm::Database::connect(server.address(&made.database)).await.unwrap();
    migration::create_tables(&tables, &[dataset()]).await.unwrap();
    let shown = |bucket| Shown { field: field("started_on"), bucket: Some(bucket), when: Predicate::All };
    let by = |name: &str| Operand::Field(field(name));
    for (operand, direction, index) in [
        (by("started_on"), Direction::Ascending, "placement_by_started_on"),
        (by("ended_on"), Direction::Descending, "placement_by_ended_on"),
        (by("closed_days"), Direction::Descending, "placement_by_closed_days"),
        (
            Operand::Shown(Arc::new(shown(entities::Bucket::Month))),
            Direction::Ascending,
            "placement_by_started_on_month",
        ),
    ] {
        let select = Select { columns: vec![Some(operand)], ..Select::whole(dataset(), 2) };
        let select = Select { order: vec![(0, direction)], id_direction: direction, ..select };
        let plan = plan(&made, &select).await;
        assert!(plan.contains(&format!("using {index} ")) && !plan.contains("Sort"), "{plan}");
    }
    let order = vec![(field("started_on"), Direction::Ascending)];
    let links = Links { place: field("unit"), keys: ["a", "b"].map(Datum::from).into() };
    let select = Select { order, per: Some(links), ..Select::whole(dataset(), 2) };
    let plan = plan(&made, &select).await;
    assert!(plan.contains("using placement_by_"), "{plan}");
}

#[tokio::test]
async fn texts_are_in_the_order_of_their_code_points_whatever_the_databases_own() {
    let Some(made) = Made::new().await else { return };
    let texts = ["", "A", "Z", "a", "b", "zee", "á", "é", "😀"];
    let with = |(id, text): (i64, &&str)| {
        let mut row = row(id);
        row[field("unit")] = Datum::from(*text);
        row
    };
    made.fill(&(1..).zip(texts.iter().rev()).map(with).collect::<Vec<_>>()).await;
    made.execute("INSERT INTO placement (id) VALUES (100)").await;
    let source = made.source(Facts::default());
    let order = vec![(0, Direction::Ascending)];
    let columns = vec![Some(Operand::Field(field("unit")))];
    let select = Select { columns, order, ..Select::whole(dataset(), 100) };
    let found = source.rows(Arc::new(select)).await.unwrap();
    let found: Vec<_> = found.iter().map(|it| it.values[0].as_text()).collect();
    assert_eq!(found, std::iter::once(None).chain(texts.map(Some)).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_first_rows_of_each_parent_come_in_one_statement_either_way() {
    let Some(made) = Made::new().await else { return };
    let with = |(id, unit): (i64, &str)| {
        let mut row = row(id);
        (row[field("unit")], row[field("urgent")]) = (unit.into(), (id % 5 != 0).into());
        row[field("started_on")] = Datum::Date(format!("2025-01-{:02}", id % 4 + 1).parse().unwrap());
        row
    };
    let units = ["a", "b", "a", "c"];
    made.fill(&(1_i64..=24).zip(units.into_iter().cycle()).map(with).collect::<Vec<_>>()).await;
    let source = made.source(Facts::default());
    let shown = Shown { field: field("unit"), bucket: None, when: Predicate::is(0, Test::Gt(Datum::Int(0))) };
    for link in [Operand::Field(field("unit")), Operand::Shown(Arc::new(shown))] {
        let select = Arc::new(Select {
            columns: vec![Some(Operand::Field(field("started_on"))), Some(link)],
            order: vec![(0, Direction::Descending)],
            id_direction: Direction::Descending,
            limit: 2,
            per: Some(Links { place: 1, keys: ["a", "b", "none"].map(Datum::from).into() }),
            ..(*everything(Predicate::is(field("urgent"), Test::Eq(Datum::Bool(true))))).clone()
        });
        let found = source.rows(Arc::clone(&select)).await.unwrap();
        let mut found: Vec<_> = found.iter().map(|it| (it.values[1].as_text().unwrap(), it.id.clone())).collect();
        found.sort_by_key(|it| it.0);
        let expected = [("a", 23), ("a", 19), ("b", 22), ("b", 18)].map(|(unit, id)| (unit, Datum::Int(id)));
        assert_eq!(found, expected);
        let mut counts = source.counts(select).await.unwrap();
        counts.sort();
        assert_eq!(counts, [("a", 10), ("b", 5)].map(|(unit, count)| (Datum::from(unit), count)));
    }
}
