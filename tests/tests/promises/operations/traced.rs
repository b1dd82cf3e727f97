//! A request's trace is in every line of the log that it causes, whoever began the trace; what does not hold as one is
//! replaced and stands nowhere.

use regiograph_tests::{
    caller::As,
    gateway::{Gateway, SourceSetup},
    log::Log,
    trouble,
};
use serde_json::json;

const TRACE: &str = "7c1f2a9be0d34c58a6f1b2c3d4e5f607";

#[tokio::test]
async fn every_line_of_a_request_bears_its_trace() {
    let lines = Log::listen();
    let gateway = Gateway::over([SourceSetup::of_provider("traced-gone", "ALMATA")]).await;
    trouble::take_away(&gateway.file("traced-gone"));
    let query = json!({ "query": "{ capacityReports { totalCount } }" });
    let request = gateway.post(&As::public()).header("traceparent", format!("00-{TRACE}-00f067aa0ba902b7-01"));
    assert_eq!(gateway.send(request.json(&query)).await.status, 200);
    let log = lines.text();
    let traced: Vec<_> = log.lines().filter(|line| line.contains(TRACE)).collect();
    for part in ["a source is asked", "a source did not answer", "answered a request", "route=\"/graphql\""] {
        assert!(traced.iter().any(|line| line.contains(part)), "{part} is not in {traced:?}");
    }
    let of_source: Vec<_> = log.lines().filter(|line| line.contains("traced-gone")).collect();
    assert!(of_source.len() >= 2 && of_source.iter().all(|line| line.contains(TRACE)), "{of_source:?}");
}

#[tokio::test]
async fn what_is_no_trace_is_not_taken_for_one() {
    let lines = Log::listen();
    let gateway = Gateway::over([]).await;
    let query = json!({ "query": "{ viewer { role } }" });
    for wrong in ["no-trace-at-all", "00-00000000000000000000000000000000-00f067aa0ba902b7-01"] {
        let request = gateway.post(&As::public()).header("traceparent", wrong).header("tracestate", "no-state-at-all");
        assert_eq!(gateway.send(request.json(&query)).await.status, 200);
    }
    let log = lines.text();
    assert!(!log.contains("-at-all") && !log.contains("trace_id=\"00000000000000000000000000000000\""));
}
