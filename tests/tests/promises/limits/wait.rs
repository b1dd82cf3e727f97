//! Whoever has asked all that may be asked in a minute is told in seconds when to ask again, whichever way it asks.

use regiograph::config::Limits;
use regiograph_tests::{
    caller::As,
    gateway::{Gateway, Setup, SourceSetup},
    socket::Socket,
};
use serde_json::{Value, json};

const PAGE: &str = "{ placements(first: 100) { nodes { id startedOn } } }";

fn provider() -> As {
    As::role("provider").of("ALMATA")
}

/// A gateway of which the provider has asked all that it may.
async fn spent() -> Gateway {
    let limits = Limits { minute_cost: 700, ..Limits::default() };
    let gateway = Setup::of([SourceSetup::of_provider("almata", "ALMATA")]).limits(limits).start().await;
    while gateway.ask(&provider(), PAGE).await.status == 200 {}
    gateway
}

fn seconds(errors: &Value) -> u64 {
    let extensions = &errors[0]["extensions"];
    assert_eq!(extensions["code"], "RATE_LIMITED", "{errors}");
    extensions["retryAfter"].as_u64().expect("it is told in whole seconds")
}

#[tokio::test]
async fn the_wait_is_told_in_seconds_over_every_transport_and_is_enough() {
    let gateway = spent().await;
    let by_post = gateway.ask(&provider(), PAGE).await;
    assert_eq!(by_post.status, 429);
    let wait = seconds(&by_post.body["errors"]);
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(by_post.headers["retry-after"].to_str().ok(), Some(&*wait.to_string()));
    let stream = gateway.post(&provider()).header("accept", "text/event-stream").json(&json!({ "query": PAGE }));
    let stream = gateway.send(stream).await;
    let next = stream.text.lines().find_map(|line| line.strip_prefix("data: ")).expect("there is a next");
    let told: Value = serde_json::from_str(next).expect("it is JSON");
    assert!(seconds(&told["errors"]) >= wait);
    let mut socket = Socket::with_token(&gateway, gateway.token(&provider()).as_deref()).await;
    socket.subscribe("1", PAGE).await;
    let told = socket.hear().await.expect("it stays open");
    assert_eq!(told["type"], "error");
    let wait = seconds(&told["payload"]);
    gateway.wait(i64::try_from(wait).expect("it is less than a minute"));
    assert_eq!(gateway.ask(&provider(), PAGE).await.status, 200, "whoever waits so long is answered");
    gateway.wait(60);
    let other = gateway.ask(&provider(), "{ nothing }").await;
    assert!(other.body["errors"][0]["extensions"].get("retryAfter").is_none(), "only a wait helps with that");
}
