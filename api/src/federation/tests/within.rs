//! What a gateway asks of a node is held to what the node's own policy grants, whatever either grants and is asked.

use std::{path::Path, sync::Arc};

use entities::{Bucket, Datum, FieldId, Tier};
use proptest::prelude::*;

use super::oracle::{grant, query};
use crate::{
    federation::{Fate, NotGranted, Sources, by_dimensions, plan, within, within_relations},
    policy::{Clause, Grant, Related, Relation, Rows},
    query::{Facts, Operand, Predicate, Query, Shown, Test},
    source::{
        Select, Source, Tabulate,
        fixture::{self, NAMES, Stored, dataset, field, holder},
    },
};

/// A source that nobody asks.
fn source() -> Arc<dyn Source> {
    Arc::new(fixture::source(0, Path::new("none"), Facts::default()))
}

/// What a gateway with a grant asks of the source, of the values that its caller is shown. Whom a row is about is asked
/// for the log besides, and a node shows it as it shows any value.
fn asked(query: &Query, grant: &Grant) -> Option<Select> {
    let plan = plan(query, grant, &Sources::new(vec![source()]));
    match plan.fates.into_iter().next() {
        Some(Fate::Asked(select)) => {
            let mut select = Arc::unwrap_or_clone(select);
            select.columns.truncate(query.fields.len());
            Some(select)
        }
        _ => None,
    }
}

fn holds(filter: &Predicate, row: &Stored) -> bool {
    filter.holds(&|field: FieldId| &row[field], (NAMES[0], &holder(0)))
}

fn value(operand: Option<&Operand>, row: &Stored) -> Datum {
    operand.map_or(Datum::Null, |it| it.value(&|field: FieldId| &row[field], (NAMES[0], &holder(0))))
}

/// The rows of a source and their values, without a database.
fn answer(select: &Select, rows: &[Stored]) -> Vec<Vec<Datum>> {
    let values = |row: &Stored| select.columns.iter().map(|it| value(it.as_ref(), row)).collect();
    rows.iter().filter(|row| holds(&select.filter, row)).map(values).collect()
}

fn months(grant: &Grant) -> bool {
    grant.clauses().iter().any(|clause| clause.months)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn a_node_of_the_same_policy_asks_what_a_database_is_asked(grant in grant(), query in query()) {
        let source = source();
        if let Some(select) = asked(&query, &grant) {
            let held = within(&select, &grant, &[], source.as_ref()).unwrap().unwrap();
            prop_assert_eq!(source.explain(&held), source.explain(&select));
            prop_assert_eq!((held.filter, held.columns), (select.filter, select.columns));
        }
    }

    #[test]
    fn no_row_and_no_value_is_shown_that_either_hides(
        rows in fixture::stored(20), gateway in grant(), node in grant(), query in query(),
    ) {
        let source = source();
        let Some(select) = asked(&query, &gateway) else { return Ok(()) };
        let Ok(Some(held)) = within(&select, &node, &[], source.as_ref()) else { return Ok(()) };
        for row in rows.iter().filter(|row| holds(&held.filter, row)) {
            prop_assert!(holds(&node.rows(), row));
            prop_assert!(months(&node) || holds(&gateway.rows(), row));
            for (id, operand) in query.fields.iter().zip(&held.columns) {
                let [one, other] = [&gateway, &node].map(|grant| value(Some(&grant.shown(*id)), row));
                // Of two dates the one of the coarser bucket is the earlier.
                let both = if one.is_null() || other.is_null() { Datum::Null } else { one.min(other) };
                prop_assert_eq!(value(operand.as_ref(), row), both);
            }
        }
    }

    #[test]
    fn a_gateway_that_shows_all_shows_what_the_node_shows(rows in fixture::stored(20), node in grant(), query in query()) {
        let all = Clause { rows: Rows::All, tier: Tier::Sensitive, months: false, rule: "".into() };
        let gateway = Grant::for_test(dataset(), vec![all]);
        let query = Query { filter: Predicate::All, ..query };
        let select = asked(&query, &gateway).unwrap();
        let held = within(&select, &node, &[], source().as_ref()).unwrap();
        let expected = asked(&query, &node);
        let of = |select: Option<Select>| select.map(|it| answer(&it, &rows)).unwrap_or_default();
        prop_assert_eq!(of(held), of(expected));
    }

    #[test]
    fn what_a_node_hides_cannot_be_found_out_by_asking(
        rows in fixture::stored(20), node in grant(), query in query(), other in fixture::stored(20),
    ) {
        let all = Clause { rows: Rows::All, tier: Tier::Sensitive, months: false, rule: "".into() };
        let Some(select) = asked(&query, &Grant::for_test(dataset(), vec![all])) else { return Ok(()) };
        let Ok(Some(held)) = within(&select, &node, &[], source().as_ref()) else { return Ok(()) };
        let tested = |id: FieldId| node.rows().field_where(&|it| it == id).is_some();
        for (row, other) in rows.iter().zip(&other).filter(|(row, _)| holds(&node.rows(), row)) {
            let mut changed = row.clone();
            for id in (1..dataset().fields.len()).filter(|id| !tested(*id)) {
                if value(Some(&node.shown(id)), row).is_null() && value(Some(&node.shown(id)), other).is_null() {
                    changed[id] = other[id].clone();
                }
            }
            let is_same = (1..row.len()).all(|id| {
                value(Some(&node.shown(id)), row) == value(Some(&node.shown(id)), &changed)
            });
            prop_assert!(!is_same || holds(&held.filter, row) == holds(&held.filter, &changed));
        }
    }
}

