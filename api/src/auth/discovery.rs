//! What an issuer says of itself, after OpenID Connect Discovery: that it is the one asked for, and which keys it signs
//! with now.

use std::time::Duration;

use serde_json::Value;

use super::{
    jose::read_object,
    key::IssuerKey,
    web::{Silence, Web},
};
use crate::config::issuer_address;

/// The most keys of an issuer.
const MOST: usize = 64;

/// For how long keys may hold at least, at most, and where the issuer does not say.
const LEAST_AGE: Duration = Duration::from_secs(5 * 60);
const MOST_AGE: Duration = Duration::from_secs(24 * 60 * 60);
const AGE: Duration = Duration::from_secs(60 * 60);

/// The keys that an issuer shows.
pub(super) struct Shown {
    pub(super) keys: Vec<IssuerKey>,
    /// After how long they are to be asked for again.
    pub(super) lasts: Duration,
}

/// Asks an issuer for its keys.
pub(super) async fn ask(web: &Web, issuer: &str) -> Result<Shown, Silence> {
    let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let about = web.get(&issuer_address(&address).map_err(|_| Silence::Address)?).await?;
    let about = read_object(&about.body).ok_or(Silence::Unreadable)?;
    if about.get("issuer").and_then(Value::as_str) != Some(issuer) {
        return Err(Silence::OtherIssuer);
    }
    let address = about.get("jwks_uri").and_then(Value::as_str).ok_or(Silence::Address)?;
    let page = web.get(&issuer_address(address).map_err(|_| Silence::Address)?).await?;
    let lasts = page.max_age.unwrap_or(AGE).clamp(LEAST_AGE, MOST_AGE);
    Ok(Shown { keys: read_keys(&page.body)?, lasts })
}

/// The keys of a set that tokens may be signed with; others are passed over.
fn read_keys(set: &[u8]) -> Result<Vec<IssuerKey>, Silence> {
    let set = read_object(set).ok_or(Silence::Unreadable)?;
    let all = set.get("keys").and_then(Value::as_array).ok_or(Silence::Unreadable)?;
    let keys = all.iter().filter_map(|key| IssuerKey::from_jwk(key.as_object()?)).take(MOST);
    let keys: Vec<_> = keys.collect();
    if keys.is_empty() { Err(Silence::NoKeys) } else { Ok(keys) }
}
