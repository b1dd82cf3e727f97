//! Tables by hand: youths that several sources know, sources that fail, tables that are too large, stock and flow.

use std::{collections::HashMap, sync::Arc};

use entities::{Bucket, Date, Datum, FieldId, Tier};
use proptest::prelude::*;
use rusqlite::Connection;

use super::{
    broken::{Fake, everything},
    oracle::{World, block_on},
};
use crate::{
    federation::{GROUPS_MOST, Outcome, Sources, Spread, Status, Tabulated, TooMany, plan_table, tabulate},
    policy::{Clause, Grant, Rows},
    query::{Dimension, Facts, Measured, Predicate, Table, Test},
    source::{
        Failure, Partial, Source, Sum,
        fixture::{self, NAMES, Stored, dataset, field, holder},
    },
};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// A row with some fields set.
fn row(id: i64, set: &[(&str, Datum)]) -> Stored {
    let mut row = vec![Datum::Null; dataset().fields.len()];
    row[0] = Datum::Int(id);
    for (name, value) in set {
        row[field(name)] = value.clone();
    }
    row
}

fn by(fields: &[FieldId]) -> Table {
    let dimension = |field: &FieldId| Dimension { field: *field, bucket: None, leads_to: None };
    Table {
        dataset: dataset(),
        filter: Predicate::All,
        dimensions: fields.iter().map(dimension).collect(),
        open_on: None,
        youths: true,
        measures: Vec::new(),
    }
}

fn with_closed_days(mut table: Table) -> Table {
    table.measures.push(Measured { field: field("closed_days"), percentiles: false });
    table
}

async fn tabulated(table: &Table, sources: &Sources) -> Tabulated {
    tabulate(table, &everything(), sources).await.unwrap()
}

/// Of each group, by key: the key as text, rows and youths.
fn counts(tabulated: &Tabulated) -> Vec<(Vec<&str>, u64, Option<u64>)> {
    let groups = tabulated.groups.iter();
    let texts = groups.clone().map(|it| it.key.iter().map(|part| part.as_text().unwrap_or("-")).collect());
    let mut counts: Vec<_> = texts.zip(groups).map(|(key, it)| (key, it.rows, it.youths)).collect();
    counts.sort();
    counts
}

fn fakes<const N: usize>(tables: [Result<Partial, Failure>; N]) -> Sources {
    let named = tables.into_iter().zip(NAMES).map(|(table, name)| {
        let fake = Fake::new(name, []);
        *fake.table.lock().unwrap() = table;
        fake as Arc<dyn Source>
    });
    Sources::new(named.collect())
}

#[tokio::test]
async fn a_youth_in_three_sources_counts_once_in_every_grouping() {
    let stay = |id: i64, youth: &str, region: &str| row(id, &[("youth", youth.into()), ("region", region.into())]);
    let world = World::new(vec![
        vec![stay(1, "ann", "JZ34"), stay(2, "ann", "JZ36"), stay(3, "bob", "JZ34")],
        vec![stay(1, "ann", "JZ34"), row(2, &[("region", "JZ01".into())])],
        vec![stay(1, "ann", "JZ01"), stay(2, "bob", "JZ01")],
    ]);
    let of_all = tabulated(&by(&[]), &world.sources).await;
    assert_eq!(counts(&of_all), [(vec![], 7, Some(2))]);
    let mut table = by(&[field("region")]);
    let of_regions = tabulated(&table, &world.sources).await;
    let expected = [(vec!["JZ01"], 3, Some(2)), (vec!["JZ34"], 3, Some(2)), (vec!["JZ36"], 1, Some(1))];
    assert_eq!(counts(&of_regions), expected);
    let of_supra_regions = [("JZ34", "ZW"), ("JZ36", "ZW")].map(|(region, of)| (region.into(), of.into()));
    table.dimensions[0].leads_to = Some(Arc::new(HashMap::from(of_supra_regions)));
    let regrouped = tabulated(&table, &world.sources).await;
    assert_eq!(counts(&regrouped), [(vec!["-"], 3, Some(2)), (vec!["ZW"], 4, Some(2))]);
    table.youths = false;
    assert!(tabulated(&table, &world.sources).await.groups.iter().all(|group| group.youths.is_none()));
}

