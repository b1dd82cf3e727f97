//! The audit key: 32 random bytes that stay in their file or in the environment. From it come two keys, one that signs
//! heads and one that encrypts data subjects, always alike, so that the log can be asked about one.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use aes_siv::{KeyInit, siv::Aes256Siv};
use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use hkdf::Hkdf;
use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};

use super::chain::Head;
use crate::secret_file::{NoKey, Random, key_from_text, read_or_create_key, to_hex};

/// What each derived key is for.
const SIGNS: &[u8] = b"regiograph audit heads v1";
const ENCRYPTS: &[u8] = b"regiograph audit subjects v1";

/// Authenticated beside each pseudonym: the key's version and what it is.
const SUBJECT: &[u8] = b"\x01subject";

/// The most data subjects whose encrypted form is remembered: encrypting costs a microsecond, and pages show the same
/// people again and again.
const REMEMBERED: usize = 65_536;

/// Signs heads and encrypts data subjects.
#[derive(Clone)]
pub struct AuditKey {
    signing: SigningKey,
    id: Arc<str>,
    siv: Arc<Mutex<Aes256Siv>>,
    known: Arc<Cache<Box<str>, Arc<[u8]>>>,
}

impl std::fmt::Debug for AuditKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AuditKey(..)")
    }
}

impl AuditKey {
    /// The key in a file; made on first start, with owner-only rights. A file that others may read is refused.
    ///
    /// # Errors
    /// Where the file cannot be read or made, or holds no key.
    pub fn from_file_or_create(path: &Path, random: Random<'_>) -> Result<Self, NoKey> {
        Self::from_text(&read_or_create_key(path, random)?, &path.display().to_string())
    }

    /// The key in a text, hexadecimal or base64; `place` is where it comes from, such as `REGIOGRAPH_AUDIT_KEY`.
    ///
    /// # Errors
    /// Where the text holds no key.
    pub fn from_text(text: &str, place: &str) -> Result<Self, NoKey> {
        let bytes = key_from_text(text).map_err(|reason| reason.of("an audit key", place))?;
        let derive = Hkdf::<Sha256>::new(None, &bytes);
        let (mut seed, mut pair) = ([0; 32], [0; 64]);
        derive.expand(SIGNS, &mut seed).expect("SHA-256 expands to far more than 32 bytes");
        derive.expand(ENCRYPTS, &mut pair).expect("SHA-256 expands to far more than 64 bytes");
        let signing = SigningKey::from_bytes(&seed);
        let id = to_hex(&Sha256::digest(signing.verifying_key().as_bytes())[..8]).into();
        let siv = Arc::new(Mutex::new(Aes256Siv::new(&pair.into())));
        Ok(Self { signing, id, siv, known: Arc::new(Cache::new(REMEMBERED)) })
    }

    /// What tells the key from others: the first eight bytes of the SHA-256 of its public half, in hexadecimal.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// A data subject as the log keeps it: always the same bytes for one pseudonym.
    pub(super) fn subject(&self, pseudonym: &str) -> Arc<[u8]> {
        if let Some(known) = self.known.get(pseudonym) {
            return known;
        }
        let mut siv = self.siv.lock().unwrap_or_else(PoisonError::into_inner);
        let sealed: Arc<[u8]> = siv.encrypt([SUBJECT], pseudonym.as_bytes()).expect("there are few headers").into();
        drop(siv);
        self.known.insert(pseudonym.into(), Arc::clone(&sealed));
        sealed
    }

    /// Signs a head, which names this key from then on.
    pub(super) fn sign(&self, head: Head) -> Head {
        let head = Head { key: self.id.to_string(), ..head };
        let signature = STANDARD.encode(self.signing.sign(&head.message()).to_bytes());
        Head { signature, ..head }
    }

    /// Was this head signed with this key?
    pub(super) fn verifies(&self, head: &Head) -> bool {
        let key: VerifyingKey = self.signing.verifying_key();
        let bytes = STANDARD.decode(&head.signature).ok().and_then(|it| <[u8; 64]>::try_from(it).ok());
        bytes.is_some_and(|it| key.verify_strict(&head.message(), &Signature::from_bytes(&it)).is_ok())
    }
}
