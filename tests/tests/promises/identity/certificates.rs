//! A token that is bound to a certificate (RFC 8705) is good for who has shown it, as a proxy that is trusted says, and for
//! nobody else. Nobody else is heard on it.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use regiograph::config::{Config, Http};
use regiograph_tests::{
    gateway::{Gateway, Setup},
    issuer::{Issuer, Key},
    socket::Socket,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{assert_known, assert_refused, token, who};

/// Stands for a certificate in DER: of it nothing but its digest counts.
const OWN: &[u8] = b"a certificate of the client\xfb";
const OTHER: &[u8] = b"a certificate of another one";

/// As a proxy writes it.
fn header(der: &[u8]) -> String {
    format!(":{}:", STANDARD.encode(der))
}

fn bond(der: &[u8]) -> (&'static str, Value) {
    ("cnf", json!({ "x5t#S256": URL_SAFE_NO_PAD.encode(Sha256::digest(der)) }))
}

/// A gateway that believes these proxies, on certificates too where it is said so.
async fn gateway(issuer: &Issuer, (proxies, client_certificates): (&[&str], bool)) -> Gateway {
    let trusted_proxies = proxies.iter().map(|it| it.parse().expect("it is a network")).collect();
    let http = Http { trusted_proxies, client_certificates, ..Http::default() };
    Setup::of([]).trusting(issuer.section("")).http(http).start().await
}

#[tokio::test]
async fn a_token_that_is_bound_to_a_certificate_is_good_for_who_has_shown_it() {
    let key = Key::ed25519("1", 1);
    let issuer = Issuer::showing(&[&key]).await;
    let gateway = gateway(&issuer, (&["127.0.0.0/8"], true)).await;
    let bearer = |more: &[(&str, Value)]| format!("Bearer {}", token(&key, issuer.claims(gateway.now()), more));
    let (bound, free) = (bearer(&[bond(OWN)]), bearer(&[]));
    let (own, other) = (header(OWN), header(OTHER));
    assert_known(&who(&gateway, &[("authorization", &bound), ("client-cert", &own)]).await, "the right one");
    assert_refused(&who(&gateway, &[("authorization", &bound), ("client-cert", &other)]).await, "another one");
    assert_refused(&who(&gateway, &[("authorization", &bound)]).await, "none");
    for pair in [[&own, &own], [&own, &other], [&other, &own]] {
        let twice = [("authorization", &*bound), ("client-cert", pair[0]), ("client-cert", pair[1])];
        assert_refused(&who(&gateway, &twice).await, "two");
    }
    let cut = own.trim_end_matches(':');
    let spelled =
        [cut.to_owned(), STANDARD.encode(OWN), format!("{own}, {own}"), format!("{own};a=1"), "::".to_owned()];
    for wrong in spelled.iter().chain([&format!("\"{own}\""), &format!(":{}:", URL_SAFE_NO_PAD.encode(OWN))]) {
        assert_refused(&who(&gateway, &[("authorization", &bound), ("client-cert", wrong)]).await, wrong);
    }
    let long = header(&[b'x'; 20_000]);
    let huge = bearer(&[bond(&[b'x'; 20_000])]);
    assert_refused(&who(&gateway, &[("authorization", &huge), ("client-cert", &long)]).await, "too long a one");
    for shown in [&own, cut] {
        assert_known(&who(&gateway, &[("authorization", &free), ("client-cert", shown)]).await, "bound to nothing");
    }
}

#[tokio::test]
async fn a_bond_that_is_not_understood_whole_is_no_bond_that_holds() {
    let (key, own) = (Key::ed25519("1", 1), header(OWN));
    let issuer = Issuer::showing(&[&key]).await;
    let gateway = gateway(&issuer, (&["127.0.0.0/8"], true)).await;
    let print = URL_SAFE_NO_PAD.encode(Sha256::digest(OWN));
    for bond in [
        json!({ "x5t#S256": print, "jkt": print }),
        json!({ "x5t#S256": print, "other": 1 }),
        json!({ "x5t#S256": [print] }),
        json!({ "x5t#S256": format!("{print}=") }),
        json!({ "x5t#S256": print[..20] }),
        json!({ "x5t#S256": "" }),
        json!({ "x5t": print }),
        json!({ "jkt": print }),
        json!({}),
        json!(print),
        json!(null),
    ] {
        let bound = format!("Bearer {}", token(&key, issuer.claims(gateway.now()), &[("cnf", bond.clone())]));
        let reply = who(&gateway, &[("authorization", &bound), ("client-cert", &own)]).await;
        assert_refused(&reply, &bond.to_string());
    }
    let bound = token(&key, issuer.claims(gateway.now()), &[self::bond(OWN)]);
    let reply = who(&gateway, &[("authorization", &format!("DPoP {bound}")), ("client-cert", &own)]).await;
    assert_refused(&reply, "a certificate is no proof by a key");
}

#[tokio::test]
async fn nobody_but_a_trusted_proxy_says_which_certificate_a_client_has_shown() {
    let (key, own) = (Key::ed25519("1", 1), header(OWN));
    let issuer = Issuer::showing(&[&key]).await;
    for (proxies, is_on) in [(&["192.0.2.0/24"][..], true), (&["127.0.0.0/8"], false), (&[], true)] {
        let gateway = gateway(&issuer, (proxies, is_on)).await;
        let bound = format!("Bearer {}", token(&key, issuer.claims(gateway.now()), &[bond(OWN)]));
        let forwarded = [("authorization", &*bound), ("client-cert", &own), ("x-forwarded-for", "192.0.2.1")];
        assert_refused(&who(&gateway, &forwarded).await, &format!("{proxies:?} {is_on}"));
        let free = format!("Bearer {}", token(&key, issuer.claims(gateway.now()), &[]));
        assert_known(&who(&gateway, &[("authorization", &free), ("client-cert", &own)]).await, "bound to nothing");
    }
}

#[tokio::test]
async fn on_a_websocket_no_bound_token_is_taken() {
    let (key, own) = (Key::ed25519("1", 1), header(OWN));
    let issuer = Issuer::showing(&[&key]).await;
    let gateway = gateway(&issuer, (&["127.0.0.0/8"], true)).await;
    for (is_taken, more) in [(false, vec![bond(OWN)]), (true, vec![])] {
        let shown = format!("Bearer {}", token(&key, issuer.claims(gateway.now()), &more));
        let headers = [("authorization", &*shown), ("client-cert", &own)];
        let mut socket = Socket::open(&gateway, &headers).await.expect("it is opened");
        socket.say(&json!({ "type": "connection_init" })).await;
        assert_eq!(socket.hear().await.is_ok(), is_taken, "{more:?}");
    }
}

#[test]
fn to_believe_certificates_of_nobody_is_a_fault_of_the_configuration() {
    let parse = |text: &str| Config::parse(text, std::path::Path::new("regiograph.toml")).map(|it| it.http);
    let refused = parse("[http]\nclient_certificates = true\n").err().map(|it| it.to_string()).unwrap_or_default();
    assert!(refused.contains("client_certificates: nobody is believed without trusted_proxies"), "{refused}");
    assert!(parse("[http]\nclient_certificates = true\ntrusted_proxies = [\"10.0.0.0/8\"]\n").is_ok());
}
