//! What SQLite answers is what the predicate says in memory; what it cannot answer is said.

mod links;
mod mapped;
mod tables;

use std::{sync::Arc, time::Duration};

use entities::Datum;
use proptest::prelude::*;
use rusqlite::Connection;

use super::{Dialect, SqliteSource, sql};
use crate::{
    policy::OnBehalf,
    query::{Direction, Facts, Operand, Predicate, Shown, Test},
    source::{
        Failure, Records, Select, Settings, Source,
        fixture::{self, dataset, field, holder},
    },
};

fn everything(filter: Predicate) -> Arc<Select> {
    Arc::new(Select {
        dataset: dataset(),
        columns: (0..dataset().fields.len()).map(|field| Some(Operand::Field(field))).collect(),
        filter,
        order: Vec::new(),
        id_direction: Direction::Ascending,
        after: None,
        before: None,
        limit: 1000,
        per: None,
        on_behalf: OnBehalf::default(),
    })
}

fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_condition_means_the_same_in_sqlite_and_in_memory(
        rows in fixture::stored(30),
        plain in prop::collection::vec(fixture::condition(Operand::Field), 20),
        shown in prop::collection::vec(fixture::shown_predicate(), 20),
        operands in prop::collection::vec(fixture::operand(), 8),
        known in prop::bool::ANY,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("source.sqlite");
        fixture::write(&path, &rows);
        let region = field("region");
        let mut values: Vec<_> = rows.iter().map(|row| row[region].clone()).filter(|it| !it.is_null()).collect();
        values.dedup();
        let facts = if known { Facts { values: vec![(region, values)] } } else { Facts::default() };
        let source = fixture::source(1, &path, facts);
        let name = (source.name(), source.holder());
        for predicate in plain.iter().chain(&shown) {
            let held = rows.iter().filter(|row| predicate.holds(&|field| &row[field], name));
            let expected: Vec<_> = held.map(|row| row[0].clone()).collect();
            let select = everything(predicate.for_source(name, source.facts(dataset())));
            let found = block_on(source.rows(Arc::clone(&select))).unwrap();
            let found: Vec<_> = found.into_iter().map(|record| record.id).collect();
            prop_assert_eq!(&found, &expected, "{:?}\n{}", predicate, source.explain(&select));
            let count = block_on(source.count(select)).unwrap();
            prop_assert_eq!(count, expected.len() as u64);
        }
        let columns = operands.iter().map(|it| it.for_source(name, source.facts(dataset()))).collect();
        let select = Select { columns, ..(*everything(Predicate::All)).clone() };
        let found = block_on(source.rows(Arc::new(select))).unwrap();
        for (row, record) in rows.iter().zip(found) {
            for (operand, value) in operands.iter().zip(record.values) {
                prop_assert_eq!(operand.value(&|field| &row[field], name), value);
            }
        }
    }
}

#[tokio::test]
async fn a_condition_on_a_list_may_name_columns_that_table_functions_have_too() {
    let folder = tempfile::tempdir().unwrap();
    let source = changed(&folder, r#"UPDATE placement SET unit = '["a"]'"#);
    let when = Predicate::is(0, Test::Eq(Datum::Int(1)));
    let shown = Operand::Shown(Arc::new(Shown { field: field("unit"), bucket: None, when }));
    let select = everything(Predicate::Is(shown, Test::Has("a".into())));
    assert_eq!(source.count(select).await, Ok(1));
}

/// A source over a file to which `change` was done, with one row in it.
fn changed(folder: &tempfile::TempDir, change: &str) -> SqliteSource {
    let path = folder.path().join("source.sqlite");
    let mut row = vec![Datum::Null; dataset().fields.len()];
    row[0] = Datum::Int(1);
    fixture::write(&path, &[row]);
    Connection::open(&path).unwrap().execute_batch(change).unwrap();
    let settings = Settings::new("beta", holder(1), &path, vec![dataset()]);
    let settings = Settings { concurrency: 1, deadline: Duration::from_secs(30), ..settings };
    SqliteSource::open(settings.into_parts().0, path)
}

#[tokio::test]
async fn a_missing_column_or_table_is_drift_and_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let source = changed(&folder, "ALTER TABLE placement DROP COLUMN started_on");
    let answer = source.rows(everything(Predicate::All)).await;
    assert_eq!(answer, Err(Failure::Drifted("placement.started_on".to_owned())));
    let filter = Predicate::is(field("started_on"), Test::Null);
    assert_eq!(source.count(everything(filter)).await, Err(Failure::Drifted("placement.started_on".to_owned())));
    assert_eq!(source.check(OnBehalf::default()).await.unwrap()[0].missing, ["placement.started_on"]);
    let folder = tempfile::tempdir().unwrap();
    let source = changed(&folder, "DROP TABLE placement");
    let answer = source.rows(everything(Predicate::All)).await;
    assert_eq!(answer, Err(Failure::Drifted("placement".to_owned())));
}

