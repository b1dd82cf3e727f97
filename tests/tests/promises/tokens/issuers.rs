//! Any issuer that tells of itself by OpenID Connect Discovery is believed as far as it was configured: its keys rotate
//! without a restart, nobody makes it be asked often, and it gives no role but its own.

use futures_util::future::join_all;
use jsonwebtoken::Algorithm;
use regiograph_tests::{
    gateway::{Gateway, Reply, Setup},
    issuer::{Issuer, Key},
};
use serde_json::{Value, json};

use super::{ask_as, assert_refused};

/// A gateway that trusts these sections of a configuration.
pub(super) async fn trusting(sections: &str) -> Gateway {
    Setup::of([]).trusting(sections).start().await
}

pub(super) async fn show(gateway: &Gateway, token: &str) -> Reply {
    ask_as(gateway, &format!("Bearer {token}")).await
}

pub(super) fn with(mut claims: Value, change: &Value) -> Value {
    for (name, value) in change.as_object().into_iter().flatten() {
        claims[name] = value.clone();
    }
    claims
}

async fn ready(gateway: &Gateway) -> Reply {
    let url = gateway.url().replace("/graphql", "/health/ready");
    gateway.send(gateway.client().get(url)).await
}

#[tokio::test]
async fn keys_rotate_without_a_restart_and_what_the_old_ones_signed_is_refused() {
    let (old, new) = (Key::ed25519("1", 1), Key::ed25519("2", 2));
    let issuer = Issuer::showing(&[&old]).await;
    let gateway = trusting(&issuer.section("")).await;
    let claims = issuer.claims(gateway.now());
    assert_eq!(show(&gateway, &old.sign(&claims)).await.data()["viewer"]["role"], "region_analyst");
    issuer.show(&[&old, &new]);
    assert_eq!(show(&gateway, &new.sign(&claims)).await.status, 200, "the issuer is asked for a key that is not known");
    assert_eq!(show(&gateway, &old.sign(&claims)).await.status, 200, "both are shown");
    issuer.show(&[&new]);
    gateway.wait(61);
    assert_refused(&show(&gateway, &Key::ed25519("3", 3).sign(&claims)).await, "a key of nobody");
    assert_eq!(show(&gateway, &new.sign(&claims)).await.status, 200);
    assert_refused(&show(&gateway, &old.sign(&claims)).await, "a good signature of a key that is shown no more");
    assert_eq!(issuer.asked(), 3);
}

#[tokio::test]
async fn nobody_makes_an_issuer_be_asked_more_than_once_a_minute() {
    let key = Key::ed25519("1", 1);
    let issuer = Issuer::showing(&[&key]).await;
    let gateway = trusting(&issuer.section("")).await;
    let claims = issuer.claims(gateway.now());
    assert_eq!(show(&gateway, &key.sign(&claims)).await.status, 200);
    assert_eq!(issuer.asked(), 1);
    let flood = async |from: u8| {
        let tokens = (from..from + 40).map(|it| Key::ed25519(&format!("unknown-{it}"), it).sign(&claims));
        let tokens: Vec<_> = tokens.collect();
        for reply in join_all(tokens.iter().map(|token| show(&gateway, token))).await {
            assert_refused(&reply, "an unknown key");
        }
    };
    flood(10).await;
    assert_eq!(issuer.asked(), 2, "once for all of them");
    gateway.wait(59);
    flood(60).await;
    assert_eq!(issuer.asked(), 2, "not within the minute");
    gateway.wait(2);
    flood(110).await;
    assert_eq!(issuer.asked(), 3);
    assert_eq!(show(&gateway, &key.sign(&claims)).await.status, 200, "the good token is good all the while");
}

#[tokio::test]
async fn tokens_of_an_issuer_that_cannot_be_asked_are_for_later_and_never_public() {
    let key = Key::ed25519("1", 1);
    let issuer = Issuer::showing(&[&key]).await;
    issuer.is_down(true);
    let gateway = trusting(&issuer.section("keys_max_age = \"2h\"")).await;
    let token = || key.sign(&issuer.claims(gateway.now()));
    let reply = show(&gateway, &token()).await;
    assert_eq!((reply.status, reply.body.get("data")), (503, None), "{}", reply.text);
    assert!(reply.headers.contains_key("retry-after") && !reply.headers.contains_key("www-authenticate"));
    let unready = ready(&gateway).await;
    assert_eq!((unready.status, &unready.body["issuers"]), (503, &json!({ "configured": 1, "withKeys": 0 })));
    let public = gateway.client().post(gateway.url()).json(&json!({ "query": "{ viewer { role } }" }));
    assert_eq!(gateway.send(public).await.data()["viewer"]["role"], "public");
    issuer.is_down(false);
    gateway.wait(61);
    assert_eq!(show(&gateway, &token()).await.status, 200);
    assert_eq!(ready(&gateway).await.status, 200);
    issuer.is_down(true);
    gateway.wait(2 * 3600 - 60);
    assert_eq!(show(&gateway, &token()).await.status, 200, "what it showed last holds on");
    gateway.wait(120);
    assert_eq!(show(&gateway, &token()).await.status, 503, "and not for ever");
}

