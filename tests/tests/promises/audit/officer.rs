//! The audit log has one reader, and the reader is in it.

use regiograph_tests::{caller::As, matrix::Matrix};
use serde_json::{Value, json};

use super::{analyst, answered, gateway, records};

fn officer() -> As {
    As::role("privacy_officer")
}

const EVENTS: &str = "query Log($after: String, $first: Int) { auditEvents(first: $first, after: $after) { \
    nodes { role outcome datasets rules rows operationName } pageInfo { hasNextPage endCursor } } }";

#[tokio::test]
async fn the_privacy_officer_alone_reads_the_log_and_that_is_written_down_too() {
    let gateway = gateway().await;
    answered(&gateway.ask(&analyst(), "query Stays { placements { nodes { startedOn } } }").await);
    let reply = gateway.ask(&officer(), EVENTS).await;
    let events = &reply.data()["auditEvents"]["nodes"];
    let stays = json!({ "role": "region_analyst", "outcome": "ANSWERED", "datasets": ["Placement"],
                        "rules": ["Placement: R/indirect"], "rows": 5, "operationName": "Stays" });
    assert_eq!(events, &json!([stays]));
    let again = gateway.ask(&officer(), EVENTS).await;
    let first = &again.data()["auditEvents"]["nodes"][0];
    let read = json!({ "role": "privacy_officer", "outcome": "ANSWERED", "datasets": ["AuditEvent"],
                       "rules": ["AuditEvent: reads the audit log"], "rows": 1, "operationName": "Log" });
    assert_eq!(first, &read);
    for role in Matrix::of(regiograph_tests::matrix::POLICY).role.iter().filter(|it| it.name != "privacy_officer") {
        let refused = gateway.ask(&role.someone(), "{ auditEvents { nodes { role } } }").await;
        assert_eq!(refused.code(), "GRAPHQL_VALIDATION_FAILED", "{}", role.name);
    }
}

#[tokio::test]
async fn the_log_is_read_page_by_page_and_by_what_is_looked_for() {
    let gateway = gateway().await;
    for query in ["{ viewer { role } }", "{", "{ placements { totalCount } }", "{ unheardOf }"] {
        let _ = gateway.ask(&analyst(), query).await;
        gateway.wait(86_400);
    }
    let day = |query: &'static str| async {
        let reply = gateway.ask(&officer(), query).await;
        reply.data()["auditEvents"]["nodes"].as_array().map_or(0, Vec::len)
    };
    assert_eq!(day("{ auditEvents(outcome: REFUSED) { nodes { at } } }").await, 2);
    assert_eq!(
        day("{ auditEvents(role: \"region_analyst\", from: \"2026-11-23\", until: \"2026-11-25\") { nodes { at } } }")
            .await,
        2
    );
    assert_eq!(day("{ auditEvents(organisation: \"JZ36\") { nodes { at } } }").await, 4);
    let (mut seen, mut after) = (0, Value::Null);
    loop {
        let reply = gateway.ask_with(&officer(), EVENTS, json!({ "first": 3, "after": after })).await;
        let page = reply.data()["auditEvents"].clone();
        seen += page["nodes"].as_array().map_or(0, Vec::len);
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            break;
        }
    }
    assert_eq!(seen, 7, "four questions and three looks at the log, and none of those of these pages");
    assert_eq!(records(&gateway, "event", &["number"]).len(), 10);
}
