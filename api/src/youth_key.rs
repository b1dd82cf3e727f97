//! The key of a youth: a 64-bit keyed hash of its pseudonym, by which distinct youths are counted over sources. Holders
//! make it themselves; where one does not, the gateway makes it with the key that the others use.

use std::{fmt, io, path::Path};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::secret_file::{BadKey, SecretFile, key_from_text, read_or_create};

/// What the keys of youths are made with; all holders have the same.
#[derive(Clone)]
pub struct YouthKey(Hmac<Sha256>);

/// Why there is no key to make keys of youths with. Says where it was looked for, never what was found.
#[derive(Debug, thiserror::Error)]
pub enum BadYouthKey {
    /// It is not 32 bytes in hexadecimal or base64, or all bytes are equal.
    #[error("{} does not hold a key: 32 bytes made at random, as 64 hexadecimal digits or as base64", path.display())]
    Malformed {
        /// The file.
        path: std::path::PathBuf,
    },
    /// Its file.
    #[error(transparent)]
    File(#[from] SecretFile),
}

impl fmt::Debug for YouthKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("YouthKey(..)")
    }
}

impl YouthKey {
    /// The hash under this key.
    #[must_use]
    pub fn new(key: &[u8]) -> Self {
        Self(Hmac::new_from_slice(key).expect("HMAC takes keys of any length"))
    }

    /// The key in a file, which has to be there: one made here would agree with no holder's.
    ///
    /// # Errors
    /// Where there is none that can be used.
    pub fn from_file(path: &Path) -> Result<Self, BadYouthKey> {
        if !path.exists() {
            let reason = io::ErrorKind::NotFound.into();
            return Err(SecretFile::Io { action: "read", path: path.to_owned(), reason }.into());
        }
        let text = read_or_create(path, || Err(io::ErrorKind::NotFound.into()))?;
        let malformed = |_: BadKey| BadYouthKey::Malformed { path: path.to_owned() };
        key_from_text(&text).map(|key| Self::new(&key)).map_err(malformed)
    }

    /// The key of the youth with this pseudonym: the first eight bytes of HMAC-SHA-256, the highest first.
    #[must_use]
    pub fn of(&self, pseudonym: &[u8]) -> i64 {
        let digest = self.0.clone().chain_update(pseudonym).finalize().into_bytes();
        digest.iter().take(8).fold(0, |hash: i64, byte| (hash << 8) | i64::from(*byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_depends_on_the_pseudonym_and_the_secret_alone() {
        let key = YouthKey::new(b"key");
        assert_eq!(key.of(b"what do ya want for nothing?"), YouthKey::new(b"key").of(b"what do ya want for nothing?"));
        // RFC 4231, test case 2.
        assert_eq!(YouthKey::new(b"Jefe").of(b"what do ya want for nothing?"), 0x5bdc_c146_bf60_754e);
        assert_ne!(key.of(b"a"), key.of(b"b"));
        assert_eq!(format!("{key:?}"), "YouthKey(..)");
    }

    #[test]
    fn a_key_is_read_and_never_made() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("youth.key");
        assert!(matches!(YouthKey::from_file(&path), Err(BadYouthKey::File(_))));
        assert!(!path.exists());
    }
}
