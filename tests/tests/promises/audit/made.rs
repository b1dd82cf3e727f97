//! What is made leaves its event, and so does what nobody waited for.

use std::time::{Duration, Instant};

use regiograph_tests::{row::dataset, trouble};
use serde_json::json;

use super::{analyst, faults, gateway, records};

#[tokio::test]
async fn a_release_that_is_made_or_refused_leaves_its_event() {
    let gateway = gateway().await;
    let made = gateway.release(&["2025Q1"]).await.expect("the period is closed");
    assert_eq!(made.len(), 1);
    assert!(gateway.release(&["2025Q1"]).await.is_err(), "it was made before");
    let columns = ["event", "action", "purpose", "name", "sources", "role", "outcome"];
    let event = |outcome| ["RELEASE", "CREATE", "release", "2025Q1", "almata, horizon", "-", outcome];
    assert_eq!(records(&gateway, "event", &columns), [event("ANSWERED"), event("REFUSED")]);
    let columns = ["activity", "source", "released", "people"];
    let processing = |source| ["urn:regiograph:processing:release", source, made[0].id.as_str(), "-"];
    let processings = records(&gateway, "processing", &columns);
    assert_eq!(processings, [processing("almata"), processing("horizon")], "a table names nobody");
    assert_eq!(faults(&gateway).await, Vec::<String>::new());
}

#[tokio::test]
async fn an_operation_that_nobody_waited_for_leaves_its_event() {
    let gateway = gateway().await;
    trouble::make_slow(&gateway.file("almata"), dataset("Placement"));
    let request = gateway.post(&analyst()).json(&json!({ "query": "{ placements { nodes { startedOn } } }" }));
    let gone = request.timeout(Duration::from_millis(500)).send().await;
    assert!(gone.is_err(), "the client does not wait");
    let (columns, began) = (["event", "role", "status", "outcome"], Instant::now());
    loop {
        let events = records(&gateway, "event", &columns);
        if !events.is_empty() {
            assert_eq!(events, [["OPERATION", "region_analyst", "-", "CANCELLED"]]);
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "the event is not written");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(faults(&gateway).await, Vec::<String>::new());
}
