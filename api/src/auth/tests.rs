//! A good token makes a caller; anything less makes nobody, and never the role `public`.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use ed25519_dalek::{Signer, SigningKey, pkcs8::EncodePublicKey};
use serde_json::{Value, json};

use std::time::Duration;

use super::*;
use crate::{
    config,
    policy::{Claim, Subject},
};

fn start() -> DateTime<Utc> {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn issuer() -> Issuer {
    let key = IssuerKey::from_ed25519(&key().verifying_key());
    Issuer { leeway: Duration::from_secs(30), ..Issuer::with_key("https://issuer", "regiograph", key) }
}

fn authenticator_at(now: DateTime<Utc>) -> Authenticator {
    Authenticator::new(vec![issuer()], Clock::fixed(now), None)
}

fn claims() -> Value {
    let now = start().timestamp();
    json!({
        "iss": "https://issuer", "aud": "regiograph", "sub": "someone", "jti": "1", "iat": now, "nbf": now,
        "exp": now + 60, "role": "region_analyst", "region": "JZ36", "purpose": "monitoring",
    })
}

fn changed(change: Value) -> Value {
    let mut claims = claims();
    for (name, value) in serde_json::from_value::<serde_json::Map<_, _>>(change).unwrap() {
        if value == json!("(absent)") {
            claims.as_object_mut().unwrap().remove(&name);
        } else {
            claims[name] = value;
        }
    }
    claims
}

fn sign(header: &Value, claims: &Value, key: &SigningKey) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(header), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(message.as_bytes()).to_bytes());
    format!("Bearer {message}.{signature}")
}

fn ask(header: &str) -> Result<Caller, Unauthenticated> {
    authenticator_at(start()).authenticate(Some(header), &Policy::embedded())
}

fn ask_with(claims: &Value) -> Result<Caller, Unauthenticated> {
    ask(&sign(&json!({"alg": "EdDSA", "typ": "JWT"}), claims, &key()))
}

#[test]
fn a_good_token_makes_a_caller() {
    let caller = Caller {
        role: "region_analyst".into(),
        scope: Some("JZ36".into()),
        organisation: "JZ36".into(),
        purpose: Some("monitoring".into()),
        subject: Subject::default(),
    };
    assert_eq!(ask_with(&claims()), Ok(caller.clone()));
    assert_eq!(ask_with(&changed(json!({"aud": ["other", "regiograph"], "organisation": "x"}))), Ok(caller.clone()));
    assert_eq!(ask_with(&changed(json!({"nbf": "(absent)"}))), Ok(caller));
    let ministry = ask_with(&changed(json!({"role": "ministry", "organisation": "VWS"}))).unwrap();
    assert_eq!((ministry.scope, &*ministry.organisation), (None, "VWS"));
    let purpose = json!({"role": "inspectorate", "organisation": "IGJ", "purpose": "investigation:12"});
    assert_eq!(ask_with(&changed(purpose)).unwrap().purpose.as_deref(), Some("investigation:12"));
}

#[test]
fn nobody_without_a_token_is_anything_but_public() {
    let nobody = authenticator_at(start()).authenticate(None, &Policy::embedded());
    assert_eq!(nobody, Ok(Caller::public()));
    for header in ["", "Bearer", "Bearer ", "Basic YTpi", "Token a.b.c", "Bearer a.b.c, Bearer d.e.f"] {
        assert_eq!(ask(header), Err(Unauthenticated::NoBearer), "{header}");
    }
    for token in ["x", "a.b", "a.b.c", "....", "e30.e30.e30", "é.é.é"] {
        assert_eq!(ask(&format!("bearer {token}")), Err(Unauthenticated::Unreadable), "{token}");
    }
    assert_eq!(ask(&format!("Bearer {}", "a".repeat(9000))), Err(Unauthenticated::TooLong));
}

