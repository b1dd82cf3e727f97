//! A key that an issuer signs with, and what it vouches for. A token never says which key or algorithm is right.

use std::{fmt, path::PathBuf};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{VerifyingKey, pkcs8::DecodePublicKey};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::jose::{Parts, by_name};

/// The lengths of the modulus of an RSA key, in bytes: 2,048 to 8,192 bits.
const RSA: std::ops::RangeInclusive<usize> = 256..=1024;

/// An issuer's public key, and the algorithms that it is for.
#[derive(Clone)]
pub struct IssuerKey {
    key: DecodingKey,
    algorithms: Vec<Algorithm>,
    /// How the issuer calls it, where it does.
    id: Option<Box<str>>,
    /// Tells it from any other key.
    print: Fingerprint,
}

/// Tells a key from any other.
pub(super) type Fingerprint = [u8; 32];

/// The text holds no public key that tokens can be checked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("holds no public key in PEM for Ed25519, ECDSA on P-256, or RSA of 2048 bits or more")]
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

impl fmt::Debug for IssuerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuerKey").field("algorithms", &self.algorithms).finish_non_exhaustive()
    }
}

impl IssuerKey {
    fn new(key: DecodingKey, algorithms: Vec<Algorithm>, bytes: &[&[u8]]) -> Self {
        let mut print = Sha256::new();
        for bytes in bytes {
            print.update(bytes.len().to_be_bytes());
            print.update(bytes);
        }
        Self { key, algorithms, id: None, print: print.finalize().into() }
    }

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
            let made = Self::new(key, vec![Algorithm::ES256], &[pem.as_bytes()]);
            return if is_p256 { Ok(made) } else { Err(BadKey) };
        }
        let key = DecodingKey::from_rsa_pem(pem.as_bytes()).map_err(|_| BadKey)?;
        if !key.try_get_as_bytes().is_ok_and(|der| RSA.contains(&modulus(der))) {
            return Err(BadKey);
        }
        Ok(Self::new(key, vec![Algorithm::RS256, Algorithm::PS256], &[pem.as_bytes()]))
    }

    /// An Ed25519 key (EdDSA).
    #[must_use]
    pub fn from_ed25519(key: &VerifyingKey) -> Self {
        Self::new(DecodingKey::from_ed_der(key.as_bytes()), vec![Algorithm::EdDSA], &[key.as_bytes()])
    }

    /// A key of a set that an issuer shows (RFC 7517), if it is one that tokens are signed with.
    pub(super) fn from_jwk(jwk: &Map<String, Value>) -> Option<Self> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        let bytes = |name: &str| URL_SAFE_NO_PAD.decode(text(name)?).ok();
        let is_to_verify = match jwk.get("key_ops") {
            None => true,
            Some(uses) => uses.as_array()?.iter().any(|it| it == "verify"),
        };
        // A private key that is shown is nobody's secret any more.
        if jwk.get("use").is_some_and(|it| it != "sig") || !is_to_verify || jwk.contains_key("d") {
            return None;
        }
        let mut made = match (text("kty")?, text("crv")) {
            ("RSA", _) => {
                let (n, e) = (bytes("n")?, bytes("e")?);
                let n = &n[n.iter().position(|byte| *byte != 0)?..];
                if !RSA.contains(&n.len()) || (n.len() == *RSA.start() && n[0] < 0x80) || !(1..=5).contains(&e.len()) {
                    return None;
                }
                let key = DecodingKey::from_rsa_raw_components(n, &e);
                Self::new(key, vec![Algorithm::RS256, Algorithm::PS256], &[b"RSA", n, &e])
            }
            ("EC", Some("P-256")) => {
                let (x, y) = (bytes("x")?, bytes("y")?);
                let key = DecodingKey::from_ec_components(text("x")?, text("y")?).ok()?;
                let made = Self::new(key, vec![Algorithm::ES256], &[b"EC", &x, &y]);
                (x.len() == 32 && y.len() == 32).then_some(made)?
            }
            ("OKP", Some("Ed25519")) => {
                Self::from_ed25519(&VerifyingKey::from_bytes(&bytes("x")?.try_into().ok()?).ok()?)
            }
            _ => return None,
        };
        if let Some(named) = jwk.get("alg") {
            let named = by_name(named.as_str()?)?;
            made.algorithms.retain(|it| *it == named);
        }
        made.id = match jwk.get("kid") {
            None => None,
            Some(id) => Some(id.as_str()?.into()),
        };
        (!made.algorithms.is_empty()).then_some(made)
    }

    /// How the issuer calls it.
    pub(super) fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Tells it from any other.
    pub(super) fn print(&self) -> &Fingerprint {
        &self.print
    }

    /// Is it for this algorithm?
    pub(super) fn is_for(&self, algorithm: Algorithm) -> bool {
        self.algorithms.contains(&algorithm)
    }

    /// Did it sign this? The claims are yet to be checked.
    pub(super) fn has_signed(&self, parts: &Parts<'_>) -> bool {
        self.is_for(parts.algorithm)
            && jsonwebtoken::crypto::verify(parts.signature, parts.message.as_bytes(), &self.key, parts.algorithm)
                .unwrap_or(false)
    }
}

/// How many bytes long the modulus is of an RSA key in DER (PKCS #1); 0 where it is too short to matter.
fn modulus(der: &[u8]) -> usize {
    match der {
        [0x30, 0x82, _, _, 0x02, 0x82, high, low, 0, ..] => {
            usize::from(u16::from_be_bytes([*high, *low])).saturating_sub(1)
        }
        _ => 0,
    }
}
