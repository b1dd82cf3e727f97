//! Headers that name a trace are taken where they hold, and in no other case; metrics read well in both forms.

use std::time::Duration;

use super::*;

const GOOD: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

fn taken(traceparent: &str) -> Option<TraceContext> {
    TraceContext::incoming(&Incoming { traceparent: vec![traceparent], tracestate: Vec::new() })
}

#[test]
fn a_traceparent_is_taken_where_it_holds() {
    let context = taken(GOOD).unwrap();
    assert_eq!((context.trace_id().as_str(), context.sampled), ("4bf92f3577b34da6a3ce929d0e0e4736", true));
    assert_eq!(context.traceparent(context.parent.unwrap(), true), GOOD);
    assert!(!taken(&GOOD.replace("-01", "-00")).unwrap().sampled);
    assert!(taken(&GOOD.replacen("00", "cc", 1)).is_some(), "a version to come");
    assert!(taken(&format!("{}-more", GOOD.replacen("00", "cc", 1))).is_some());
    for wrong in [
        "",
        "00",
        &GOOD.to_uppercase(),
        &format!("{GOOD}-more"),
        &GOOD.replacen("00", "ff", 1),
        &GOOD.replace("4bf92f3577b34da6a3ce929d0e0e4736", "00000000000000000000000000000000"),
        &GOOD.replace("00f067aa0ba902b7", "0000000000000000"),
        &GOOD.replace('-', "_"),
        &GOOD.replace('4', "g"),
        "00-4bf92f3577b34da6a3ce929d0e0e473é-00f067aa0ba902b7-01",
    ] {
        assert_eq!(taken(wrong), None, "{wrong}");
    }
    let twice = Incoming { traceparent: vec![GOOD, GOOD], tracestate: Vec::new() };
    assert_eq!(TraceContext::incoming(&twice), None);
}

#[test]
fn a_tracestate_is_taken_whole_or_not_at_all() {
    let state = |values: &[&str]| {
        let incoming = Incoming { traceparent: vec![GOOD], tracestate: values.to_vec() };
        TraceContext::incoming(&incoming).unwrap().state.map(String::from)
    };
    assert_eq!(state(&["a=1, b@c=2", "d=x y"]).as_deref(), Some("a=1,b@c=2,d=x y"));
    for wrong in [&[][..], &[""], &["a"], &["A=1"], &["a=1=2"], &["a=é"], &["a="]] {
        assert_eq!(state(wrong), None, "{wrong:?}");
    }
    assert_eq!(state(&[&vec!["a=1"; 33].join(",")]), None);
    assert_eq!(state(&[&format!("a={}", "x".repeat(257))]), None);
}

#[tokio::test]
async fn a_trace_goes_on_to_what_is_asked_of_others() {
    let telemetry = Telemetry::new(|bytes| {
        bytes.fill(7);
        Ok(())
    });
    assert_eq!((outgoing(), trace_id()), (Vec::new(), None));
    let incoming = Incoming { traceparent: vec![GOOD], tracestate: vec!["a=1"] };
    let headers =
        telemetry.scope(&incoming).within(async { telemetry.operation(async { outgoing() }, |_| true).await });
    let traceparent = GOOD.replace("00f067aa0ba902b7", "0707070707070707");
    assert_eq!(headers.await, [("traceparent", traceparent), ("tracestate", "a=1".to_owned())]);
    let alone = telemetry.operation(async { trace_id() }, |_| false).await;
    assert_eq!(alone.as_deref(), Some("07070707070707070707070707070707"));
    assert!(
        telemetry.metrics.text(Format::Text).contains("regiograph_graphql_operations_total{outcome=\"refused\"} 1")
    );
}

#[test]
fn metrics_read_well_in_both_forms() {
    let telemetry = Telemetry::new(|_| Ok(()));
    telemetry.metrics.source("almata").asked("timed_out", Duration::from_millis(3));
    let open = telemetry.metrics.text(Format::OpenMetrics);
    assert!(open.ends_with("# EOF\n") && open.contains("# TYPE regiograph_source_requests counter\n"), "{open}");
    let text = telemetry.metrics.text(Format::Text);
    for line in [
        "# TYPE regiograph_source_requests_total counter",
        "regiograph_source_requests_total{source=\"almata\",outcome=\"timed_out\"} 1",
        "regiograph_source_requests_total{source=\"almata\",outcome=\"answered\"} 0",
        "# TYPE regiograph_build_info gauge",
        "regiograph_source_request_duration_seconds_bucket{le=\"0.005\",source=\"almata\"} 1",
        "# TYPE process_resident_memory_bytes gauge",
        "# TYPE process_cpu_seconds_total counter",
    ] {
        assert!(text.lines().any(|it| it == line), "{line} is not in\n{text}");
    }
    assert!(!text.contains("EOF"));
    for (accept, format) in [
        ("", Format::Text),
        ("text/plain;version=0.0.4", Format::Text),
        ("application/openmetrics-text;version=1.0.0;q=0.6,text/plain;q=0.4", Format::OpenMetrics),
        ("application/openmetrics-text;q=0,text/plain", Format::Text),
    ] {
        assert_eq!(Format::accepted(accept), format, "{accept}");
    }
}
