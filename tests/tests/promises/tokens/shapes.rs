//! Tokens as Keycloak and Entra ID make them are read by the worked examples of the configuration, those of people and
//! those of services alike; and one token is for one role.

use chrono::{DateTime, Utc};
use jsonwebtoken::Algorithm;
use regiograph_tests::{
    gateway::Gateway,
    issuer::{Issuer, Key},
};
use serde_json::{Value, json};

use super::{
    assert_refused,
    issuers::{show, trusting, with},
};

const KEYCLOAK: &str = include_str!("../../../../examples/identity/keycloak.toml");
const ENTRA: &str = include_str!("../../../../examples/identity/entra.toml");

async fn played(example: &str, address: &str) -> (Gateway, Issuer, Key) {
    let key = Key::rsa("1", Algorithm::RS256);
    let issuer = Issuer::showing(&[&key]).await;
    assert!(example.contains(address));
    (trusting(&example.replace(address, issuer.url())).await, issuer, key)
}

fn keycloak(issuer: &Issuer, now: DateTime<Utc>) -> Value {
    let now = now.timestamp();
    json!({
        "exp": now + 300, "iat": now, "auth_time": now, "jti": "onrtac:2f6c5a53", "iss": issuer.url(),
        "aud": ["regiograph", "account"], "sub": "f:2f6c:jansen", "typ": "Bearer", "azp": "dashboard", "sid": "a1",
        "acr": "1", "realm_access": { "roles": ["default-roles-youth-care", "offline_access", "ministry"] },
        "resource_access": {
            "account": { "roles": ["manage-account", "privacy_officer"] },
            "regiograph": { "roles": ["uma_protection", "region_analyst"] },
        },
        "scope": "profile email", "region": ["JZ36"], "preferred_username": "jansen",
    })
}

fn entra(issuer: &Issuer, now: DateTime<Utc>) -> Value {
    let now = now.timestamp();
    json!({
        "aud": "11111111-1111-1111-1111-111111111111", "iss": issuer.url(), "iat": now, "nbf": now, "exp": now + 4_800,
        "aio": "AXQA", "azp": "22222222-2222-2222-2222-222222222222", "azpacr": "1", "oid": "33333333", "rh": "0.A",
        "roles": ["Regiograph.RegionAnalyst", "Other.Reader"], "extn.region": ["JZ36"], "sub": "k9", "tid":
        "00000000-0000-0000-0000-000000000000", "uti": "b4Zz", "ver": "2.0", "acrs": ["c1", "p1"],
    })
}

#[tokio::test]
async fn tokens_of_keycloak_are_read() {
    let (gateway, issuer, key) = played(KEYCLOAK, "https://keycloak.example.org/realms/youth-care").await;
    let claims = keycloak(&issuer, gateway.now());
    let read = async |change: Value| show(&gateway, &key.sign(&with(claims.clone(), &change))).await;
    assert_eq!(read(json!({})).await.data()["viewer"]["role"], "region_analyst");
    let roles = |roles: Value| json!({ "regiograph": { "roles": roles } });
    for (what, change) in [
        (
            "two roles",
            json!({ "resource_access": roles(json!(["region_analyst", "ministry"])), "organisation": "VWS" }),
        ),
        ("no role", json!({ "resource_access": roles(json!(["uma_protection"])) })),
        ("no roles", json!({ "resource_access": {} })),
        ("public", json!({ "resource_access": roles(json!(["public"])) })),
        ("another role", json!({ "resource_access": roles(json!(["coordinator"])), "supra_region": "ZW" })),
        ("two regions", json!({ "region": ["JZ36", "JZ34"] })),
        ("a region that is none", json!({ "region": [["JZ36"]] })),
        ("another client", json!({ "azp": "games" })),
        ("sixteen minutes", json!({ "exp": gateway.now().timestamp() + 960 })),
    ] {
        assert_refused(&read(change).await, what);
    }
    let officer =
        |acr: &str| json!({ "resource_access": roles(json!(["privacy_officer"])), "organisation": "FG", "acr": acr });
    assert_eq!(read(officer("2")).await.data()["viewer"]["role"], "privacy_officer");
    assert_refused(&read(officer("1")).await, "one factor");
    let service = json!({
        "azp": "bi-service", "preferred_username": "service-account-bi-service", "clientHost": "10.0.0.1",
        "client_id": "bi-service", "region": "JZ36",
    });
    assert_eq!(read(service).await.data()["viewer"]["role"], "region_analyst", "of client credentials");
}

#[tokio::test]
async fn tokens_of_entra_are_read() {
    let address = "https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000/v2.0";
    let (gateway, issuer, key) = played(ENTRA, address).await;
    let claims = entra(&issuer, gateway.now());
    let read = async |change: Value| show(&gateway, &key.sign(&with(claims.clone(), &change))).await;
    assert_eq!(read(json!({})).await.data()["viewer"]["role"], "region_analyst");
    let ministry = json!({ "roles": ["Regiograph.Ministry"], "idtyp": "app" });
    assert_eq!(read(ministry).await.data()["viewer"]["role"], "ministry", "of client credentials");
    assert_eq!(
        read(json!({ "roles": ["Regiograph.PrivacyOfficer"] })).await.data()["viewer"]["role"],
        "privacy_officer"
    );
    for (what, change) in [
        ("one factor", json!({ "roles": ["Regiograph.PrivacyOfficer"], "acrs": ["p1"] })),
        ("two roles", json!({ "roles": ["Regiograph.RegionAnalyst", "Regiograph.Ministry"] })),
        ("the policy's own word", json!({ "roles": ["region_analyst"] })),
        ("no token id", json!({ "uti": null })),
        ("another tenant", json!({ "roles": ["Regiograph.Ministry"], "tid": "44444444" })),
        ("too long a life", json!({ "exp": gateway.now().timestamp() + 5_401 })),
    ] {
        assert_refused(&read(change).await, what);
    }
}
