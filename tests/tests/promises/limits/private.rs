//! Whatever came of a request, no cache keeps it, and none mixes up two callers.

use std::time::Duration;

use regiograph::{
    config::{Config, Limits},
    source::{
        Select,
        node::{link::As as Whom, wire::Ask},
    },
};
use regiograph_tests::{
    caller::As,
    gateway::{Gateway, Listing, Reply, Setup, SourceSetup},
    node::{Asking, KEY, key_file},
    row::{Row, dataset},
    trouble,
};
use reqwest::Method;
use serde_json::json;

const PORTAL: &str = "https://portal.example.org";
const PAGE: &str = "{ placements(first: 100) { nodes { id startedOn } } }";

fn analyst() -> As {
    As::role("region_analyst").of("JZ36")
}

/// Private, never stored, and told apart by who asks and for what; said once.
fn is_private(reply: &Reply, status: u16, what: &str) {
    assert_eq!(reply.status, status, "{what}: {}", reply.text);
    let all = |name: &str| -> Vec<_> { reply.headers.get_all(name).iter().filter_map(|it| it.to_str().ok()).collect() };
    assert_eq!(all("cache-control"), ["private, no-store"], "{what}");
    let vary = all("vary").join(", ").to_ascii_lowercase();
    assert!(vary.contains("authorization") && vary.contains("accept"), "{what}: {vary}");
}

async fn gateway(folder: &tempfile::TempDir) -> Gateway {
    let text = format!("[http]\ncors = [\"{PORTAL}\"]");
    let http = Config::parse(&text, std::path::Path::new("x.toml")).expect("it is a configuration").http;
    let listing = Listing {
        name: "national".to_owned(),
        key: key_file(folder.path(), KEY),
        sources: vec!["almata".to_owned()],
        vouches: false,
        releases: false,
    };
    let row = Row::of(dataset("Placement")).with("region", "JZ36".to_owned());
    let source = SourceSetup::of_provider("almata", "ALMATA").rows([row]);
    Setup::of([source]).listing([listing]).http(http).audited().start().await
}

#[tokio::test]
async fn every_answer_and_every_refusal_is_for_who_asked_alone() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let gateway = gateway(&folder).await;
    let url = gateway.url();
    let post = || gateway.post(&analyst());
    let document = json!({ "query": PAGE });
    let handshake = gateway.client().get(&url).header("connection", "upgrade").header("upgrade", "websocket");
    let preflight = gateway.client().request(Method::OPTIONS, &url).header("origin", PORTAL);
    let preflight = preflight.header("access-control-request-method", "POST");
    let node = url.replace("/graphql", "/node");
    for (status, request, what) in [
        (200, post().json(&document), "an answer"),
        (200, post().json(&document).header("origin", PORTAL), "an answer to a page"),
        (200, post().json(&document).header("accept", "text/event-stream"), "a stream"),
        (400, post().json(&json!({ "query": "{" })), "no document"),
        (400, post().body("{").header("content-type", "application/json"), "no request"),
        (401, gateway.client().post(&url).bearer_auth("forged").json(&document), "a forged token"),
        (405, gateway.client().put(&url), "another method"),
        (406, post().json(&document).header("accept", "text/html"), "another type"),
        (413, post().json(&json!({ "query": "a".repeat(2_000_000) })), "too much"),
        (415, post().body(document.to_string()), "no JSON"),
        (403, handshake.header("origin", "https://elsewhere.invalid"), "a handshake of another site"),
        (200, preflight, "a preflight"),
        (401, gateway.client().post(&node).body("{}"), "a question of nobody"),
        (404, gateway.client().get(&node), "no question"),
        (404, gateway.client().get(url.replace("/graphql", "/nowhere")), "nowhere"),
    ] {
        is_private(&gateway.send(request).await, status, what);
    }
    let asking = Asking::of(&gateway);
    let bearer = format!("Bearer {}", gateway.token(&analyst()).expect("the role has a token"));
    let body = asking.question("almata", Ask::Rows(std::sync::Arc::new(Select::whole(dataset("Placement"), 10))));
    is_private(&asking.ask(&body, Some(&bearer), Whom::Someone).await, 200, "a question of another gateway");
    let broken = "CREATE TRIGGER broken BEFORE INSERT ON audit_event BEGIN SELECT RAISE(ABORT, 'full'); END";
    let log = rusqlite::Connection::open(gateway.folder().join("audit.sqlite")).expect("the log has a file");
    log.execute_batch(broken).expect("the log can be broken");
    is_private(&gateway.send(post().json(&document)).await, 503, "no log");
}

#[tokio::test]
async fn so_are_what_comes_too_soon_and_what_takes_too_long() {
    let poor = Limits { minute_cost: 700, ..Limits::default() };
    let poor = Setup::of([SourceSetup::of_provider("almata", "ALMATA")]).limits(poor).start().await;
    while poor.ask(&analyst(), PAGE).await.status == 200 {}
    is_private(&poor.ask(&analyst(), PAGE).await, 429, "too much in a minute");
    let row = Row::of(dataset("Placement")).with("region", "JZ36".to_owned());
    let source = SourceSetup::of_provider("almata", "ALMATA").rows([row]);
    let slow = Setup::of([source]).time(Duration::from_millis(500)).start().await;
    trouble::make_slow(&slow.file("almata"), dataset("Placement"));
    is_private(&slow.ask(&analyst(), PAGE).await, 504, "too long");
}
