//! Operations over a WebSocket, through a real socket: what the protocol says, message by message and code by code.

mod desk;
mod hostile;
mod time;

use std::time::Duration;

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use self::desk::{Client, Server, init, init_with, subscribe};
use crate::http::Limits;

async fn server() -> Server {
    Server::start(Limits::default()).await
}

/// A client whose `connection_init` was acknowledged.
async fn ready(server: &Server) -> Client {
    let mut client = server.connect().await;
    client.say(init()).await;
    assert_eq!(client.hear().await, json!({ "type": "connection_ack" }));
    client
}

#[tokio::test]
async fn an_operation_that_ran_is_next_and_complete() {
    let server = server().await;
    let mut client = ready(&server).await;
    let payload = json!({
        "query": "query B { a }", "operationName": "B", "variables": { "é": [1, null] }, "extensions": { "x": {} },
    });
    client.say(json!({ "id": "1", "type": "subscribe", "payload": payload })).await;
    let next = client.hear().await;
    assert_eq!((&next["id"], &next["type"]), (&json!("1"), &json!("next")));
    for (name, value) in payload.as_object().unwrap() {
        assert_eq!(&next["payload"]["data"][name], value);
    }
    assert_eq!(next["payload"]["data"]["role"], "public");
    assert_eq!(client.hear().await, json!({ "id": "1", "type": "complete" }));
    // Once it has ended, its id is free.
    client.say(subscribe("1", "{ a }")).await;
    assert_eq!(client.hear().await["type"], "next");
}

#[tokio::test]
async fn an_operation_that_did_not_run_or_met_a_fault_is_an_error_and_the_others_go_on() {
    let limits = Limits { time: Duration::from_millis(50), ..Limits::default() };
    let server = Server::start(limits).await;
    let mut client = ready(&server).await;
    let inside = |message| json!([{ "message": message, "extensions": { "code": "INTERNAL" } }]);
    for (query, errors) in [
        ("{ invalid }", json!([{ "message": "no" }])),
        ("{ fault }", inside("something went wrong inside")),
        ("{ never }", inside("the request took longer than any request may")),
    ] {
        client.say(subscribe("1", query)).await;
        assert_eq!(client.hear().await, json!({ "id": "1", "type": "error", "payload": errors }), "{query}");
    }
    client.say(subscribe("1", "{ a }")).await;
    assert_eq!(client.hear().await["type"], "next");
}

#[tokio::test]
async fn a_ping_is_answered_with_its_payload_also_before_init() {
    let server = server().await;
    let mut client = server.connect().await;
    client.say(json!({ "type": "ping" })).await;
    assert_eq!(client.hear().await, json!({ "type": "pong" }));
    client.say(json!({ "type": "ping", "payload": { "at": [7] } })).await;
    assert_eq!(client.hear().await, json!({ "type": "pong", "payload": { "at": [7] } }));
    client.say(json!({ "type": "pong", "payload": null })).await;
    client.say(json!({ "type": "complete", "id": "unknown" })).await;
    client.say(init()).await;
    assert_eq!(client.hear().await["type"], "connection_ack");
}

#[tokio::test]
async fn what_the_protocol_forbids_closes_the_socket_with_its_code() {
    let server = server().await;
    let invalid = |message: Value, reason| (vec![init(), message], 4400, reason);
    let subscribe_with = |payload: Value| json!({ "type": "subscribe", "id": "1", "payload": payload });
    let never = || subscribe("1", "{ never }");
    for (messages, code, reason) in [
        (vec![subscribe("1", "{ a }")], 4401, "Unauthorized"),
        (vec![init(), init()], 4429, "Too many initialisation requests"),
        (vec![init(), never(), never()], 4409, "Subscriber for 1 already exists"),
        (vec![json!({ "type": "connection_init", "payload": 7 })], 4400, "`payload` must be an object or null"),
        invalid(json!([]), "the message is not an object"),
        invalid(json!({}), "`type` must be a string"),
        invalid(json!({ "type": "secret" }), "no message has this `type`"),
        invalid(json!({ "type": "next", "id": "1" }), "a message of this type is for the server to send"),
        invalid(json!({ "type": "complete" }), "`id` must be a string with something in it"),
        invalid(json!({ "type": "subscribe", "id": "", "payload": {} }), "`id` must be a string with something in it"),
        invalid(json!({ "type": "subscribe", "id": "1" }), "`payload` must be an object"),
        invalid(subscribe_with(json!({})), "`query` is missing"),
        invalid(subscribe_with(json!({ "query": 7 })), "`query` must be a string"),
        invalid(subscribe_with(json!({ "query": "", "variables": [] })), "`variables` must be an object or null"),
        invalid(subscribe_with(json!({ "query": "", "extensions": 7 })), "`extensions` must be an object or null"),
    ] {
        let mut client = server.connect().await;
        for message in &messages {
            client.say(message.clone()).await;
        }
        assert_eq!(client.closed().await, (code, reason.to_owned()), "{messages:?}");
    }
    server.all_gone().await;
}

