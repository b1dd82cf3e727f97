//! A gateway's credential: a JWT under the link's key, good for one message, for a minute and once.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Unknown;
use crate::opaque::GatewayId;

/// For how many seconds it holds.
const LIFETIME: i64 = 60;

/// By how many seconds the clocks of gateway and node may differ.
const LEEWAY: i64 = 30;

/// The longest that is looked at.
const LONGEST: usize = 2048;

/// As what a gateway asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum As {
    /// For a caller, whose token goes with it; for everyone, where none does.
    #[serde(rename = "caller")]
    Someone,
    /// For no caller: to make releases, and to compare sources with the contract.
    Release,
}

/// What a credential is made for.
#[derive(Clone, Copy, Debug)]
pub struct Message<'m> {
    /// The body.
    pub body: &'m [u8],
    /// The header with the caller's token, as it goes with it.
    pub authorization: Option<&'m str>,
    /// As what the gateway asks.
    pub kind: As,
    /// The gateways on the way, the one that sends it last.
    pub through: &'m [GatewayId],
}

/// What a credential that holds says of its message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// As what the gateway asks.
    pub kind: As,
    /// The gateways on the way, the one that sent it last.
    pub through: Vec<GatewayId>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Claims {
    iss: String,
    aud: String,
    iat: i64,
    exp: i64,
    jti: String,
    body: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    #[serde(rename = "as")]
    kind: As,
    /// The gateways on the way.
    #[serde(default)]
    via: Vec<Box<str>>,
}

/// The gateway that a credential is of, as far as it says; nothing is sure before it is verified.
#[must_use]
pub fn gateway_of(credential: &str) -> Option<String> {
    Some(claims(credential)?.iss)
}

pub(super) fn sign(
    key: &EncodingKey,
    (gateway, node): (&str, &str),
    message: &Message<'_>,
    (number, now): ([u8; 16], i64),
) -> String {
    let claims = Claims {
        iss: gateway.to_owned(),
        aud: node.to_owned(),
        iat: now,
        exp: now.saturating_add(LIFETIME),
        jti: URL_SAFE_NO_PAD.encode(number),
        body: digest(message.body),
        token: message.authorization.map(|it| digest(it.as_bytes())),
        kind: message.kind,
        via: message.through.iter().map(|it| it.to_text().into()).collect(),
    };
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, key).expect("the key is one for HS256")
}

/// What a credential says that was made with this key.
pub(super) fn verify(key: &DecodingKey, credential: &str) -> Result<Claims, Unknown> {
    let header = jsonwebtoken::decode_header(credential).map_err(|_| Unknown)?;
    if header.alg != Algorithm::HS256 || header.crit.is_some() {
        return Err(Unknown);
    }
    let (message, signature) = credential.rsplit_once('.').ok_or(Unknown)?;
    let is_good = jsonwebtoken::crypto::verify(signature, message.as_bytes(), key, Algorithm::HS256);
    if is_good != Ok(true) {
        return Err(Unknown);
    }
    claims(credential).ok_or(Unknown)
}

fn claims(credential: &str) -> Option<Claims> {
    let (message, _) = credential.rsplit_once('.').filter(|_| credential.len() <= LONGEST)?;
    let claims = URL_SAFE_NO_PAD.decode(message.split_once('.')?.1).ok()?;
    serde_json::from_slice(&claims).ok()
}

fn digest(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(bytes))
}

impl Claims {
    /// What is said, where all of it holds now of this message between these two.
    pub(super) fn holds(
        &self,
        between: (&str, &str),
        (body, authorization): (&[u8], Option<&str>),
        now: i64,
    ) -> Result<Sent, Unknown> {
        let is_of_message = self.body == digest(body) && self.token == authorization.map(|it| digest(it.as_bytes()));
        // Where no one asks, no token goes with it.
        let is_one = self.kind == As::Someone || self.token.is_none();
        let through = self.via.iter().map(|it| GatewayId::from_text(it)).collect::<Option<Vec<_>>>().ok_or(Unknown)?;
        let holds = self.is_of(between, now) && is_of_message && is_one;
        if holds { Ok(Sent { kind: self.kind, through }) } else { Err(Unknown) }
    }

    /// Is it of this gateway for this node, and of now?
    pub(super) fn is_of(&self, (gateway, node): (&str, &str), now: i64) -> bool {
        let is_short = self.exp.checked_sub(self.iat).is_some_and(|it| (1..=LIFETIME).contains(&it));
        let is_now = self.iat <= now.saturating_add(LEEWAY) && now < self.exp.saturating_add(LEEWAY);
        is_short && is_now && self.iss == gateway && self.aud == node
    }

    /// Its number.
    pub(super) fn number(&self) -> Result<[u8; 16], Unknown> {
        URL_SAFE_NO_PAD.decode(&self.jti).ok().and_then(|bytes| bytes.try_into().ok()).ok_or(Unknown)
    }

    /// The last second in which it could hold.
    pub(super) fn until(&self) -> i64 {
        self.exp.saturating_add(LEEWAY)
    }
}
