//! Operations over streams of events, from the head of the answer to its end.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request as HttpRequest, Response};
use futures_util::StreamExt;
use serde_json::{Value, json};

use super::{EVENTS, Echo, ask, error, gateway, get, header, post_with};
use crate::config::Http;
use crate::http::{Limits, router_within};

const HEADERS: [(&str, &str); 2] = [("content-type", "application/json"), ("accept", "text/event-stream")];

async fn stream(limits: Limits, query: &str) -> Response<Body> {
    let body = json!({ "query": query }).to_string();
    ask(router_within(Arc::new(Echo::default()), limits, &Http::default()), post_with(&HEADERS, body)).await
}

async fn text(answer: Response<Body>) -> String {
    assert_eq!((answer.status().as_u16(), header(&answer, "content-type")), (200, Some(EVENTS)));
    let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The response in the one `next`; after it there is `complete` and nothing else, before it at most comments.
fn next(text: &str) -> Value {
    let response = text.trim_start_matches(":\n\n").strip_prefix("event: next\ndata: ").unwrap();
    serde_json::from_str(response.strip_suffix("\n\nevent: complete\ndata: \n\n").unwrap()).unwrap()
}

#[tokio::test]
async fn an_operation_is_one_next_and_complete_whether_it_ran_or_not() {
    let limits = Limits { time: Duration::from_millis(20), ..Limits::default() };
    let answer = stream(limits, "{ a }").await;
    assert_eq!(header(&answer, "cache-control"), Some("private, no-store"));
    assert_eq!(header(&answer, "x-accel-buffering"), Some("no"));
    assert_eq!(next(&text(answer).await)["data"]["query"], "{ a }");
    let invalid = next(&text(stream(limits, "{ invalid }").await).await);
    assert_eq!(invalid, json!({ "errors": [{ "message": "no" }] }));
    for (query, message) in
        [("{ fault }", "something went wrong inside"), ("{ never }", "the request took longer than any request may")]
    {
        let told = next(&text(stream(limits, query).await).await);
        let error = json!({ "message": message, "extensions": { "code": "INTERNAL" } });
        assert_eq!(told, json!({ "errors": [error] }));
    }
}

#[tokio::test]
async fn a_query_streams_by_get_as_well_and_nothing_else_does() {
    let accepts = |address: &str| HttpRequest::get(address).header("accept", "text/event-stream");
    let request = accepts("/graphql?query=%7Ba%7D").body(Body::empty()).unwrap();
    assert_eq!(next(&text(ask(gateway(), request).await).await)["data"]["query"], "{a}");
    for (address, status) in [("/graphql?query=mutation%7Bb%7D", 405), ("/graphql", 400)] {
        let answer = ask(gateway(), accepts(address).body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status(), status);
        assert_eq!(error(answer).await.0, "BAD_USER_INPUT");
    }
}

#[tokio::test]
async fn what_is_refused_before_a_stream_begins_is_told_by_its_status() {
    let bad_token = [HEADERS[0], HEADERS[1], ("authorization", "Bearer bad")];
    for (headers, body, status, code) in [
        (&HEADERS[..], "{", 400, "BAD_USER_INPUT"),
        (&HEADERS[..], "{}", 400, "BAD_USER_INPUT"),
        (&HEADERS[1..], r#"{"query":"{ a }"}"#, 415, "BAD_USER_INPUT"),
        (&bad_token, r#"{"query":"{ a }"}"#, 401, "UNAUTHENTICATED"),
    ] {
        let answer = ask(gateway(), post_with(headers, body)).await;
        assert_eq!(answer.status(), status, "{body}");
        assert_eq!(header(&answer, "content-type"), Some("application/json; charset=utf-8"));
        assert_eq!(error(answer).await.0, code);
    }
}

#[tokio::test]
async fn streams_are_not_reserved() {
    for method in ["PUT", "DELETE"] {
        let request = HttpRequest::builder().method(method).uri("/graphql").header("accept", "text/event-stream");
        let answer = ask(gateway(), request.body(Body::empty()).unwrap()).await;
        assert_eq!((answer.status().as_u16(), header(&answer, "allow")), (405, Some("GET, HEAD, POST")));
        assert_eq!(error(answer).await.1.contains("distinct connections mode"), method == "PUT");
    }
    // A token of a reservation is of another server; the operation is answered where it was asked.
    let address = "/graphql?query=%7Ba%7D&token=secret";
    assert_eq!(get(address).await.status(), 200);
}

#[tokio::test]
async fn comments_keep_a_stream_alive_while_it_waits() {
    let limits = Limits { pause: Duration::from_millis(5), ..Limits::default() };
    let mut chunks = stream(limits, "{ never }").await.into_body().into_data_stream();
    for _ in 0..3 {
        assert_eq!(chunks.next().await.unwrap().unwrap(), ":\n\n");
    }
}
