//! The disclosure secret: 32 random bytes that decide the noise of every release. It must never change, is derived from
//! no other key, stays in its file or in the environment, and is never printed.

use std::path::Path;

use super::Secret;
use crate::secret_file::{BadKey, Random, SecretFile, key_from_text, read_or_create_key};

/// Why there is no secret. Says where it was looked for, never what was found.
#[derive(Debug, thiserror::Error)]
pub enum BadSecret {
    /// It is not 32 bytes in hexadecimal or base64.
    #[error("{place} does not hold a disclosure secret: 32 bytes as 64 hexadecimal digits or as base64")]
    Malformed {
        /// The file or the environment variable.
        place: String,
    },
    /// All bytes are the same.
    #[error(
        "{place} holds a disclosure secret of equal bytes: make one at random, such as with `openssl rand -hex 32`"
    )]
    Guessable {
        /// The file or the environment variable.
        place: String,
    },
    /// Its file.
    #[error(transparent)]
    File(#[from] SecretFile),
}

impl Secret {
    /// The secret in a file; made on first use, with owner-only rights. A file that others may read is refused.
    pub fn from_file_or_create(path: &Path, random: Random<'_>) -> Result<Self, BadSecret> {
        Self::from_text(&read_or_create_key(path, random)?, &path.display().to_string())
    }

    /// The secret in a text, hexadecimal or base64; `place` is where it comes from, such as `REGIOGRAPH_DISCLOSURE_KEY`.
    pub fn from_text(text: &str, place: &str) -> Result<Self, BadSecret> {
        key_from_text(text).map(|bytes| Self::new(&bytes)).map_err(|reason| match reason {
            BadKey::Malformed => BadSecret::Malformed { place: place.to_owned() },
            BadKey::Guessable => BadSecret::Guessable { place: place.to_owned() },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_secret_is_refused_without_being_said() {
        let refused = |text: &str| Secret::from_text(text, "REGIOGRAPH_DISCLOSURE_KEY").unwrap_err().to_string();
        assert!(
            refused("hush").starts_with("REGIOGRAPH_DISCLOSURE_KEY does not hold") && !refused("hush").contains("hush")
        );
        assert!(refused(&"00".repeat(32)).contains("equal bytes"));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("disclosure.key");
        let counting = |bytes: &mut [u8]| {
            (0_u8..).zip(bytes).for_each(|(number, byte)| *byte = number);
            Ok(())
        };
        Secret::from_file_or_create(&path, &counting).unwrap();
        let again = Secret::from_file_or_create(&path, &|_| Err(std::io::ErrorKind::Other.into())).unwrap();
        assert_eq!(format!("{again:?}"), "Secret(..)", "made once, and never printed");
    }
}
