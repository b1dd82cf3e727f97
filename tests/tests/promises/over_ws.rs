//! GraphQL over a WebSocket, in the protocol graphql-transport-ws: the same answers to the same callers as over HTTP.

use regiograph_tests::{
    caller::As,
    gateway::{Gateway, SourceSetup},
    log::Log,
    row::{Row, dataset},
    socket::Socket,
};
use serde_json::{Value, json};

const PLACEMENTS: &str = "{ viewer { role scope } placements { totalCount nodes { id startedOn } } }";

async fn gateway() -> Gateway {
    let placement =
        |id: i64, region: &str| Row::of(dataset("Placement")).with("id", id).with("region", region.to_owned());
    let rows = [placement(1, "JZ36"), placement(2, "JZ36"), placement(3, "JZ34")];
    Gateway::over([SourceSetup::of_provider("almata", "ALMATA").rows(rows)]).await
}

fn analyst() -> As {
    As::role("region_analyst").of("JZ36")
}

/// What the gateway says to one operation, up to its end.
async fn answers(socket: &mut Socket, query: &str) -> Vec<Value> {
    socket.subscribe("1", query).await;
    let mut heard = Vec::new();
    loop {
        heard.push(socket.hear().await.expect("the socket stays open"));
        if heard.last().is_some_and(|last| last["type"] != "next") {
            return heard;
        }
    }
}

#[tokio::test]
async fn an_answer_is_the_one_over_http_for_the_same_caller() {
    let gateway = gateway().await;
    for caller in [analyst(), As::role("provider").of("ALMATA"), As::public()] {
        let mut socket = Socket::with_token(&gateway, gateway.token(&caller).as_deref()).await;
        let mut whole = 0;
        for query in [PLACEMENTS, "{ viewer { role } supraRegions { code name } }", "{ unheardOf }", "{", "{ a ... }"] {
            let over_http = gateway.ask(&caller, query).await;
            let over_ws = answers(&mut socket, query).await;
            let expected = if over_http.body.get("data").is_some() {
                whole += 1;
                vec![
                    json!({ "id": "1", "type": "next", "payload": over_http.body }),
                    json!({ "id": "1", "type": "complete" }),
                ]
            } else {
                vec![json!({ "id": "1", "type": "error", "payload": over_http.body["errors"] })]
            };
            assert_eq!(over_ws, expected, "{query}");
        }
        assert!(whole >= 1, "{caller:?}");
    }
}

#[tokio::test]
async fn an_error_while_it_runs_is_in_next_and_one_before_is_error() {
    let gateway = gateway().await;
    let mut socket = Socket::with_token(&gateway, None).await;
    let ran = answers(&mut socket, "{ capacityReports(first: -1) { totalCount } }").await;
    assert_eq!((&ran[0]["type"], &ran[0]["payload"]["data"]), (&json!("next"), &json!({ "capacityReports": null })));
    assert_eq!(ran[0]["payload"]["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    for (query, code) in [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ unheardOf }", "GRAPHQL_VALIDATION_FAILED"),
        ("query($a: Int!) { capacityReports(first: $a) { totalCount } }", "BAD_USER_INPUT"),
        ("mutation { change }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { change }", "GRAPHQL_VALIDATION_FAILED"),
    ] {
        let refused = answers(&mut socket, query).await;
        assert_eq!(refused[0]["type"], "error", "{query}");
        let over_http = gateway.ask(&As::public(), query).await;
        assert_eq!(refused[0]["payload"], over_http.body["errors"], "{query}");
        assert_eq!(over_http.code(), code, "{query}");
    }
}

#[tokio::test]
async fn a_token_is_asked_for_again_with_every_operation() {
    let gateway = gateway().await;
    let token = gateway.token(&analyst());
    let mut socket = Socket::with_token(&gateway, token.as_deref()).await;
    gateway.wait(3599);
    assert_eq!(answers(&mut socket, PLACEMENTS).await.len(), 2);
    gateway.wait(1);
    socket.subscribe("1", PLACEMENTS).await;
    assert_eq!(socket.hear().await, Err((4403, "Forbidden: the token has expired".to_owned())));
}

