//! A node is shown a token that was made for it, and never the one that the caller showed the gateway.

use regiograph::auth::ExchangeTerms;
use regiograph_tests::{
    caller::As,
    gateway::{Gateway, Setup, SourceSetup},
    issuer::{Issuer, Key},
};

use super::of;

const LIST: &str = "{ placements { totalCount completeness { complete sources { status } } } }";

/// A gateway over one source at a node, which trusts only this issuer, and only tokens for itself.
async fn gateway(issuer: &Issuer, secret: &str) -> Gateway {
    let terms = ExchangeTerms {
        endpoint: format!("{}/token", issuer.url()).parse().expect("it is an address"),
        client: "gateway".into(),
        secret: secret.into(),
        audience: Some("node".into()),
        scope: None,
    };
    let section = format!("[[issuer]]\nissuer = \"{}\"\naudience = \"node\"\n", issuer.url());
    let row = of("Placement", 1, "young-anna", "2025-03-01");
    let source = SourceSetup::of_provider("almata", "ALMATA").rows([row]).behind_node().exchanging(section, terms);
    Setup::of([source]).start().await
}

async fn list(gateway: &Gateway, caller: &As) -> (u64, String) {
    let reply = gateway.ask(caller, LIST).await;
    let list = &reply.data()["placements"];
    let status = list["completeness"]["sources"][0]["status"].as_str().unwrap_or_default().to_owned();
    (list["totalCount"].as_u64().unwrap_or_default(), status)
}

#[tokio::test]
async fn a_node_is_shown_a_token_of_its_own_made_once_and_no_other() {
    let key = Key::ed25519("1", 1);
    let issuer = Issuer::showing(&[&key]).await;
    let gateway = gateway(&issuer, "open sesame").await;
    let provider = As::role("provider").of("ALMATA");
    let (total, status) = list(&gateway, &provider).await;
    assert_eq!((total, &*status), (0, "UNREACHABLE"), "what is not exchanged is not shown");
    issuer.exchange_with(&key);
    gateway.wait(1);
    let token = gateway.token(&provider).expect("the role has a token");
    let before = issuer.exchanges().len();
    for _ in 0..3 {
        let request = gateway.client().post(gateway.url()).bearer_auth(&token);
        let reply = gateway.send(request.json(&serde_json::json!({ "query": LIST }))).await;
        assert_eq!(reply.data()["placements"]["totalCount"], 1, "{}", reply.text);
    }
    let forms = issuer.exchanges().split_off(before);
    assert_eq!(forms.len(), 1, "kept until shortly before its end");
    assert!(forms[0].contains(&format!("subject_token={token}&")) && forms[0].contains("audience=node"));
    gateway.wait(571);
    let request = gateway.client().post(gateway.url()).bearer_auth(&token);
    gateway.send(request.json(&serde_json::json!({ "query": LIST }))).await;
    assert_eq!(issuer.exchanges().len(), before + 2);
}

#[tokio::test]
async fn a_gateway_that_cannot_prove_who_it_is_shows_the_node_nothing() {
    let key = Key::ed25519("1", 1);
    let issuer = Issuer::showing(&[&key]).await;
    issuer.exchange_with(&key);
    let gateway = gateway(&issuer, "wrong").await;
    let (total, _) = list(&gateway, &As::role("provider").of("ALMATA")).await;
    assert_eq!(total, 0);
}
