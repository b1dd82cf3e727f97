//! A key of before has a last day, and a gateway that runs over midnight knows it.

use chrono::TimeDelta;
use regiograph_tests::{
    caller::As,
    gateway::{Gateway, Reply, Setup, SourceSetup},
    row::{Row, dataset},
};
use serde_json::json;

const LIST: &str = "{ placements(first: 1) { edges { cursor node { id youth { pseudonym } } } } }";
const FIND: &str = "query($id: ID!, $youth: ID!, $after: String) {
    placement(id: $id) { startedOn }
    node(id: $id) { __typename }
    nodes(ids: [$id]) { __typename }
    youth(pseudonym: $youth) { __typename }
    placements(filter: { youth: { pseudonym: { eq: $youth } } }) { totalCount }
    later: placements(after: $after) { totalCount }
}";

fn source() -> SourceSetup {
    let placement = |id: i64| Row::of(dataset("Placement")).with("id", id).with("youth", format!("youth-{id}"));
    SourceSetup::of_provider("almata", "ALMATA").rows([placement(1), placement(2)])
}

/// What names one row: its id, its youth and its cursor.
struct Given([String; 3]);

async fn given(gateway: &Gateway, caller: &As) -> Given {
    let reply = gateway.ask(caller, LIST).await;
    let edge = &reply.data()["placements"]["edges"][0];
    let texts = [&edge["node"]["id"], &edge["node"]["youth"]["pseudonym"], &edge["cursor"]];
    Given(texts.map(|it| it.as_str().expect("the row is there").to_owned()))
}

async fn find(gateway: &Gateway, caller: &As, Given([id, youth, after]): &Given) -> Reply {
    gateway.ask_with(caller, FIND, json!({ "id": id, "youth": youth, "after": after })).await
}

#[tokio::test]
async fn a_key_of_before_opens_nothing_after_its_last_day_however_long_the_gateway_runs() {
    let (first, second) = ("0123456789abcdef".repeat(4), "fedcba9876543210".repeat(4));
    let holder = As::role("provider").of("ALMATA");
    let old = given(&Setup::of([source()]).master(&first).start().await, &holder).await;
    let keys = format!("2 2026-11-01 {second}\n1 {first} until 2026-11-23\n");
    let gateway = Setup::of([source()]).master(&keys).start().await;
    let new = given(&gateway, &holder).await;
    let is_found = json!({ "totalCount": 1 });
    // The last second of the day in Amsterdam, an hour ahead of UTC; what is kept ready is older by then.
    assert_eq!(find(&gateway, &holder, &old).await.data()["placements"], is_found);
    gateway.wait((TimeDelta::hours(34) + TimeDelta::minutes(59) + TimeDelta::seconds(59)).num_seconds());
    assert_eq!(gateway.now().to_rfc3339(), "2026-11-23T22:59:59+00:00");
    let within = find(&gateway, &holder, &old).await;
    assert_eq!(within.data()["placements"], is_found);
    assert_eq!(within.data()["later"], json!({ "totalCount": 2 }));
    gateway.wait(1);
    let after = find(&gateway, &holder, &old).await;
    let forged = Given(["nothing".to_owned(), "nothing".to_owned(), "nothing".to_owned()]);
    assert_eq!(after.text, find(&gateway, &holder, &forged).await.text, "as what never was an id");
    assert_eq!(after.body["data"]["placement"], json!(null));
    assert_eq!(after.body["data"]["placements"], json!({ "totalCount": 0 }));
    assert!(after.text.contains("BAD_USER_INPUT"), "and the list does not go on: {}", after.text);
    assert_eq!(
        find(&gateway, &holder, &new).await.data()["placements"],
        is_found,
        "the new key's own are as they were"
    );
}
