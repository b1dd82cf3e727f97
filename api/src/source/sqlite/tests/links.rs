//! The first rows of many parents come by walks along an index where there is one, and by one walk over all where not.

use std::sync::Arc;

use entities::Datum;
use rusqlite::Connection;

use super::{Dialect, everything, sql};
use crate::{
    query::{Direction, Facts, Operand, Predicate, Shown, Test},
    source::{
        Links, Select, Source,
        fixture::{self, dataset, field},
    },
};

/// The first two rows, by day downwards, of each of three units.
fn select(link: Operand) -> Select {
    let keys = ["a", "b", "none"].map(Datum::from).into();
    Select {
        columns: vec![Some(Operand::Field(field("started_on"))), Some(link)],
        order: vec![(0, Direction::Descending)],
        id_direction: Direction::Descending,
        limit: 2,
        per: Some(Links { place: 1, keys }),
        ..(*everything(Predicate::is(field("urgent"), Test::Eq(Datum::Bool(true))))).clone()
    }
}

#[tokio::test]
async fn the_first_rows_of_each_parent_come_in_one_statement_either_way() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("source.sqlite");
    let row = |id: i64, unit: &str, urgent: bool| {
        let mut row = vec![Datum::Null; dataset().fields.len()];
        (row[0], row[field("unit")], row[field("urgent")]) = (Datum::Int(id), unit.into(), urgent.into());
        row[field("started_on")] = Datum::Date(format!("2025-01-{:02}", id % 4 + 1).parse().unwrap());
        row
    };
    let units = ["a", "b", "a", "c"];
    let rows = (1_i64..=24).zip(units.into_iter().cycle()).map(|(id, unit)| row(id, unit, id % 5 != 0));
    fixture::write(&path, &rows.collect::<Vec<_>>());
    Connection::open(&path).unwrap().execute_batch("CREATE INDEX by_unit ON placement (unit, id)").unwrap();
    let source = fixture::source(0, &path, Facts::default());
    let shown = Shown { field: field("unit"), bucket: None, when: Predicate::is(0, Test::Gt(Datum::Int(0))) };
    for (link, walks) in [(Operand::Field(field("unit")), "by_unit"), (Operand::Shown(Arc::new(shown)), "SCAN")] {
        let select = Arc::new(select(link));
        let found = source.rows(Arc::clone(&select)).await.unwrap();
        let found: Vec<_> = found.iter().map(|it| (it.values[1].as_text().unwrap(), it.id.clone())).collect();
        let expected = [("a", 23), ("a", 19), ("b", 22), ("b", 18)].map(|(unit, id)| (unit, Datum::Int(id)));
        assert_eq!(found, expected);
        let counts = source.counts(Arc::clone(&select)).await.unwrap();
        assert_eq!(counts, [("a", 10), ("b", 5)].map(|(unit, count)| (Datum::from(unit), count)));
        let plan = source.readers.run(move |connection, _| {
            let statement = sql::rows(sql::Layout::plain(Dialect::Sqlite), &select, &[]).next().unwrap();
            let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {}", statement.text)).unwrap();
            super::super::bind(&mut plan, &statement, 2).unwrap();
            let (mut rows, mut steps) = (plan.raw_query(), Vec::new());
            while let Some(row) = rows.next().unwrap() {
                steps.push(row.get::<_, String>(3).unwrap());
            }
            Ok(steps.join("; "))
        });
        let plan = plan.await.unwrap();
        assert!(plan.contains(walks), "{plan}");
    }
}
