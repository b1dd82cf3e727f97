//! Clients that mean harm: whatever they send, memory and time stay bounded, and nothing is left when they are gone.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use super::desk::{Client, Server, init, subscribe};
use super::{ready, server};
use crate::http::{Limits, ws};

#[tokio::test]
async fn ten_thousand_operations_at_once_run_eight_at_a_time_and_a_hundred_wait() {
    let server = server().await;
    let mut client = ready(&server).await;
    let (first, rest) = (108, 10_000);
    for id in 0..first {
        client.say(subscribe(&id.to_string(), "{ never }")).await;
    }
    server.desk.runs(8).await;
    for begin in (first..rest).step_by(50) {
        let ids = begin..rest.min(begin + 50);
        for id in ids.clone() {
            client.say(subscribe(&id.to_string(), "{ never }")).await;
        }
        for id in ids {
            let error = client.hear().await;
            assert_eq!((&error["id"], &error["type"]), (&json!(id.to_string()), &json!("error")));
            assert_eq!(error["payload"][0]["extensions"]["code"], "COST_LIMIT");
        }
    }
    server.desk.runs(8).await;
    client.say(json!({ "type": "ping" })).await;
    assert_eq!(client.hear().await["type"], "pong");
    // One that waits is given up, and another may wait in its place; one that runs, and another runs.
    client.say(json!({ "type": "complete", "id": "107" })).await;
    client.say(json!({ "type": "complete", "id": "0" })).await;
    client.say(subscribe("a", "{ a }")).await;
    for id in 1..107 {
        client.say(json!({ "type": "complete", "id": id.to_string() })).await;
    }
    assert_eq!(client.hear_until("complete").await.len(), 2);
    server.desk.runs(0).await;
    drop(client);
    server.all_gone().await;
}

#[tokio::test]
async fn operations_that_wait_are_bounded_in_bytes_too() {
    let server = server().await;
    let mut client = ready(&server).await;
    for id in 0..8 {
        client.say(subscribe(&id.to_string(), "{ never }")).await;
    }
    let large = "a".repeat(600_000);
    client.say(subscribe("8", &large)).await;
    client.say(subscribe("9", &large)).await;
    let error = client.hear().await;
    assert_eq!((&error["id"], &error["payload"][0]["extensions"]["code"]), (&json!("9"), &json!("COST_LIMIT")));
}

#[tokio::test]
async fn a_client_that_does_not_read_is_answered_no_further_and_then_left() {
    let socket = ws::Limits { send: Duration::from_millis(300), ..ws::Limits::default() };
    let server = Server::start(Limits { socket, ..Limits::default() }).await;
    let mut client = ready(&server).await;
    for id in 0..100 {
        client.say(subscribe(&id.to_string(), "{ large }")).await;
    }
    server.all_gone().await;
    // Eight, and as many as fit in the buffers of the system on the way.
    assert!(server.desk.answered() < 30, "{} answers were made", server.desk.answered());
}

#[tokio::test]
async fn a_client_that_floods_and_does_not_read_is_not_read_either() {
    let socket = ws::Limits { send: Duration::from_millis(300), ..ws::Limits::default() };
    let server = Server::start(Limits { socket, ..Limits::default() }).await;
    let ours = Message::text(json!({ "type": "ping", "payload": { "a": "a".repeat(10_000) } }).to_string());
    let of_the_frame = Message::Ping(vec![b'a'; 125].into());
    for ping in [ours, of_the_frame] {
        let Client(mut client) = ready(&server).await;
        let flood = async { while client.send(ping.clone()).await.is_ok() {} };
        tokio::time::timeout(Duration::from_secs(20), flood).await.expect("the flood is stopped");
    }
    server.all_gone().await;
}

#[tokio::test]
async fn a_message_larger_than_a_body_may_be_closes_the_socket_however_it_is_cut() {
    let server = Server::start(Limits { body: 1_000, ..Limits::default() }).await;
    let mut client = ready(&server).await;
    client.say(subscribe("1", &"a".repeat(1_000))).await;
    assert_eq!(client.closed().await, (1009, "the message is too large".to_owned()));
    let mut client = ready(&server).await;
    client.send(fragment(OpCode::Data(Data::Text), &[b'a'; 600])).await;
    client.send(fragment(OpCode::Data(Data::Continue), &[b'a'; 600])).await;
    assert_eq!(client.closed().await.0, 1009);
    // A frame that says it is of an exabyte is not waited for.
    let mut client = ready(&server).await;
    let stream = client.0.get_mut();
    stream.write_all(&[0x81, 0xff, 0x0f, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]).await.unwrap();
    assert_eq!(client.closed().await.0, 1009);
    server.all_gone().await;
}