#[tokio::test]
async fn a_source_that_fails_leaves_the_others_numbers_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let mut sources: Vec<Arc<dyn Source>> = Vec::new();
    for (place, name) in NAMES.iter().enumerate() {
        let path = folder.path().join(name);
        if place != 1 {
            let set = [("youth", Datum::from("ann")), ("closed_days", Datum::Int(7))];
            fixture::write(&path, &[row(1, &set), row(2, &set)]);
        }
        sources.push(Arc::new(fixture::source(place, &path, Facts::default())));
    }
    let wrong = "UPDATE placement SET closed_days = 'secret' WHERE id = 2";
    Connection::open(folder.path().join(NAMES[2])).unwrap().execute_batch(wrong).unwrap();
    let found = tabulated(&with_closed_days(by(&[field("closed_days")])), &Sources::new(sources)).await;
    let spread = Spread { count: 4, sum: 28, range: Some((7, 7)), percentiles: None };
    assert_eq!(found.groups.len(), 1);
    let group = &found.groups[0];
    assert_eq!((group.rows, group.youths, &*group.measures), (4, Some(1), [spread].as_slice()));
    let malformed = Failure::Malformed("placement.closed_days".to_owned());
    let statuses: Vec<_> = found.outcomes.into_iter().map(|outcome| outcome.status).collect();
    let failed = [Failure::Unreachable, malformed].map(Status::Failed);
    let [absent, changed] = failed;
    assert_eq!(statuses, [Status::Answered, absent, changed, Status::Answered]);
}

#[tokio::test]
async fn more_groups_than_a_table_may_have_are_an_error_and_gathered_ones_are_none() {
    let most = i64::try_from(GROUPS_MOST).unwrap();
    let world = World::new(vec![(1..=most).map(|id| row(id, &[])).collect(), vec![row(most + 1, &[])]]);
    let mut table = by(&[0]);
    assert_eq!(tabulate(&table, &everything(), &world.sources).await.err(), Some(TooMany));
    table.filter = Predicate::is(0, Test::Lte(Datum::Int(most)));
    assert_eq!(tabulated(&table, &world.sources).await.groups.len(), GROUPS_MOST);
    table.filter = Predicate::All;
    table.dimensions[0].leads_to = Some(Arc::default());
    assert_eq!(counts(&tabulated(&table, &world.sources).await), [(vec!["-"], GROUPS_MOST as u64 + 1, Some(0))]);
}

#[tokio::test]
async fn what_is_too_much_for_one_source_or_for_all_is_an_error() {
    let sum = Sum { count: 1, sum: i64::MAX, range: Some((i64::MAX, i64::MAX)) };
    let large = || Partial {
        groups: vec![Box::default()],
        rows: vec![1],
        sums: vec![sum],
        values: vec![Vec::new()],
        ..Partial::default()
    };
    let table = with_closed_days(by(&[]));
    for sources in [fakes([Ok(large()), Ok(large())]), fakes([Ok(large()), Err(Failure::TooMany(5))])] {
        assert_eq!(tabulate(&table, &everything(), &sources).await.err(), Some(TooMany));
    }
    let alone = tabulated(&table, &fakes([Ok(large()), Err(Failure::Unreachable)])).await;
    assert_eq!(alone.groups[0].measures[0].sum, i64::MAX);
}

#[tokio::test]
async fn what_was_not_asked_for_is_not_counted() {
    let group = || Partial { groups: vec![[Datum::Null].into()], rows: vec![1], ..Partial::default() };
    let wrong = [
        Partial { rows: Vec::new(), ..group() },
        Partial { groups: vec![Box::default()], ..group() },
        Partial { sums: vec![Sum::default()], ..group() },
        Partial { values: vec![Vec::new()], ..group() },
        Partial { youths: vec![(1, 7)], ..group() },
    ];
    for partial in wrong {
        let found = tabulated(&by(&[field("unit")]), &fakes([Ok(partial), Ok(group())])).await;
        let failed = Status::Failed(Failure::Malformed("no table of the form that was asked for".to_owned()));
        assert_eq!(found.outcomes[0], Outcome { source: 0, status: failed });
        assert_eq!(found.outcomes[1], Outcome { source: 1, status: Status::Answered });
        assert_eq!(counts(&found), [(vec!["-"], 1, Some(0))]);
    }
}

