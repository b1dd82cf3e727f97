//! Where a role is answered trusted documents alone, so it is whichever way it asks.

use std::fs;

use regiograph::config::Documents;
use regiograph_tests::{
    gateway::{Gateway, Reply, Setup, SourceSetup},
    row::{Row, dataset},
    socket::Socket,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const TRUSTED: &str = "query Reports { capacityReports { totalCount } } query Who { viewer { role } }";
const OTHER: &str = "query Who { viewer { role } }";

fn hash(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn gateway() -> Gateway {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    fs::write(folder.path().join("reports.graphql"), TRUSTED).expect("it takes files");
    let documents =
        Documents { dir: Some(folder.path().to_owned()), required_for: vec!["public".into()], persisted: true };
    let report = Row::of(dataset("CapacityReport")).with("id", 1_i64);
    let source = SourceSetup::of_provider("almata", "ALMATA").rows([report]);
    Setup::of([source]).documents(documents).start().await
}

/// The same request by GET; objects as JSON.
async fn by_get(gateway: &Gateway, request: &Value) -> Reply {
    let members = request.as_object().into_iter().flatten();
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
    let query: Vec<_> = members.map(|(name, value)| (name.clone(), text(value))).collect();
    gateway.send(gateway.client().get(gateway.url()).query(&query)).await
}

/// The response that a stream of events or a WebSocket has of a request.
async fn streamed(gateway: &Gateway, request: &Value) -> [Value; 2] {
    let stream = gateway.client().post(gateway.url()).header("accept", "text/event-stream").json(request);
    let stream = gateway.send(stream).await;
    let next = stream.text.lines().find_map(|line| line.strip_prefix("data: ")).expect("there is a next");
    let mut socket = Socket::with_token(gateway, None).await;
    socket.say(&json!({ "id": "1", "type": "subscribe", "payload": request })).await;
    let told = socket.hear().await.expect("it stays open");
    let told = if told["type"] == "next" { told["payload"].clone() } else { json!({ "errors": told["payload"] }) };
    [serde_json::from_str(next).expect("it is JSON"), told]
}

#[tokio::test]
async fn every_other_document_is_refused_whichever_way_it_comes() {
    let gateway = gateway().await;
    let apq = |text: &str| json!({ "persistedQuery": { "version": 1, "sha256Hash": hash(text) } });
    let mut told = Vec::new();
    for query in [OTHER, "{ __schema { types { name } } }", "{ nope }", "nonsense {", "mutation { change }"] {
        let both = [json!({ "query": query }), json!({ "query": query, "extensions": apq(query) })];
        for (place, request) in both.iter().enumerate() {
            let got = by_get(&gateway, request).await;
            // A GET takes no mutation, whatever is required.
            if query.starts_with("mutation") {
                assert_eq!(got.status, 405, "{place}");
            } else {
                assert_eq!(got.status, 400, "{query}");
                told.push(got.body);
            }
            told.extend(streamed(&gateway, request).await);
        }
        let request = json!({ "documentId": hash(query) });
        for response in
            [vec![by_get(&gateway, &request).await.body], streamed(&gateway, &request).await.into()].concat()
        {
            assert_eq!(response["errors"][0]["extensions"]["code"], "PERSISTED_QUERY_NOT_FOUND", "{query}");
        }
    }
    assert_eq!(told[0]["errors"][0]["extensions"]["code"], "FORBIDDEN");
    assert!(told.iter().all(|it| *it == told[0]), "{told:?}");
}

#[tokio::test]
async fn of_a_trusted_document_that_very_operation_runs_that_is_named() {
    let gateway = gateway().await;
    let id = format!("sha256:{}", hash(TRUSTED));
    let both = |name: &str| json!({ "documentId": id, "operationName": name });
    for (request, data) in [
        (both("Reports"), Some(json!({ "capacityReports": { "totalCount": 1 } }))),
        (both("Who"), Some(json!({ "viewer": { "role": "public" } }))),
        // Another's operation, or none where there are two.
        (both("Other"), None),
        (json!({ "documentId": id }), None),
    ] {
        let post = gateway.send(gateway.client().post(gateway.url()).json(&request)).await;
        let mut responses = vec![post.body, by_get(&gateway, &request).await.body];
        responses.extend(streamed(&gateway, &request).await);
        for response in responses {
            match &data {
                Some(data) => assert_eq!(&response["data"], data, "{request}"),
                None => {
                    assert_eq!(response["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{request} {response}");
                    assert!(response.get("data").is_none_or(Value::is_null), "{response}");
                }
            }
        }
    }
}
