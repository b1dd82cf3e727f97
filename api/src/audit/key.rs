//! The audit key: 32 random bytes that stay in their file or in the environment. From it come two keys, one that signs
//! heads and one that encrypts data subjects, always alike, so that the log can be asked about one. Keys of before may
//! stand beside it: they sign nothing any more, and what they signed and encrypted is read with them.

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
use crate::{
    keyring::{BadRing, Ring, Wrong},
    secret_file::{NoKey, Random, read_or_create_key, to_hex},
};

/// What each derived key is for.
const SIGNS: &[u8] = b"regiograph audit heads v1";
const ENCRYPTS: &[u8] = b"regiograph audit subjects v1";

/// Authenticated beside each pseudonym: the key's version and what it is.
const SUBJECT: &[u8] = b"\x01subject";

/// The most data subjects whose encrypted form is remembered: encrypting costs a microsecond, and pages show the same
/// people again and again.
const REMEMBERED: usize = 65_536;

/// Signs heads and encrypts data subjects; with the newest of its keys.
#[derive(Clone)]
pub struct AuditKey {
    /// The newest first; never none.
    versions: Arc<[Version]>,
    known: Arc<Cache<Box<str>, Arc<[u8]>>>,
    ring: Ring,
}

/// One of the keys.
struct Version {
    signing: SigningKey,
    id: Box<str>,
    siv: Mutex<Aes256Siv>,
}

impl std::fmt::Debug for AuditKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AuditKey(..)")
    }
}

impl AuditKey {
    /// The keys in a file; one is made on first start, with owner-only rights. A file that others may read is refused.
    ///
    /// # Errors
    /// Where the file cannot be read or made, or holds no key.
    pub fn from_file_or_create(path: &Path, random: Random<'_>) -> Result<Self, NoKey> {
        Self::from_text(&read_or_create_key(path, random)?, &path.display().to_string())
    }

    /// The keys in a text, hexadecimal or base64; `place` is where it comes from, such as `REGIOGRAPH_AUDIT_KEY`.
    ///
    /// # Errors
    /// Where the text holds no key.
    pub fn from_text(text: &str, place: &str) -> Result<Self, NoKey> {
        let ring = Ring::parse(text).map_err(|BadRing { line, reason }| {
            let place = if line == 1 { place.to_owned() } else { format!("{place}, line {line}") };
            match reason {
                Wrong::Key(reason) => reason.of("an audit key", &place),
                Wrong::Form | Wrong::Order | Wrong::TooMany => {
                    NoKey::Malformed { kind: "one audit key a line, the newest first, at most eight", place }
                }
            }
        })?;
        let versions = ring.all().iter().map(|key| Version::new(key.bytes())).collect();
        Ok(Self { versions, known: Arc::new(Cache::new(REMEMBERED)), ring })
    }

    /// The keys as they stand in their file.
    #[must_use]
    pub fn ring(&self) -> &Ring {
        &self.ring
    }

    /// What tells the newest key from others: the first eight bytes of the SHA-256 of its public half, in hexadecimal.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.newest().id
    }

    fn newest(&self) -> &Version {
        &self.versions[0]
    }

    /// A data subject as the log keeps it: always the same bytes for one pseudonym and one key.
    pub(super) fn subject(&self, pseudonym: &str) -> Arc<[u8]> {
        if let Some(known) = self.known.get(pseudonym) {
            return known;
        }
        let sealed = self.newest().subject(pseudonym);
        self.known.insert(pseudonym.into(), Arc::clone(&sealed));
        sealed
    }

    /// The same under every key there is.
    pub(super) fn subjects(&self, pseudonym: &str) -> Vec<Arc<[u8]>> {
        self.versions.iter().map(|it| it.subject(pseudonym)).collect()
    }

    /// Signs a head, which names the newest key from then on.
    pub(super) fn sign(&self, head: Head) -> Head {
        let head = Head { key: self.id().to_owned(), ..head };
        let signature = STANDARD.encode(self.newest().signing.sign(&head.message()).to_bytes());
        Head { signature, ..head }
    }

    /// Is one of the keys the one that a head names?
    pub(super) fn knows(&self, head: &Head) -> bool {
        self.versions.iter().any(|it| *it.id == *head.key)
    }

    /// Which key a head was signed with, the newest being the first; none where it was signed with none of them.
    pub(super) fn signer(&self, head: &Head) -> Option<usize> {
        self.versions.iter().position(|it| *it.id == *head.key && it.verifies(head))
    }
}

/// What tells a key from others: as heads name it.
#[must_use]
pub fn key_id(key: &[u8; 32]) -> String {
    Version::new(key).id.into()
}

impl Version {
    fn new(bytes: &[u8; 32]) -> Self {
        let derive = Hkdf::<Sha256>::new(None, bytes);
        let (mut seed, mut pair) = ([0; 32], [0; 64]);
        derive.expand(SIGNS, &mut seed).expect("SHA-256 expands to far more than 32 bytes");
        derive.expand(ENCRYPTS, &mut pair).expect("SHA-256 expands to far more than 64 bytes");
        let signing = SigningKey::from_bytes(&seed);
        let id = to_hex(&Sha256::digest(signing.verifying_key().as_bytes())[..8]).into();
        Self { signing, id, siv: Mutex::new(Aes256Siv::new(&pair.into())) }
    }

    fn subject(&self, pseudonym: &str) -> Arc<[u8]> {
        let mut siv = self.siv.lock().unwrap_or_else(PoisonError::into_inner);
        siv.encrypt([SUBJECT], pseudonym.as_bytes()).expect("there are few headers").into()
    }

    fn verifies(&self, head: &Head) -> bool {
        let key: VerifyingKey = self.signing.verifying_key();
        let bytes = STANDARD.decode(&head.signature).ok().and_then(|it| <[u8; 64]>::try_from(it).ok());
        bytes.is_some_and(|it| key.verify_strict(&head.message(), &Signature::from_bytes(&it)).is_ok())
    }
}