#[test]
fn a_plan_of_a_table_asks_only_sources_that_can_match_and_prints_no_value() {
    let known = Facts { values: vec![(field("region"), vec![Datum::from("JZ34")])] };
    let region = Predicate::is(field("region"), Test::Eq(Datum::from("JZ36")));
    let clauses = vec![
        Clause { rows: Rows::Where(region), tier: Tier::Indirect, months: true, rule: "R/indirect".into() },
        Clause { rows: Rows::Where(Predicate::HeldBy(holder(3))), tier: Tier::Open, months: false, rule: "own".into() },
    ];
    let grant = Grant::for_test(dataset(), clauses);
    let facts = [known, Facts::default(), Facts::default()];
    let sources = facts
        .into_iter()
        .zip([0, 1, 3])
        .map(|(facts, place)| Arc::new(fixture::source(place, "none".as_ref(), facts)) as Arc<dyn Source>);
    let sources = Sources::new(sources.collect());
    let mut table = by(&[field("region"), field("ended_on"), field("unit")]);
    table.filter = Predicate::is(field("unit"), Test::In([Datum::from("secret")].into())).negated();
    table.dimensions[0].leads_to = Some(Arc::default());
    table.dimensions[1].bucket = Some(Bucket::Quarter);
    table.measures.push(Measured { field: field("closed_days"), percentiles: true });
    let text = plan_table(&table, &grant, &sources).to_string();
    table.open_on = Some([day("2025-01-01")].into());
    table.measures.clear();
    let text = format!("{text}\n{}", plan_table(&table, &grant, &sources));
    for value in ["2025", "secret", "JZ"] {
        assert!(!text.contains(value));
    }
    insta::assert_snapshot!(text);
}

/// A first day and a day after it; still open where there is none.
fn period() -> impl Strategy<Value = (Date, Option<Date>)> {
    let days = || (1_u32..=28).prop_map(|it| day(&format!("2025-02-{it:02}")));
    (days(), prop::option::of(days()))
        .prop_filter("it ends after it began", |(from, until)| until.is_none_or(|until| until > *from))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn stock_and_flow_reconcile(
        rows in prop::collection::vec(prop::collection::vec(period(), 0..20), 1..=NAMES.len()),
        (from, to) in (1_u32..28, 1_u32..28).prop_map(|(a, b)| (a.min(b), a.max(b) + 1)),
    ) {
        let stay = |(id, (from, until)): (i64, &(Date, Option<Date>))| {
            let until = until.map_or(Datum::Null, Datum::Date);
            row(id, &[("started_on", Datum::Date(*from)), ("ended_on", until)])
        };
        let stays = |rows: &Vec<_>| (1..).zip(rows).map(stay).collect();
        let world = World::new(rows.iter().map(stays).collect());
        let (from, to) = (day(&format!("2025-02-{from:02}")), day(&format!("2025-02-{to:02}")));
        let within = |name: &str| {
            let (after, by) = (Test::Gt(Datum::Date(from)), Test::Lte(Datum::Date(to)));
            let filter = Predicate::and([Predicate::is(field(name), after), Predicate::is(field(name), by)]);
            let found = block_on(tabulated(&Table { filter, ..by_nothing() }, &world.sources));
            found.groups.first().map_or(0, |group| group.rows)
        };
        let open = block_on(tabulated(&Table { open_on: Some([to, from, to].into()), ..by_nothing() }, &world.sources));
        let open_on = |day: Date| {
            let of_day = open.groups.iter().find(|group| *group.key == [Datum::Date(day)]);
            of_day.map_or(0, |group| group.rows)
        };
        prop_assert!(open.groups.len() <= 2);
        prop_assert_eq!(open_on(from) + within("started_on"), open_on(to) + within("ended_on"));
    }
}

fn by_nothing() -> Table {
    by(&[])
}
