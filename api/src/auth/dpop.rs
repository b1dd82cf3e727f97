//! Proof of possession (DPoP, RFC 9449): whoever shows a token that is bound to a key proves with each request that it has
//! the key. A proof is good for one request, once, and for a minute; that it is shown once, [`super::proofs`] sees to.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::{Unauthenticated, jose::Parts, key::IssuerKey};
use crate::config::Origin;

/// For how many seconds a proof is good, and by how many the clock of its maker may be ahead.
pub(super) const GOOD: i64 = 60;
const AHEAD: f64 = 5.0;

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
    /// How the gateway is called outside, by its configuration: what a request says of it is anyone's word.
    pub origins: &'p [Origin],
    /// The path that was asked for.
    pub path: &'p str,
}

/// A proof that holds for a request and a token.
#[derive(Debug)]
pub(super) struct Proved {
    /// The thumbprint of the key that it is by.
    pub(super) print: String,
    /// The digest of its number.
    pub(super) number: [u8; 32],
    /// When it was made, in whole seconds since 1970.
    pub(super) made: i64,
}

/// Does the proof hold for this token and request? That it was not shown before is yet to be seen.
pub(super) fn check(proof: &Proof<'_>, token: &str, now: DateTime<Utc>) -> Result<Proved, Unauthenticated> {
    let wrong = || Unauthenticated::Proof;
    if proof.origins.is_empty() {
        return Err(Unauthenticated::NoOrigin);
    }
    if proof.text.len() > LONGEST {
        return Err(wrong());
    }
    let (parts, jwk) = Parts::parse_proof(proof.text).ok_or_else(wrong)?;
    let key = IssuerKey::from_jwk(&jwk).ok_or_else(wrong)?;
    let text = |name: &str| parts.claims.get(name).and_then(Value::as_str);
    let number = text("jti").filter(|it| (1..=LONGEST_NUMBER).contains(&it.len())).ok_or_else(wrong)?;
    let made = parts.claims.get("iat").and_then(Value::as_f64).ok_or_else(wrong)?;
    let age = now.timestamp_micros() as f64 / 1e6 - made;
    let is_for_this = text("htm") == Some(proof.method)
        && text("htu").is_some_and(|address| is_address(address, proof))
        && text("ath") == Some(&*URL_SAFE_NO_PAD.encode(Sha256::digest(token)));
    if !is_for_this || !(-AHEAD..GOOD as f64).contains(&age) || !key.has_signed(&parts) {
        return Err(wrong());
    }
    let print = thumbprint(&jwk).ok_or_else(wrong)?;
    Ok(Proved { print, number: Sha256::digest(number).into(), made: made.floor() as i64 })
}

/// Is it the address of this request, at one of the origins that the gateway has?
fn is_address(address: &str, proof: &Proof<'_>) -> bool {
    let Ok(address) = address.parse::<http::Uri>() else { return false };
    let (Some(scheme), Some(host)) = (address.scheme_str(), address.authority()) else { return false };
    let is_own = |origin: &Origin| {
        let (own_scheme, own_host) = origin.parts();
        scheme == own_scheme && is_same_host(scheme, host.as_str(), own_host)
    };
    proof.origins.iter().any(is_own) && address.path() == proof.path
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
    fn a_proof_is_for_one_address_at_an_origin_of_ours() {
        let origins = ["https://api.example.org".parse().unwrap(), "https://two.example.org:8443".parse().unwrap()];
        let proof = Proof { text: "", method: "POST", origins: &origins, path: "/graphql" };
        for address in [
            "https://api.example.org/graphql",
            "https://API.example.org:443/graphql?x=1",
            "https://two.example.org:8443/graphql",
        ] {
            assert!(is_address(address, &proof), "{address}");
        }
        for address in [
            "https://api.example.org/",
            "https://api.example.org:8443/graphql",
            "https://two.example.org/graphql",
            "http://api.example.org/graphql",
            "https://someone@api.example.org/graphql",
            "https://api.example.org.elsewhere.example/graphql",
            "/graphql",
            "ftp://api.example.org/graphql",
        ] {
            assert!(!is_address(address, &proof), "{address}");
        }
    }
}
