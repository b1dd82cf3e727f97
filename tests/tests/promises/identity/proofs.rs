//! A proof of possession (DPoP) is good at this gateway alone, once, and takes no room from others.

use std::{fs, sync::Arc};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use regiograph::{
    app::{App, Foundation, Served, World},
    http,
};
use regiograph_tests::{
    gateway::{Gateway, Setup},
    issuer::{Issuer, Key},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{assert_known, assert_refused, token, who};

/// A proof by a key, for a POST with this token to this address, made at this second.
fn proof(key: &Key, token: &str, (address, at): (&str, i64), number: &str) -> String {
    let header = json!({ "typ": "dpop+jwt", "alg": key.algorithm, "jwk": key.jwk() });
    let claims = json!({
        "jti": number, "htm": "POST", "htu": address, "iat": at,
        "ath": URL_SAFE_NO_PAD.encode(Sha256::digest(token)),
    });
    key.sign_as(&header, &claims)
}

fn client() -> reqwest::Client {
    let client = reqwest::Client::builder().timeout(std::time::Duration::from_secs(60));
    client.build().expect("there is an HTTP client")
}

fn bond(own: &Key) -> [(&'static str, Value); 1] {
    [("cnf", json!({ "jkt": own.thumbprint() }))]
}

#[tokio::test]
async fn a_proof_for_another_server_is_refused_whatever_host_is_said_to_be_asked() {
    let (key, own) = (Key::ed25519("1", 1), Key::ed25519("own", 7));
    let issuer = Issuer::showing(&[&key]).await;
    let http = regiograph::config::Http {
        public_origins: vec!["https://api.example.org".parse().expect("it is an origin")],
        ..Default::default()
    };
    let gateway = Setup::of([]).trusting(issuer.section("")).http(http).start().await;
    let bound = token(&key, issuer.claims(gateway.now()), &bond(&own));
    let ask = async |host: &str, address: &str, number: &str| {
        let shown = proof(&own, &bound, (address, gateway.now().timestamp()), number);
        who(&gateway, &[("host", host), ("authorization", &format!("DPoP {bound}")), ("dpop", &shown)]).await
    };
    let elsewhere = "https://elsewhere.example/graphql";
    assert_refused(&ask("elsewhere.example", elsewhere, "1").await, "as it was sent there");
    assert_refused(&ask("api.example.org", elsewhere, "2").await, "with our host");
    assert_refused(&ask("api.example.org", "http://api.example.org/graphql", "3").await, "without TLS");
    assert_refused(&ask("api.example.org", "https://api.example.org/node", "4").await, "another path");
    assert_known(&ask("api.example.org", "https://api.example.org/graphql", "5").await, "ours");
    assert_known(&ask("10.0.0.7:8080", "https://api.example.org/graphql", "6").await, "behind a proxy");
    assert_known(&ask("10.0.0.7:8080", &gateway.url(), "7").await, "another of our names");
}

#[tokio::test]
async fn where_no_origin_is_configured_no_proof_is_taken() {
    let (key, own) = (Key::ed25519("1", 1), Key::ed25519("own", 7));
    let issuer = Issuer::showing(&[&key]).await;
    let gateway = Setup::of([]).trusting(issuer.section("")).without_origin().start().await;
    let bound = token(&key, issuer.claims(gateway.now()), &bond(&own));
    let shown = proof(&own, &bound, (&gateway.url(), gateway.now().timestamp()), "1");
    let reply = who(&gateway, &[("authorization", &format!("DPoP {bound}")), ("dpop", &shown)]).await;
    assert_refused(&reply, "nobody could tell whom it is for");
    assert!(reply.text.contains("public origin"), "{}", reply.text);
}

/// So many proofs of a key, all of them good but for the token's bond.
async fn flood(gateway: &Gateway, (bound, other): (&str, &Key), number: usize) {
    for place in 0..number {
        let shown = proof(other, bound, (&gateway.url(), gateway.now().timestamp()), &format!("flood-{place}"));
        let headers = [("authorization", &*format!("DPoP {bound}")), ("dpop", &*shown)];
        assert_refused(&who(gateway, &headers).await, "another key");
    }
}

#[tokio::test]
async fn a_proof_that_was_refused_is_not_remembered() {
    let (key, own, other) = (Key::ed25519("1", 1), Key::ed25519("own", 7), Key::ed25519("other", 8));
    let issuer = Issuer::showing(&[&key]).await;
    let gateway = Setup::of([]).trusting(issuer.section("")).start().await;
    let theirs = token(&key, issuer.claims(gateway.now()), &bond(&own));
    flood(&gateway, (&theirs, &other), 20).await;
    // The same key and the same numbers, where the token is bound to it.
    let mine = token(&key, issuer.claims(gateway.now()), &bond(&other));
    let shown = proof(&other, &mine, (&gateway.url(), gateway.now().timestamp()), "flood-3");
    let headers = [("authorization", &*format!("DPoP {mine}")), ("dpop", &*shown)];
    assert_known(&who(&gateway, &headers).await, "not shown before, as far as this gateway is concerned");
    assert_refused(&who(&gateway, &headers).await, "and now it was");
    gateway.wait(59);
    assert_refused(&who(&gateway, &headers).await, "for as long as it is good");
}

#[tokio::test]
async fn a_proof_that_was_shown_stays_shown_when_the_configuration_is_read_again() {
    let (key, own) = (Key::ed25519("1", 1), Key::ed25519("own", 7));
    let issuer = Issuer::showing(&[&key]).await;
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let file = folder.path().join("regiograph.toml");
    fs::write(&file, issuer.section("")).expect("the folder takes files");
    let foundation = Foundation::read(Some(&file), World::real()).expect("the configuration holds");
    let app = App::start(foundation.setup().expect("keys can be made")).await.expect("the gateway starts");
    let served = Served::new(app, &foundation);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
    let origin = format!("http://{}", listener.local_addr().expect("a listener has an address"));
    let http = regiograph::config::Http {
        public_origins: vec![origin.parse().expect("it is an origin")],
        ..Default::default()
    };
    let router = http::router_for(Arc::clone(&served) as Arc<dyn http::Gateway>, &http);
    let server = tokio::spawn(async move { http::serve(listener, router, std::future::pending()).await });
    let (client, address) = (client(), format!("{origin}/graphql"));
    let now = foundation.world.clock.now();
    let bound = token(&key, issuer.claims(now), &bond(&own));
    let shown = proof(&own, &bound, (&address, now.timestamp()), "1");
    let ask = async || {
        let request = client.post(&address).header("authorization", format!("DPoP {bound}")).header("dpop", &shown);
        let reply = request.json(&json!({ "query": "{ viewer { role } }" })).send().await;
        reply.expect("the gateway answers").status().as_u16()
    };
    assert_eq!(ask().await, 200);
    assert!(served.reload().await);
    assert_eq!(ask().await, 401);
    server.abort();
}
