//! Whom the log names is held against the oracle: for every role and every dataset exactly those whom the rows are about that
//! its rules give, whoever of them it is shown.

use std::collections::{BTreeMap, BTreeSet};

use entities::{Dataset, by_name};
use regiograph::audit::seen;
use regiograph_tests::{
    gateway::{Setup, SourceSetup},
    listing,
    matrix::{Matrix, POLICY},
    oracle::{Oracle, View},
    question::Question,
};
use serde_json::{Value, json};

use crate::rows_by_rule::{codes, holders, rows, youth_of};

/// The youths of a row's dataset, and of the rows that it links to, by dataset.
type People = BTreeMap<&'static str, BTreeSet<String>>;

/// Takes in a row as the oracle has it: its id is `source/1`, and a linked row's `Placement:source/1`.
fn take(people: &mut People, dataset: &'static Dataset, row: &Value) {
    let mut about = |dataset: &'static Dataset, id: &str| {
        let number = id.rsplit('/').next().and_then(|it| it.parse().ok()).expect("an id ends in a number");
        if dataset.youth().is_some() {
            people.entry(dataset.name).or_default().insert(youth_of(number));
        }
    };
    about(dataset, row["id"].as_str().expect("a row has an id"));
    for linked in row.as_object().into_iter().flat_map(|row| row.values()).filter_map(|it| it["id"].as_str()) {
        let (name, id) = linked.split_once(':').expect("a linked row is named with its dataset");
        about(by_name(name).expect("it is a dataset"), id);
    }
}

#[tokio::test]
async fn the_log_names_exactly_those_whom_the_rows_are_about_that_the_rules_give() {
    let sources =
        holders().into_iter().map(|(name, holder)| SourceSetup::new(&name.replace(' ', "-"), holder).rows(rows()));
    let gateway = Setup::of(sources).audited().start().await;
    let oracle = Oracle::beside(&gateway.store());
    for (holder, _) in holders() {
        oracle.add(&holder.replace(' ', "-"), holder, &rows());
    }
    let everything = Question { condition: None, order: Vec::new(), sizes: Vec::new(), backward: false };
    let mut expected: BTreeMap<String, Vec<(String, &str)>> = BTreeMap::new();
    for role in &Matrix::of(POLICY).role {
        for code in codes(role.claim.as_deref()) {
            let caller = if code.is_empty() { role.someone() } else { role.someone().of(code) };
            for view in entities::datasets().iter().filter_map(|it| View::of(role, code, it)) {
                let reply = gateway.ask_with(&caller, &listing::query(&view), json!({ "first": 1000 })).await;
                assert!(reply.data()["list"].is_object(), "{}: {}", role.name, view.dataset.name);
                let mut people = People::new();
                oracle.rows(&view, &everything).iter().for_each(|row| take(&mut people, view.dataset, row));
                for (dataset, youths) in people {
                    for youth in youths {
                        expected.entry(youth).or_default().push((role.name.clone(), dataset));
                    }
                }
            }
        }
    }
    let named = expected.values().map(Vec::len).sum::<usize>();
    assert!(named > 100, "{named} were named");
    for (youth, mut expected) in expected {
        let sightings = seen(gateway.log(), &youth, &[]).await.expect("the log can be read");
        let role = |it: Option<String>| it.expect("the event is there");
        let mut found: Vec<_> = sightings.into_iter().map(|it| (role(it.role), it.dataset)).collect();
        found.sort_unstable();
        expected.sort_unstable();
        let found: Vec<_> = found.iter().map(|(role, dataset)| (role.clone(), &**dataset)).collect();
        assert_eq!(found, expected);
    }
}