#[test]
fn only_the_issuers_key_and_algorithm_are_good() {
    let other = SigningKey::from_bytes(&[8; 32]);
    assert_eq!(ask(&sign(&json!({"alg": "EdDSA"}), &claims(), &other)), Err(Unauthenticated::Signature));
    let good = sign(&json!({"alg": "EdDSA"}), &claims(), &key());
    let (message, signature) = good.rsplit_once('.').unwrap();
    let (header, _) = message.split_once('.').unwrap();
    let forged = URL_SAFE_NO_PAD.encode(changed(json!({"region": "JZ34"})).to_string());
    assert_eq!(ask(&format!("{header}.{forged}.{signature}")), Err(Unauthenticated::Signature));
    assert_eq!(ask(&format!("{message}.")), Err(Unauthenticated::Signature));
    for algorithm in ["HS256", "HS512", "RS256", "ES256", "PS256"] {
        assert_eq!(ask(&sign(&json!({"alg": algorithm}), &claims(), &key())), Err(Unauthenticated::Algorithm));
    }
    for header in [json!({"alg": "none"}), json!({"alg": "NONE"}), json!({}), json!([])] {
        assert_eq!(ask(&sign(&header, &claims(), &key())), Err(Unauthenticated::Unreadable));
    }
    let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(other.verifying_key().as_bytes())});
    for (name, value) in [
        ("crit", json!(["exp"])),
        ("jwk", jwk),
        ("jku", json!("https://issuer/keys")),
        ("x5u", json!("https://issuer/keys")),
        ("x5c", json!(["AA=="])),
        ("zip", json!("DEF")),
        ("typ", json!("secevent+jwt")),
    ] {
        let header = json!({"alg": "EdDSA", name: value});
        assert_eq!(ask(&sign(&header, &claims(), &other)), Err(Unauthenticated::Header(name)));
    }
}

#[test]
fn every_claim_counts() {
    let refused = |change: Value| ask_with(&changed(change)).unwrap_err();
    for name in ["iss", "aud", "sub", "jti", "iat", "exp", "role", "purpose", "region"] {
        for value in [json!("(absent)"), json!(null), json!(true), json!({}), json!("")] {
            let refusal = ask_with(&changed(json!({name: value}))).unwrap_err();
            let is_empty_audience = name == "aud" && value == json!("");
            assert!(refusal == Unauthenticated::Claim(name) || is_empty_audience, "{name}: {refusal}");
        }
    }
    assert_eq!(refused(json!({"iss": "https://issuer/"})), Unauthenticated::Issuer);
    assert_eq!(refused(json!({"aud": ["other"]})), Unauthenticated::Audience);
    assert_eq!(refused(json!({"nbf": "soon"})), Unauthenticated::Claim("nbf"));
    assert_eq!(refused(json!({"exp": -1})), Unauthenticated::Claim("exp"));
    for region in [json!(["JZ36"]), json!("JZ36 "), json!("JZ36' OR 1"), json!("é"), json!("J".repeat(65))] {
        assert_eq!(refused(json!({"region": region})), Unauthenticated::Claim("region"));
    }
    for role in ["public", "admin", "Region_Analyst"] {
        assert_eq!(refused(json!({"role": role})), Unauthenticated::Role);
    }
    for purpose in ["research", "investigation:1", "Monitoring"] {
        assert_eq!(refused(json!({"purpose": purpose})), Unauthenticated::Purpose);
    }
    assert_eq!(refused(json!({"role": "provider"})), Unauthenticated::Claim("provider"));
    assert_eq!(refused(json!({"role": "ministry"})), Unauthenticated::Claim("organisation"));
    let officer =
        |acr: &str| ask_with(&changed(json!({"role": "privacy_officer", "organisation": "JZ36", "acr": acr})));
    assert_eq!(officer("password"), Err(Unauthenticated::Acr));
    assert!(officer("two-factor").is_ok());
}

