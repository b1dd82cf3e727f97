//! A listed gateway that asks more than any gateway does is not answered, and its word alone opens nothing.

use std::sync::Arc;

use entities::{Bucket, Datum};
use regiograph::{
    query::{Operand, Predicate, Shown, Test},
    source::{
        Failure, Links, OpenOn, Select, Tabulate,
        node::{
            link::As,
            wire::{Ask, Told},
        },
    },
};
use regiograph_tests::{
    caller::As as Who,
    gateway::{Gateway, Setup, SourceSetup},
    node::Asking,
    row::dataset,
};
use serde_json::Value;

use super::{follower, policy, sources};

/// A gateway with all sources at nodes, and the token of a caller.
async fn gateway(caller: &Who, change: impl Fn(SourceSetup) -> SourceSetup) -> (Gateway, String) {
    let gateway = Setup::of(sources().map(|source| change(source.behind_node()))).policy(policy()).start().await;
    let bearer = format!("Bearer {}", gateway.token(caller).expect("the role has tokens"));
    (gateway, bearer)
}

fn field(name: &str) -> usize {
    dataset("Placement").field(name).expect("the contract has the field")
}

fn rows_of(name: &str) -> Select {
    Select { columns: vec![Some(Operand::Field(field(name)))], ..Select::whole(dataset("Placement"), 10) }
}

/// A table by these fields, with the youths of its groups.
fn table_by(names: &[&str]) -> Tabulate {
    let columns: Vec<_> = names.iter().map(|name| Some(Operand::Field(field(name)))).collect();
    Tabulate {
        groups: columns.len(),
        select: Select { columns, ..Select::whole(dataset("Placement"), 10) },
        open_on: None,
        youths: true,
        values: Vec::new(),
        groups_most: 1_000,
        entries_most: 1_000,
    }
}

#[tokio::test]
async fn what_no_gateway_asks_is_not_answered_either() {
    let (gateway, bearer) = gateway(&follower(), |source| source).await;
    let node = gateway.node("horizon");
    let asking = Asking::of(node);
    let is = |name: &str, test| Select { filter: Predicate::is(field(name), test), ..rows_of("urgent") };
    let shown = Shown { field: field("urgent"), bucket: Some(Bucket::Month), when: Predicate::All };
    let bucket = Select { columns: vec![Some(Operand::Shown(Arc::new(shown)))], ..rows_of("urgent") };
    let numbers = |most: i64| (0..most).map(Datum::Int).collect();
    let per = |most| Select { per: Some(Links { place: 0, keys: numbers(most) }), ..rows_of("closed_days") };
    let day = |place: usize| format!("{}-{:02}-01", 1900 + place / 12, place % 12 + 1).parse().expect("it is a day");
    let open_on = |days: usize| {
        let (from, until) = (Operand::Field(field("started_on")), Some(Operand::Field(field("ended_on"))));
        let open_on = OpenOn { days: (0..days).map(day).collect(), from, until };
        Ask::Table(Arc::new(Tabulate { open_on: Some(open_on), ..table_by(&["urgent"]) }))
    };
    let rows = |select: Select| Ask::Rows(Arc::new(select));
    for ask in [
        rows(per(11_112)),
        Ask::Counts(Arc::new(per(100_001))),
        open_on(401),
        rows(bucket),
        rows(is("urgent", Test::Has("6.1.2".into()))),
        rows(is("closed_days", Test::Eq("many".into()))),
        rows(is("closed_days", Test::Contains("1".into()))),
        rows(is("closed_days", Test::In(numbers(10_001)))),
    ] {
        let told = asking.told("horizon", ask.clone(), Some(&bearer)).await;
        assert!(matches!(told, Err(Failure::Malformed(_))), "{ask:?}: {told:?}");
    }
    for ask in [rows(per(1_000)), open_on(400), rows(is("closed_days", Test::In(numbers(1_000))))] {
        assert!(asking.told("horizon", ask.clone(), Some(&bearer)).await.is_ok(), "{ask:?}");
    }
}

#[tokio::test]
async fn a_callers_table_is_by_dimensions_or_of_rows_that_it_is_shown_with_their_youths() {
    let analyst = Who::role("region_analyst").of("JZ36");
    for (caller, may_see_youths) in [(analyst, false), (follower(), true)] {
        let (gateway, bearer) = gateway(&caller, |source| source).await;
        let asking = Asking::of(gateway.node("horizon"));
        for (by, is_answered) in [
            (vec!["region", "urgent"], true),
            (vec!["id"], may_see_youths),
            (vec!["region", "started_on"], may_see_youths),
            (vec!["closed_days"], may_see_youths),
        ] {
            let told = asking.told("horizon", Ask::Table(Arc::new(table_by(&by))), Some(&bearer)).await;
            match told {
                Ok(Told::Table(table)) => assert!(is_answered && !table.groups.is_empty(), "{} {by:?}", caller.role),
                other => assert!(!is_answered && other.is_err(), "{} {by:?}: {other:?}", caller.role),
            }
        }
    }
}

#[tokio::test]
async fn a_node_of_a_node_takes_no_word_of_who_stands_in_a_relation_that_it_is_not_told_to_take() {
    let member = Who::role("ret_member").of("JZ36");
    for (further, expected) in [(true, 3), (false, 2)] {
        let (gateway, _) = gateway(&member, |source| {
            let far = source.behind_node();
            if further { far } else { far.without_vouching_further() }
        })
        .await;
        let reply = gateway.ask(&member, "{ placements { totalCount } }").await;
        assert_eq!(reply.data()["placements"]["totalCount"], expected, "{further}");
    }
}

#[tokio::test]
async fn a_youth_that_a_gateway_only_names_in_a_list_is_shown_by_no_node_that_finds_out_itself() {
    let member = Who::role("ret_member").of("JZ36");
    for vouches in [true, false] {
        let (gateway, bearer) = gateway(&member, |source| {
            let heard = source.heard();
            if vouches { heard } else { heard.without_vouching() }
        })
        .await;
        let list = "{ placements { nodes { id youth { pseudonym } } } }";
        assert!(gateway.ask(&member, list).await.data()["placements"].is_object());
        let asking = Asking::of(gateway.node("horizon"));
        let sealed = |youth: &str| asking.link.youths().seal(youth);
        let mut named = 0;
        for (question, _) in gateway.listener("horizon").heard() {
            let form: Value = serde_json::from_str(&question).expect("questions are JSON");
            let is_of_relation = form["vouched"].as_array().is_some_and(|it| !it.is_empty());
            if form["ask"]["rows"].is_null() || !is_of_relation {
                continue;
            }
            // The gateway adds to those who stand in the relation one who does not.
            let (own, other) = (format!("\"{}\"", sealed("young-bo")), sealed("young-eva"));
            let forged = question.replace(&own, &format!("{own},\"{other}\""));
            assert_ne!(forged, question, "someone stands in it");
            let reply = asking.ask(forged.as_bytes(), Some(&bearer), As::Someone).await;
            assert_eq!(reply.status, 200);
            assert_eq!(reply.text.contains(&other), vouches, "{}", reply.text);
            named += 1;
        }
        assert!(named > 0, "rows about youths were asked for");
    }
}
