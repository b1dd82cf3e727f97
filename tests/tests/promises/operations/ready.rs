//! Whoever sends requests here learns whether they can be answered: a store that cannot be read says no, sources that do
//! not answer say so in numbers and decide nothing.

use regiograph_tests::{
    caller::As,
    gateway::{Gateway, Reply, SourceSetup},
    trouble,
};
use serde_json::json;

async fn health(gateway: &Gateway, which: &str) -> Reply {
    gateway.send(gateway.client().get(gateway.url().replace("/graphql", &format!("/health/{which}")))).await
}

#[tokio::test]
async fn ready_tells_of_the_store_and_of_sources_in_numbers() {
    let source = |name: &str| SourceSetup::of_provider(name, "ALMATA");
    let gateway = Gateway::over([source("one"), source("other")]).await;
    let ready = health(&gateway, "ready").await;
    let sources = json!({ "configured": 2, "answering": 0, "failing": 0, "notAskedYet": 2 });
    let whole = json!({ "status": "ready", "store": true, "policy": true, "referenceData": true, "issuers": { "configured": 1, "withKeys": 1 }, "sources": sources });
    assert_eq!((ready.status, &ready.body), (200, &whole));

    trouble::take_away(&gateway.file("one"));
    let query = "{ capacityReports { totalCount } }";
    gateway.ask(&As::public(), query).await;
    let ready = health(&gateway, "ready").await;
    let sources = json!({ "configured": 2, "answering": 1, "failing": 1, "notAskedYet": 0 });
    assert_eq!((ready.status, &ready.body["sources"]), (200, &sources), "one broken source takes nothing out");
    trouble::take_away(&gateway.file("other"));
    gateway.ask(&As::public(), query).await;
    let ready = health(&gateway, "ready").await;
    let sources = json!({ "configured": 2, "answering": 0, "failing": 2, "notAskedYet": 0 });
    assert_eq!((ready.status, &ready.body["sources"]), (200, &sources), "releases and reference data need none");

    trouble::take_away(&gateway.store());
    let (ready, live) = (health(&gateway, "ready").await, health(&gateway, "live").await);
    assert_eq!((ready.status, &ready.body["status"], &ready.body["store"]), (503, &json!("not ready"), &json!(false)));
    assert_eq!((live.status, live.body), (200, json!({ "status": "live" })));
    for file in [gateway.store(), gateway.file("one"), gateway.file("other")] {
        trouble::bring_back(&file);
    }
    gateway.ask(&As::public(), query).await;
    let ready = health(&gateway, "ready").await;
    assert_eq!((ready.status, &ready.body["sources"]["answering"]), (200, &json!(2)), "it recovers by itself");
}
