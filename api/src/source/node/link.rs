//! The key that a gateway and a node share, and what follows from it: credentials, by which the node knows that gateway,
//! and pseudonyms that mean nothing to anyone else. Knows no HTTP and no question.

mod credential;
mod seen;

use std::{fmt, path::Path, sync::Mutex};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use hkdf::Hkdf;
use jsonwebtoken::{DecodingKey, EncodingKey};
use sha2::Sha256;

pub use self::credential::{As, Message, Sent, gateway_of};
use self::seen::Seen;
use crate::{
    opaque::Opaque,
    secret_file::{NoKey, key_from_text, read},
};

/// Says what the derived keys are for, so that no other use of the key makes the same.
const USE: &[u8] = b"regiograph node v1";

/// What one gateway and one node share.
pub struct Link {
    sign: EncodingKey,
    verify: DecodingKey,
    youths: Youths,
    seen: Mutex<Seen>,
    /// What the node is called in credentials. Both derive it from the key, which no other pair of programs has: nothing
    /// has to be configured, and a credential for one node is none for another.
    audience: Box<str>,
    /// Tells one key from another, and nothing of either.
    mark: [u8; 32],
}

/// The youths' pseudonyms as they travel over one link: encrypted, always alike, and like those of no other link.
pub struct Youths(Opaque);

/// A credential that does not hold. Says no more than that, to whoever shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no credential of a gateway that may ask here")]
pub struct Unknown;

impl Link {
    /// The link of the key in a file, which no one but its owner may read.
    ///
    /// # Errors
    /// Why it holds none.
    pub fn from_file(path: &Path) -> Result<Self, NoKey> {
        let key = key_from_text(&read(path)?).map_err(|reason| reason.of("a key", &path.display().to_string()))?;
        Ok(Self::from_key(&key))
    }

    /// The link of a key.
    #[must_use]
    pub fn from_key(key: &[u8; 32]) -> Self {
        let derive = Hkdf::<Sha256>::new(Some(USE), key);
        let (mut credential, mut youths, mut mark, mut audience) = ([0; 32], [0; 64], [0; 32], [0; 16]);
        derive.expand(b"credential", &mut credential).expect("SHA-256 expands to far more than 32 bytes");
        derive.expand(b"youths", &mut youths).expect("SHA-256 expands to far more than 64 bytes");
        derive.expand(b"mark", &mut mark).expect("SHA-256 expands to far more than 32 bytes");
        derive.expand(b"audience", &mut audience).expect("SHA-256 expands to far more than 16 bytes");
        Self {
            sign: EncodingKey::from_secret(&credential),
            verify: DecodingKey::from_secret(&credential),
            youths: Youths(Opaque::shared(youths)),
            seen: Mutex::new(Seen::default()),
            audience: URL_SAFE_NO_PAD.encode(audience).into(),
            mark,
        }
    }

    /// The gateway's credential for one message, made now. `number` is random, and never used again.
    #[must_use]
    pub fn sign(&self, gateway: &str, message: &Message<'_>, number: [u8; 16], now: DateTime<Utc>) -> String {
        credential::sign(&self.sign, (gateway, &self.audience), message, (number, now.timestamp()))
    }

    /// Is it a credential of the gateway of this name, and of now? Of what it was made for nothing is known yet.
    #[must_use]
    pub fn is_of(&self, gateway: &str, credential: &str, now: DateTime<Utc>) -> bool {
        let claims = credential::verify(&self.verify, credential);
        claims.is_ok_and(|claims| claims.is_of((gateway, &self.audience), now.timestamp()))
    }

    /// As what, and over whom, the gateway of this name sent the message with this credential. Each is good once.
    ///
    /// # Errors
    /// Where it is not the credential of this message, of this gateway and of now, or was seen before.
    pub fn verify(
        &self,
        gateway: &str,
        credential: &str,
        (body, authorization): (&[u8], Option<&str>),
        now: DateTime<Utc>,
    ) -> Result<Sent, Unknown> {
        let now = now.timestamp();
        let claims = credential::verify(&self.verify, credential)?;
        let sent = claims.holds((gateway, &self.audience), (body, authorization), now)?;
        let mut seen = self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if seen.is_new(claims.number()?, claims.until(), now) { Ok(sent) } else { Err(Unknown) }
    }

    /// Is it a link of the same key?
    #[must_use]
    pub fn has_key_of(&self, other: &Self) -> bool {
        self.mark == other.mark
    }

    /// The youths' pseudonyms on this link.
    #[must_use]
    pub fn youths(&self) -> &Youths {
        &self.youths
    }
}

impl Youths {
    /// A holder's pseudonym, for the link.
    #[must_use]
    pub fn seal(&self, raw: &str) -> String {
        let mut text = Vec::with_capacity(64);
        self.0.youth(raw, &mut text);
        String::from_utf8(text).expect("base64 is ASCII")
    }

    /// The holder's pseudonym; nothing for what was not made for this link.
    #[must_use]
    pub fn open(&self, text: &str) -> Option<String> {
        self.0.open_youth(text)
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Link(..)")
    }
}

impl fmt::Debug for Youths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Youths(..)")
    }
}

#[cfg(test)]
mod tests;
