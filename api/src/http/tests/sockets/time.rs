//! What a socket may take of time: until it is initialised, between signs of life, without use, and when all must go.

use std::time::Duration;

use futures_util::StreamExt;
use tokio_tungstenite::tungstenite::Message;

use super::desk::{Server, init, subscribe};
use super::ready;
use crate::http::{Limits, ws};

const SHORT: Duration = Duration::from_millis(30);
const LONG: Duration = Duration::from_secs(100);

fn limits(socket: ws::Limits) -> Limits {
    Limits { socket, ..Limits::default() }
}

#[tokio::test]
async fn a_socket_is_initialised_in_time_or_closed() {
    let server = Server::start(limits(ws::Limits { init: SHORT, ..ws::Limits::default() })).await;
    let mut client = server.connect().await;
    assert_eq!(client.closed().await, (4408, "Connection initialisation timeout".to_owned()));
    server.all_gone().await;
}

#[tokio::test]
async fn signs_of_life_alone_do_not_put_off_the_end_of_the_wait_for_init() {
    let server = Server::start(limits(ws::Limits { init: SHORT, ..ws::Limits::default() })).await;
    let mut client = server.connect().await;
    client.say(serde_json::json!({ "type": "ping" })).await;
    assert_eq!(client.closed().await.0, 4408);
}

#[tokio::test]
async fn the_server_asks_for_signs_of_life_and_leaves_who_gives_none() {
    let socket = ws::Limits { silence: LONG, ..ws::Limits::default() };
    let server = Server::start(Limits { pause: SHORT, socket, ..Limits::default() }).await;
    let mut client = ready(&server).await;
    for _ in 0..3 {
        assert!(matches!(client.0.next().await, Some(Ok(Message::Ping(_)))));
    }
    let socket = ws::Limits { silence: Duration::from_secs(1), ..ws::Limits::default() };
    let server = Server::start(Limits { pause: SHORT, socket, ..Limits::default() }).await;
    let mut client = ready(&server).await;
    client.say(subscribe("1", "{ never }")).await;
    server.desk.runs(1).await;
    // Nobody reads on this side, so that no ping is answered.
    server.all_gone().await;
}

#[tokio::test]
async fn a_socket_without_use_is_closed_and_one_with_an_operation_is_not() {
    let server = Server::start(limits(ws::Limits { idle: Duration::from_millis(600), ..ws::Limits::default() })).await;
    let mut busy = ready(&server).await;
    busy.say(subscribe("1", "{ never }")).await;
    server.desk.runs(1).await;
    let mut idle = ready(&server).await;
    assert_eq!(idle.closed().await, (1000, "no operation for a long time".to_owned()));
    busy.say(serde_json::json!({ "type": "ping" })).await;
    assert_eq!(busy.hear().await["type"], "pong");
    busy.say(serde_json::json!({ "id": "1", "type": "complete" })).await;
    assert_eq!(busy.closed().await.0, 1000);
}

#[tokio::test]
async fn a_stop_lets_operations_end_and_then_sends_sockets_away() {
    let limits = Limits { time: 5 * SHORT, ..Limits::default() };
    let mut server = Server::start(limits).await;
    let mut idle = ready(&server).await;
    let mut busy = ready(&server).await;
    busy.say(subscribe("1", "{ never }")).await;
    server.desk.runs(1).await;
    server.stop();
    assert_eq!(idle.closed().await, (1001, "the server stops".to_owned()));
    busy.say(subscribe("2", "{ a }")).await;
    let last = busy.hear().await;
    assert_eq!((&last["id"], &last["type"]), (&"1".into(), &"error".into()));
    assert_eq!(busy.closed().await.0, 1001);
    server.stopped().await;
    assert_eq!((server.open(), server.desk.answered()), (0, 0));
}

#[tokio::test]
async fn a_stop_does_not_wait_longer_than_its_patience() {
    let mut server = Server::with_room(Limits::default(), 10, SHORT).await;
    let mut client = ready(&server).await;
    client.say(subscribe("1", "{ never }")).await;
    server.desk.runs(1).await;
    server.stop();
    assert_eq!(client.closed().await.0, 1001);
    server.stopped().await;
    server.all_gone().await;
}

#[tokio::test]
async fn there_is_room_for_so_many_sockets_and_half_of_it_is_for_those_with_a_token() {
    let server = Server::with_room(Limits::default(), 4, LONG).await;
    let unknown = [ready(&server).await, ready(&server).await];
    let protocol = Some("graphql-transport-ws");
    assert_eq!(server.connect_with(protocol, &[]).await.err(), Some(503));
    let [left, mut stays] = unknown;
    drop(left);
    let token = [("authorization", "Bearer good")];
    let mut known = Vec::new();
    while known.len() < 3 {
        // The one that has left may take a moment.
        let Ok(mut client) = server.connect_with(protocol, &token).await else { continue };
        client.say(init()).await;
        assert_eq!(client.hear().await["type"], "connection_ack");
        known.push(client);
    }
    assert_eq!(server.open(), 4);
    assert_eq!(server.connect_with(protocol, &token).await.err(), Some(503));
    stays.say(subscribe("1", "{ a }")).await;
    assert_eq!(stays.hear().await["type"], "next");
}
