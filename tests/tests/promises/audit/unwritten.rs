//! Where the log cannot be written, nobody is answered who could be shown anything about a person.

use serde_json::json;

use super::{analyst, answered, faults, follower, gateway, open, records};

const BROKEN: &str = "CREATE TRIGGER broken BEFORE INSERT ON audit_event BEGIN SELECT RAISE(ABORT, 'full'); END";

#[tokio::test]
async fn nothing_about_persons_is_told_while_the_log_cannot_be_written() {
    let gateway = gateway().await;
    let query = "{ placements { nodes { startedOn } } }";
    answered(&gateway.ask(&analyst(), query).await);
    open(&gateway).execute_batch(BROKEN).expect("the log can be broken");
    for caller in [analyst(), follower()] {
        let refused = gateway.ask(&caller, query).await;
        assert_eq!((refused.status, refused.code()), (503, "INTERNAL"), "{}", refused.text);
        assert!(refused.message().contains("audit log"), "{}", refused.text);
        assert!(!refused.text.contains("2025-03"));
        let stream = gateway.post(&caller).header("accept", "text/event-stream").json(&json!({ "query": query }));
        assert!(!gateway.send(stream).await.text.contains("2025-03"));
    }
    let reports = "{ capacityReports { totalCount } }";
    let public = gateway.ask(&regiograph_tests::caller::As::public(), reports).await;
    assert_eq!(public.data()["capacityReports"]["totalCount"], 0, "what everyone may see goes on");
    open(&gateway).execute_batch("DROP TRIGGER broken").expect("it can be mended");
    answered(&gateway.ask(&analyst(), query).await);
    assert_eq!(records(&gateway, "event", &["number"]).len(), 2);
    assert_eq!(faults(&gateway).await, Vec::<String>::new());
}
