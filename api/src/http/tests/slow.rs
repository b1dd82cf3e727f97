//! Clients that are too slow to ask, or to take what they asked for, are cut off; others do not wait for them.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::routing::get;
use futures_util::stream;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use super::Echo;
use crate::config::Http;
use crate::http::crowd::Crowd;
use crate::http::pace::Pace;
use crate::http::serve::{Bounds, Patience, serve_with};
use crate::http::{Limits, router_within};

/// Little, so that a test does not take long; and enough for a machine that is busy.
const LITTLE: Duration = Duration::from_millis(300);

async fn serving(router: Router) -> (SocketAddr, JoinHandle<std::io::Result<()>>) {
    serving_with(router, Patience { head: LITTLE, write: LITTLE, ..Patience::default() }).await
}

async fn serving_with(router: Router, patience: Patience) -> (SocketAddr, JoinHandle<std::io::Result<()>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let bounds = Bounds { patience, ..Bounds::new(1, Crowd::default()) };
    let served = serve_with(listener, router, bounds, std::future::pending());
    (address, tokio::spawn(served))
}

fn graphql() -> Router {
    router_within(Arc::new(Echo::default()), Limits { read: LITTLE, ..Limits::default() }, &Http::default())
}

/// What comes back until the server closes the connection, when this is all that is ever said.
async fn said(address: SocketAddr, words: &'static str) -> String {
    let talk = move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream.write_all(words.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).map(|_| answer)
    };
    tokio::task::spawn_blocking(talk).await.unwrap().expect("the server closes the connection")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_does_not_finish_its_question_is_cut_off() {
    let (address, server) = serving(graphql()).await;
    let head = said(address, "POST /graphql HTTP/1.1\r\nHost: a\r\nX-Slow: ");
    let nothing = said(address, "");
    let between = said(address, "GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n");
    let body = "POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
    let node = "POST /node HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{";
    let (head, nothing, between, body, node) =
        tokio::join!(head, nothing, between, said(address, body), said(address, node));
    assert!(!head.contains(" 200 "), "{head}");
    assert!(nothing.is_empty(), "{nothing}");
    assert!(between.starts_with("HTTP/1.1 200"), "{between}");
    assert!(body.starts_with("HTTP/1.1 408") && body.contains("BAD_USER_INPUT"), "{body}");
    assert!(body.contains("x-request-id: ") && body.contains("nosniff"), "{body}");
    assert!(node.starts_with("HTTP/1.1 404"), "where no gateway may ask, nothing is read: {node}");
    server.abort();
}

/// Tells when it is dropped.
struct Told(Arc<Semaphore>);

impl Drop for Told {
    fn drop(&mut self) {
        self.0.add_permits(1);
    }
}

/// An answer without end, and what tells that it was given up.
fn endless() -> (Router, Arc<Semaphore>) {
    let gone = Arc::new(Semaphore::new(0));
    let told = Arc::clone(&gone);
    let answer = move || async move {
        let guard = Told(told);
        let chunks = stream::repeat_with(move || {
            let _held = &guard;
            Ok::<_, std::io::Error>(Bytes::from_static(&[b'x'; 65_536]))
        });
        Body::from_stream(chunks)
    };
    (Router::new().route("/", get(answer)), gone)
}

fn ask(address: SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    stream
}

async fn is_given_up(gone: &Semaphore) {
    let cut = tokio::time::timeout(Duration::from_secs(30), gone.acquire()).await;
    cut.expect("the answer is given up").unwrap().forget();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_does_not_take_its_answer_is_cut_off() {
    let (router, gone) = endless();
    let (address, server) = serving(router).await;
    let _stream = ask(address);
    is_given_up(&gone).await;
    server.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_takes_its_answer_little_by_little_is_cut_off() {
    let (router, gone) = endless();
    let pace = Pace { after: LITTLE, least: 64 * 1024 * 1024 };
    let (address, server) = serving_with(router, Patience { pace, ..Patience::default() }).await;
    let mut stream = ask(address);
    let reader = std::thread::spawn(move || {
        let mut some = [0; 16 * 1024];
        while stream.read(&mut some).is_ok_and(|read| read > 0) {
            std::thread::sleep(Duration::from_millis(5));
        }
    });
    is_given_up(&gone).await;
    reader.join().unwrap();
    server.abort();
}