fn youths(names: &[&str]) -> Arc<[Datum]> {
    names.iter().map(|name| Datum::from(*name)).collect()
}

/// A grant on all that is not told of anyone, over these rows.
fn over(rows: Predicate, tier: Tier) -> Grant {
    Grant::for_test(dataset(), vec![Clause { rows: Rows::Where(rows), tier, months: false, rule: "".into() }])
}

#[test]
fn a_hidden_youth_is_asked_for_only_by_those_who_are_vouched_for() {
    let youth = dataset().youth().unwrap();
    let own = over(Predicate::is(youth, Test::In(youths(&["a", "b"]))), Tier::Open);
    let other = over(Predicate::is(youth, Test::In(youths(&["a", "c"]))), Tier::Open);
    let select = Select { filter: other.rows(), ..Select::whole(dataset(), 10) };
    assert_eq!(within(&select, &own, &[], source().as_ref()).err(), Some(NotGranted));
    let held = |said: &[&str], here: &[&str]| {
        within(&select, &own, &[(youths(said), youths(here))], source().as_ref()).map(Option::unwrap)
    };
    assert_eq!(held(&["a", "c"], &["a", "b"]).err(), Some(NotGranted), "who leaves some out singles others out");
    let both = held(&["a", "c"], &["a", "c"]).unwrap();
    assert_eq!(both.filter, Predicate::and([own.rows(), other.rows()]));
    assert_eq!(both.columns[youth], None, "who it is stays hidden");
    let of_less = over(Predicate::is(youth, Test::In(youths(&["a"]))), Tier::Open);
    let less = within(&select, &of_less, &[(youths(&["a", "c"]), youths(&["a"]))], source().as_ref()).unwrap().unwrap();
    assert_eq!(less.filter, of_less.rows(), "what the other says beyond that is left out");
}

#[test]
fn a_table_has_no_groups_that_could_be_rows() {
    let held = |name: &str, bucket| {
        let operand = Operand::Shown(Arc::new(Shown { field: field(name), bucket, when: Predicate::All }));
        let select = Select { columns: vec![Some(operand)], ..Select::whole(dataset(), 0) };
        let (groups_most, entries_most) = (10, 10);
        let tabulate =
            Tabulate { select, groups: 1, open_on: None, youths: true, values: vec![], groups_most, entries_most };
        by_dimensions(&tabulate).map(drop)
    };
    assert_eq!((held("urgent", None), held("started_on", Some(Bucket::Month))), (Ok(()), Ok(())));
    for name in ["id", "youth", "started_on", "closed_days"] {
        assert_eq!(held(name, None), Err(NotGranted), "{name}");
    }
}

#[test]
fn who_stands_in_a_relation_is_told_of_the_callers_own_relations_alone() {
    let [youth, from, unit] = ["youth", "started_on", "unit"].map(field);
    let until = field("ended_on");
    let relation = |unit_of: &str| Relation {
        name: "youths".into(),
        rows: [Related { dataset: dataset(), rows: Predicate::is(unit, Test::Eq(unit_of.into())) }].into(),
    };
    let today = "2025-01-17".parse().unwrap();
    let open = |unit_of: &str| relation(unit_of).rows[0].open_on(today).remove(0);
    let columns = [youth, until, from].map(|it| Some(Operand::Field(it)));
    let select = |rows| Select { filter: rows, columns: columns.to_vec(), ..Select::whole(dataset(), 10) };
    let held = |select: &Select| within_relations(select, &[relation("a")], today, source().as_ref());
    assert_eq!(held(&select(open("a"))).unwrap().unwrap().filter, open("a"), "the same rule is asked as it is");
    let of_other = held(&select(open("b"))).unwrap().unwrap().filter;
    let mut row = vec![Datum::Null; dataset().fields.len()];
    (row[unit], row[from]) = ("b".into(), Datum::Date(today));
    assert!(holds(&open("b"), &row) && !holds(&of_other, &row), "others' relations are empty here");
    assert_eq!(
        held(&Select { columns: vec![Some(Operand::Field(unit))], ..select(open("a")) }).err(),
        Some(NotGranted)
    );
    let more = Predicate::and([open("a"), Predicate::is(field("urgent"), Test::Eq(true.into()))]);
    assert_eq!(held(&select(more)).err(), Some(NotGranted));
}
