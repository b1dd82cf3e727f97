//! Partial tables: buckets are those of the calendar, and what cannot be put together is said.

use std::{collections::BTreeMap, sync::Arc};

use entities::{Bucket, Date, Datum};
use proptest::prelude::*;

use super::{block_on, changed, everything};
use crate::{
    policy::OnBehalf,
    query::{Facts, Operand, Predicate, Shown},
    source::{
        Failure, OpenOn, Partial, Source, Sum, Tabulate,
        fixture::{self, dataset, field},
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

fn bucketed(name: &str, bucket: Bucket) -> Option<Operand> {
    Some(Operand::Shown(Arc::new(Shown { field: field(name), bucket: Some(bucket), when: Predicate::All })))
}

fn malformed(column: &str) -> Result<Partial, Failure> {
    Err(Failure::Malformed(format!("placement.{column}")))
}

/// Days of all years, and more of those around their ends.
fn date() -> impl Strategy<Value = Date> {
    let day = prop_oneof![
        (1_u32..=12, 1_u32..=31),
        prop::sample::select(vec![(12, 28), (12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3), (1, 4), (2, 29)]),
    ];
    let year = prop_oneof![1 => 1_u32..=9998, 4 => 1980_u32..=2040];
    (year, day).prop_filter_map("there is such a day", |(year, (month, day))| {
        format!("{year:04}-{month:02}-{day:02}").parse().ok()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn a_bucket_starts_on_the_same_day_in_sqlite_and_in_memory(dates in prop::collection::vec(date(), 1..60)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("source.sqlite");
        let row = |(id, date): (i64, &Date)| {
            let mut row = vec![Datum::Null; dataset().fields.len()];
            (row[0], row[field("started_on")]) = (Datum::Int(id), Datum::Date(*date));
            row
        };
        fixture::write(&path, &(1..).zip(&dates).map(row).collect::<Vec<_>>());
        let source = fixture::source(0, &path, Facts::default());
        for bucket in Bucket::ALL {
            let mut expected: BTreeMap<Datum, u64> = BTreeMap::new();
            for date in &dates {
                *expected.entry(Datum::Date(date.start_of(bucket))).or_default() += 1;
            }
            let found = block_on(source.table(Arc::new(by(vec![bucketed("started_on", bucket)], &[], false)))).unwrap();
            let keys = found.groups.iter().map(|group| group[0].clone());
            prop_assert_eq!(keys.zip(found.rows).collect::<BTreeMap<_, _>>(), expected, "{:?}", bucket);
        }
    }
}

#[tokio::test]
async fn a_table_over_no_rows_has_no_groups() {
    let folder = tempfile::tempdir().unwrap();
    let source = changed(&folder, "DELETE FROM placement");
    let empty = Partial { values: vec![Vec::new()], ..Partial::default() };
    assert_eq!(source.table(Arc::new(by(vec![], &["closed_days"], true))).await, Ok(empty));
}

#[tokio::test]
async fn a_part_or_measure_that_is_null_on_every_row_is_not_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let source = changed(&folder, "UPDATE placement SET unit = 'a', closed_days = 7, youth_key = 3");
    let mut asked = by(vec![None, of("unit")], &["closed_days"], true);
    asked.select.columns.push(None);
    asked.values.push(true);
    let seven = Sum { count: 1, sum: 7, range: Some((7, 7)) };
    let expected = Partial {
        groups: vec![[Datum::Null, Datum::from("a")].into()],
        rows: vec![1],
        sums: vec![seven, Sum::default()],
        youths: vec![(0, 3)],
        values: vec![vec![(0, 7, 1)], Vec::new()],
    };
    assert_eq!(source.table(Arc::new(asked)).await, Ok(expected));
}

#[tokio::test]
async fn a_value_of_another_kind_names_the_field_and_not_the_value() {
    for (change, asked, column) in [
        ("closed_days = 'secret'", by(vec![], &["closed_days"], false), "closed_days"),
        ("closed_days = 1.5", by(vec![], &["closed_days"], false), "closed_days"),
        ("closed_days = x'00'", by(vec![], &["closed_days"], false), "closed_days"),
        ("urgent = 2", by(vec![of("urgent")], &[], false), "urgent"),
        ("unit = x'ff'", by(vec![of("unit")], &[], false), "unit"),
        ("youth_key = 'secret'", by(vec![], &[], true), "youth_key"),
        ("youth_key = 1.5", by(vec![], &[], true), "youth_key"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let source = changed(&folder, &format!("UPDATE placement SET {change}"));
        assert_eq!(source.table(Arc::new(asked)).await, malformed(column), "{change}");
    }
    let folder = tempfile::tempdir().unwrap();
    let source = changed(&folder, "UPDATE placement SET started_on = '20230600'");
    for bucket in Bucket::ALL {
        let asked = by(vec![bucketed("started_on", bucket)], &[], false);
        assert_eq!(source.table(Arc::new(asked)).await, malformed("started_on"), "{bucket:?}");
    }
}

#[tokio::test]
async fn rows_that_name_no_youth_count_as_rows_only() {
    let folder = tempfile::tempdir().unwrap();
    let source = changed(&folder, "UPDATE placement SET youth_key = NULL");
    let found = source.table(Arc::new(by(vec![], &[], true))).await.unwrap();
    assert_eq!((found.rows, found.youths), (vec![1], Vec::new()));
}

#[tokio::test]
async fn a_sum_that_no_number_can_say_is_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let most = format!(
        "UPDATE placement SET closed_days = {}; INSERT INTO placement (id, closed_days) VALUES (2, 1)",
        i64::MAX
    );
    let source = changed(&folder, &most);
    let failed = Err(Failure::Malformed("a sum over placement is beyond 64 bits".to_owned()));
    assert_eq!(source.table(Arc::new(by(vec![], &["closed_days"], false))).await, failed);
    assert_eq!(source.table(Arc::new(by(vec![], &[], false))).await.unwrap().rows, [2], "the reader works on");
}

#[tokio::test]
async fn more_groups_youths_or_values_than_may_be_read_are_said() {
    let folder = tempfile::tempdir().unwrap();
    let more = "INSERT INTO placement (id, closed_days, youth_key) VALUES (2, 1, 1), (3, 2, 2), (4, 3, 3)";
    let source = changed(&folder, more);
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
}

#[tokio::test]
async fn a_table_without_the_key_of_youths_has_drifted_where_youths_are_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let source = changed(&folder, "ALTER TABLE placement DROP COLUMN youth_key");
    let drifted = Err(Failure::Drifted("placement.youth_key".to_owned()));
    assert_eq!(source.table(Arc::new(by(vec![], &[], true))).await, drifted);
    assert!(source.table(Arc::new(by(vec![], &[], false))).await.is_ok());
    assert_eq!(source.check(OnBehalf::default()).await.unwrap()[0].missing, ["placement.youth_key"]);
}

#[tokio::test]
async fn a_day_that_cannot_be_counted_on_is_drift_and_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let source = changed(&folder, "ALTER TABLE placement DROP COLUMN ended_on");
    let open_on = Some(OpenOn { days: Arc::new([]), from: Operand::Field(field("started_on")), until: of("ended_on") });
    let answer = source.table(Arc::new(Tabulate { open_on, ..by(vec![], &[], false) })).await;
    assert_eq!(answer, Err(Failure::Drifted("placement.ended_on".to_owned())));
}
