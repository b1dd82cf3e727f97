//! A token that is bound to a key is good for whoever proves with each request that it has the key, and for nobody else.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use regiograph_tests::{
    gateway::{Gateway, Reply},
    issuer::{Issuer, Key},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    assert_refused,
    issuers::{show, trusting, with},
};

async fn ask(gateway: &Gateway, authorization: &str, proofs: &[&str]) -> Reply {
    let request = gateway.client().post(gateway.url()).header("authorization", authorization);
    let request = proofs.iter().fold(request, |request, proof| request.header("dpop", *proof));
    gateway.send(request.json(&json!({ "query": "{ viewer { role } }" }))).await
}

fn header(key: &Key) -> Value {
    json!({ "typ": "dpop+jwt", "alg": key.algorithm, "jwk": key.jwk() })
}

/// What a good proof says.
fn claims(gateway: &Gateway, token: &str, number: &str) -> Value {
    json!({
        "jti": number, "htm": "POST", "htu": gateway.url(), "iat": gateway.now().timestamp(),
        "ath": URL_SAFE_NO_PAD.encode(Sha256::digest(token)),
    })
}

#[tokio::test]
async fn only_who_has_the_key_of_a_bound_token_may_use_it() {
    let (key, own, other) = (Key::ed25519("1", 1), Key::ed25519("own", 7), Key::ed25519("other", 8));
    let issuer = Issuer::showing(&[&key]).await;
    let gateway = trusting(&issuer.section("")).await;
    let bond = json!({ "cnf": { "jkt": own.thumbprint() } });
    let token = key.sign(&with(issuer.claims(gateway.now()), &bond));
    let authorization = format!("DPoP {token}");
    let good = own.sign_as(&header(&own), &claims(&gateway, &token, "1"));
    let reply = ask(&gateway, &authorization, &[&good]).await;
    assert_eq!(reply.data()["viewer"]["role"], "region_analyst");
    assert_refused(&ask(&gateway, &authorization, &[&good]).await, "the same proof again");
    assert_refused(&show(&gateway, &token).await, "as a bearer token");
    assert_refused(&ask(&gateway, &format!("Bearer {token}"), &[&good]).await, "as a bearer token, with a proof");
    assert_refused(&ask(&gateway, &authorization, &[]).await, "without a proof");
    let next = |number: &str| own.sign_as(&header(&own), &claims(&gateway, &token, number));
    assert_refused(&ask(&gateway, &authorization, &[&next("2"), &next("3")]).await, "two proofs");
    let now = gateway.now().timestamp();
    for change in [
        json!({ "htm": "GET" }),
        json!({ "htu": "https://elsewhere.example.org/graphql" }),
        json!({ "htu": gateway.url().replace("/graphql", "/node") }),
        json!({ "iat": now - 60 }),
        json!({ "iat": now + 6 }),
        json!({ "ath": URL_SAFE_NO_PAD.encode(Sha256::digest("another")) }),
        json!({ "ath": null }),
        json!({ "jti": "" }),
    ] {
        let proof = own.sign_as(&header(&own), &with(claims(&gateway, &token, "4"), &change));
        assert_refused(&ask(&gateway, &authorization, &[&proof]).await, &change.to_string());
    }
    let said = claims(&gateway, &token, "5");
    for (what, proof) in [
        ("another key", other.sign_as(&header(&other), &said)),
        ("another key, in the name of the right one", other.sign_as(&header(&own), &said)),
        ("a token for a proof", token.clone()),
        ("another type", own.sign_as(&with(header(&own), &json!({ "typ": "JWT" })), &said)),
        ("without a key", own.sign_as(&with(header(&own), &json!({ "jwk": null })), &said)),
        ("no algorithm", own.sign_as(&with(header(&own), &json!({ "alg": "none" })), &said)),
        ("what is critical", own.sign_as(&with(header(&own), &json!({ "crit": ["b64"] })), &said)),
        ("nonsense", "x".repeat(9000)),
    ] {
        assert_refused(&ask(&gateway, &authorization, &[&proof]).await, what);
    }
    assert_eq!(ask(&gateway, &authorization, &[&next("6")]).await.status, 200);
    let free = key.sign(&issuer.claims(gateway.now()));
    let proof = own.sign_as(&header(&own), &claims(&gateway, &free, "7"));
    assert_refused(&ask(&gateway, &format!("DPoP {free}"), &[&proof]).await, "a token that is bound to nothing");
    assert_eq!(show(&gateway, &free).await.status, 200);
}
