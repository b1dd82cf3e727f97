//! An issuer as tests play it over HTTP: it tells of itself and its keys, changes them, lies, or does not answer; and it
//! is counted how often it is asked. Its keys are of these tests, and open nothing.

mod encrypted;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::{
    Router,
    extract::State,
    http::{
        HeaderMap, StatusCode,
        header::{AUTHORIZATION, CACHE_CONTROL},
    },
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use ed25519_dalek::{SigningKey, pkcs8::EncodePrivateKey};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::{net::TcpListener, task::JoinHandle};

pub use self::encrypted::{CERTIFICATE, Encrypted};

/// An issuer that answers until it is dropped.
pub struct Issuer {
    url: String,
    played: Arc<Mutex<Played>>,
    server: JoinHandle<()>,
}

/// What it does now.
#[derive(Default)]
struct Played {
    name: String,
    keys: Vec<Value>,
    is_down: bool,
    asked: usize,
    /// Signs what tokens are exchanged for, where they are.
    exchanges: Option<Key>,
    /// The forms of exchanges that were asked for.
    forms: Vec<String>,
}

/// A key of an issuer.
#[derive(Clone)]
pub struct Key {
    /// How the issuer calls it.
    pub id: String,
    /// What it signs with.
    pub algorithm: Algorithm,
    secret: EncodingKey,
    public: Value,
}

impl Issuer {
    /// An issuer that shows these keys.
    pub async fn showing(keys: &[&Key]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
        let url = format!("http://{}/realm", listener.local_addr().expect("a listener has an address"));
        let played = Arc::new(Mutex::new(Played { name: url.clone(), ..Played::default() }));
        let router = Router::new()
            .route("/realm/.well-known/openid-configuration", get(about))
            .route("/realm/keys", get(shown))
            .route("/realm/token", post(exchanged))
            .with_state((url.clone(), Arc::clone(&played)));
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        let issuer = Self { url, played, server };
        issuer.show(keys);
        issuer
    }

    /// What its tokens say in `iss`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// From now on it shows these keys, and no others.
    pub fn show(&self, keys: &[&Key]) {
        self.show_as_they_are(keys.iter().map(|key| key.jwk()).collect());
    }

    /// From now on it shows this.
    pub fn show_as_they_are(&self, keys: Vec<Value>) {
        self.played().keys = keys;
    }

    /// From now on it says that it is this one.
    pub fn call_itself(&self, name: &str) {
        self.played().name = name.to_owned();
    }

    /// Does it answer from now on?
    pub fn is_down(&self, is_down: bool) {
        self.played().is_down = is_down;
    }

    /// From now on it exchanges tokens for ones that this key signs, for the gateway alone.
    pub fn exchange_with(&self, key: &Key) {
        self.played().exchanges = Some(key.clone());
    }

    /// The forms of exchanges that were asked for.
    #[must_use]
    pub fn exchanges(&self) -> Vec<String> {
        self.played().forms.clone()
    }

    /// How often it was asked for its keys.
    #[must_use]
    pub fn asked(&self) -> usize {
        self.played().asked
    }

    /// Its section of a configuration, with more keys of it.
    #[must_use]
    pub fn section(&self, more: &str) -> String {
        format!("[[issuer]]\nissuer = \"{}\"\naudience = \"regiograph\"\n{more}\n", self.url)
    }

    /// What a good token of it says at this moment: of an analyst of region JZ36.
    #[must_use]
    pub fn claims(&self, now: DateTime<Utc>) -> Value {
        let now = now.timestamp();
        json!({
            "iss": self.url, "aud": "regiograph", "sub": "someone", "jti": "1", "azp": "dashboard", "iat": now, "nbf": now,
            "exp": now + 300, "role": "region_analyst", "region": "JZ36", "purpose": "monitoring",
        })
    }

    fn played(&self) -> MutexGuard<'_, Played> {
        self.played.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.server.abort();
    }
}

type Stage = (String, Arc<Mutex<Played>>);

