//! When the client goes away, so does the work: at every source, long before any deadline.

use std::time::{Duration, Instant};

use regiograph::source::{Source, resilient::Health};
use regiograph_tests::{
    fault::Sqlite,
    gateway::Gateway,
    leaks::{Held, Quiet},
    row::dataset,
    trouble,
};
use serde_json::{Value, json};

use super::{LIST, guardian, of, source};

/// Far longer than the test.
const LONG: Duration = Duration::from_secs(25);

async fn gateway() -> Gateway {
    Gateway::over([source(&Sqlite, "alpha", 1).deadline(LONG), source(&Sqlite, "beta", 2).deadline(LONG)]).await
}

/// Asks, and goes away once the source has the question.
async fn ask_and_leave(gateway: &Gateway, query: &str, variables: Value) {
    let body = json!({ "query": query, "variables": variables });
    let asking = tokio::spawn(gateway.post(&guardian()).json(&body).send());
    let end = Instant::now() + Duration::from_secs(10);
    while Held::by(gateway).in_flight == 0 {
        assert!(Instant::now() < end && !asking.is_finished(), "the source is never asked");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    asking.abort();
}

#[tokio::test]
async fn a_client_that_leaves_takes_its_questions_along_and_the_source_is_free_at_once() {
    let gateway = gateway().await;
    let ids = gateway.ask(&guardian(), "{ placements { nodes { id } } }").await;
    let id = ids.data()["placements"]["nodes"].as_array().into_iter().flatten().next_back().cloned();
    let quiet = Quiet::now();
    for file in ["alpha", "beta"] {
        trouble::make_slow(&gateway.file(file), dataset("Placement"));
    }
    let began = Instant::now();
    // More than a source has readers.
    for _ in 0..6 {
        ask_and_leave(&gateway, LIST, json!({})).await;
        quiet.returns(&gateway).await;
    }
    let node = "query($id: ID!) { node(id: $id) { id } }";
    ask_and_leave(&gateway, node, json!({ "id": id.map(|it| it["id"].clone()) })).await;
    quiet.returns(&gateway).await;
    let tables = "{ placementStatistics { groups { rows youths } } }";
    ask_and_leave(&gateway, tables, json!({})).await;
    quiet.returns(&gateway).await;
    // A reader that still worked on a question would hold the file, and nobody could change it.
    for file in ["alpha", "beta"] {
        trouble::make_fast(&gateway.file(file), dataset("Placement"));
    }
    let reply = gateway.ask(&guardian(), LIST).await;
    assert_eq!(of(&reply.data()["placements"]).len(), 6, "{}", reply.text);
    assert!(began.elapsed() < LONG, "{:?}", began.elapsed());
    let health = gateway.sources().iter().filter_map(Source::health);
    let failed: u64 = health.map(Health::opened).sum();
    assert_eq!(failed, 0, "clients that leave are no failures of a source");
}