#[test]
fn a_remembered_token_expires_all_the_same() {
    let moment = Arc::new(std::sync::Mutex::new(start()));
    let clock = Arc::clone(&moment);
    let authenticator = Authenticator::new(vec![issuer()], Clock::new(move || *clock.lock().unwrap()), None);
    let token = sign(&json!({"alg": "EdDSA"}), &claims(), &key());
    let policy = Policy::embedded();
    let at = |seconds: i64| {
        *moment.lock().unwrap() = start() + TimeDelta::seconds(seconds);
        authenticator.authenticate(Some(&token), &policy).map(|_| ())
    };
    assert_eq!(at(0), Ok(()));
    assert_eq!(at(89), Ok(()), "within the leeway");
    assert_eq!(at(90), Err(Unauthenticated::Expired));
    assert_eq!(at(-30), Ok(()), "within the leeway");
    assert_eq!(at(-31), Err(Unauthenticated::NotYet));
    let later = changed(json!({"iat": start().timestamp() + 31}));
    assert_eq!(ask_with(&later), Err(Unauthenticated::NotYet));
    let without_role = Policy::parse("version = \"2\"\ndatasets = []\n[[role]]\nname = \"public\"", "p").unwrap();
    *moment.lock().unwrap() = start();
    assert_eq!(authenticator.authenticate(Some(&token), &without_role), Err(Unauthenticated::Role));
}

#[test]
fn a_refusal_challenges_and_tells_nothing() {
    let refusal = ask_with(&changed(json!({"exp": 1}))).unwrap_err();
    assert_eq!(
        refusal.challenge(),
        "Bearer realm=\"regiograph\", error=\"invalid_token\", error_description=\"the token has expired\""
    );
    assert!(!format!("{:?}", authenticator_at(start())).contains("JZ36"));
}

#[test]
fn an_issuers_key_is_a_public_one() {
    let pem = key().verifying_key().to_public_key_pem(ed25519_dalek::pkcs8::spki::der::pem::LineEnding::LF).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("issuer.pem");
    let text = "[[issuer]]\nissuer = \"https://issuer\"\naudience = \"regiograph\"\npublic_key_file = \"issuer.pem\"\n";
    let settings = config::Config::parse(text, &folder.path().join("regiograph.toml")).unwrap().issuers.swap_remove(0);
    assert!(Issuer::from_config(&settings).unwrap_err().to_string().starts_with("public_key_file: cannot read "));
    std::fs::write(&file, pem).unwrap();
    let issuer = Issuer::from_config(&settings).unwrap();
    let authenticator = Authenticator::new(vec![issuer], Clock::fixed(start()), None);
    let mut claims = claims();
    let token = |claims: &Value| sign(&json!({"alg": "EdDSA"}), claims, &key());
    let nobodys = authenticator.authenticate(Some(&token(&claims)), &Policy::embedded());
    assert_eq!(nobodys, Err(Unauthenticated::Claim("azp")));
    claims["azp"] = json!("dashboard");
    assert!(authenticator.authenticate(Some(&token(&claims)), &Policy::embedded()).is_ok());
    let short = "-----BEGIN PUBLIC KEY-----\nMAowBQYDK2VwAwEA\n-----END PUBLIC KEY-----\n";
    for pem in ["", "secret", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", short] {
        assert_eq!(IssuerKey::from_pem(pem).unwrap_err(), BadKey);
    }
}

fn filled(bytes: &mut [u8]) -> std::io::Result<()> {
    bytes.fill(9);
    Ok(())
}

#[test]
fn the_demonstration_issues_what_it_accepts() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("issuer.pem");
    let clock = Clock::fixed(start());
    let issuer = DemoIssuer::from_file_or_create(&path, clock.clone(), &filled).unwrap();
    let again =
        DemoIssuer::from_file_or_create(&path, clock.clone(), &|_| Err(std::io::ErrorKind::Other.into())).unwrap();
    let authenticator = Authenticator::new(vec![again.issuer(Duration::ZERO)], clock, None);
    let policy = Policy::embedded();
    let is_known = |_: Claim, code: &str| code == "JZ36";
    for role in policy.roles().iter().filter(|role| &*role.name != "public") {
        let scopes: Vec<_> = role.claim.iter().map(|claim| (*claim, "JZ36")).collect();
        let ttl = Duration::from_secs(3600);
        let wanted = Wanted { role: &role.name, scopes: &scopes, organisation: None, purpose: "monitoring", ttl };
        let token = issuer.token(&wanted, &policy, &is_known, &filled).unwrap();
        let caller = authenticator.authenticate(Some(&format!("Bearer {token}")), &policy).unwrap();
        assert_eq!((&caller.role, caller.scope.is_some()), (&role.name, role.claim.is_some()));
    }
    assert_eq!(format!("{issuer:?}"), "DemoIssuer(..)");
    std::fs::write(&path, "secret").unwrap();
    let refused = DemoIssuer::from_file_or_create(&path, Clock::fixed(start()), &filled).unwrap_err().to_string();
    assert!(refused.ends_with("does not hold an Ed25519 private key in PKCS #8 PEM"), "{refused}");
}

