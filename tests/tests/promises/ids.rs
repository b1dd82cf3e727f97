//! Ids, pseudonyms and cursors are a consumer's own: what another was given, what is forged, what is gone and what is not
//! granted are one and the same null.

use entities::Dataset;
use regiograph_tests::{
    caller::As,
    gateway::{Gateway, Reply, Setup, SourceSetup},
    row::{self, Row, dataset},
    selection,
};
use serde_json::{Value, json};

/// A wards' placement with each of two institutions, and a report of the same provider.
fn source() -> SourceSetup {
    let placement = |id: i64, institution: &str| {
        let row = Row::of(dataset("Placement")).with("id", id).with("institution", institution.to_owned());
        row.with("youth", format!("youth-{id}"))
    };
    let report = Row::of(dataset("CapacityReport")).with("id", 1);
    SourceSetup::of_provider("almata", "ALMATA").rows([placement(1, "GI01"), placement(2, "GI02"), report])
}

fn wards(institution: &str) -> As {
    As::role("certified_institution").of(institution)
}

fn provider() -> As {
    As::role("provider").of("ALMATA")
}

/// The first row's id, cursor and, where there is one, pseudonym.
async fn given(gateway: &Gateway, caller: &As, dataset: &Dataset) -> [String; 3] {
    let youth = if dataset.youth().is_some() { "youth { pseudonym }" } else { "" };
    let query = format!("{{ list: {} {{ edges {{ cursor node {{ id {youth} }} }} }} }}", selection::many(dataset));
    let reply = gateway.ask(caller, &query).await;
    let edge = &reply.data()["list"]["edges"][0];
    let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
    [text(&edge["node"]["id"]), text(&edge["cursor"]), text(&edge["node"]["youth"]["pseudonym"])]
}

async fn find(gateway: &Gateway, caller: &As, id: &str) -> Reply {
    let query = "query($id: ID!) { node(id: $id) { id } placement(id: $id) { id } youth(pseudonym: $id) { id } nodes(ids: [$id]) { id } }";
    gateway.ask_with(caller, query, json!({ "id": id })).await
}

/// Another text of the same form.
fn forged(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let middle = bytes.len() / 2;
    bytes[middle] = if bytes[middle] == b'A' { b'B' } else { b'A' };
    String::from_utf8(bytes).expect("an id is ASCII")
}

#[tokio::test]
async fn foreign_forged_absent_and_not_granted_are_one_and_the_same_null() {
    let gateway = Gateway::over([source()]).await;
    let (one, two) = (wards("GI01"), wards("GI02"));
    let placement = dataset("Placement");
    let [id, cursor, youth] = given(&gateway, &one, placement).await;
    assert_eq!(find(&gateway, &one, &id).await.data()["placement"], json!({ "id": id }), "its own");
    assert_eq!(find(&gateway, &one, &id).await.data()["node"], json!({ "id": id }), "its own");
    assert_eq!(find(&gateway, &one, &youth).await.data()["youth"], json!({ "id": youth }), "its own");

    let nothing = find(&gateway, &one, "nothing").await;
    assert_eq!(nothing.data(), &json!({ "node": null, "placement": null, "youth": null, "nodes": [null] }));
    let [foreign, _, foreign_youth] = given(&gateway, &two, placement).await;
    let [of_holder, _, youth_of_holder] = given(&gateway, &provider(), placement).await;
    let untold = [foreign, foreign_youth, of_holder, youth_of_holder];
    let forgeries = [forged(&id), forged(&youth), id[1..].to_owned(), format!("{id}A"), cursor, String::new()];
    for id in untold.iter().chain(&forgeries) {
        assert_eq!(find(&gateway, &one, id).await.text, nothing.text, "{id}");
    }
    row::execute(&gateway.file("almata"), "UPDATE placement SET institution = 'GI03' WHERE id = 1");
    for not_granted in [&id, &youth] {
        assert_eq!(find(&gateway, &one, not_granted).await.text, nothing.text);
    }
    row::execute(&gateway.file("almata"), "DELETE FROM placement");
    for absent in [&id, &youth] {
        assert_eq!(find(&gateway, &one, absent).await.text, nothing.text);
    }
    let report =
        gateway.ask(&one, "{ capacityReports { nodes { id } } }").await.data()["capacityReports"]["nodes"][0].clone();
    let of_another_type = find(&gateway, &one, report["id"].as_str().unwrap_or_default()).await;
    assert_eq!(of_another_type.data()["placement"], Value::Null);
    assert_eq!(of_another_type.data()["node"], report);
}

#[tokio::test]
async fn a_foreign_id_or_pseudonym_matches_nothing_in_a_filter() {
    let gateway = Gateway::over([source()]).await;
    let placement = dataset("Placement");
    let [own, _, own_youth] = given(&gateway, &wards("GI01"), placement).await;
    let [foreign, _, foreign_youth] = given(&gateway, &provider(), placement).await;
    let query = "query($filter: PlacementFilter) { placements(filter: $filter) { totalCount } }";
    let count = async |filter: Value| {
        let reply = gateway.ask_with(&wards("GI01"), query, json!({ "filter": filter })).await;
        reply.data()["placements"]["totalCount"].clone()
    };
    assert_eq!(count(json!({ "id": { "eq": own } })).await, 1);
    assert_eq!(count(json!({ "youth": { "pseudonym": { "in": [own_youth, "x"] } } })).await, 1);
    for id in [foreign.as_str(), "x", ""] {
        assert_eq!(count(json!({ "id": { "eq": id } })).await, 0);
        assert_eq!(count(json!({ "id": { "ne": id } })).await, 1);
    }
    for youth in [foreign_youth.as_str(), "youth-1", ""] {
        assert_eq!(count(json!({ "youth": { "pseudonym": { "eq": youth } } })).await, 0);
        assert_eq!(count(json!({ "youth": { "pseudonym": { "notIn": [youth] } } })).await, 1);
    }
}

