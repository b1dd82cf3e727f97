//! All rows that any source holds on one youth: complete for a role that may see everything, and exactly what is granted
//! for every other.

use regiograph_tests::{
    gateway::{Gateway, Setup, SourceSetup},
    listing,
    matrix::{self, Matrix, Role},
    oracle::{Names, Oracle, View},
    question::Question,
    random,
    row::Row,
    selection,
};
use serde_json::{Value, json};

use super::oracle::{HOLDERS, SOURCES, holder, policy};

const EVERYTHING: Question = Question { condition: None, order: Vec::new(), sizes: Vec::new(), backward: false };

/// Rows of every dataset for one source; the third source has rows of one region only.
fn rows(place: usize) -> Vec<Row> {
    let of = |(number, dataset)| random::sample_of(number * 7 + place, random::rows(dataset, 12));
    let mut rows: Vec<Row> = entities::datasets().iter().enumerate().flat_map(of).collect();
    if place == 2 {
        rows.iter_mut().for_each(|row| _ = row.values.insert("region", "JZ36".to_owned().into()));
    }
    rows
}

/// What a role is shown of the datasets whose rows tell it the youth.
fn views(role: &Role) -> Vec<View> {
    let code = role.claim.as_deref().map_or("", matrix::code);
    let views = entities::datasets().iter().filter_map(|dataset| View::of(role, code, dataset));
    views.filter(|view| view.fields().any(|field| field.kind == entities::Kind::Youth)).collect()
}

/// What every pseudonym and id of each of the role's lists stands for.
async fn learned(gateway: &Gateway, role: &Role, views: &[View], oracle: &Oracle) -> Vec<Names> {
    let mut all = Vec::new();
    for view in views {
        let mut names = Names::default();
        let reply = gateway.ask_with(&role.someone(), &listing::query(view), json!({ "first": 1000 })).await;
        assert_eq!(listing::learn(&mut names, &reply.data()["list"], &oracle.rows(view, &EVERYTHING)), Ok(()));
        all.push(names);
    }
    all
}

#[tokio::test]
async fn a_youth_shows_every_row_that_is_granted_of_it_at_any_source_and_no_other() {
    let sources = (0..SOURCES.len()).map(|place| {
        let source = SourceSetup::new(SOURCES[place], holder(place)).rows(rows(place));
        if place == 2 { source.only_of_region("JZ36") } else { source }
    });
    let gateway = Setup::of(sources).policy(policy()).start().await;
    let oracle = Oracle::beside(&gateway.store());
    for (place, source) in SOURCES.iter().enumerate() {
        oracle.add(source, HOLDERS[place], &rows(place));
    }
    let mut followed = Vec::new();
    for role in &Matrix::of(&policy()).role {
        let views = views(role);
        let names = learned(&gateway, role, &views, &oracle).await;
        let lists =
            views.iter().map(|view| format!("{}(first: 1000) {{ nodes {{ id }} }}", selection::many(view.dataset)));
        let query =
            format!("query($of: ID!) {{ youth(pseudonym: $of) {{ {} }} }}", lists.collect::<Vec<_>>().join(" "));
        for youth in random::YOUTHS {
            let Some(pseudonym) = names.iter().map(|names| names.opaque(youth)).find(|it| *it != youth) else {
                continue;
            };
            let reply = gateway.ask_with(&role.someone(), &query, json!({ "of": pseudonym })).await;
            let mut found = 0;
            for (view, names) in views.iter().zip(&names) {
                let nodes = reply.data()["youth"][selection::many(view.dataset)]["nodes"].as_array().cloned();
                let ids = nodes.unwrap_or_default().into_iter();
                let ids: Vec<Value> =
                    ids.map(|row| names.clear(row["id"].as_str().unwrap_or_default()).into()).collect();
                let all = oracle.rows(view, &EVERYTHING).into_iter();
                let expected: Vec<Value> =
                    all.filter(|row| row["youth"]["pseudonym"] == youth).map(|row| row["id"].clone()).collect();
                assert_eq!(ids, expected, "{}: {}", role.name, view.dataset.name);
                found += ids.len();
            }
            followed.push((role.name.clone(), found));
        }
    }
    let most = |name: &str| followed.iter().filter(|(role, _)| role == name).map(|(_, found)| *found).max();
    assert!(most("all_seeing") > most("ret_member") && most("ret_member") > Some(0), "{followed:?}");
    assert!(most("certified_institution") > Some(0) && most("placement_coordinator") > Some(0), "{followed:?}");
}
