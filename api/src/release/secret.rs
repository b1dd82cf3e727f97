//! The disclosure secret: 32 random bytes that decide the noise of every release. It must never change, is derived from
//! no other key, stays in its file or in the environment, and is never printed.

use std::path::Path;

use super::Secret;
use crate::secret_file::{NoKey, Random, key_from_text, read_or_create_key};

impl Secret {
    /// The secret in a file; made on first use, with owner-only rights. A file that others may read is refused.
    pub fn from_file_or_create(path: &Path, random: Random<'_>) -> Result<Self, NoKey> {
        Self::from_text(&read_or_create_key(path, random)?, &path.display().to_string())
    }

    /// The secret in a text, hexadecimal or base64; `place` is where it comes from, such as `REGIOGRAPH_DISCLOSURE_KEY`.
    pub fn from_text(text: &str, place: &str) -> Result<Self, NoKey> {
        let key = key_from_text(text).map_err(|reason| reason.of("a disclosure secret", place))?;
        Ok(Self::new(&key))
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
