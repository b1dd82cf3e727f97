//! Partial tables: buckets are those of the calendar, and what cannot be put together is said.

use std::{collections::BTreeMap, sync::Arc};

use entities::{Bucket, Date, Datum};
use proptest::prelude::*;

use super::{Made, everything, row, runner, runtime};
use crate::{
    policy::OnBehalf,
    query::{Facts, Operand, Predicate, Shown},
    source::{
        Failure, OpenOn, Partial, Source, Sum, Tabulate,
        fixture::{dataset, field},
    },
};

pub(super) fn by(groups: Vec<Option<Operand>>, measures: &[&str], youths: bool) -> Tabulate {
    let mut select = (*everything(Predicate::All)).clone();
    let (parts, measures) = (groups.len(), measures.iter().map(|name| Some(Operand::Field(field(name)))));
    select.columns = groups.into_iter().chain(measures).collect();
    let values = vec![true; select.columns.len() - parts];
    Tabulate { select, groups: parts, open_on: None, youths, values, groups_most: 1000, entries_most: 1000 }
}

fn of(name: &str) -> Option<Operand> {
    Some(Operand::Field(field(name)))
}

#[test]
fn a_bucket_starts_on_the_same_day_in_postgresql_and_in_memory() {
    let runtime = runtime();
    let Some(made) = runtime.block_on(Made::new()) else { return };
    let source = made.source(Facts::default());
    let day = (1_u32..=9998, 1_u32..=12, 1_u32..=31).prop_filter_map("there is such a day", |(year, month, day)| {
        format!("{year:04}-{month:02}-{day:02}").parse::<Date>().ok()
    });
    let run = runner(24).run(&prop::collection::vec(day, 1..200), |dates| {
        let dated = |(id, date): (i64, &Date)| {
            let mut row = row(id);
            row[field("started_on")] = Datum::Date(*date);
            row
        };
        runtime.block_on(made.fill(&(1..).zip(&dates).map(dated).collect::<Vec<_>>()));
        for bucket in Bucket::ALL {
            let mut expected: BTreeMap<Datum, u64> = BTreeMap::new();
            for date in &dates {
                *expected.entry(Datum::Date(date.start_of(bucket))).or_default() += 1;
            }
            let shown = Shown { field: field("started_on"), bucket: Some(bucket), when: Predicate::All };
            let asked = by(vec![Some(Operand::Shown(Arc::new(shown)))], &[], false);
            let found = runtime.block_on(source.table(Arc::new(asked))).unwrap();
            let keys = found.groups.iter().map(|group| group[0].clone());
            prop_assert_eq!(keys.zip(found.rows).collect::<BTreeMap<_, _>>(), expected, "{:?}", bucket);
        }
        Ok(())
    });
    assert!(run.is_ok(), "{}", run.unwrap_err());
}

#[tokio::test]
async fn groups_sums_youths_and_values_come_together() {
    let more = "UPDATE placement SET unit = 'a', closed_days = 7, youth_key = 3; \
                INSERT INTO placement (id, unit, closed_days, youth_key) VALUES (2, 'a', 7, 3), (3, 'a', 2, 4)";
    let Some(made) = Made::changed(more).await else { return };
    let mut asked = by(vec![None, of("unit")], &["closed_days"], true);
    asked.select.columns.push(None);
    asked.values.push(true);
    let mut found = made.source(Facts::default()).table(Arc::new(asked)).await.unwrap();
    found.youths.sort_unstable();
    found.values[0].sort_unstable();
    let expected = Partial {
        groups: vec![[Datum::Null, Datum::from("a")].into()],
        rows: vec![3],
        sums: vec![Sum { count: 3, sum: 16, range: Some((2, 7)) }, Sum::default()],
        youths: vec![(0, 3), (0, 4)],
        values: vec![vec![(0, 2, 1), (0, 7, 2)], Vec::new()],
    };
    assert_eq!(found, expected);
}

