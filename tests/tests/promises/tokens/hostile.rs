//! Whatever is tried with a token of an issuer that shows its keys: 401, soon, and no word of it in any log.

use std::time::{Duration, Instant};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use regiograph_tests::{
    issuer::{Issuer, Key},
    log::Log,
};
use serde_json::json;

use super::{
    ask_as, assert_refused,
    issuers::{show, trusting, with},
};

#[tokio::test]
async fn no_trick_with_the_header_helps() {
    let key = Key::ed25519("1", 1);
    let own = Key::ed25519("1", 66);
    let issuer = Issuer::showing(&[&key, &Key::rsa("2", Algorithm::RS256)]).await;
    let gateway = trusting(&issuer.section("")).await;
    let claims = issuer.claims(gateway.now());
    assert_eq!(show(&gateway, &key.sign(&claims)).await.status, 200);
    let began = Instant::now();
    for kid in [
        json!("../../../../dev/null"),
        json!("1' OR '1'='1"),
        json!("1\u{0}"),
        json!("http://127.0.0.1:1/keys"),
        json!("x".repeat(4000)),
        json!(1),
        json!(["1"]),
        json!({ "kid": "1" }),
        json!(null),
        json!(""),
        json!("2"),
    ] {
        let token = key.sign_as(&json!({ "alg": "EdDSA", "kid": kid }), &claims);
        assert_refused(&show(&gateway, &token).await, &format!("kid {:.40}", kid.to_string()));
    }
    for (name, value) in [
        ("crit", json!(["b64"])),
        ("crit", json!([])),
        ("jwk", own.jwk()),
        ("jku", json!("http://127.0.0.1:1/keys")),
        ("x5u", json!("http://127.0.0.1:1/keys")),
        ("x5c", json!(["AAAA"])),
        ("zip", json!("DEF")),
        ("typ", json!("dpop+jwt")),
        ("typ", json!(["JWT"])),
        ("alg", json!("none")),
        ("alg", json!("nOnE")),
        ("alg", json!("HS256")),
        ("alg", json!("RS256")),
        ("alg", json!("ES256")),
        ("alg", json!(null)),
        ("alg", json!(["EdDSA"])),
    ] {
        for signer in [&key, &own] {
            let header = with(json!({ "alg": "EdDSA", "kid": "1" }), &json!({ name: value }));
            assert_refused(&show(&gateway, &signer.sign_as(&header, &claims)).await, &format!("{name} {value}"));
        }
    }
    let public = URL_SAFE_NO_PAD.decode(key.jwk()["x"].as_str().unwrap_or_default()).expect("the key is base64url");
    let rsa = regiograph_tests::issuer::public("rsa").to_string();
    for secret in [public.as_slice(), rsa.as_bytes(), key.jwk().to_string().as_bytes(), b""] {
        for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
            let header = Header { kid: Some("1".to_owned()), ..Header::new(algorithm) };
            let token = jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(secret));
            assert_refused(&show(&gateway, &token.expect("an HMAC can be made")).await, "HMAC with the public key");
        }
    }
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}

