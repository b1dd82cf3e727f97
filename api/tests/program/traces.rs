//! Traces go to the collector that is configured, go on where a caller began them, and hold no value; a collector that is
//! not there, or hangs, is nobody's trouble.

use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::trace::v1::Span;
use serde_json::json;
use tokio::net::TcpListener;

use crate::{
    collector::{Collector, attribute},
    running::{QUERY, Running, start},
};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn ask(running: &Running, traceparent: Option<String>) {
    let mut request = running.post().json(&json!({ "query": QUERY }));
    if let Some(traceparent) = traceparent {
        request = request.header("traceparent", traceparent).header("tracestate", "vendor=1");
    }
    assert_eq!(request.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_trace_goes_on_from_request_to_operation_to_source() {
    let (collector, address) = Collector::start().await;
    let running = start(&format!("[telemetry]\notlp = \"{address}\"\nservice = \"gateway-zw\""), &[]).await;
    ask(&running, Some(format!("00-{TRACE}-{PARENT}-01"))).await;
    running.signal("TERM");
    let (_, log) = running.end();
    collector.wait_for("POST /graphql").await;
    let spans = collector.spans();
    let named =
        |name: &str| spans.iter().find(|it| it.name == name).unwrap_or_else(|| panic!("{name}: {spans:?}{log}"));
    let (request, operation) = (named("POST /graphql"), named("graphql operation"));
    assert_eq!((hex(&request.trace_id), hex(&request.parent_span_id)), (TRACE.to_owned(), PARENT.to_owned()));
    assert_eq!((request.kind, request.trace_state.as_str()), (2, "vendor=1"));
    assert_eq!(operation.parent_span_id, request.span_id);
    let of_request = |it: &&Span| it.name.starts_with("source ") && it.trace_id == request.trace_id;
    let sources: Vec<&Span> = spans.iter().filter(of_request).collect();
    assert!(sources.iter().any(|it| it.name == "source rows") && sources.iter().any(|it| it.name == "source count"));
    for source in sources {
        assert_eq!((&source.parent_span_id, source.kind), (&operation.span_id, 3));
        assert_eq!(attribute(&source.attributes, "dataset").as_deref(), Some("Placement"));
        assert_eq!(attribute(&source.attributes, "outcome").as_deref(), Some("answered"));
    }
    for (key, value) in
        [("http.request.method", "POST"), ("http.route", "/graphql"), ("http.response.status_code", "200")]
    {
        assert_eq!(attribute(&request.attributes, key).as_deref(), Some(value), "{key}");
    }
    assert_eq!(attribute(&collector.resources(), "service.name").as_deref(), Some("gateway-zw"));
    let all = format!("{spans:?}{:?}", collector.resources());
    assert!(["secret", "Secret", "2001-02-03", "GI01"].iter().all(|it| !all.contains(it)), "{all}");
}

#[tokio::test]
async fn a_trace_that_begins_here_bears_the_id_of_the_log() {
    let (collector, address) = Collector::start().await;
    let running = start(&format!("[telemetry]\notlp = \"{address}\""), &[("REGIOGRAPH_LOG_FORMAT", "json")]).await;
    ask(&running, None).await;
    running.signal("TERM");
    let (_, log) = running.end();
    collector.wait_for("POST /graphql").await;
    let spans = collector.spans();
    let request = spans.iter().find(|it| it.name == "POST /graphql").unwrap();
    let line = log.lines().find(|line| line.contains("answered a request")).unwrap();
    assert!(line.contains(&format!("\"trace_id\":\"{}\"", hex(&request.trace_id))), "{line} {spans:?}");
}

#[tokio::test]
async fn only_the_share_that_is_asked_for_is_sent() {
    let (collector, address) = Collector::start().await;
    let running = start(&format!("[telemetry]\notlp = \"{address}\"\nsampling = 0.0"), &[]).await;
    ask(&running, None).await;
    ask(&running, Some(format!("00-{TRACE}-{PARENT}-00"))).await;
    ask(&running, Some(format!("00-{TRACE}-{PARENT}-01"))).await;
    running.signal("TERM");
    running.end();
    collector.wait_for("POST /graphql").await;
    let requests = collector.spans().into_iter().filter(|it| it.name == "POST /graphql").count();
    assert_eq!(requests, 1, "the one that its caller keeps");
}

#[tokio::test]
async fn a_collector_that_is_gone_or_hangs_neither_fails_nor_slows_a_request() {
    let hanging = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    for address in [gone, hanging.local_addr().unwrap()] {
        let running = start(&format!("[telemetry]\notlp = \"http://{address}\""), &[]).await;
        for _ in 0..20 {
            ask(&running, None).await;
        }
        let began = Instant::now();
        running.signal("TERM");
        let (status, log) = running.end();
        assert_eq!(status.code(), Some(0), "{log}");
        assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    }
}
