//! A source with a schema of its own answers as one that holds what its rows mean.

use std::sync::Arc;

use entities::Datum;
use proptest::prelude::*;
use rusqlite::Connection;

use super::{Dialect, SqliteSource, block_on, everything, sql};
use crate::{
    mapping::{Column, FIRST, Form, Mapping, Raw},
    policy::OnBehalf,
    query::{Direction, Facts, Linked, Operand, Predicate, Test},
    source::{
        Bound, Links, Mappings, Record, Select, Settings, Source, Ties,
        fixture::{
            self, dataset, field, holder,
            tables::{sorted, tabulate},
            warehouse,
        },
        sql::Layout,
    },
    youth_key::YouthKey,
};

fn mapped(path: &std::path::Path, mapping: Mapping) -> SqliteSource {
    let settings = Settings::new("beta", holder(1), path, vec![dataset()]);
    let mappings = Mappings { datasets: vec![mapping], youth_key: Some(YouthKey::new(b"of the tests")) };
    SqliteSource::open(Settings { mappings, ..settings }.into_parts().0, path.to_owned())
}

/// Pages of three rows, one after another.
fn pages(source: &SqliteSource, select: &Select) -> Vec<Record> {
    let mut select = Select { limit: 3, ..select.clone() };
    let mut all: Vec<Record> = Vec::new();
    loop {
        let page = block_on(source.rows(Arc::new(select.clone()))).unwrap();
        let Some(last) = page.last() else { return all };
        let keys = select.order.iter().map(|(place, _)| last.values[*place].clone()).collect();
        select.after = Some(Bound { keys, ties: Ties::Beyond(last.id.clone()) });
        all.extend(page);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_mapped_source_answers_as_a_plain_one_with_what_its_rows_mean(
        (parts, (rows, declared)) in (1_usize..=2).prop_flat_map(|parts| (Just(parts), warehouse::rows(parts))),
        conditions in prop::collection::vec(fixture::condition(Operand::Field), 16),
        shown in prop::collection::vec(fixture::shown_predicate(), 16),
        groups in prop::collection::vec((fixture::operand(), fixture::operand(), any::<bool>()), 4),
        orders in prop::collection::vec((0..4_usize, any::<bool>()), 4),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mapping = warehouse::mapping(parts);
        let stored = warehouse::write(&folder.path().join("mapped"), &mapping, &rows, &declared);
        fixture::write(&folder.path().join("plain"), &warehouse::meanings(&mapping, &stored));
        let plain = fixture::source(1, &folder.path().join("plain"), Facts::default());
        let mapped = mapped(&folder.path().join("mapped"), mapping);
        let name = (plain.name(), plain.holder());
        let facts = mapped.facts(dataset());
        for predicate in conditions.iter().chain(&shown) {
            let asked = everything(predicate.for_source(name, &Facts::default()));
            let expected = block_on(plain.rows(Arc::clone(&asked))).unwrap();
            for facts in [&Facts::default(), facts] {
                let asked = everything(predicate.for_source(name, facts));
                let found = block_on(mapped.rows(Arc::clone(&asked))).unwrap();
                prop_assert_eq!(&found, &expected, "{:?}\n{}", predicate, mapped.explain(&asked));
                prop_assert_eq!(block_on(mapped.count(asked)), Ok(expected.len() as u64));
            }
        }
        for ((key, up), predicate) in orders.iter().zip(&conditions) {
            let sorting = ["started_on", "ended_on", "closed_days", "unit"].map(field);
            let direction = if *up { Direction::Ascending } else { Direction::Descending };
            let select = everything(predicate.for_source(name, &Facts::default()));
            let order = vec![(sorting[*key], direction)];
            let select = Select { order, id_direction: direction, ..(*select).clone() };
            prop_assert_eq!(pages(&mapped, &select), pages(&plain, &select), "{}", mapped.explain(&select));
            for link in ["unit", "youth", "previous_placement"] {
                let keys = ["a", "ab", "zee", "none"].map(Datum::from).into();
                let per = Some(Links { place: field(link), keys });
                let select = Arc::new(Select { limit: 2, per, ..select.clone() });
                let [found, expected] = [&mapped, &plain].map(|it| block_on(it.rows(Arc::clone(&select))).unwrap());
                prop_assert_eq!(found, expected, "{}", mapped.explain(&select));
                let [found, expected] = [&mapped, &plain].map(|it| block_on(it.counts(Arc::clone(&select))).unwrap());
                prop_assert_eq!(found, expected);
            }
        }
        for ((one, other, open_on), predicate) in groups.iter().zip(&conditions) {
            let select = everything(predicate.for_source(name, &Facts::default()));
            let groups = [one, other].map(|it| it.for_source(name, &Facts::default()).unwrap_or(Operand::Field(0)));
            let asked = Arc::new(tabulate(&select, groups, *open_on));
            let [found, expected] = [&mapped, &plain].map(|it| block_on(it.table(Arc::clone(&asked))).unwrap());
            prop_assert_eq!(sorted(&found), sorted(&expected), "{}", mapped.explain_table(&asked));
        }
        let inspected = block_on(mapped.check(OnBehalf::default())).unwrap().remove(0);
        prop_assert_eq!((inspected.rows as usize, inspected.repeated), (stored.iter().map(Vec::len).sum(), 0));
        prop_assert!(inspected.faults() == 0, "{}", inspected);
    }
}

/// What SQLite does to answer, in few words.
fn plan(source: &SqliteSource, path: &std::path::Path, select: &Select) -> String {
    let layout = Layout { dialect: Dialect::Sqlite, mappings: &source.terms.mappings };
    let statement = sql::rows(layout, select, &[]).next().unwrap();
    let connection = Connection::open(path).unwrap();
    let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {}", statement.text)).unwrap();
    super::super::bind(&mut plan, &statement, 10).unwrap();
    let (mut rows, mut steps) = (plan.raw_query(), Vec::new());
    while let Some(row) = rows.next().unwrap() {
        steps.push(row.get::<_, String>(3).unwrap());
    }
    steps.join("; ")
}

#[test]
fn a_condition_on_what_is_meant_is_served_by_the_index_of_what_is_stored() {
    for parts in 1..=2 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mapped");
        let mapping = warehouse::mapping(parts);
        let rows = vec![Vec::new(); parts];
        warehouse::write(&path, &mapping, &rows, &vec![vec!["TEXT"; dataset().fields.len()]; parts]);
        let connection = Connection::open(&path).unwrap();
        for (number, column) in (0..parts).flat_map(|part| ["authorisation", "updated_on", "unit"].map(|it| (part, it)))
        {
            let text = format!("CREATE INDEX \"{column}{number}\" ON \"stay \"\"{number}\"\"\" ({column})");
            connection.execute_batch(&text).unwrap();
        }
        let source = mapped(&path, mapping);
        let day = |day: &str| Datum::Date(day.parse().unwrap());
        for (name, test, index) in [
            ("authorisation", Test::Eq("A".into()), "authorisation"),
            ("authorisation", Test::In(["a", "A"].map(Datum::from).into()), "authorisation"),
            ("updated_at", Test::Gte(day("2025-01-01")), "updated_on"),
            ("updated_at", Test::Eq(day("2025-01-01")), "updated_on"),
            ("unit", Test::Eq("ab".into()), "unit"),
            ("id", Test::Eq(Datum::Int(8)), "PRIMARY KEY"),
        ] {
            let select = Select { columns: vec![None], ..(*everything(Predicate::is(field(name), test))).clone() };
            let plan = plan(&source, &path, &select);
            let tables = plan.matches("SEARCH m").count();
            assert!(plan.contains(index) && tables == parts, "{parts} {name}: {plan}");
        }
    }
}

