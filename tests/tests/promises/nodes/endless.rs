//! A node that sends without end, or far more than anyone asked for, costs its own rows and nothing else.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{Router, body::Body, response::Response};
use bytes::Bytes;
use futures_util::stream;
use regiograph::source::node::wire::{PROTOCOL, PROTOCOL_HEADER};
use regiograph_tests::gateway::{Gateway, Setup, SourceSetup};
use tokio::net::TcpListener;

use super::{follower, policy, sources};

const LIST: &str = "{ placements(first: 5) { nodes { startedOn source { name } } \
    completeness { complete sources { source { name } status reason } } } }";

const TABLE: &str = "{ placementStatistics { groups { rows } } }";

/// A node that begins an answer so, and goes on so for ever.
struct Played {
    url: String,
    sent: Arc<AtomicUsize>,
}

async fn played(start: &'static str, more: &'static str) -> Played {
    let sent = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&sent);
    let answer = move || async move {
        let part = Bytes::from(more.repeat(64 * 1024 / more.len()));
        let parts = stream::unfold(0_usize, move |number| {
            let part = if number == 0 { Bytes::from_static(start.as_bytes()) } else { part.clone() };
            counted.fetch_add(part.len(), Ordering::Relaxed);
            std::future::ready(Some((Ok::<_, std::io::Error>(part), number + 1)))
        });
        Response::builder().header(PROTOCOL_HEADER, PROTOCOL).body(Body::from_stream(parts)).expect("it is an answer")
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
    let url = format!("http://{}", listener.local_addr().expect("a listener has an address"));
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    Played { url, sent }
}

async fn over(node: &Played) -> Gateway {
    let [almata, ..] = sources();
    let far = SourceSetup::of_provider("horizon", "HORIZON").deadline(Duration::from_secs(30)).at_node(&node.url);
    Setup::of([almata, far]).policy(policy()).start().await
}

#[tokio::test]
async fn an_answer_without_end_is_read_no_further_than_any_answer_is_long() {
    for (start, more) in [
        (r#"{"rows":[["#, " "),
        (r#"{"rows":[["#, "[1,null],"),
        (r#"{"rows":[[["#, "0,"),
        (r#"{"rows":[["#, "[],"),
        (r#"{"rows":[[[1,""#, "a"),
        (r#"{"rows":[[],["#, r#""","#),
        (r#"{"check":["#, r#"{"dataset":"","rows":0},"#),
        ("", "["),
    ] {
        let node = played(start, more).await;
        let gateway = over(&node).await;
        let began = Instant::now();
        let reply = gateway.ask(&follower(), LIST).await;
        let list = &reply.data()["placements"];
        let told = list["completeness"]["sources"].as_array().into_iter().flatten();
        let horizon = told.clone().find(|it| it["source"]["name"] == "horizon").expect("it is told of");
        assert_eq!(horizon["status"], "MALFORMED", "{more}: {horizon}");
        assert_eq!(list["nodes"].as_array().map(Vec::len), Some(4), "the rows of the other stand");
        // What the sockets hold is sent as well.
        let sent = node.sent.load(Ordering::Relaxed);
        assert!(sent < 24 * 1024 * 1024 && began.elapsed() < Duration::from_secs(10), "{more}: {sent} bytes");
    }
}

#[tokio::test]
async fn a_number_without_end_is_read_no_further_either() {
    let node = played(r#"{"count":"#, "1").await;
    let reply = over(&node).await.ask(&follower(), "{ placements { totalCount completeness { complete } } }").await;
    assert!(reply.data()["placements"]["totalCount"].is_null(), "{}", reply.text);
    assert!(node.sent.load(Ordering::Relaxed) < 24 * 1024 * 1024);
}

#[tokio::test]
async fn a_table_without_end_is_read_no_further_than_any_table_is_long() {
    // Far more values than there can be groups, in as few bytes as there are.
    let node = played(r#"{"table":{"groups":["#, "[],").await;
    let reply = over(&node).await.ask(&follower(), TABLE).await;
    assert!(reply.text.contains("its answer is longer than any to this question"), "{}", reply.text);
    assert!(node.sent.load(Ordering::Relaxed) < 128 * 1024 * 1024);
}
