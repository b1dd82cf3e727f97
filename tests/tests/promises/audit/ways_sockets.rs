//! Every way in which a WebSocket refuses leaves one event, and so does every operation that was given up while it waited.

use std::time::{Duration, Instant};

use regiograph_tests::{gateway::Gateway, row::dataset, socket::Socket, trouble};
use serde_json::{Value, json};

use super::{analyst, gateway, records, setup};

const SLOW: &str = "{ placements { totalCount } }";

/// The events, once there are so many: what happened, whose, with which code, and what came of it. In no order: what
/// nobody waits for is written when there is time.
async fn events(gateway: &Gateway, number: usize) -> Vec<[String; 4]> {
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        let all = records(gateway, "event", &["event", "role", "codes", "outcome"]);
        if all.len() >= number {
            let mut all: Vec<[String; 4]> = all.into_iter().map(|it| it.try_into().expect("four columns")).collect();
            all.sort_unstable();
            return all;
        }
        assert!(Instant::now() < end, "{number} events are not written: {all:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn refused(role: &str, code: &str) -> [String; 4] {
    ["REQUEST", role, code, "REFUSED"].map(ToOwned::to_owned)
}

fn cancelled(event: &str) -> [String; 4] {
    [event, "region_analyst", "", "CANCELLED"].map(ToOwned::to_owned)
}

fn subscribe(id: &str) -> Value {
    json!({ "id": id, "type": "subscribe", "payload": { "query": SLOW } })
}

async fn ready(gateway: &Gateway) -> Socket {
    Socket::with_token(gateway, gateway.token(&analyst()).as_deref()).await
}

async fn slow() -> Gateway {
    let gateway = gateway().await;
    trouble::make_slow(&gateway.file("almata"), dataset("Placement"));
    gateway
}

#[tokio::test]
async fn every_code_that_a_websocket_is_closed_with_for_leaves_one_event() {
    let mine = "region_analyst";
    let init = json!({ "type": "connection_init" });
    let huge = json!({ "type": "ping", "payload": { "x": "x".repeat(1_100_000) } });
    let forged = json!({ "type": "connection_init", "payload": { "Authorization": "Bearer forged" } });
    for (is_known, message, code, expected) in [
        (true, json!("no message"), 4400, refused(mine, "BAD_USER_INPUT")),
        (false, json!({ "type": "next", "id": "1" }), 4400, refused("-", "BAD_USER_INPUT")),
        (false, subscribe("1"), 4401, refused("-", "UNAUTHENTICATED")),
        (false, forged, 4403, refused("-", "UNAUTHENTICATED")),
        (true, init, 4429, refused(mine, "BAD_USER_INPUT")),
        (true, huge, 1009, refused(mine, "BAD_USER_INPUT")),
    ] {
        let gateway = gateway().await;
        let mut socket =
            if is_known { ready(&gateway).await } else { Socket::open(&gateway, &[]).await.expect("it is opened") };
        socket.say(&message).await;
        assert_eq!(socket.hear().await.expect_err("it is closed").0, code);
        assert_eq!(events(&gateway, 1).await, [expected], "{code}");
    }
}

#[tokio::test]
async fn a_websocket_of_another_protocol_or_that_says_nothing_leaves_one_event() {
    let gateway = setup().time(Duration::from_secs(1)).start().await;
    let mut unnamed = Socket::unnamed(&gateway).await;
    assert_eq!(unnamed.hear().await.expect_err("it is closed").0, 4406);
    assert_eq!(events(&gateway, 1).await, [refused("-", "BAD_USER_INPUT")]);
    let mut silent = Socket::open(&gateway, &[]).await.expect("it is opened");
    assert_eq!(silent.hear().await.expect_err("it is closed").0, 4408);
    assert_eq!(events(&gateway, 2).await.len(), 2);
    // Who goes before having asked for anything leaves nothing.
    drop(Socket::open(&gateway, &[]).await);
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(events(&gateway, 2).await.len(), 2);
}

#[tokio::test]
async fn an_id_that_is_taken_leaves_one_event_and_so_does_what_ran_under_it() {
    let gateway = slow().await;
    let mut socket = ready(&gateway).await;
    socket.say(&subscribe("1")).await;
    socket.say(&subscribe("1")).await;
    assert_eq!(socket.hear().await.expect_err("it is closed").0, 4409);
    let expected = [refused("region_analyst", "BAD_USER_INPUT")];
    let all = events(&gateway, 2).await;
    assert_eq!(all.len(), 2);
    assert_eq!(all.iter().filter(|it| expected.contains(it)).count(), 1, "{all:?}");
    assert_eq!(all.iter().filter(|it| it[3] == "CANCELLED" && it[1] == "region_analyst").count(), 1, "{all:?}");
}

/// Eight run, and so many wait.
async fn queue(gateway: &Gateway, waiting: usize) -> Socket {
    let mut socket = ready(gateway).await;
    for id in 0..8 + waiting {
        socket.say(&subscribe(&id.to_string())).await;
    }
    // Heard after all of them.
    socket.say(&json!({ "type": "ping" })).await;
    assert_eq!(socket.hear().await.expect("it stays open")["type"], "pong");
    socket
}

#[tokio::test]
async fn what_waits_and_is_given_up_leaves_its_event() {
    let gateway = slow().await;
    let mut socket = queue(&gateway, 2).await;
    socket.say(&json!({ "id": "9", "type": "complete" })).await;
    assert_eq!(events(&gateway, 1).await, [cancelled("REQUEST")]);
    drop(socket);
    let all = events(&gateway, 10).await;
    assert_eq!(all.len(), 10, "{all:?}");
    assert!(all.iter().all(|it| it[1] == "region_analyst" && it[3] == "CANCELLED"), "{all:?}");
}

#[tokio::test]
async fn what_waits_when_the_token_expires_leaves_its_event() {
    let gateway = slow().await;
    let mut socket = queue(&gateway, 3).await;
    gateway.wait(3_600);
    socket.say(&json!({ "id": "0", "type": "complete" })).await;
    assert_eq!(socket.hear().await, Err((4403, "Forbidden: the token has expired".to_owned())));
    let all = events(&gateway, 11).await;
    assert_eq!(all.len(), 11, "eight that ran, one that was refused, and two that waited: {all:?}");
    let refused = refused("region_analyst", "UNAUTHENTICATED");
    assert_eq!(all.iter().filter(|it| **it == refused).count(), 1, "{all:?}");
    assert_eq!(all.iter().filter(|it| it[3] == "CANCELLED").count(), 10, "{all:?}");
}

#[tokio::test]
async fn whoever_floods_by_websockets_fills_no_log() {
    let gateway = gateway().await;
    for _ in 0..130 {
        let mut socket = ready(&gateway).await;
        socket.say(&json!("no message")).await;
        assert_eq!(socket.hear().await.expect_err("it is closed").0, 4400);
    }
    assert_eq!(events(&gateway, 100).await.len(), 100);
}
