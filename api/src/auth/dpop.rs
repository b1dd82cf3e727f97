//! Proof of possession (DPoP, RFC 9449): whoever shows a token that is bound to a key proves with each request that it has
//! the key. A proof is good for one request, once, and for a minute.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::{Unauthenticated, jose::Parts, key::IssuerKey};

/// For how many seconds a proof is good, and by how many the clock of its maker may be ahead.
const GOOD: f64 = 60.0;
const AHEAD: f64 = 5.0;

/// The most proofs that are remembered; beyond it none is taken, rather than one twice.
const MOST: usize = 500_000;

/// The longest proof that is looked at, and the longest number of one, in bytes.
const LONGEST: usize = 8 * 1024;
const LONGEST_NUMBER: usize = 256;

/// What a request shows beside a token that is bound to a key, and what it is a request for.
#[derive(Clone, Copy)]
pub struct Proof<'p> {
    /// The one `DPoP` header.
    pub text: &'p str,
    /// The method.
    pub method: &'p str,
    /// The host that was asked, with its port where it was said.
    pub host: &'p str,
    /// The path that was asked for.
    pub path: &'p str,
}

/// The proofs that were shown, each with the second in which it stops to be good.
#[derive(Debug, Default)]
pub(super) struct Shown(Mutex<HashMap<[u8; 32], i64>>);

impl Shown {
    /// The thumbprint of the key that the request proves to have, for this token.
    pub(super) fn check(&self, proof: &Proof<'_>, token: &str, now: DateTime<Utc>) -> Result<String, Unauthenticated> {
        let wrong = || Unauthenticated::Proof;
        if proof.text.len() > LONGEST {
            return Err(wrong());
        }
        let (parts, jwk) = Parts::parse_proof(proof.text).ok_or_else(wrong)?;
        let key = IssuerKey::from_jwk(&jwk).ok_or_else(wrong)?;
        let text = |name: &str| parts.claims.get(name).and_then(Value::as_str);
        let number = text("jti").filter(|it| (1..=LONGEST_NUMBER).contains(&it.len())).ok_or_else(wrong)?;
        let issued = parts.claims.get("iat").and_then(Value::as_f64).ok_or_else(wrong)?;
        let age = now.timestamp_micros() as f64 / 1e6 - issued;
        let is_for_this = text("htm") == Some(proof.method)
            && text("htu").is_some_and(|address| is_address(address, proof))
            && text("ath") == Some(&*URL_SAFE_NO_PAD.encode(Sha256::digest(token)));
        if !is_for_this || !(-AHEAD..GOOD).contains(&age) || !key.has_signed(&parts) {
            return Err(wrong());
        }
        let print = thumbprint(&jwk).ok_or_else(wrong)?;
        let shown = Sha256::new().chain_update(&print).chain_update(number).finalize().into();
        if self.is_new(shown, now.timestamp()) { Ok(print) } else { Err(wrong()) }
    }

    fn is_new(&self, shown: [u8; 32], now: i64) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST / 2 {
            all.retain(|_, until| *until >= now);
        }
        all.len() < MOST && all.insert(shown, now + (GOOD + AHEAD) as i64 + 1).is_none()
    }
}

/// Is it the address of this request? Whoever ends TLS before us leaves only the host and the path to compare.
fn is_address(address: &str, proof: &Proof<'_>) -> bool {
    let Ok(address) = address.parse::<http::Uri>() else { return false };
    let (Some(scheme), Some(host)) = (address.scheme_str(), address.authority()) else { return false };
    is_same_host(scheme, host.as_str(), proof.host) && address.path() == proof.path
}

/// Are these one host, where both are asked by this scheme? Each may say its port or leave out the usual one.
pub(crate) fn is_same_host(scheme: &str, one: &str, other: &str) -> bool {
    let port = match scheme {
        "https" => ":443",
        "http" => ":80",
        _ => return false,
    };
    let without_port = |host: &str| host.strip_suffix(port).unwrap_or(host).to_ascii_lowercase();
    without_port(one) == without_port(other)
}

/// A key's thumbprint (RFC 7638).
fn thumbprint(jwk: &Map<String, Value>) -> Option<String> {
    // In the order of the alphabet, and nothing else.
    let names: &[&str] = match jwk.get("kty")?.as_str()? {
        "RSA" => &["e", "kty", "n"],
        "EC" => &["crv", "kty", "x", "y"],
        "OKP" => &["crv", "kty", "x"],
        _ => return None,
    };
    let members = names.iter().map(|name| Some(format!("\"{name}\":{}", jwk.get(*name)?)));
    let members = members.collect::<Option<Vec<_>>>()?.join(",");
    Some(URL_SAFE_NO_PAD.encode(Sha256::digest(format!("{{{members}}}"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thumbprint_is_that_of_the_standard() {
        // The example of RFC 7638, section 3.1.
        let jwk = r#"{"kty":"RSA","alg":"RS256","kid":"2011-04-29","e":"AQAB","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"}"#;
        let jwk = serde_json::from_str(jwk).unwrap();
        assert_eq!(thumbprint(&jwk).as_deref(), Some("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"));
    }

    #[test]
    fn a_proof_is_for_one_address() {
        let proof = Proof { text: "", method: "POST", host: "api.example.org", path: "/graphql" };
        for address in ["https://api.example.org/graphql", "https://API.example.org:443/graphql?x=1"] {
            assert!(is_address(address, &proof), "{address}");
        }
        for address in [
            "https://api.example.org/",
            "https://api.example.org:8443/graphql",
            "/graphql",
            "ftp://api.example.org/graphql",
        ] {
            assert!(!is_address(address, &proof), "{address}");
        }
    }
}