#[tokio::test]
async fn a_missing_column_is_named_only_where_it_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let source =
        changed(&folder, "ALTER TABLE placement DROP COLUMN started_on; ALTER TABLE placement DROP COLUMN unit");
    let of = |name: &str, filter: &str| {
        let columns = vec![Some(Operand::Field(field(name)))];
        let filter = Predicate::is(field(filter), Test::Null).negated();
        Arc::new(Select { columns, ..(*everything(filter)).clone() })
    };
    for (asked, tested, named) in [
        ("unit", "region", "placement.unit"),
        ("unit", "started_on", "placement.unit"),
        ("region", "unit", "placement"),
    ] {
        assert_eq!(source.rows(of(asked, tested)).await, Err(Failure::Drifted(named.to_owned())));
    }
    assert_eq!(source.count(of("region", "unit")).await, Err(Failure::Drifted("placement".to_owned())));
    assert_eq!(
        source.rows(of("region", "region")).await,
        Ok(Records::default()),
        "what is not asked for is not missed"
    );
}

#[tokio::test]
async fn a_condition_of_thousands_of_parts_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let source = changed(&folder, "UPDATE placement SET unit = 'a', closed_days = 7");
    let parts =
        |kept: i64| (0..6000).map(move |it| Predicate::is(field("closed_days"), Test::Eq(Datum::Int(kept + it))));
    let any = Predicate::Or(parts(7).collect());
    let all = Predicate::And(parts(8).map(Predicate::negated).collect());
    for filter in [any.clone(), all.clone(), Predicate::And(vec![any, all])] {
        assert_eq!(source.count(everything(filter.clone())).await, Ok(1));
        assert_eq!(source.rows(everything(filter)).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn what_the_gateway_asks_wrongly_is_not_drift() {
    let folder = tempfile::tempdir().unwrap();
    let source = changed(&folder, "ALTER TABLE placement DROP COLUMN unit");
    let is = || Predicate::is(field("closed_days"), Test::Null);
    let deep = (0..2000).fold(is(), |inner, _| Predicate::Not(Box::new(Predicate::And(vec![inner]))));
    let failed = Err(Failure::Malformed("the gateway asked for what it cannot do".to_owned()));
    assert_eq!(source.count(everything(deep)).await, failed);
}

#[tokio::test]
async fn a_file_that_is_replaced_is_read_anew_and_one_that_is_gone_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("source.sqlite");
    let row = |id: i64| {
        let mut row = vec![Datum::Null; dataset().fields.len()];
        row[0] = Datum::Int(id);
        row
    };
    fixture::write(&path, &[row(1)]);
    let source = fixture::source(0, &path, Facts::default());
    let count = || source.count(everything(Predicate::All));
    assert_eq!(count().await, Ok(1));
    let other = folder.path().join("other.sqlite");
    fixture::write(&other, &[row(1), row(2)]);
    std::fs::rename(&other, &path).unwrap();
    assert_eq!(count().await, Ok(2), "another file by the same name");
    fixture::write(&other, &[row(1), row(2), row(3)]);
    std::fs::copy(&other, &path).unwrap();
    assert_eq!(count().await, Ok(3), "the same file with other contents");
    std::fs::remove_file(&path).unwrap();
    assert_eq!(count().await, Err(Failure::Unreachable));
    fixture::write(&path, &[row(1)]);
    assert_eq!(count().await, Ok(1));
}

#[tokio::test]
async fn what_is_remembered_of_conditions_is_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let source = changed(&folder, "");
    for number in 0..40 {
        let filter = Predicate::is(field("started_on"), Test::Gte(Datum::text(number.to_string())));
        let order = vec![(field("unit"), Direction::Ascending)];
        source.rows(Arc::new(Select { order, ..(*everything(filter)).clone() })).await.unwrap();
        assert!((1..=8).contains(&source.breadth.remembered()));
    }
}