#[tokio::test]
async fn a_token_in_the_upgrade_is_as_good_as_one_in_init_and_a_bad_one_is_never_public() {
    let gateway = gateway().await;
    let token = format!("Bearer {}", gateway.token(&analyst()).expect("an analyst has a token"));
    let mut socket = Socket::open(&gateway, &[("authorization", &token)]).await.expect("it is opened");
    socket.say(&json!({ "type": "connection_init" })).await;
    assert_eq!(socket.hear().await, Ok(json!({ "type": "connection_ack" })));
    let answer = answers(&mut socket, PLACEMENTS).await;
    assert_eq!(answer[0]["payload"]["data"]["viewer"], json!({ "role": "region_analyst", "scope": "JZ36" }));
    for authorization in [token.replace('.', "x"), format!("{token}x"), "Bearer".to_owned(), String::new()] {
        let mut socket = Socket::open(&gateway, &[]).await.expect("it is opened");
        socket.say(&json!({ "type": "connection_init", "payload": { "Authorization": authorization } })).await;
        let (code, reason) = socket.hear().await.expect_err("it is closed");
        assert_eq!(code, 4403);
        assert!(reason.starts_with("Forbidden: the ") && !reason.contains(&token[20..40]), "{reason}");
    }
}

#[tokio::test]
async fn several_operations_run_on_one_socket_and_each_is_answered_by_its_id() {
    let gateway = gateway().await;
    let mut socket = Socket::with_token(&gateway, gateway.token(&analyst()).as_deref()).await;
    for id in 0..40 {
        socket.subscribe(&id.to_string(), &format!("{{ a{id}: viewer {{ role }} placements {{ totalCount }} }}")).await;
    }
    let mut left = (0..40).collect::<std::collections::BTreeSet<i32>>();
    while !left.is_empty() {
        let message = socket.hear().await.expect("the socket stays open");
        let id: i32 = message["id"].as_str().expect("answers have ids").parse().expect("ids are ours");
        match message["type"].as_str() {
            Some("next") => assert!(message["payload"]["data"][format!("a{id}")]["role"] == "region_analyst"),
            _ => assert!(message["type"] == "complete" && left.remove(&id), "{message}"),
        }
    }
}

#[tokio::test]
async fn no_page_of_another_site_opens_a_socket() {
    let gateway = gateway().await;
    let own = gateway.url().replace("/graphql", "");
    assert!(Socket::open(&gateway, &[("origin", &own)]).await.is_ok());
    for origin in ["https://elsewhere.invalid", "null"] {
        assert_eq!(Socket::open(&gateway, &[("origin", origin)]).await.err(), Some(403), "{origin}");
    }
}

#[tokio::test]
async fn the_log_has_a_line_for_each_operation_and_nothing_of_what_was_asked() {
    let log = Log::listen();
    let gateway = gateway().await;
    let token = gateway.token(&analyst()).expect("an analyst has a token");
    let mut socket = Socket::with_token(&gateway, Some(&token)).await;
    let secret = "{ secretOperation: viewer { role } }";
    answers(&mut socket, secret).await;
    answers(&mut socket, "{ secretField }").await;
    socket.say(&json!({ "type": "secretType" })).await;
    assert_eq!(socket.hear().await, Err((4400, "no message has this `type`".to_owned())));
    let text = log.text();
    let lines: Vec<_> = text.lines().filter(|line| line.contains("an operation ended over=\"websocket\"")).collect();
    for outcome in ["outcome=\"answered\"", "outcome=\"refused\""] {
        assert!(
            lines.iter().any(|line| line.contains(outcome) && line.contains("role=\"region_analyst\"")),
            "{outcome}"
        );
    }
    for secret in ["secretOperation", "secretField", "secretType", &token] {
        assert!(!text.contains(secret), "the log holds {secret}");
    }
}