#[test]
fn a_token_that_cannot_be_says_which_flag_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let issuer = DemoIssuer::from_file_or_create(&folder.path().join("k"), Clock::fixed(start()), &filled).unwrap();
    let analyst = Wanted {
        role: "region_analyst",
        scopes: &[(Claim::Region, "JZ36")],
        organisation: None,
        purpose: "monitoring",
        ttl: Duration::from_secs(60),
    };
    let refused = |wanted: Wanted<'_>| {
        let is_known = |claim: Claim, code: &str| (claim, code) == (Claim::Region, "JZ36");
        issuer.token(&wanted, &Policy::embedded(), &is_known, &filled).unwrap_err().to_string()
    };
    insta::assert_snapshot!(
        [
            refused(Wanted { role: "analyst", ..analyst }),
            refused(Wanted { role: "public", ..analyst }),
            refused(Wanted { scopes: &[], ..analyst }),
            refused(Wanted { role: "coordinator", scopes: &[], ..analyst }),
            refused(Wanted { role: "ministry", ..analyst }),
            refused(Wanted { scopes: &[(Claim::Region, "JZ36"), (Claim::SupraRegion, "ZW")], ..analyst }),
            refused(Wanted { scopes: &[(Claim::Region, "JZ99")], ..analyst }),
            refused(Wanted { purpose: "research", ..analyst }),
            refused(Wanted { ttl: Duration::ZERO, ..analyst }),
            refused(Wanted { organisation: Some(""), ..analyst }),
        ]
        .join("\n")
    );
}

/// Tokens of keys that were thrown away: ES256 of `p256.pem`, RS256 and PS256 of `rsa.pem`.
const RECORDED: &str = include_str!("tests/tokens.txt");

#[test]
fn issuers_with_other_keys_are_checked_by_those() {
    let ask = |pem: &str, token: &str| {
        let issuer = Issuer { keys: Keys::Fixed(IssuerKey::from_pem(pem).unwrap()), ..issuer() };
        let authenticator = Authenticator::new(vec![issuer], Clock::fixed(start()), None);
        authenticator.authenticate(Some(&format!("Bearer {token}")), &Policy::embedded()).map(|caller| caller.role)
    };
    let (p256, rsa) = (include_str!("tests/p256.pem"), include_str!("tests/rsa.pem"));
    let tokens: Vec<_> = RECORDED.lines().collect();
    for (pem, token) in [(p256, tokens[0]), (rsa, tokens[1]), (rsa, tokens[2])] {
        assert_eq!(ask(pem, token), Ok("ministry".into()));
        let (message, signature) = token.rsplit_once('.').unwrap();
        let forged = format!("{message}.{}", signature.chars().rev().collect::<String>());
        assert!(ask(pem, &forged).is_err());
    }
    assert_eq!(ask(rsa, tokens[0]), Err(Unauthenticated::Algorithm));
    assert_eq!(ask(p256, tokens[1]), Err(Unauthenticated::Algorithm));
    assert_eq!(self::ask(&format!("Bearer {}", tokens[0])), Err(Unauthenticated::Algorithm));
    assert_eq!(IssuerKey::from_pem(include_str!("tests/p384.pem")).unwrap_err(), BadKey);
}