async fn about(State((url, played)): State<Stage>) -> Response {
    let played = played.lock().unwrap_or_else(PoisonError::into_inner);
    if played.is_down {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    json!({ "issuer": played.name, "jwks_uri": format!("{url}/keys") }).to_string().into_response()
}

async fn shown(State((_, played)): State<Stage>) -> Response {
    let mut played = played.lock().unwrap_or_else(PoisonError::into_inner);
    played.asked += 1;
    if played.is_down {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    ([(CACHE_CONTROL, "max-age=600")], json!({ "keys": played.keys }).to_string()).into_response()
}

/// The same claims for whom they are asked for, to the client `gateway` with the secret `open sesame`.
async fn exchanged(State((url, played)): State<Stage>, headers: HeaderMap, form: String) -> Response {
    let mut played = played.lock().unwrap_or_else(PoisonError::into_inner);
    played.forms.push(form.clone());
    let part = |name: &str| form.split('&').find_map(|it| it.strip_prefix(name)?.strip_prefix('='));
    let is_known = headers.get(AUTHORIZATION).is_some_and(|it| it == "Basic Z2F0ZXdheTpvcGVuJTIwc2VzYW1l");
    let (Some(key), Some(token), true) = (&played.exchanges, part("subject_token"), is_known) else {
        return (StatusCode::BAD_REQUEST, r#"{"error":"invalid_request"}"#).into_response();
    };
    let claims = token.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok()).unwrap_or_default();
    let mut claims: Value = serde_json::from_slice(&claims).unwrap_or_default();
    claims["iss"] = json!(url);
    claims["aud"] = json!(part("audience"));
    // Whoever exchanges a token is the client of the new one.
    claims["azp"] = json!("gateway");
    claims["exp"] = json!(claims["iat"].as_i64().unwrap_or_default() + 600);
    let token = key.sign(&claims);
    json!({ "access_token": token, "token_type": "Bearer", "expires_in": 600 }).to_string().into_response()
}

impl Key {
    /// A key that signs with EdDSA.
    #[must_use]
    pub fn ed25519(id: &str, seed: u8) -> Self {
        let key = SigningKey::from_bytes(&[seed; 32]);
        let secret = key.to_pkcs8_der().expect("a key has this form");
        let x = URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes());
        let public = json!({ "kty": "OKP", "crv": "Ed25519", "x": x });
        Self::new(id, Algorithm::EdDSA, EncodingKey::from_ed_der(secret.as_bytes()), public)
    }

    /// A key that signs with RS256 or PS256.
    #[must_use]
    pub fn rsa(id: &str, algorithm: Algorithm) -> Self {
        let secret = EncodingKey::from_rsa_pem(include_bytes!("issuer/rsa.pem")).expect("the file holds an RSA key");
        Self::new(id, algorithm, secret, public("rsa"))
    }

    /// A key that signs with ES256.
    #[must_use]
    pub fn p256(id: &str) -> Self {
        let secret = EncodingKey::from_ec_pem(include_bytes!("issuer/p256.pem")).expect("the file holds a P-256 key");
        Self::new(id, Algorithm::ES256, secret, public("p256"))
    }

    fn new(id: &str, algorithm: Algorithm, secret: EncodingKey, public: Value) -> Self {
        Self { id: id.to_owned(), algorithm, secret, public }
    }

    /// As it stands in a set of keys.
    #[must_use]
    pub fn jwk(&self) -> Value {
        let mut jwk = self.public.clone();
        jwk["kid"] = json!(self.id);
        jwk["use"] = json!("sig");
        jwk
    }

    /// Its thumbprint (RFC 7638); of a key that signs with EdDSA.
    #[must_use]
    pub fn thumbprint(&self) -> String {
        let canonical = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":{}}}"#, self.public["x"]);
        URL_SAFE_NO_PAD.encode(Sha256::digest(canonical))
    }

    /// A token with these claims.
    #[must_use]
    pub fn sign(&self, claims: &Value) -> String {
        self.sign_as(&json!({ "alg": self.algorithm, "typ": "at+jwt", "kid": self.id }), claims)
    }

    /// A token with this header.
    #[must_use]
    pub fn sign_as(&self, header: &Value, claims: &Value) -> String {
        self.sign_text(&header.to_string(), &claims.to_string())
    }

    /// A token of these texts.
    #[must_use]
    pub fn sign_text(&self, header: &str, claims: &str) -> String {
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let message = format!("{}.{}", part(header), part(claims));
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &self.secret, self.algorithm);
        format!("{message}.{}", signature.expect("the key signs"))
    }
}

/// A public key of the tests; `short` is one of RSA with 1,024 bits.
#[must_use]
pub fn public(name: &str) -> Value {
    let all: Value = serde_json::from_str(include_str!("issuer/public.json")).expect("the file holds JSON");
    all[name].clone()
}
