//! A signed token taken apart, before anything of it is believed: three parts, a header without tricks, and JSON in which
//! no member stands twice. Knows no key.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::Algorithm;
use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value};

use super::Unauthenticated;

/// What a token says of itself.
pub(super) struct Parts<'t> {
    /// What is signed.
    pub(super) message: &'t str,
    /// The signature, as it stands there.
    pub(super) signature: &'t str,
    /// What it says that it is signed with.
    pub(super) algorithm: Algorithm,
    /// Which key it says that it is signed with.
    pub(super) key: Option<Box<str>>,
    /// Its claims, yet to be believed.
    pub(super) claims: Map<String, Value>,
}

impl<'t> Parts<'t> {
    /// Takes a token apart.
    pub(super) fn parse(token: &'t str) -> Result<Self, Unauthenticated> {
        let unreadable = || Unauthenticated::Unreadable;
        let (message, signature) = token.rsplit_once('.').ok_or_else(unreadable)?;
        let (header, claims) = message.split_once('.').ok_or_else(unreadable)?;
        let header = object(header).ok_or_else(unreadable)?;
        let algorithm = header.get("alg").and_then(Value::as_str).filter(|it| !it.eq_ignore_ascii_case("none"));
        let algorithm = algorithm.ok_or_else(unreadable)?.to_owned();
        check_header(&header)?;
        let key = match header.get("kid") {
            None => None,
            Some(Value::String(key)) => Some(key.as_str().into()),
            Some(_) => return Err(Unauthenticated::Header("kid")),
        };
        let algorithm = by_name(&algorithm).ok_or(Unauthenticated::Algorithm)?;
        Ok(Self { message, signature, algorithm, key, claims: object(claims).ok_or_else(unreadable)? })
    }
}

impl<'t> Parts<'t> {
    /// Takes a proof of possession apart, which says itself with which key it is signed (RFC 9449).
    pub(super) fn parse_proof(proof: &'t str) -> Option<(Self, Map<String, Value>)> {
        let (message, signature) = proof.rsplit_once('.')?;
        let (header, claims) = message.split_once('.')?;
        let mut header = object(header)?;
        let is_odd = ["crit", "jku", "x5u", "x5c", "enc", "zip"].iter().any(|name| header.contains_key(*name));
        if is_odd || header.get("typ")?.as_str()? != "dpop+jwt" {
            return None;
        }
        let algorithm = by_name(header.get("alg")?.as_str()?)?;
        let Value::Object(jwk) = header.remove("jwk")? else { return None };
        Some((Self { message, signature, algorithm, key: None, claims: object(claims)? }, jwk))
    }
}

/// An algorithm that tokens may be signed with, by its name; no other is known here.
pub(super) fn by_name(name: &str) -> Option<Algorithm> {
    match name {
        "RS256" => Some(Algorithm::RS256),
        "PS256" => Some(Algorithm::PS256),
        "ES256" => Some(Algorithm::ES256),
        "EdDSA" => Some(Algorithm::EdDSA),
        _ => None,
    }
}

/// The JSON object in a text, if no member stands twice anywhere in it.
pub(super) fn read_object(text: &[u8]) -> Option<Map<String, Value>> {
    match serde_json::from_slice(text) {
        Ok(Strict(Value::Object(members))) => Some(members),
        _ => None,
    }
}

fn object(part: &str) -> Option<Map<String, Value>> {
    read_object(&URL_SAFE_NO_PAD.decode(part).ok()?)
}

fn check_header(header: &Map<String, Value>) -> Result<(), Unauthenticated> {
    let held = ["crit", "jwk", "jku", "x5u", "x5c", "enc", "zip"];
    if let Some(name) = held.into_iter().find(|name| header.contains_key(*name)) {
        return Err(Unauthenticated::Header(name));
    }
    let is_token = |typ: &str| ["jwt", "at+jwt", "application/at+jwt"].iter().any(|it| typ.eq_ignore_ascii_case(it));
    match header.get("typ") {
        None => Ok(()),
        Some(typ) if typ.as_str().is_some_and(is_token) => Ok(()),
        Some(_) => Err(Unauthenticated::Header("typ")),
    }
}

/// JSON in which no member of an object stands twice: readers differ in which of two they believe.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Once).map(Strict)
    }
}

struct Once;

impl<'de> Visitor<'de> for Once {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON in which no member stands twice")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, it: bool) -> Result<Value, E> {
        Ok(it.into())
    }

    fn visit_i64<E>(self, it: i64) -> Result<Value, E> {
        Ok(it.into())
    }

    fn visit_u64<E>(self, it: u64) -> Result<Value, E> {
        Ok(it.into())
    }

    fn visit_f64<E>(self, it: f64) -> Result<Value, E> {
        Ok(it.into())
    }

    fn visit_str<E>(self, it: &str) -> Result<Value, E> {
        Ok(it.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut all = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            all.push(item);
        }
        Ok(all.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut all = Map::new();
        while let Some((name, Strict(value))) = members.next_entry::<String, Strict>()? {
            if all.insert(name, value).is_some() {
                return Err(A::Error::custom("a member stands twice"));
            }
        }
        Ok(all.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_read_if_no_member_stands_twice() {
        let text = r#"{"a": [1, -2, 0.5, null, true, "x"], "b": {"a": {}}}"#;
        assert_eq!(Value::Object(read_object(text.as_bytes()).unwrap()), serde_json::from_str::<Value>(text).unwrap());
        for text in [r#"{"a":1,"a":1}"#, r#"{"b":{"a":1,"\u0061":2}}"#, r#"{"b":[{"a":1,"a":2}]}"#, "[]", "1", "", "{"]
        {
            assert_eq!(read_object(text.as_bytes()), None, "{text}");
        }
    }
}
