//! The reader of the log finds what there is to look for after a leak: whose token, which program, which dataset, which
//! trace; and is told where a page cannot be found.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use regiograph_tests::{caller::As, gateway::Gateway};
use serde_json::{Value, json};

use super::{analyst, answered, gateway, open, records};

const EVENTS: &str = "query($subject: String, $client: String, $dataset: String, $traceId: String, $after: String) { \
    auditEvents(subject: $subject, client: $client, dataset: $dataset, traceId: $traceId, after: $after) { \
    nodes { subject client datasets traceId } pageInfo { endCursor } } }";

async fn found(gateway: &Gateway, by: Value) -> Vec<Value> {
    let reply = gateway.ask_with(&As::role("privacy_officer"), EVENTS, by).await;
    reply.data()["auditEvents"]["nodes"].as_array().cloned().unwrap_or_default()
}

#[tokio::test]
async fn events_are_found_by_whose_they_are_their_program_their_dataset_and_their_trace() {
    let gateway = gateway().await;
    for query in ["{ placements { nodes { startedOn } } }", "{ placements { totalCount } referrals { totalCount } }"] {
        answered(&gateway.ask(&analyst(), query).await);
    }
    answered(&gateway.ask(&analyst(), "{ viewer { role } }").await);
    let all = found(&gateway, json!({})).await;
    assert_eq!(all.len(), 3);
    // The reader is the same person here, whose first look is among these; each look has a trace of its own.
    for (name, expected) in [("subject", 4), ("traceId", 1)] {
        let value = all[0][name].as_str().unwrap_or_default();
        assert!(!value.is_empty(), "{name}");
        let found = found(&gateway, json!({ name: value })).await;
        assert!(found.len() == expected && found.iter().all(|it| it[name] == value), "{name}: {found:?}");
    }
    assert_eq!(found(&gateway, json!({ "dataset": "Placement" })).await.len(), 2);
    assert_eq!(found(&gateway, json!({ "dataset": "Referral" })).await.len(), 1);
    assert_eq!(found(&gateway, json!({ "dataset": "Refer" })).await, Vec::<Value>::new(), "part of a name is none");
    for name in ["subject", "client", "traceId"] {
        assert_eq!(found(&gateway, json!({ name: "nobody" })).await, Vec::<Value>::new(), "{name}");
    }
}

#[tokio::test]
async fn a_cursor_of_no_event_is_refused_and_not_taken_for_the_end() {
    let gateway = gateway().await;
    answered(&gateway.ask(&analyst(), "{ viewer { role } }").await);
    let reply = gateway.ask_with(&As::role("privacy_officer"), EVENTS, json!({})).await;
    let cursor = reply.data()["auditEvents"]["pageInfo"]["endCursor"].as_str().expect("there is an event").to_owned();
    assert_eq!(found(&gateway, json!({ "after": cursor })).await, Vec::<Value>::new(), "it is the last");
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(&cursor).expect("it is base64")).expect("it is text");
    let moved = |from: &str, to: &str| URL_SAFE_NO_PAD.encode(text.replacen(from, to, 1));
    let damaged =
        ["forged".to_owned(), String::new(), cursor[1..].to_owned(), moved(":1:", ":7:"), moved(":test", ":other")];
    for after in damaged {
        let reply = gateway.ask_with(&As::role("privacy_officer"), EVENTS, json!({ "after": after })).await;
        assert_eq!(reply.code(), "BAD_USER_INPUT", "{after}: {}", reply.text);
        assert!(reply.message().contains("after"), "{}", reply.text);
    }
}

#[tokio::test]
async fn what_is_looked_for_has_its_index_also_in_a_log_of_before() {
    let gateway = gateway().await;
    answered(&gateway.ask(&analyst(), "{ viewer { role } }").await);
    let before = "DROP INDEX audit_event_organisation_at; DROP INDEX audit_event_role_at; DROP INDEX audit_event_subject_at; \
                  DROP INDEX audit_event_client_at; DROP INDEX audit_event_trace; \
                  DELETE FROM audit_migrations WHERE version LIKE '%asked%'";
    open(&gateway).execute_batch(before).expect("the log can be put back to what it was");
    let other = regiograph::audit::Audit::start(gateway.log().clone());
    other.sign().await.expect("the log can be signed");
    let connection = open(&gateway);
    for (condition, index) in [
        ("organisation = 'JZ36'", "audit_event_organisation_at"),
        ("role = 'region_analyst'", "audit_event_role_at"),
        ("subject = 'someone'", "audit_event_subject_at"),
        ("client = 'portal'", "audit_event_client_at"),
        ("trace = '0af7'", "audit_event_trace"),
    ] {
        let sql = format!("EXPLAIN QUERY PLAN SELECT * FROM audit_event WHERE {condition} ORDER BY at DESC LIMIT 51");
        let plan: String = connection.query_row(&sql, [], |row| row.get(3)).expect("there is a plan");
        assert!(plan.contains(index), "{condition}: {plan}");
    }
    assert_eq!(records(&gateway, "event", &["number"]).len(), 1);
}