#[tokio::test]
async fn an_issuer_that_says_it_is_another_or_shows_no_usable_key_is_not_believed() {
    let key = Key::ed25519("1", 1);
    let issuer = Issuer::showing(&[&key]).await;
    issuer.call_itself("https://login.example.org");
    let gateway = trusting(&issuer.section("")).await;
    assert_eq!(show(&gateway, &key.sign(&issuer.claims(gateway.now()))).await.status, 503);
    issuer.call_itself(issuer.url());
    for unusable in [
        json!({ "use": "enc" }),
        json!({ "alg": "RS256" }),
        json!({ "alg": "HS256" }),
        json!({ "key_ops": ["sign"] }),
        json!({ "d": "AAAA" }),
        json!({ "crv": "Ed448" }),
        json!({ "x": "AAAA" }),
        json!({ "kty": "oct", "k": key.jwk()["x"] }),
    ] {
        issuer.show_as_they_are(vec![with(key.jwk(), &unusable), json!("no key")]);
        gateway.wait(61);
        let reply = show(&gateway, &key.sign(&issuer.claims(gateway.now()))).await;
        assert_eq!(reply.status, 401, "{unusable}: {}", reply.text);
    }
    let rsa = Key::rsa("1", Algorithm::RS256);
    issuer.show_as_they_are(vec![with(rsa.jwk(), &regiograph_tests::issuer::public("short"))]);
    gateway.wait(61);
    assert_eq!(show(&gateway, &rsa.sign(&issuer.claims(gateway.now()))).await.status, 401, "1,024 bits are too few");
    issuer.show(&[&key]);
    gateway.wait(61);
    assert_eq!(show(&gateway, &key.sign(&issuer.claims(gateway.now()))).await.status, 200);
}

#[tokio::test]
async fn an_issuer_gives_no_role_but_its_own() {
    let (analysts, ministries) = (Key::ed25519("1", 1), Key::ed25519("1", 2));
    let (first, second) = (Issuer::showing(&[&analysts]).await, Issuer::showing(&[&ministries]).await);
    let sections = first.section("roles = [\"region_analyst\"]") + &second.section("roles = [\"ministry\"]");
    let gateway = trusting(&sections).await;
    let ministry = json!({ "role": "ministry", "organisation": "VWS" });
    let now = gateway.now();
    assert_eq!(show(&gateway, &analysts.sign(&first.claims(now))).await.status, 200);
    assert_eq!(show(&gateway, &ministries.sign(&with(second.claims(now), &ministry))).await.status, 200);
    assert_refused(&show(&gateway, &ministries.sign(&second.claims(now))).await, "a role that the other one gives");
    assert_refused(&show(&gateway, &analysts.sign(&with(first.claims(now), &ministry))).await, "and the other way");
    assert_refused(&show(&gateway, &ministries.sign(&first.claims(now))).await, "in the name of the other one");
    let nobody = with(first.claims(now), &json!({ "iss": "https://nobody.example.org" }));
    assert_refused(&show(&gateway, &analysts.sign(&nobody)).await, "of nobody");
    let both = with(first.claims(now), &json!({ "iss": [first.url(), second.url()] }));
    assert_refused(&show(&gateway, &analysts.sign(&both)).await, "of both");
}

#[tokio::test]
async fn four_algorithms_are_good_and_those_of_the_configuration_alone() {
    let keys =
        [Key::rsa("rs", Algorithm::RS256), Key::rsa("ps", Algorithm::PS256), Key::p256("es"), Key::ed25519("ed", 1)];
    let issuer = Issuer::showing(&keys.each_ref()).await;
    let all = trusting(&issuer.section("")).await;
    let few = trusting(&issuer.section("algorithms = [\"PS256\", \"ES256\"]")).await;
    for key in &keys {
        let token = key.sign(&issuer.claims(all.now()));
        assert_eq!(show(&all, &token).await.status, 200, "{:?}", key.algorithm);
        let is_good = [Algorithm::PS256, Algorithm::ES256].contains(&key.algorithm);
        assert_eq!(show(&few, &token).await.status, if is_good { 200 } else { 401 }, "{:?}", key.algorithm);
    }
    let unnamed = |key: &Key| key.sign_as(&json!({ "alg": key.algorithm }), &issuer.claims(all.now()));
    assert_eq!(show(&all, &unnamed(&keys[3])).await.status, 200, "one key alone fits");
    assert_refused(&show(&all, &unnamed(&keys[0])).await, "two keys fit");
    let wrong = keys[3].sign_as(&json!({ "alg": "EdDSA", "kid": "es" }), &issuer.claims(all.now()));
    assert_refused(&show(&all, &wrong).await, "a key of another kind is named");
}