#[tokio::test]
async fn a_message_that_is_no_json_in_text_closes_the_socket() {
    let server = server().await;
    for (message, reason) in [
        (Message::text("secret"), "the message is not JSON"),
        (Message::text(""), "the message is not JSON"),
        (Message::text("[".repeat(100_000)), "the message is not JSON"),
        (Message::binary(init().to_string()), "messages are text, not binary"),
    ] {
        let mut client = server.connect().await;
        client.send(message).await;
        assert_eq!(client.closed().await, (4400, reason.to_owned()));
    }
}

#[tokio::test]
async fn another_sub_protocol_or_none_is_not_acceptable() {
    let server = server().await;
    for protocol in [None, Some("graphql-ws")] {
        let mut client = server.connect_with(protocol, &[]).await.unwrap();
        assert_eq!(client.closed().await, (4406, "Subprotocol not acceptable".to_owned()), "{protocol:?}");
    }
    server.connect_with(Some("graphql-ws, graphql-transport-ws"), &[]).await.unwrap();
}

#[tokio::test]
async fn a_token_comes_with_the_upgrade_or_with_init() {
    let server = server().await;
    let good = || json!({ "Authorization": "Bearer good" });
    for (header, payload, outcome) in [
        (None, json!({}), Ok("public")),
        (None, json!({ "Authorization": null }), Ok("public")),
        (None, good(), Ok("region_analyst")),
        (None, json!({ "AUTHORIZATION": "Bearer good", "other": 7 }), Ok("region_analyst")),
        (Some("Bearer good"), json!({}), Ok("region_analyst")),
        (Some("Bearer good"), good(), Ok("region_analyst")),
        (None, json!({ "Authorization": "Bearer secret" }), Err("Forbidden: the token has expired")),
        (Some("Bearer secret"), json!({}), Err("Forbidden: the token has expired")),
        (Some("Bearer secret"), good(), Err("Forbidden: two tokens are given, and they differ")),
        (
            None,
            json!({ "authorization": "Bearer good", "Authorization": "Bearer secret" }),
            Err("Forbidden: two tokens are given, and they differ"),
        ),
        (None, json!({ "Authorization": 7 }), Err("Forbidden: `Authorization` is not a string")),
    ] {
        let headers: Vec<_> = header.map(|value| ("authorization", value)).into_iter().collect();
        let mut client = server.connect_with(Some("graphql-transport-ws"), &headers).await.unwrap();
        client.say(init_with(&payload)).await;
        match outcome {
            Err(reason) => assert_eq!(client.closed().await, (4403, reason.to_owned())),
            Ok(role) => {
                client.say(subscribe("1", "{ a }")).await;
                assert_eq!(client.hear().await["type"], "connection_ack");
                assert_eq!(client.hear().await["payload"]["data"]["role"], role, "{payload}");
            }
        }
    }
}

#[tokio::test]
async fn a_token_that_expires_while_the_socket_is_open_ends_it_at_the_next_operation() {
    let server = server().await;
    let mut client = server.connect().await;
    client.say(init_with(&json!({ "authorization": "Bearer good" }))).await;
    client.say(subscribe("1", "{ a }")).await;
    client.hear_until("complete").await;
    server.desk.expire();
    client.say(subscribe("2", "{ a }")).await;
    assert_eq!(client.closed().await, (4403, "Forbidden: the token has expired".to_owned()));
    assert_eq!(server.desk.answered(), 1);
}

#[tokio::test]
async fn an_operation_that_the_client_completes_is_cancelled_and_not_answered() {
    let server = server().await;
    let mut client = ready(&server).await;
    client.say(subscribe("1", "{ never }")).await;
    server.desk.runs(1).await;
    client.say(json!({ "id": "1", "type": "complete" })).await;
    server.desk.runs(0).await;
    client.say(subscribe("1", "{ a }")).await;
    assert_eq!(client.hear().await["payload"]["data"]["query"], "{ a }");
    assert_eq!(client.hear().await["type"], "complete");
}

#[tokio::test]
async fn pages_of_other_sites_may_not_open_a_socket() {
    let server = server().await;
    let own = format!("http://{}", server.address);
    let upper = own.to_uppercase().replace("HTTP", "https");
    for (origins, status) in [
        (vec![own.as_str()], None),
        (vec![upper.as_str()], None),
        (vec!["http://elsewhere.invalid"], Some(403)),
        (vec!["null"], Some(403)),
        (vec![""], Some(403)),
        (vec!["file://"], Some(403)),
        (vec![own.as_str(), own.as_str()], Some(403)),
    ] {
        let headers: Vec<_> = origins.iter().map(|origin| ("origin", *origin)).collect();
        let refused = server.connect_with(Some("graphql-transport-ws"), &headers).await.err();
        assert_eq!(refused, status, "{origins:?}");
    }
}

#[tokio::test]
async fn a_handshake_that_is_none_is_refused() {
    let server = server().await;
    for (headers, status) in [
        (vec![("authorization", "Bearer good"), ("authorization", "Bearer good")], 401),
        (vec![("sec-websocket-version", "12")], 400),
    ] {
        let refused = server.connect_with(Some("graphql-transport-ws"), &headers).await.err();
        assert_eq!(refused, Some(status), "{headers:?}");
    }
}