#[tokio::test]
async fn rows_are_counted_on_each_day_on_which_they_are_open() {
    let days = "UPDATE placement SET started_on = '2025-01-01', ended_on = '2025-01-03'; \
                INSERT INTO placement (id, started_on) VALUES (2, '2025-01-02'), (3, NULL)";
    let Some(made) = Made::changed(days).await else { return };
    let asked: Vec<Date> =
        ["2024-12-31", "2025-01-01", "2025-01-02", "2025-01-03"].map(|it| it.parse().unwrap()).into();
    let open_on = OpenOn { days: asked.into(), from: Operand::Field(field("started_on")), until: of("ended_on") };
    let source = made.source(Facts::default());
    let found = source.table(Arc::new(Tabulate { open_on: Some(open_on), ..by(vec![], &[], false) })).await.unwrap();
    let counted: BTreeMap<_, _> = found.groups.iter().map(|it| it[0].clone()).zip(found.rows).collect();
    let expected = [("2025-01-01", 1), ("2025-01-02", 2), ("2025-01-03", 1)];
    assert_eq!(counted, expected.map(|(day, rows)| (Datum::Date(day.parse().unwrap()), rows)).into());
}

#[tokio::test]
async fn a_table_over_no_rows_has_no_groups() {
    let Some(made) = Made::changed("DELETE FROM placement").await else { return };
    let empty = Partial { values: vec![Vec::new()], ..Partial::default() };
    assert_eq!(made.source(Facts::default()).table(Arc::new(by(vec![], &["closed_days"], true))).await, Ok(empty));
}

#[tokio::test]
async fn a_sum_that_no_number_can_say_is_a_failure() {
    let most = format!(
        "ALTER TABLE placement ALTER closed_days TYPE bigint; UPDATE placement SET closed_days = {}; \
         INSERT INTO placement (id, closed_days) VALUES (2, 1)",
        i64::MAX
    );
    let Some(made) = Made::changed(&most).await else { return };
    let source = made.source(Facts::default());
    let failed = Err(Failure::Malformed("a sum over placement is beyond 64 bits".to_owned()));
    assert_eq!(source.table(Arc::new(by(vec![], &["closed_days"], false))).await, failed);
    assert_eq!(source.table(Arc::new(by(vec![], &[], false))).await.unwrap().rows, [2], "the connection works on");
    assert_eq!(source.pool.open(), 1);
}

#[tokio::test]
async fn more_groups_youths_or_values_than_may_be_read_are_said() {
    let more = "INSERT INTO placement (id, closed_days, youth_key) VALUES (2, 1, 1), (3, 2, 2), (4, 3, 3)";
    let Some(made) = Made::changed(more).await else { return };
    let source = made.source(Facts::default());
    for (asked, groups_most, entries_most, failed) in [
        (by(vec![of("id")], &[], false), 3, 9, Some(3)),
        (by(vec![of("id")], &[], false), 4, 0, None),
        (by(vec![], &[], true), 1, 3, Some(3)),
        (by(vec![], &[], true), 1, 4, None),
        (by(vec![], &["closed_days"], false), 1, 2, Some(2)),
        (by(vec![], &["closed_days"], false), 1, 3, None),
    ] {
        let answer = source.table(Arc::new(Tabulate { groups_most, entries_most, ..asked })).await;
        assert_eq!(answer.err(), failed.map(Failure::TooMany));
    }
    assert_eq!(source.pool.open(), 1, "the connection works on");
}

#[tokio::test]
async fn a_table_without_the_key_of_youths_has_drifted_where_youths_are_wanted() {
    let Some(made) = Made::changed("ALTER TABLE placement DROP COLUMN youth_key").await else { return };
    let source = made.source(Facts::default());
    let drifted = Err(Failure::Drifted("placement.youth_key".to_owned()));
    assert_eq!(source.table(Arc::new(by(vec![], &[], true))).await, drifted);
    assert!(source.table(Arc::new(by(vec![], &[], false))).await.is_ok());
    assert_eq!(source.check(OnBehalf::default()).await.unwrap()[0].missing, ["placement.youth_key"]);
    assert_eq!(dataset().youth(), Some(field("youth")));
}
