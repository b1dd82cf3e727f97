//! A token that is not good in every respect is refused with 401, and never becomes the role `public`.

mod configured;
mod bound;
mod hostile;
mod issuers;
mod shapes;

use ed25519_dalek::{
    SigningKey,
    pkcs8::{DecodePrivateKey, EncodePublicKey, spki::der::pem::LineEnding},
};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use regiograph::auth::{DEMO_AUDIENCE, DEMO_ISSUER};
use regiograph_tests::gateway::{Gateway, Reply, SourceSetup};
use serde_json::{Value, json};

async fn gateway() -> Gateway {
    Gateway::over([SourceSetup::of_provider("almata", "ALMATA")]).await
}

/// What a good token says.
fn claims(gateway: &Gateway) -> Value {
    let now = gateway.now().timestamp();
    json!({
        "iss": DEMO_ISSUER, "aud": DEMO_AUDIENCE, "sub": "someone", "jti": "1", "iat": now, "nbf": now, "exp": now + 60,
        "role": "region_analyst", "region": "JZ36", "purpose": "monitoring",
    })
}

async fn ask_as(gateway: &Gateway, authorization: &str) -> Reply {
    let request = gateway.client().post(gateway.url()).header("authorization", authorization);
    gateway.send(request.json(&json!({ "query": "{ viewer { role } }" }))).await
}

fn assert_refused(reply: &Reply, what: &str) {
    assert_eq!((reply.status, reply.code()), (401, "UNAUTHENTICATED"), "{what}: {}", reply.text);
    assert!(reply.headers.contains_key("www-authenticate"), "{what}");
    assert!(reply.body.get("data").is_none(), "{what}");
}

#[tokio::test]
async fn a_good_token_is_taken_until_it_expires() {
    let gateway = gateway().await;
    let token = format!("Bearer {}", gateway.sign(&claims(&gateway)));
    let reply = ask_as(&gateway, &token).await;
    assert_eq!(reply.data()["viewer"]["role"], "region_analyst");
    gateway.wait(59);
    assert_eq!(ask_as(&gateway, &token).await.status, 200);
    gateway.wait(1);
    assert_refused(&ask_as(&gateway, &token).await, "expired");
}

#[tokio::test]
async fn a_token_with_one_wrong_or_missing_claim_is_refused() {
    let gateway = gateway().await;
    let now = gateway.now().timestamp();
    for (claim, value) in [
        ("exp", json!(now)),
        ("exp", json!("never")),
        ("nbf", json!(now + 5)),
        ("iat", json!(now + 5)),
        ("iss", json!("https://elsewhere.invalid")),
        ("aud", json!("another")),
        ("aud", json!([])),
        ("role", json!("public")),
        ("role", json!("admin")),
        ("role", json!(["region_analyst"])),
        ("purpose", json!("curiosity")),
        ("region", json!("")),
        ("region", json!(["JZ36", "JZ34"])),
        ("region", json!("JZ36' OR '1'='1")),
    ] {
        let mut wrong = claims(&gateway);
        wrong[claim] = value.clone();
        assert_refused(
            &ask_as(&gateway, &format!("Bearer {}", gateway.sign(&wrong))).await,
            &format!("{claim} {value}"),
        );
    }
    for claim in ["iss", "aud", "sub", "jti", "iat", "exp", "role", "region", "purpose"] {
        let mut missing = claims(&gateway);
        missing.as_object_mut().map(|it| it.remove(claim));
        assert_refused(&ask_as(&gateway, &format!("Bearer {}", gateway.sign(&missing))).await, claim);
    }
    let mut officer = claims(&gateway);
    officer["role"] = json!("privacy_officer");
    officer["organisation"] = json!("FG");
    assert_refused(&ask_as(&gateway, &format!("Bearer {}", gateway.sign(&officer))).await, "one factor only");
}

#[tokio::test]
async fn a_token_that_the_issuer_did_not_sign_so_is_refused() {
    let gateway = gateway().await;
    let (claims, good) = (claims(&gateway), gateway.sign(&claims(&gateway)));
    let parts: Vec<_> = good.split('.').collect();
    let own = SigningKey::from_pkcs8_pem(&gateway.issuer_key()).expect("the issuer's key is Ed25519");
    let public = own.verifying_key();
    let pem = public.to_public_key_pem(LineEnding::LF).expect("a public key has a PEM");
    let hmac = |secret: &[u8]| {
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &EncodingKey::from_secret(secret))
            .expect("an HMAC can be made")
    };
    // {"alg":"none","typ":"JWT"}
    let none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0";
    let mut tampered = good.clone().into_bytes();
    let middle = parts[0].len() + parts[1].len() / 2;
    tampered[middle] = if tampered[middle] == b'A' { b'B' } else { b'A' };
    let elsewhere = {
        let other = Gateway::over([]).await;
        other.sign(&claims)
    };
    for (what, token) in [
        ("unsigned", format!("{none}.{}.", parts[1])),
        ("unsigned, with a signature", format!("{none}.{}.{}", parts[1], parts[2])),
        ("HMAC with the public key", hmac(public.as_bytes())),
        ("HMAC with the public key's PEM", hmac(pem.as_bytes())),
        ("another key", elsewhere),
        ("tampered with", String::from_utf8(tampered).expect("a token is ASCII")),
        ("without its signature", format!("{}.{}.", parts[0], parts[1])),
        ("cut short", good[..good.len() - 2].to_owned()),
        ("no token", "x".to_owned()),
        ("empty", String::new()),
    ] {
        let reply = ask_as(&gateway, &format!("Bearer {token}")).await;
        assert_refused(&reply, what);
        assert!(token.len() < 2 || !reply.text.contains(&token), "{what}");
    }
    for other in [format!("Basic {good}"), good.clone(), format!("Bearer {good}, Bearer {good}"), "Bearer".to_owned()] {
        assert_refused(&ask_as(&gateway, &other).await, "another form");
    }
    let request = gateway.client().post(gateway.url()).bearer_auth(&good).bearer_auth(&good);
    let reply = gateway.send(request.json(&json!({ "query": "{ viewer { role } }" }))).await;
    assert_refused(&reply, "two headers");
}

#[tokio::test]
async fn without_a_token_one_is_public() {
    let gateway = gateway().await;
    let request = gateway.client().post(gateway.url()).json(&json!({ "query": "{ viewer { role purpose scope } }" }));
    let reply = gateway.send(request).await;
    assert_eq!(reply.data()["viewer"], json!({ "role": "public", "purpose": null, "scope": null }));
}
