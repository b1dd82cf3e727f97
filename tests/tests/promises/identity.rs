//! Who asked is told apart, and believed only as far as it is proved: by the token's issuer, by keys and certificates that
//! tokens are bound to, and by what issuers say now.

mod certificates;
mod exchanged;
mod measures;
mod proofs;
mod said;
mod withdrawn;

use regiograph_tests::{
    gateway::{Gateway, Reply},
    issuer::Key,
};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

/// Asks who one is, with these headers.
async fn who(gateway: &Gateway, headers: &[(&str, &str)]) -> Reply {
    let request = gateway.client().post(gateway.url()).json(&json!({ "query": "{ viewer { role } }" }));
    gateway
        .send(headers.iter().fold(request, |request: RequestBuilder, (name, value)| request.header(*name, *value)))
        .await
}

/// A token with more in it.
fn token(key: &Key, mut claims: Value, more: &[(&str, Value)]) -> String {
    for (name, value) in more {
        claims[*name] = value.clone();
    }
    key.sign(&claims)
}

fn assert_known(reply: &Reply, what: &str) {
    assert_eq!(reply.data()["viewer"]["role"], "region_analyst", "{what}: {}", reply.text);
}

fn assert_refused(reply: &Reply, what: &str) {
    assert_eq!((reply.status, reply.code()), (401, "UNAUTHENTICATED"), "{what}: {}", reply.text);
    assert!(reply.body.get("data").is_none(), "{what}");
}