#[tokio::test]
async fn consumers_cannot_join_by_identifier_and_keep_theirs_over_restarts() {
    let report = dataset("CapacityReport");
    let inspectorate = As::role("inspectorate");
    let consumers = [
        As::public(),
        provider(),
        As::role("provider").of("HORIZON"),
        inspectorate.clone(),
        inspectorate.clone().at("IGJ"),
        inspectorate.clone().for_purpose("investigation:17"),
        inspectorate.for_purpose("investigation:18"),
        As::role("youth_authority"),
    ];
    let gateway = Gateway::over([source()]).await;
    let again = Gateway::over([source()]).await;
    let elsewhere = Setup::of([source()]).master(&"fe".repeat(31).replacen("fe", "0102", 1)).start().await;
    let mut seen = std::collections::BTreeSet::new();
    for consumer in &consumers {
        let given_first = given(&gateway, consumer, report).await;
        assert_eq!(given(&again, consumer, report).await, given_first, "the same master key");
        for text in given_first.iter().chain(&given(&elsewhere, consumer, report).await).filter(|it| !it.is_empty()) {
            assert!(seen.insert(text.clone()), "{consumer:?} shares an id or a cursor with another consumer");
        }
    }
    let placement = dataset("Placement");
    let [_, _, of_holder] = given(&gateway, &provider(), placement).await;
    let [_, _, of_guardian] = given(&gateway, &wards("GI01"), placement).await;
    assert_ne!(of_holder, of_guardian, "of the same youth");
}

#[tokio::test]
async fn what_a_key_of_before_made_is_understood_until_its_day_and_made_no_more() {
    let (first, second) = ("0123456789abcdef".repeat(4), "fedcba9876543210".repeat(4));
    let keys = |until: &str| format!("2 2026-11-01 {second}\n1 {first} until {until}\n");
    let placement = dataset("Placement");
    let holder = provider();
    let before = Setup::of([source()]).master(&first).start().await;
    let [id, cursor, youth] = given(&before, &holder, placement).await;

    let filtered = "query($youth: ID!, $after: String) {
        placements(filter: { youth: { pseudonym: { eq: $youth } } }) { totalCount }
        later: placements(after: $after) { nodes { unit { id } } }
    }";
    let asked = json!({ "youth": youth, "after": cursor });
    let within = Setup::of([source()]).master(&keys("2026-12-31")).start().await;
    let [new_id, new_cursor, new_youth] = given(&within, &holder, placement).await;
    assert!(new_id != id && new_cursor != cursor && new_youth != youth, "made with the new key");
    for name in [&id, &new_id] {
        let found = find(&within, &holder, name).await;
        assert_eq!(found.data()["placement"], json!({ "id": new_id }), "found by either, and named by the new key");
    }
    let reply = within.ask_with(&holder, filtered, asked.clone()).await;
    assert_eq!(reply.data()["placements"], json!({ "totalCount": 1 }));
    assert_eq!(reply.data()["later"]["nodes"].as_array().map(Vec::len), Some(1), "the list goes on");

    let after = Setup::of([source()]).master(&keys("2026-11-20")).start().await;
    assert_eq!(given(&after, &holder, placement).await, [new_id, new_cursor, new_youth]);
    let found = find(&after, &holder, &id).await;
    assert_eq!(found.text, find(&after, &holder, "nothing").await.text);
    let reply = after.ask_with(&holder, filtered, asked).await;
    assert!(reply.text.contains("BAD_USER_INPUT"), "a cursor of no key that is known: {}", reply.text);
}

#[tokio::test]
async fn ids_of_reference_data_are_the_same_for_everyone() {
    let gateway = Gateway::over([source()]).await;
    let query = "{ regions { id code } units { id } codeLists { name } sources { id name } }";
    let (of_public, of_provider) = (gateway.ask(&As::public(), query).await, gateway.ask(&provider(), query).await);
    for part in ["regions", "units", "sources"] {
        assert_eq!(of_public.data()[part], of_provider.data()[part]);
    }
    let region = &of_public.data()["regions"][0];
    let found = "query($id: ID!) { node(id: $id) { id ... on Region { code } ... on Source { name } } }";
    let reply = gateway.ask_with(&provider(), found, json!({ "id": region["id"] })).await;
    assert_eq!(&reply.data()["node"], region);
    let source = &of_public.data()["sources"][0];
    let reply = gateway.ask_with(&provider(), found, json!({ "id": source["id"] })).await;
    assert_eq!(&reply.data()["node"], source);
    let officer = As::role("privacy_officer");
    let reply = gateway.ask_with(&officer, found, json!({ "id": source["id"] })).await;
    assert_eq!(reply.data()["node"], Value::Null, "a source of which it sees nothing");
}
