//! The log as JSON: one object per line, one line per request, its trace in all of them, and no value anywhere.

use serde_json::{Value, json};

use crate::running::{QUERY, start};

const TRACE: &str = "5be1d2c3f4a5968778695a4b3c2d1e0f";

fn objects(log: &str) -> Vec<Value> {
    log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line} is no JSON"))).collect()
}

#[tokio::test]
async fn lines_are_json_where_that_is_asked_for() {
    for (before, environment) in [("[log]\nformat = \"json\"", &[][..]), ("", &[("REGIOGRAPH_LOG_FORMAT", "json")])] {
        let running = start(before, environment).await;
        let request = running.post().query(&[("secret", "1")]).json(&json!({ "query": QUERY }));
        let request = request.header("traceparent", format!("00-{TRACE}-00f067aa0ba902b7-00"));
        assert_eq!(request.send().await.unwrap().status(), 200);
        running.logged("answered a request").await;
        running.signal("TERM");
        let (_, log) = running.end();
        let lines = objects(&log);
        let answered: Vec<_> = lines.iter().filter(|it| it["message"] == "answered a request").collect();
        assert_eq!(answered.len(), 1, "{log}");
        let line = answered[0];
        let told = (&line["method"], &line["route"], &line["status"], &line["role"], &line["trace_id"]);
        let (method, route, status) = (json!("POST"), json!("/graphql"), json!(200));
        assert_eq!(told, (&method, &route, &status, &json!("certified_institution"), &json!(TRACE)));
        assert!(line["elapsed_ms"].is_u64() && line["timestamp"].is_string() && line["level"] == "info", "{line}");
        assert!(["secret", "Secret", "2001", "otel."].iter().all(|it| !log.contains(it)), "{log}");
    }
}

#[test]
fn another_form_of_the_log_is_refused() {
    let program = std::process::Command::new(env!("CARGO_BIN_EXE_regiograph"))
        .arg("policy")
        .env("REGIOGRAPH_LOG_FORMAT", "xml")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&program.stderr).into_owned();
    assert!(!program.status.success() && said.contains("REGIOGRAPH_LOG_FORMAT is neither text nor json"), "{said}");
}
