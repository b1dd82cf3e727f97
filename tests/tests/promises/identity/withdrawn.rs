//! An issuer that answers and shows no key any more takes back those that it has shown; one that does not answer does not.

use regiograph_tests::{
    gateway::{Gateway, Setup},
    issuer::{Issuer, Key},
};
use serde_json::json;

use super::{assert_known, assert_refused, token, who};

async fn ready(gateway: &Gateway) -> (u16, serde_json::Value) {
    let url = gateway.url().replace("/graphql", "/health/ready");
    let reply = gateway.send(gateway.client().get(url)).await;
    (reply.status, reply.body["issuers"]["withKeys"].clone())
}

#[tokio::test]
async fn an_issuer_that_shows_no_usable_key_withdraws_all_that_it_has_shown() {
    let (key, unknown) = (Key::ed25519("1", 1), Key::ed25519("2", 2));
    for none in [vec![], vec![json!({ "kty": "oct", "k": "AAAA", "kid": "1" })]] {
        let issuer = Issuer::showing(&[&key]).await;
        let gateway = Setup::of([]).trusting(issuer.section("")).start().await;
        let show = async |key: &Key| {
            let shown = token(key, issuer.claims(gateway.now()), &[]);
            who(&gateway, &[("authorization", &format!("Bearer {shown}"))]).await
        };
        assert_known(&show(&key).await, "shown");
        issuer.is_down(true);
        gateway.wait(61);
        assert_refused(&show(&unknown).await, "it is asked, and does not answer");
        assert_known(&show(&key).await, "silence takes nothing back");
        issuer.is_down(false);
        issuer.show_as_they_are(none);
        gateway.wait(61);
        assert_refused(&show(&unknown).await, "it is asked, and shows no key");
        assert_refused(&show(&key).await, "what it showed before is taken back at once");
        assert_eq!(ready(&gateway).await, (503, json!(0)));
        issuer.show(&[&key]);
        gateway.wait(61);
        assert_known(&show(&key).await, "shown again");
        assert_eq!(ready(&gateway).await, (200, json!(1)));
    }
}
