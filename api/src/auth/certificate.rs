//! The certificate that a client has shown (RFC 8705), by its thumbprint alone. Who is believed to say so is for the front
//! to know.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// The thumbprint of a certificate: SHA-256 of its DER.
#[derive(Clone, Copy)]
pub struct Thumbprint([u8; 32]);

impl Thumbprint {
    /// That of a certificate in DER.
    #[must_use]
    pub fn of(der: &[u8]) -> Self {
        Self(Sha256::digest(der).into())
    }

    /// Is it the one that a token names (`x5t#S256`)? In the same time, however much of it is alike.
    pub(super) fn is(&self, named: &str) -> bool {
        URL_SAFE_NO_PAD.decode(named).is_ok_and(|named| bool::from(named.ct_eq(&self.0)))
    }
}

impl fmt::Debug for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Thumbprint")
    }
}
