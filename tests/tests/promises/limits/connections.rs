//! Connections are bounded, for all and for each client: whoever holds many keeps nobody else from an answer.

use std::net::SocketAddr;

use regiograph::config::Http;
use regiograph_tests::{
    caller::As,
    gateway::{Gateway, Setup, SourceSetup},
    socket::Socket,
};
use reqwest::Client;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};

/// Addresses of this machine that stand for those of others.
const HOARDERS: [&str; 4] = ["127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5"];
const OTHER: &str = "127.0.0.9";
const WELL: &str = "GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n";

async fn gateway(http: Http) -> Gateway {
    Setup::of([SourceSetup::of_provider("almata", "ALMATA")]).http(http).start().await
}

fn address(gateway: &Gateway) -> SocketAddr {
    gateway.url().replace("http://", "").replace("/graphql", "").parse().expect("an address and a port")
}

/// A connection from there, on which nothing is said.
async fn connect(gateway: &Gateway, from: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("there are sockets");
    socket.bind(SocketAddr::new(from.parse().expect("an address"), 0)).expect("it is an address of this machine");
    socket.connect(address(gateway)).await.expect("the gateway listens")
}

/// The status of what is answered to this; nothing where the connection is closed.
async fn say(stream: &mut TcpStream, words: &str) -> Option<u16> {
    // What was closed may refuse what is sent.
    let _ = stream.write_all(words.as_bytes()).await;
    let (mut heard, mut bytes) = (Vec::new(), [0; 4096]);
    loop {
        match stream.read(&mut bytes).await {
            Ok(read) if read > 0 => heard.extend_from_slice(&bytes[..read]),
            _ => return None,
        }
        let text = String::from_utf8_lossy(&heard);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .to_lowercase()
                .split_once("content-length: ")
                .and_then(|(_, rest)| rest.split("\r\n").next()?.parse::<usize>().ok());
            if body.len() >= length.unwrap_or_default() {
                return head.split(' ').nth(1)?.parse().ok();
            }
        }
    }
}

/// Asks on a connection of its own from there; is it answered?
async fn is_answered(gateway: &Gateway, from: &str) -> bool {
    let client = Client::builder().local_address(from.parse().ok()).pool_max_idle_per_host(0).build();
    let request = client.expect("there is an HTTP client").post(gateway.url());
    let answer = request.json(&json!({ "query": "{ viewer { role } }" })).send().await;
    answer.is_ok_and(|answer| answer.status() == 200)
}

async fn measured(gateway: &Gateway, measure: &str) -> usize {
    let text = gateway.metrics().await;
    let line = text.lines().find_map(|line| line.strip_prefix(measure)?.strip_prefix(' '));
    line.map_or(0, |number| number.parse().expect("measures are numbers"))
}

#[tokio::test]
async fn a_client_is_given_so_many_connections_and_no_more_and_others_are_answered() {
    let gateway = gateway(Http { connections_per_address: 8, ..Http::default() }).await;
    let mut held = Vec::new();
    for _ in 0..8 {
        let mut stream = connect(&gateway, HOARDERS[0]).await;
        assert_eq!(say(&mut stream, WELL).await, Some(200));
        held.push(stream);
    }
    for _ in 0..30 {
        assert_eq!(say(&mut connect(&gateway, HOARDERS[0]).await, "").await, None, "one too many is closed at once");
    }
    assert!(is_answered(&gateway, OTHER).await);
    for stream in &mut held {
        assert_eq!(say(stream, WELL).await, Some(200), "those that are there stay");
    }
    assert_eq!(measured(&gateway, "regiograph_http_connections_closed_total{reason=\"address\"}").await, 30);
    assert!(measured(&gateway, "regiograph_http_connections").await >= 8);
    held.truncate(4);
    let mut tries = 0;
    while say(&mut connect(&gateway, HOARDERS[0]).await, WELL).await.is_none() {
        tries += 1;
        assert!(tries < 10_000, "a place that is left is free again");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn whoever_holds_all_connections_idle_keeps_nobody_from_an_answer() {
    let gateway = gateway(Http { connections: 16, ..Http::default() }).await;
    let mut held = Vec::new();
    for round in 0..6 {
        for from in HOARDERS {
            let mut stream = connect(&gateway, from).await;
            // Some have asked something, some have begun to, and some say nothing at all.
            match round % 3 {
                0 => drop(say(&mut stream, WELL).await),
                1 => drop(stream.write_all(b"POST /graphql HTTP/1.1\r\nX-").await),
                _ => {}
            }
            held.push(stream);
        }
    }
    for _ in 0..20 {
        assert!(is_answered(&gateway, OTHER).await);
    }
    assert!(measured(&gateway, "regiograph_http_connections_closed_total{reason=\"quiet\"}").await >= 8);
    assert!(measured(&gateway, "regiograph_http_connections").await <= 20, "so many, and a quarter that leaves");
}

#[tokio::test]
async fn who_is_being_answered_keeps_its_connection_while_others_crowd_in() {
    let gateway = gateway(Http { connections: 16, ..Http::default() }).await;
    let body = json!({ "query": "{ viewer { role } }" }).to_string();
    let (first, rest) = body.split_at(5);
    let mut asking = connect(&gateway, OTHER).await;
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {}\r\nExpect: \
         100-continue\r\n\r\n",
        body.len()
    );
    assert_eq!(say(&mut asking, &head).await, Some(100), "its question is being read");
    asking.write_all(first.as_bytes()).await.expect("it is open");
    let mut crowd = Vec::new();
    for _ in 0..25 {
        for from in HOARDERS {
            crowd.push(connect(&gateway, from).await);
        }
    }
    assert!(is_answered(&gateway, OTHER).await);
    assert_eq!(say(&mut asking, rest).await, Some(200));
}

#[tokio::test]
async fn a_trusted_proxy_has_as_many_connections_as_there_are() {
    let trusted_proxies = vec![HOARDERS[0].parse().expect("an address")];
    let gateway = gateway(Http { connections_per_address: 4, trusted_proxies, ..Http::default() }).await;
    let mut held = Vec::new();
    for _ in 0..12 {
        let mut stream = connect(&gateway, HOARDERS[0]).await;
        assert_eq!(say(&mut stream, WELL).await, Some(200));
        held.push(stream);
    }
    for place in 0..5 {
        let mut stream = connect(&gateway, HOARDERS[1]).await;
        assert_eq!(say(&mut stream, WELL).await.is_some(), place < 4);
        held.push(stream);
    }
}

#[tokio::test]
async fn an_open_websocket_is_one_of_its_clients_connections() {
    let gateway = gateway(Http { connections_per_address: 4, ..Http::default() }).await;
    let token = gateway.token(&As::role("provider").of("ALMATA"));
    let mut sockets = Vec::new();
    for _ in 0..4 {
        sockets.push(Socket::with_token(&gateway, token.as_deref()).await);
    }
    assert!(!is_answered(&gateway, "127.0.0.1").await);
    assert!(is_answered(&gateway, OTHER).await);
    for socket in &mut sockets {
        socket.subscribe("1", "{ viewer { role } }").await;
        assert_eq!(socket.hear().await.expect("the socket stays open")["type"], "next");
    }
}