#[tokio::test]
async fn no_trick_with_the_claims_helps() {
    let key = Key::ed25519("1", 1);
    let issuer = Issuer::showing(&[&key]).await;
    let gateway = trusting(&issuer.section("clients = [\"dashboard\"]")).await;
    let now = gateway.now().timestamp();
    let claims = issuer.claims(gateway.now());
    assert_eq!(show(&gateway, &key.sign(&claims)).await.status, 200);
    for change in [
        json!({ "iss": issuer.url().to_uppercase() }),
        json!({ "iss": format!("{}/", issuer.url()) }),
        json!({ "aud": "regiograph2" }),
        json!({ "aud": ["REGIOGRAPH"] }),
        json!({ "exp": now + 3601 }),
        json!({ "exp": now - 6 }),
        json!({ "exp": 1e300 }),
        json!({ "iat": now - 7200, "exp": now + 60 }),
        json!({ "iat": now + 60, "exp": now + 120 }),
        json!({ "nbf": now + 60 }),
        json!({ "azp": "games" }),
        json!({ "azp": null }),
        json!({ "azp": ["dashboard"] }),
        json!({ "sub": "" }),
        json!({ "jti": 5 }),
        json!({ "cnf": { "jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I" } }),
        json!({ "cnf": { "x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2" } }),
        json!({ "cnf": null }),
        json!({ "role": ["region_analyst"] }),
        json!({ "role": "region_analyst,ministry" }),
    ] {
        assert_refused(&show(&gateway, &key.sign(&with(claims.clone(), &change))).await, &change.to_string());
    }
    let (header, text) = (json!({ "alg": "EdDSA", "kid": "1" }).to_string(), claims.to_string());
    let twice = |member: &str| text.replacen('{', &format!("{{{member},"), 1);
    assert_eq!(show(&gateway, &key.sign_text(&header, &text)).await.status, 200);
    for member in
        [r#""role":"ministry""#, r#""role":"region_analyst""#, r#""\u0072ole":"ministry""#, r#""exp":9999999999"#]
    {
        assert_refused(&show(&gateway, &key.sign_text(&header, &twice(member))).await, member);
    }
    for member in [r#""alg":"none""#, r#""kid":"2""#] {
        let header = header.replacen('{', &format!("{{{member},"), 1);
        assert_refused(&show(&gateway, &key.sign_text(&header, &text)).await, member);
    }
    let deep = format!("{}{}", "[".repeat(2000), "]".repeat(2000));
    assert_refused(&show(&gateway, &key.sign_text(&header, &twice(&format!("\"a\":{deep}")))).await, "deep");
}

#[tokio::test]
async fn a_token_of_a_hundred_kilobytes_or_of_nonsense_is_refused_at_once() {
    let key = Key::ed25519("1", 1);
    let issuer = Issuer::showing(&[&key]).await;
    let gateway = trusting(&issuer.section("")).await;
    let began = Instant::now();
    let large = with(issuer.claims(gateway.now()), &json!({ "padding": "x".repeat(100_000) }));
    assert_refused(&show(&gateway, &key.sign(&large)).await, "100 kB");
    for token in [".".repeat(8000), "A".repeat(8000), "e30.".repeat(2000), "e30.e30.".to_owned(), "%00".to_owned()] {
        assert_refused(&ask_as(&gateway, &format!("Bearer {token}")).await, &token[..3]);
    }
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    assert_eq!(show(&gateway, &key.sign(&issuer.claims(gateway.now()))).await.status, 200, "the gateway is well");
}

#[tokio::test]
async fn a_token_in_the_address_is_refused_and_no_token_is_logged() {
    let log = Log::listen();
    let key = Key::ed25519("1", 1);
    let issuer = Issuer::showing(&[&key]).await;
    let gateway = trusting(&issuer.section("")).await;
    let token = key.sign(&issuer.claims(gateway.now()));
    for name in ["access_token", "ACCESS_TOKEN", "access%5Ftoken"] {
        let url = format!("{}?query=%7Bviewer%7Brole%7D%7D&{name}={token}", gateway.url());
        for request in [gateway.client().get(&url), gateway.client().get(&url).bearer_auth(&token)] {
            let reply = gateway.send(request).await;
            assert_eq!((reply.status, reply.code()), (400, "BAD_USER_INPUT"), "{name}");
            assert!(!reply.text.contains(&token));
        }
    }
    let bad = key.sign(&with(issuer.claims(gateway.now()), &json!({ "exp": 1 })));
    assert_refused(&show(&gateway, &bad).await, "expired");
    let lines = log.text();
    assert!(lines.contains("answered a request"));
    for token in [&token, &bad] {
        let parts: Vec<_> = token.split('.').skip(1).collect();
        assert!(parts.iter().all(|part| !lines.contains(*part)), "a token is in the log");
    }
}
