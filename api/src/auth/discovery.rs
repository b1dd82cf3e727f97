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

/// After how long an issuer is asked again at least and at most, whatever it says, and where it says nothing. A key that it
/// takes out of use is refused after so long at most.
const LEAST_AGE: Duration = Duration::from_secs(5 * 60);
const MOST_AGE: Duration = Duration::from_secs(60 * 60);
const AGE: Duration = Duration::from_secs(60 * 60);

/// The keys that an issuer shows: none, where it takes back all that it has shown.
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
    Ok(Shown { keys: read_keys(&page.body)?, lasts: lasts(page.max_age) })
}

fn lasts(max_age: Option<Duration>) -> Duration {
    max_age.unwrap_or(AGE).clamp(LEAST_AGE, MOST_AGE)
}

/// The keys of a set that tokens may be signed with; others are passed over.
fn read_keys(set: &[u8]) -> Result<Vec<IssuerKey>, Silence> {
    let set = read_object(set).ok_or(Silence::Unreadable)?;
    let all = set.get("keys").and_then(Value::as_array).ok_or(Silence::Unreadable)?;
    let keys = all.iter().filter_map(|key| IssuerKey::from_jwk(key.as_object()?)).take(MOST);
    Ok(keys.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_asked_again_within_the_hour_whatever_it_says() {
        let seconds = |said: Option<u64>| lasts(said.map(Duration::from_secs)).as_secs();
        assert_eq!([None, Some(0), Some(600), Some(86_400)].map(seconds), [3600, 300, 600, 3600]);
    }

    #[test]
    fn a_set_without_usable_keys_is_an_answer_and_what_is_no_set_is_none() {
        for set in [r#"{"keys":[]}"#, r#"{"keys":[{"kty":"oct","k":"AAAA"},"no key"]}"#] {
            assert!(read_keys(set.as_bytes()).is_ok_and(|keys| keys.is_empty()), "{set}");
        }
        for other in ["{}", r#"{"keys":{}}"#, "[]", "", r#"{"keys":[],"keys":[]}"#] {
            assert_eq!(read_keys(other.as_bytes()).err(), Some(Silence::Unreadable), "{other}");
        }
    }
}
