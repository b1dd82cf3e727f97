//! The key that an issuer signs with, and what it vouches for. A token never says which key or algorithm is right.

use std::path::PathBuf;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{VerifyingKey, pkcs8::DecodePublicKey};
use jsonwebtoken::{Algorithm, DecodingKey, Header};
use serde_json::{Map, Value};

use super::Unauthenticated;

/// An issuer's public key, and the algorithms that it is for.
#[derive(Clone, Debug)]
pub struct IssuerKey {
    key: DecodingKey,
    algorithms: Vec<Algorithm>,
}

/// The text holds no public key that tokens can be checked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("holds no public key in PEM for Ed25519, ECDSA on P-256, or RSA")]
pub struct BadKey;

/// Why the file of an issuer's public key is of no use.
#[derive(Debug, thiserror::Error)]
pub enum BadKeyFile {
    /// It cannot be read.
    #[error("cannot read {}: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        reason: std::io::Error,
    },
    /// It holds no such key.
    #[error("{} {reason}", path.display())]
    Bad {
        /// The file.
        path: PathBuf,
        /// What it should hold.
        reason: BadKey,
    },
}

impl IssuerKey {
    /// A public key in PEM: Ed25519 (EdDSA), P-256 (ES256) or RSA (RS256, PS256).
    pub fn from_pem(pem: &str) -> Result<Self, BadKey> {
        if pem.contains("PRIVATE KEY") {
            return Err(BadKey);
        }
        if let Ok(key) = VerifyingKey::from_public_key_pem(pem) {
            return Ok(Self::from_ed25519(&key));
        }
        if let Ok(key) = DecodingKey::from_ec_pem(pem.as_bytes()) {
            // An uncompressed point of P-256: other curves are of other lengths.
            let is_p256 = key.try_get_as_bytes().is_ok_and(|bytes| bytes.len() == 65);
            return if is_p256 { Ok(Self { key, algorithms: vec![Algorithm::ES256] }) } else { Err(BadKey) };
        }
        let key = DecodingKey::from_rsa_pem(pem.as_bytes()).map_err(|_| BadKey)?;
        Ok(Self { key, algorithms: vec![Algorithm::RS256, Algorithm::PS256] })
    }

    /// An Ed25519 key (EdDSA).
    #[must_use]
    pub fn from_ed25519(key: &VerifyingKey) -> Self {
        Self { key: DecodingKey::from_ed_der(key.as_bytes()), algorithms: vec![Algorithm::EdDSA] }
    }

    /// What a token says that this key signed; the claims are yet to be checked.
    pub(super) fn verify(&self, token: &str) -> Result<Map<String, Value>, Unauthenticated> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| Unauthenticated::Unreadable)?;
        check_header(&header)?;
        if !self.algorithms.contains(&header.alg) {
            return Err(Unauthenticated::Algorithm);
        }
        let (message, signature) = token.rsplit_once('.').ok_or(Unauthenticated::Unreadable)?;
        let (_, claims) = message.split_once('.').ok_or(Unauthenticated::Unreadable)?;
        // The signature alone: the claims are checked in every request, by our own clock; see `claims`.
        let is_good = jsonwebtoken::crypto::verify(signature, message.as_bytes(), &self.key, header.alg);
        if !is_good.map_err(|_| Unauthenticated::Unreadable)? {
            return Err(Unauthenticated::Signature);
        }
        let claims = URL_SAFE_NO_PAD.decode(claims).map_err(|_| Unauthenticated::Unreadable)?;
        serde_json::from_slice(&claims).map_err(|_| Unauthenticated::Unreadable)
    }
}

fn check_header(header: &Header) -> Result<(), Unauthenticated> {
    let held = [
        ("crit", header.crit.is_some()),
        ("jwk", header.jwk.is_some()),
        ("jku", header.jku.is_some()),
        ("x5u", header.x5u.is_some()),
        ("x5c", header.x5c.is_some()),
        ("enc", header.enc.is_some()),
        ("zip", header.zip.is_some()),
    ];
    if let Some((name, _)) = held.into_iter().find(|(_, is_there)| *is_there) {
        return Err(Unauthenticated::Header(name));
    }
    let is_token = |typ: &String| ["jwt", "at+jwt", "application/at+jwt"].iter().any(|it| typ.eq_ignore_ascii_case(it));
    if header.typ.as_ref().is_none_or(is_token) { Ok(()) } else { Err(Unauthenticated::Header("typ")) }
}