#[tokio::test]
async fn a_message_in_many_fragments_is_one_message() {
    let server = server().await;
    let mut client = server.connect().await;
    let text = init().to_string();
    for (place, byte) in text.bytes().enumerate() {
        let code = if place == 0 { Data::Text } else { Data::Continue };
        client.send(fragment(OpCode::Data(code), &[byte])).await;
    }
    client.send(Message::Frame(Frame::message(Vec::new(), OpCode::Data(Data::Continue), true))).await;
    assert_eq!(client.hear().await["type"], "connection_ack");
}

#[tokio::test]
async fn a_message_that_never_ends_is_not_waited_for() {
    let socket = ws::Limits { idle: Duration::from_millis(100), ..ws::Limits::default() };
    let server = Server::start(Limits { socket, ..Limits::default() }).await;
    let mut client = ready(&server).await;
    client.send(fragment(OpCode::Data(Data::Text), b"{")).await;
    let code = loop {
        // Pings between the fragments are signs of life, and yet no use is made of the socket.
        client.send(fragment(OpCode::Data(Data::Continue), b"")).await;
        client.send(Message::Ping(Vec::new().into())).await;
        let heard = tokio::time::timeout(Duration::from_millis(10), client.0.next()).await;
        if let Ok(Some(Ok(Message::Close(Some(close))))) = heard {
            break u16::from(close.code);
        }
    };
    assert_eq!(code, 1000);
    drop(client);
    server.all_gone().await;
}

#[tokio::test]
async fn garbage_closes_the_socket() {
    let server = server().await;
    let unmasked = [0x81, 0x02, b'{', b'}'];
    let reserved = [0xf1, 0x80, 1, 2, 3, 4];
    let not_utf8 = [0x81, 0x82, 0, 0, 0, 0, 0xff, 0xff];
    for (bytes, code) in [(&unmasked[..], 1002), (&reserved, 1002), (&not_utf8, 1007)] {
        let mut client = ready(&server).await;
        client.0.get_mut().write_all(bytes).await.unwrap();
        assert_eq!(client.closed().await.0, code, "{bytes:x?}");
    }
    server.all_gone().await;
}

#[tokio::test]
async fn a_client_that_vanishes_leaves_nothing_behind() {
    let server = server().await;
    for half_closed in [false, true] {
        let mut client = ready(&server).await;
        client.say(subscribe("1", "{ never }")).await;
        server.desk.runs(1).await;
        assert_eq!(server.open(), 1);
        if half_closed {
            client.0.get_mut().shutdown().await.unwrap();
            server.all_gone().await;
        }
        drop(client);
        server.all_gone().await;
    }
}

#[tokio::test]
async fn a_stream_of_events_whose_reader_vanishes_is_cancelled() {
    let server = server().await;
    let mut socket: TcpStream = server.socket().await;
    let head = "GET /graphql?query=%7B+never+%7D HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n";
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 4096];
    let length = socket.read(&mut answer).await.unwrap();
    assert!(answer[..length].starts_with(b"HTTP/1.1 200"));
    server.desk.runs(1).await;
    drop(socket);
    server.desk.runs(0).await;
}

#[tokio::test]
async fn many_sockets_that_say_nothing_are_bounded_and_go_by_themselves() {
    let socket = ws::Limits { init: Duration::from_secs(2), ..ws::Limits::default() };
    let server = Server::start(Limits { socket, ..Limits::default() }).await;
    let mut open = Vec::new();
    while let Ok(client) = server.connect_with(Some("graphql-transport-ws"), &[]).await {
        open.push(client);
    }
    assert_eq!((open.len(), server.open()), (50, 50));
    server.all_gone().await;
    server.connect().await;
}

fn fragment(code: OpCode, bytes: &[u8]) -> Message {
    Message::Frame(Frame::message(bytes.to_vec(), code, false))
}
