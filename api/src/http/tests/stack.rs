//! What every request passes: limits, headers, the log; health, and a stop.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request as HttpRequest;
use axum::routing::get as route;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use super::{Echo, ask, body, error, gateway, get, header, post_with};
use crate::config::Http;
use crate::http::{Limits, router, router_within, serve};

#[tokio::test]
async fn a_request_is_bounded_in_size_and_time() {
    let limits = Limits { body: 100, time: Duration::from_millis(20), ..Limits::default() };
    let small = || router_within(Arc::new(Echo::default()), limits, &Http::default());
    let json = [("content-type", "application/json")];
    let query = |query: &str| post_with(&json, json!({ "query": query }).to_string());
    assert_eq!(ask(small(), query("{ a }")).await.status(), 200);
    let large = ask(small(), query(&"a".repeat(100))).await;
    assert_eq!((large.status().as_u16(), error(large).await.0), (413, "BAD_USER_INPUT".to_owned()));
    let slow = ask(small(), query("{ never }")).await;
    assert_eq!(header(&slow, "cache-control"), Some("private, no-store"));
    assert_eq!((slow.status().as_u16(), error(slow).await.0), (504, "INTERNAL".to_owned()));
}

#[tokio::test]
async fn what_is_cut_at_the_time_limit_leaves_its_event() {
    let echo = Echo::default();
    let given_up = Arc::clone(&echo.given_up);
    let limits = Limits { time: Duration::from_millis(50), ..Limits::default() };
    let router = router_within(Arc::new(echo), limits, &Http::default());
    let request = post_with(&[("content-type", "application/json")], r#"{ "query": "{ never }" }"#);
    assert_eq!(ask(router, request).await.status(), 504);
    let given_up = given_up.lock().unwrap();
    assert_eq!(given_up.iter().map(|it| (it.status, it.code)).collect::<Vec<_>>(), [(None, None)], "once");
}

#[tokio::test]
async fn a_fault_of_the_program_ends_one_request_and_not_the_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(serve(listener, gateway(), std::future::pending()));
    let talk = move || {
        let mut stream = TcpStream::connect(address).unwrap();
        let get = |query: &str, end: &str| format!("GET /graphql?query={query} HTTP/1.1\r\nHost: a\r\n{end}\r\n");
        stream.write_all(get("%7B+fault+%7D", "").as_bytes()).unwrap();
        stream.write_all(get("%7B+a+%7D", "Connection: close\r\n").as_bytes()).unwrap();
        let mut answers = String::new();
        stream.read_to_string(&mut answers).map(|_| answers)
    };
    let answers = tokio::task::spawn_blocking(talk).await.unwrap().unwrap();
    server.abort();
    let (fault, after) = answers.split_at(answers.rfind("HTTP/1.1").unwrap());
    assert!(fault.starts_with("HTTP/1.1 500") && fault.contains("cache-control: private, no-store"), "{fault}");
    assert!(fault.contains("nosniff") && !fault.contains("on purpose"), "{fault}");
    let body: serde_json::Value = serde_json::from_str(&fault[fault.find('{').unwrap()..]).unwrap();
    let extensions = json!({ "code": "INTERNAL", "traceId": "ab".repeat(16) });
    let error = json!({ "message": "something went wrong inside", "extensions": extensions });
    assert_eq!(body, json!({ "errors": [error] }));
    assert!(after.starts_with("HTTP/1.1 200"), "{after}");
}

#[tokio::test]
async fn health_tells_alive_from_ready() {
    for (address, ready, status, word) in [
        ("/health/live", true, 200, "live"),
        ("/health/live", false, 200, "live"),
        ("/health/ready", true, 200, "ready"),
        ("/health/ready", false, 503, "not ready"),
    ] {
        let request = HttpRequest::get(address).body(Body::empty()).unwrap();
        let answer = ask(router(Arc::new(Echo { unready: !ready, ..Echo::default() })), request).await;
        assert_eq!(answer.status(), status, "{address}");
        assert_eq!(header(&answer, "content-type"), Some("application/json"));
        let told = body(answer).await;
        assert_eq!(told["status"], word);
        if address == "/health/ready" {
            let sources = json!({ "configured": 3, "answering": 1, "failing": 1, "notAskedYet": 1 });
            assert_eq!((&told["store"], &told["policy"], &told["sources"]), (&json!(ready), &json!(true), &sources));
        }
    }
}

#[tokio::test]
async fn every_answer_is_safe_in_a_browser() {
    for address in ["/graphql?query=%7Ba%7D", "/graphql", "/health/live", "/nowhere"] {
        let answer = get(address).await;
        assert_eq!(header(&answer, "x-content-type-options"), Some("nosniff"), "{address}");
        assert_eq!(header(&answer, "referrer-policy"), Some("no-referrer"), "{address}");
        assert!(header(&answer, "content-security-policy").unwrap().contains("frame-ancestors 'none'"), "{address}");
    }
    assert_eq!(get("/nowhere").await.status(), 404);
}

#[tokio::test]
async fn the_log_tells_how_it_went_and_nothing_of_what_was_asked() {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let headers = [("content-type", "application/json"), ("authorization", "Bearer good")];
    ask(gateway(), post_with(&headers, r#"{"query":"{ secret }","variables":{"v":"secret"}}"#)).await;
    get("/graphql?query=%7Bsecret%7D&operationName=secret").await;
    get("/secret/of/someone").await;
    let headers = [("content-type", "application/json"), ("authorization", "Bearer secret")];
    ask(gateway(), post_with(&headers, "secret")).await;
    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    for part in [
        r#"method="POST" route="/graphql" status=200 elapsed_ms="#,
        r#"role="region_analyst""#,
        r#"method="GET" route="/graphql" status=200"#,
        r#"trace_id="abababababababababababababababab""#,
        "status=401",
    ] {
        assert!(log.contains(part), "{part} is not in {log}");
    }
    assert!(!log.contains("secret"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_lets_what_has_begun_end_and_takes_nothing_more() {
    let (begun, end, stop) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let (begins, ends, stops) = (begun.clone(), end.clone(), stop.clone());
    let slow = move || async move {
        begins.add_permits(1);
        ends.acquire().await.unwrap().forget();
        "done"
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stopped = async move { stops.acquire().await.unwrap().forget() };
    let server = tokio::spawn(serve(listener, Router::new().route("/", route(slow)), stopped));
    let idle = TcpStream::connect(address).unwrap();
    let client = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).map(|_| answer)
    });
    begun.acquire().await.unwrap().forget();
    stop.add_permits(1);
    end.add_permits(1);
    assert!(client.await.unwrap().unwrap().ends_with("done"));
    server.await.unwrap().unwrap();
    assert!(TcpStream::connect(address).is_err());
    drop(idle);
}

/// What was logged.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
