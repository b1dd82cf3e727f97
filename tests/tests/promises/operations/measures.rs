//! Measures tell how each source does and which errors clients meet, at an address of their own, and nothing that anyone
//! asked or was shown.

use std::time::Duration;

use regiograph_tests::{
    caller::As,
    gateway::{Gateway, SourceSetup},
    row::{Row, dataset},
    trouble,
};

const QUERY: &str = "query SecretOperation { placements(filter: { municipality: { code: { eq: \"GM0748\" } } }) { \
    totalCount nodes { startedOn } completeness { complete } } }";

fn source(name: &str) -> SourceSetup {
    let row = |id: i64| Row::of(dataset("Placement")).with("id", id).with("municipality", "GM0748".to_owned());
    SourceSetup::of_provider(name, "ALMATA").rows([row(1), row(2), row(3)])
}

/// The number after a measure with exactly these labels.
fn number(text: &str, measure: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(measure)?.strip_prefix(' '));
    assert!(line.is_some(), "{measure} is not in\n{text}");
    line.unwrap_or_default().parse().expect("measures are numbers")
}

#[tokio::test]
async fn measures_tell_how_each_source_does() {
    let slow = source("slow").deadline(Duration::from_millis(100));
    let gateway = Gateway::over([source("sound"), source("gone"), source("drifted"), slow]).await;
    let caller = As::role("provider").of("ALMATA");
    assert_eq!(gateway.ask(&caller, QUERY).await.data()["placements"]["totalCount"], 12);
    trouble::take_away(&gateway.file("gone"));
    trouble::drop_column(&gateway.file("drifted"), dataset("Placement"), "started_on");
    trouble::make_slow(&gateway.file("slow"), dataset("Placement"));
    assert_eq!(gateway.ask(&caller, QUERY).await.data()["placements"]["completeness"]["complete"], false);
    let text = gateway.metrics().await;
    for (source, outcome) in [("gone", "unreachable"), ("drifted", "drifted"), ("slow", "timed_out")] {
        let asked = |outcome| format!("regiograph_source_requests_total{{source=\"{source}\",outcome=\"{outcome}\"}}");
        assert!(number(&text, &asked(outcome)) >= 1.0, "{source}");
        assert!(number(&text, &asked("answered")) >= 1.0, "{source} answered before");
    }
    assert!(number(&text, "regiograph_source_rows_read_total{source=\"sound\"}") >= 6.0);
    assert!(number(&text, "regiograph_source_request_duration_seconds_count{source=\"slow\"}") >= 2.0);
    assert!(number(&text, "regiograph_source_request_duration_seconds_sum{source=\"slow\"}") >= 0.1);
    assert!(number(&text, "regiograph_source_connections_max{source=\"sound\"}") >= 1.0);
    assert!(number(&text, "regiograph_cache_entries{cache=\"schemas\"}") >= 1.0);
    assert!(number(&text, "process_resident_memory_bytes") > 1_000_000.0);
    assert_eq!(number(&text, "regiograph_graphql_operations_total{outcome=\"executed\"}"), 2.0);
}

#[tokio::test]
async fn measures_count_requests_and_errors_and_repeat_nothing_of_them() {
    let gateway = Gateway::over([source("sound")]).await;
    let caller = As::role("provider").of("ALMATA");
    let token = gateway.token(&caller).unwrap_or_default();
    gateway.ask(&caller, QUERY).await;
    gateway.ask(&caller, "query SecretOperation { secretField }").await;
    gateway.ask(&caller, "{ placements(first: 90909) { totalCount } }").await;
    let wrong = gateway.client().post(gateway.url()).bearer_auth("secret-token").body("{}");
    assert_eq!(gateway.send(wrong.header("content-type", "application/json")).await.status, 401);
    let strange = format!("{}/secret-path", gateway.url());
    let method = reqwest::Method::from_bytes(b"SECRET").expect("methods are words");
    gateway.send(gateway.client().request(method, strange)).await;
    let text = gateway.metrics().await;
    for (measure, times) in [
        ("regiograph_graphql_errors_total{code=\"GRAPHQL_VALIDATION_FAILED\"}", 1.0),
        ("regiograph_graphql_errors_total{code=\"BAD_USER_INPUT\"}", 1.0),
        ("regiograph_graphql_errors_total{code=\"UNAUTHENTICATED\"}", 1.0),
        ("regiograph_http_requests_total{route=\"/graphql\",method=\"POST\",status=\"4xx\"}", 1.0),
        ("regiograph_http_requests_total{route=\"unmatched\",method=\"_OTHER\",status=\"4xx\"}", 1.0),
        ("regiograph_http_requests_in_flight", 0.0),
    ] {
        assert!(number(&text, measure) >= times, "{measure} in\n{text}");
    }
    for secret in ["SecretOperation", "secret", "SECRET", "GM0748", "90909", "ALMATA", &token] {
        assert!(!text.contains(secret), "{secret} is in\n{text}");
    }
    let public = gateway.url().replace("/graphql", "/metrics");
    assert_eq!(gateway.send(gateway.client().get(public)).await.status, 404, "clients do not reach them");
}

#[tokio::test]
async fn a_question_that_no_source_is_asked_is_measured_too() {
    let gateway = Gateway::over([]).await;
    assert_eq!(gateway.ask(&As::public(), "{ viewer { role } }").await.data()["viewer"]["role"], "public");
    assert!(number(&gateway.metrics().await, "regiograph_graphql_operation_duration_seconds_count") >= 1.0);
}
