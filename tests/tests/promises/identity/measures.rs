//! Whoever runs the gateway sees how it stands with each issuer's keys and why tokens are not taken, and nothing of any token.

use regiograph_tests::{
    gateway::{Gateway, Setup},
    issuer::{Issuer, Key},
};
use serde_json::json;

use super::{assert_known, assert_refused, token, who};

/// The number after a measure with exactly these labels; none where there is none.
fn number(text: &str, measure: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix(measure)?.strip_prefix(' ')?.parse().ok())
}

async fn of_issuer(gateway: &Gateway, issuer: &Issuer) -> ([Option<u64>; 2], u64) {
    let text = gateway.metrics().await;
    let of = |measure: &str| number(&text, &format!("regiograph_issuer_{measure}{{issuer=\"{}\"}}", issuer.url()));
    (["keys", "keys_age_seconds"].map(of), of("failures_total").expect("it is told from the beginning"))
}

#[tokio::test]
async fn measures_tell_of_each_issuer_whether_its_keys_are_known_and_how_old_they_are() {
    let (key, unknown) = (Key::ed25519("1", 1), Key::ed25519("2", 2));
    let issuer = Issuer::showing(&[&key]).await;
    let gateway = Setup::of([]).trusting(issuer.section("keys_max_age = \"1h\"")).start().await;
    let show = async |key: &Key| {
        let shown = token(key, issuer.claims(gateway.now()), &[]);
        who(&gateway, &[("authorization", &format!("Bearer {shown}"))]).await
    };
    assert_known(&show(&key).await, "shown");
    assert_eq!(of_issuer(&gateway, &issuer).await, ([Some(1), Some(0)], 0));
    issuer.is_down(true);
    gateway.wait(61);
    assert_refused(&show(&unknown).await, "it is asked, and does not answer");
    let (known, failures) = of_issuer(&gateway, &issuer).await;
    assert!(known == [Some(1), Some(61)] && failures > 0, "{known:?} {failures}");
    gateway.wait(3_600);
    assert_eq!(of_issuer(&gateway, &issuer).await.0, [Some(0), None], "they hold no more");
    issuer.is_down(false);
    issuer.show(&[]);
    assert_refused(&show(&key).await, "it takes them back");
    assert_eq!(of_issuer(&gateway, &issuer).await.0, [Some(0), Some(0)]);
}

#[tokio::test]
async fn measures_count_tokens_that_are_not_taken_by_reason_and_say_nothing_of_them() {
    let (key, other) = (Key::ed25519("1", 1), Key::ed25519("secret-key", 2));
    let issuer = Issuer::showing(&[&key]).await;
    let gateway = Setup::of([]).trusting(issuer.section("")).start().await;
    let claims = || issuer.claims(gateway.now());
    let bearer = |key: &Key, more: &[(&str, serde_json::Value)]| format!("Bearer {}", token(key, claims(), more));
    let bound = ("cnf", json!({ "jkt": other.thumbprint() }));
    for shown in [
        "secret-scheme secret-token".to_owned(),
        bearer(&key, &[("exp", json!(1))]),
        bearer(&key, &[("aud", json!("secret-audience"))]),
        bearer(&key, &[("iss", json!("https://secret-issuer.example"))]),
        bearer(&key, &[("role", json!("secret-role"))]),
        bearer(&key, &[("region", json!("secret region"))]),
        bearer(&key, std::slice::from_ref(&bound)),
        bearer(&other, &[]),
        bearer(&other, &[("sub", json!("secret-subject"))]),
        bearer(&key, &[bound]).replace("Bearer", "DPoP"),
    ] {
        assert_refused(&who(&gateway, &[("authorization", &shown)]).await, "not taken");
    }
    let good = bearer(&key, &[]);
    assert_refused(&who(&gateway, &[("authorization", &good), ("authorization", &good)]).await, "twice");
    assert_known(&who(&gateway, &[("authorization", &good)]).await, "taken");
    let text = gateway.metrics().await;
    for (reason, times) in [
        ("no_bearer", 2),
        ("expired", 1),
        ("audience", 1),
        ("issuer", 1),
        ("role", 1),
        ("claim", 1),
        ("bound", 1),
        ("unknown_key", 2),
        ("proof", 1),
    ] {
        let measure = format!("regiograph_auth_refusals_total{{reason=\"{reason}\"}}");
        assert_eq!(number(&text, &measure), Some(times), "{reason}");
    }
    assert_eq!(text.lines().filter(|line| line.starts_with("regiograph_auth_refusals_total{")).count(), 9);
    assert!(!text.contains("secret"), "{text}");
}