#[tokio::test]
async fn a_value_of_another_kind_names_the_field_and_not_the_value() {
    for (change, column) in [
        ("UPDATE placement SET started_on = '20230600'", "started_on"),
        ("UPDATE placement SET closed_days = 'secret'", "closed_days"),
        ("UPDATE placement SET urgent = 2", "urgent"),
        ("UPDATE placement SET unit = x'ff'", "unit"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let source = changed(&folder, change);
        let answer = source.rows(everything(Predicate::All)).await;
        assert_eq!(answer, Err(Failure::Malformed(format!("placement.{column}"))));
        let inspected = source.check(OnBehalf::default()).await.unwrap().remove(0);
        assert_eq!(inspected.of_another_type, [(field(column), 1)]);
        assert_eq!((inspected.rows, inspected.missing.len()), (1, 0));
    }
}

#[tokio::test]
async fn a_file_that_is_missing_or_no_database_is_unreachable_until_it_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("source.sqlite");
    let source = fixture::source(0, &path, Facts::default());
    assert_eq!(source.rows(everything(Predicate::All)).await, Err(Failure::Unreachable));
    assert!(!path.exists());
    std::fs::write(&path, "no database, and long enough to be taken for a header of one: ".repeat(20)).unwrap();
    assert_eq!(source.rows(everything(Predicate::All)).await, Err(Failure::Unreachable));
    std::fs::remove_file(&path).unwrap();
    fixture::write(&path, &[]);
    assert_eq!(source.rows(everything(Predicate::All)).await, Ok(Records::default()));
}

#[tokio::test]
async fn a_question_that_nobody_waits_for_is_broken_off_and_its_reader_works_on() {
    let folder = tempfile::tempdir().unwrap();
    let columns: Vec<_> = dataset().fields.iter().skip(1).map(|it| format!("NULL AS {}", it.column)).collect();
    let endless = format!(
        "DROP TABLE placement; CREATE VIEW placement AS WITH RECURSIVE n(id) AS \
         (SELECT 1 UNION ALL SELECT id + 1 FROM n) SELECT id, {} FROM n",
        columns.join(", ")
    );
    let source = changed(&folder, &endless);
    let never = everything(Predicate::is(0, Test::Eq(Datum::Int(0))));
    for _ in 0..3 {
        let waited = tokio::time::timeout(Duration::from_millis(50), source.count(Arc::clone(&never))).await;
        assert!(waited.is_err());
        let table = Arc::new(tables::by(vec![], &[], false));
        assert!(tokio::time::timeout(Duration::from_millis(50), source.table(table)).await.is_err());
    }
    // There is one reader: it can answer only because it was given back.
    let checked = source.readers.run(move |connection, _| {
        connection
            .query_row("SELECT count(*) FROM (SELECT * FROM placement LIMIT 3)", [], |row| row.get::<_, i64>(0))
            .map_err(|_| Failure::Unreachable)
    });
    assert_eq!(checked.await, Ok(3));
}

#[tokio::test]
async fn a_condition_that_many_rows_meet_leaves_the_index_to_the_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("source.sqlite");
    let row = |id: i64, region: &str| {
        let mut row = vec![Datum::Null; dataset().fields.len()];
        (row[0], row[field("region")]) = (Datum::Int(id), Datum::from(region));
        row
    };
    fixture::write(&path, &[row(1, "rare"), row(2, "many"), row(3, "many"), row(4, "many"), row(5, "many")]);
    let indexes = "CREATE INDEX by_region ON placement (region, id); CREATE INDEX by_day ON placement (started_on, id)";
    Connection::open(&path).unwrap().execute_batch(indexes).unwrap();
    let source = fixture::source(0, &path, Facts::default());
    for (region, index) in [("rare", "by_region"), ("many", "by_day"), ("none", "by_region")] {
        let order = vec![(field("started_on"), Direction::Ascending)];
        let select = everything(Predicate::is(field("region"), Test::Eq(Datum::from(region))));
        let select = Select { order, ..(*select).clone() };
        let breadth = Arc::clone(&source.breadth);
        let plan = source.readers.run(move |connection, running| {
            let broad = breadth.broad((connection, running), sql::Layout::plain(Dialect::Sqlite), &select).unwrap();
            let statement = sql::rows(sql::Layout::plain(Dialect::Sqlite), &select, &broad).next().unwrap();
            let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {}", statement.text)).unwrap();
            super::bind(&mut plan, &statement, 10).unwrap();
            Ok(plan.raw_query().next().unwrap().unwrap().get::<_, String>(3).unwrap())
        });
        let plan = plan.await.unwrap();
        assert!(plan.contains(index), "{region}: {plan}");
    }
}

#[tokio::test]
async fn facts_that_rows_contradict_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("source.sqlite");
    let mut row = vec![Datum::Null; dataset().fields.len()];
    row[0] = Datum::Int(1);
    row[field("region")] = Datum::from("JZ34");
    fixture::write(&path, &[row]);
    let facts = Facts { values: vec![(field("region"), vec![Datum::from("JZ36")])] };
    let source = fixture::source(0, &path, facts);
    assert_eq!(source.check(OnBehalf::default()).await.unwrap()[0].against_facts, [(field("region"), 1)]);
}
