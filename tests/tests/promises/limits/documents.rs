//! Documents by their hash: those that the gateway was given are answered to everyone, as far as each may see; where a
//! role is answered no others, a refusal tells nothing of the schema.

use std::fs;

use regiograph::config::Documents;
use regiograph_tests::{
    caller::As,
    gateway::{Gateway, Reply, Setup, SourceSetup},
    row::{Row, dataset},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const TRUSTED: &str = "query Reports($n: Int) { capacityReports(first: $n) { totalCount } }";
const OTHER: &str = "{ viewer { role } }";

fn hash(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn gateway(required_for: &[&str], persisted: bool) -> Gateway {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    fs::write(folder.path().join("reports.graphql"), format!("{TRUSTED}\n")).expect("it takes files");
    fs::write(folder.path().join("README.md"), "no document").expect("it takes files");
    let required_for = required_for.iter().map(|it| Box::from(*it)).collect();
    let documents = Documents { dir: Some(folder.path().to_owned()), required_for, persisted };
    let report = Row::of(dataset("CapacityReport")).with("id", 1_i64);
    let source = SourceSetup::of_provider("almata", "ALMATA").rows([report]);
    Setup::of([source]).documents(documents).start().await
}

async fn post(gateway: &Gateway, caller: &As, body: Value) -> Reply {
    gateway.send(gateway.post(caller).json(&body)).await
}

fn apq(text: &str) -> Value {
    json!({ "persistedQuery": { "version": 1, "sha256Hash": hash(text) } })
}

#[tokio::test]
async fn a_trusted_document_is_asked_for_by_its_hash() {
    let gateway = gateway(&["public"], false).await;
    let id = format!("sha256:{}", hash(TRUSTED));
    for body in [
        json!({ "documentId": id, "variables": { "n": 1 } }),
        json!({ "documentId": hash(TRUSTED) }),
        json!({ "documentId": hash(&format!("{TRUSTED}\n")), "operationName": "Reports" }),
        json!({ "extensions": apq(TRUSTED) }),
        json!({ "query": TRUSTED, "extensions": apq(TRUSTED) }),
        json!({ "query": TRUSTED }),
    ] {
        let reply = post(&gateway, &As::public(), body).await;
        assert_eq!(reply.data()["capacityReports"]["totalCount"], 1);
    }
    let by_get = gateway.client().get(gateway.url()).query(&[("documentId", id.as_str())]);
    assert_eq!(gateway.send(by_get).await.data()["capacityReports"]["totalCount"], 1);
    let variables = extension_by_get(&gateway).await;
    assert_eq!(variables.data()["capacityReports"]["totalCount"], 1);
}

async fn extension_by_get(gateway: &Gateway) -> Reply {
    let extensions = apq(TRUSTED).to_string();
    gateway.send(gateway.client().get(gateway.url()).query(&[("extensions", extensions.as_str())])).await
}

#[tokio::test]
async fn where_they_are_required_every_other_document_is_refused_alike() {
    let gateway = gateway(&["public"], true).await;
    let mut told = Vec::new();
    for query in [OTHER, "{ placements { totalCount } }", "{ nope }", "{ __schema { types { name } } }", "nonsense {"] {
        for body in [json!({ "query": query }), json!({ "query": query, "extensions": apq(query) })] {
            let reply = post(&gateway, &As::public(), body).await;
            assert_eq!((reply.status, reply.code()), (400, "FORBIDDEN"), "{query}");
            told.push(reply.text);
        }
        let by_hash = post(&gateway, &As::public(), json!({ "documentId": hash(query) })).await;
        assert_eq!(by_hash.code(), "PERSISTED_QUERY_NOT_FOUND");
    }
    told.dedup();
    assert_eq!(told.len(), 1, "{told:?}");
    // Others ask what they like, and what they have sent stays theirs where documents are required.
    let region = As::role("region_analyst").of("JZ36");
    let sent = post(&gateway, &region, json!({ "query": OTHER, "extensions": apq(OTHER) })).await;
    assert_eq!(sent.data()["viewer"]["role"], "region_analyst");
    let again = post(&gateway, &As::public(), json!({ "extensions": apq(OTHER) })).await;
    assert_eq!(again.code(), "PERSISTED_QUERY_NOT_FOUND");
}

#[tokio::test]
async fn a_document_that_was_sent_once_is_known_by_its_hash_where_that_is_allowed() {
    let open = gateway(&[], true).await;
    let by_hash = json!({ "extensions": apq(OTHER) });
    let before = post(&open, &As::public(), by_hash.clone()).await;
    assert_eq!((before.code(), before.message()), ("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound"));
    post(&open, &As::public(), json!({ "query": OTHER, "extensions": apq(OTHER) })).await;
    assert_eq!(post(&open, &As::public(), by_hash.clone()).await.data()["viewer"]["role"], "public");
    let region = As::role("region_analyst").of("JZ36");
    assert_eq!(post(&open, &region, by_hash.clone()).await.data()["viewer"]["role"], "region_analyst");
    for wrong in ["{ viewer { scope } }", "nonsense {"] {
        let reply = post(&open, &As::public(), json!({ "query": wrong, "extensions": apq(OTHER) })).await;
        assert_eq!(reply.code(), "BAD_USER_INPUT", "the hash is another's");
    }
    post(&open, &As::public(), json!({ "query": "nonsense {", "extensions": apq("nonsense {") })).await;
    let nonsense = post(&open, &As::public(), json!({ "extensions": apq("nonsense {") })).await;
    assert_eq!(nonsense.code(), "PERSISTED_QUERY_NOT_FOUND", "what is no document is not kept");
    let closed = gateway(&[], false).await;
    post(&closed, &As::public(), json!({ "query": OTHER, "extensions": apq(OTHER) })).await;
    assert_eq!(post(&closed, &As::public(), by_hash).await.code(), "PERSISTED_QUERY_NOT_FOUND");
}

#[tokio::test]
async fn what_is_no_hash_is_not_found_or_malformed() {
    let gateway = gateway(&[], true).await;
    for (body, code) in [
        (json!({ "documentId": "sha256:xyz" }), "PERSISTED_QUERY_NOT_FOUND"),
        (json!({ "documentId": "md5:00" }), "PERSISTED_QUERY_NOT_FOUND"),
        (json!({ "documentId": "" }), "PERSISTED_QUERY_NOT_FOUND"),
        (json!({ "documentId": 5 }), "BAD_USER_INPUT"),
        (json!({ "extensions": { "persistedQuery": { "sha256Hash": 5 } } }), "BAD_USER_INPUT"),
        (json!({ "extensions": { "persistedQuery": true } }), "BAD_USER_INPUT"),
        (json!({ "query": null }), "BAD_USER_INPUT"),
    ] {
        let reply = post(&gateway, &As::public(), body.clone()).await;
        assert_eq!((reply.status, reply.code()), (400, code), "{body}");
    }
}
