//! GraphQL over streams of events, in the protocol graphql-sse: the same answers to the same callers as over HTTP.

use regiograph_tests::{
    caller::As,
    gateway::{Gateway, Reply, SourceSetup},
    row::{Row, dataset},
};
use reqwest::header::HeaderValue;
use serde_json::{Value, json};

async fn gateway() -> Gateway {
    let placement = |id: i64| Row::of(dataset("Placement")).with("id", id).with("region", "JZ36".to_owned());
    Gateway::over([SourceSetup::of_provider("almata", "ALMATA").rows([placement(1), placement(2)])]).await
}

async fn stream(gateway: &Gateway, caller: &As, query: &str) -> Reply {
    let request = gateway.post(caller).header("accept", "text/event-stream");
    gateway.send(request.json(&json!({ "query": query }))).await
}

/// The response in the one `next`; after it there is `complete` and nothing else.
fn next(reply: &Reply) -> Value {
    assert_eq!(
        (reply.status, &reply.headers["content-type"]),
        (200, &HeaderValue::from_static("text/event-stream; charset=utf-8"))
    );
    assert_eq!(reply.headers["cache-control"], "private, no-store");
    let events = reply.text.trim_start_matches(":\n\n").strip_prefix("event: next\ndata: ");
    let response = events.and_then(|events| events.strip_suffix("\n\nevent: complete\ndata: \n\n"));
    serde_json::from_str(response.expect("one next and complete")).expect("one line of JSON")
}

#[tokio::test]
async fn a_stream_holds_the_answer_over_http_whether_it_ran_or_not() {
    let gateway = gateway().await;
    for caller in [As::role("region_analyst").of("JZ36"), As::public()] {
        for query in [
            "{ viewer { role } placements { totalCount nodes { id } } }",
            "{ __schema { queryType { name } } }",
            "{ capacityReports(first: -1) { totalCount } }",
            "{ unheardOf }",
            "{",
            "mutation { change }",
        ] {
            let reply = stream(&gateway, &caller, query).await;
            assert_eq!(next(&reply), gateway.ask(&caller, query).await.body, "{query}");
        }
    }
}

#[tokio::test]
async fn queries_alone_stream_by_get() {
    let gateway = gateway().await;
    let get = |query: &str| {
        let request = gateway.client().get(gateway.url()).header("accept", "text/event-stream");
        gateway.send(request.query(&[("query", query)]))
    };
    assert_eq!(next(&get("{ viewer { role } }").await)["data"]["viewer"]["role"], "public");
    let refused = get("mutation { change }").await;
    assert_eq!((refused.status, refused.code()), (405, "BAD_USER_INPUT"));
}

#[tokio::test]
async fn what_is_wrong_before_a_stream_is_told_by_the_status() {
    let gateway = gateway().await;
    let post = || gateway.client().post(gateway.url()).header("accept", "text/event-stream");
    let query = json!({ "query": "{ viewer { role } }" });
    for (status, code, request) in [
        (401, "UNAUTHENTICATED", post().bearer_auth("bad").json(&query)),
        (400, "BAD_USER_INPUT", post().json(&json!({}))),
        (415, "BAD_USER_INPUT", post().body(query.to_string())),
        (413, "BAD_USER_INPUT", post().json(&json!({ "query": "a".repeat(2_000_000) }))),
        (405, "BAD_USER_INPUT", gateway.client().put(gateway.url())),
    ] {
        let reply = gateway.send(request).await;
        assert_eq!((reply.status, reply.code()), (status, code), "{}", reply.text);
        assert_eq!(reply.headers["cache-control"], "private, no-store");
    }
}

#[tokio::test]
async fn a_client_that_takes_json_too_is_streamed_to_only_where_it_likes_that_best() {
    let gateway = gateway().await;
    for (accept, content) in [
        ("text/event-stream, application/json;q=0.9", "text/event-stream; charset=utf-8"),
        ("application/json, text/event-stream", "application/json; charset=utf-8"),
        ("*/*", "application/graphql-response+json; charset=utf-8"),
    ] {
        let request = gateway.client().post(gateway.url()).header("accept", accept);
        let reply = gateway.send(request.json(&json!({ "query": "{ viewer { role } }" }))).await;
        assert_eq!((reply.status, reply.headers["content-type"].as_bytes()), (200, content.as_bytes()), "{accept}");
    }
}