#[test]
fn an_order_by_what_is_only_named_otherwise_is_walked_along_its_index() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mapped");
    let mut mapping = warehouse::mapping(1);
    for name in ["id", "started_on"] {
        mapping.parts[0].columns[field(name)] =
            Column::Of(Raw { alias: FIRST.into(), column: name.into() }, Form::Same);
    }
    warehouse::write(&path, &mapping, &[Vec::new()], &vec![vec!["TEXT"; dataset().fields.len()]]);
    let index = "CREATE INDEX begun ON \"stay \"\"0\"\"\" (started_on)";
    Connection::open(&path).unwrap().execute_batch(index).unwrap();
    let source = mapped(&path, mapping);
    let whole = everything(Predicate::is(field("authorisation"), Test::Eq("A".into())));
    for direction in [Direction::Ascending, Direction::Descending] {
        let order = vec![(field("started_on"), direction)];
        let select = Select { order, id_direction: direction, limit: 10, ..(*whole).clone() };
        let plan = plan(&source, &path, &select);
        assert!(plan.contains("INDEX begun") && !plan.contains("TEMP B-TREE"), "{plan}");
    }
}

#[test]
fn a_statement_names_the_columns_that_it_uses_and_holds_no_value() {
    let folder = tempfile::tempdir().unwrap();
    let source = mapped(&folder.path().join("mapped"), warehouse::mapping(2));
    let filter = Predicate::And(vec![
        Predicate::is(field("authorisation"), Test::Eq("A".into())),
        Predicate::is(field("updated_at"), Test::Lt(Datum::Date("2025-01-01".parse().unwrap()))),
    ]);
    let select = Select { columns: vec![Some(Operand::Field(field("region")))], ..(*everything(filter)).clone() };
    insta::assert_snapshot!(source.explain(&select));
}

#[test]
fn columns_that_two_tables_declare_otherwise_are_compared_as_what_is_stored() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mapped");
    let mapping = warehouse::mapping(2);
    let row = |name: &str, value: Datum| {
        let mut row = vec![Datum::Null; dataset().fields.len()];
        row[field(name)] = value;
        row
    };
    // A row of the first table links to one of the second, whose code looks like a number.
    let rows = [vec![row("previous_placement", Datum::Int(3))], vec![row("authorisation", "2".into())]];
    for declared in [["INTEGER", ""], ["INTEGER", "TEXT"], ["NUMERIC", "TEXT"], ["TEXT", "INTEGER"], ["", ""]] {
        let _ = std::fs::remove_file(&path);
        let of_part = |declared| (0..dataset().fields.len()).map(|_| declared).collect();
        warehouse::write(&path, &mapping, &rows, &declared.map(of_part).to_vec());
        let source = mapped(&path, mapping.clone());
        let of_code = Predicate::is(field("authorisation"), Test::Eq("A".into()));
        let linked = Linked { field: field("previous_placement"), dataset: dataset(), rows: of_code.clone() };
        let expected = u64::from(declared[1] != "INTEGER");
        for filter in [of_code, Predicate::Linked(Box::new(linked))] {
            assert_eq!(block_on(source.count(everything(filter))), Ok(expected), "{declared:?}");
        }
    }
}
