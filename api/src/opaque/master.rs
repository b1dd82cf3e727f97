//! The master key: 32 random bytes that stay in their file or in the environment, and are never printed. Keys of before may
//! stand beside it.

use std::path::Path;

use crate::{
    keyring::{BadRing, Ring, Wrong},
    secret_file::{NoKey, Random, read_or_create_key},
};

/// The key that all others are derived from, and those of before.
#[derive(Clone)]
pub struct Master(Ring);

/// Why there is no master key. Says where it was looked for, never what was found.
#[derive(Debug, thiserror::Error)]
pub enum BadMaster {
    /// There is none.
    #[error(transparent)]
    None(#[from] NoKey),
    /// Several keys do not stand there as they should.
    #[error(
        "{place}: several master keys stand one a line, the newest first, at most eight: `2 2026-11-22 KEY`, then \
         `1 KEY until 2027-02-20`; `regiograph keys rotate` writes them so"
    )]
    Lines {
        /// The file or the environment variable, and the line.
        place: String,
    },
}

impl std::fmt::Debug for Master {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Master(..)")
    }
}

impl Master {
    /// The key in a file; made on first start, with owner-only rights. A file that others may read is refused.
    pub fn from_file_or_create(path: &Path, random: Random<'_>) -> Result<Self, BadMaster> {
        let text = read_or_create_key(path, random).map_err(NoKey::from)?;
        Self::from_text(&text, &path.display().to_string())
    }

    /// The key in a text, hexadecimal or base64; `place` is where it comes from, such as `REGIOGRAPH_MASTER_KEY`.
    pub fn from_text(text: &str, place: &str) -> Result<Self, BadMaster> {
        Ring::parse(text).map(Self).map_err(|BadRing { line, reason }| {
            let place = if line == 1 { place.to_owned() } else { format!("{place}, line {line}") };
            match reason {
                Wrong::Key(reason) => reason.of("a master key", &place).into(),
                Wrong::Form | Wrong::Order | Wrong::TooMany => BadMaster::Lines { place },
            }
        })
    }

    /// The key and those of before.
    #[must_use]
    pub fn ring(&self) -> &Ring {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use base64::{
        Engine,
        engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
    };

    use super::*;
    use crate::secret_file::to_hex;

    fn counting(bytes: &mut [u8]) -> std::io::Result<()> {
        (0_u8..).zip(bytes).for_each(|(number, byte)| *byte = number);
        Ok(())
    }

    #[test]
    fn a_key_is_read_in_every_usual_spelling() {
        let mut bytes = [0; 32];
        counting(&mut bytes).unwrap();
        let spellings = [to_hex(&bytes) + "\n", STANDARD.encode(bytes), URL_SAFE_NO_PAD.encode(bytes) + "\n"];
        for text in spellings {
            assert_eq!(Master::from_text(&text, "here").unwrap().0.newest().bytes(), &bytes);
        }
    }

    #[test]
    fn a_bad_key_is_refused_without_being_said() {
        for text in ["", "secret", &"0".repeat(63), &"é".repeat(32), &"g1".repeat(32)] {
            let refused = Master::from_text(text, "REGIOGRAPH_MASTER_KEY").unwrap_err().to_string();
            assert!(refused.starts_with("REGIOGRAPH_MASTER_KEY does not hold") && !refused.contains("secret"));
        }
        let refused = Master::from_text(&"00".repeat(32), "here").unwrap_err();
        assert!(matches!(refused, BadMaster::None(NoKey::Guessable { .. })));
    }

    #[test]
    fn a_key_is_made_once_and_never_printed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        let made = Master::from_file_or_create(&path, &counting).unwrap();
        let read = Master::from_file_or_create(&path, &|_| Err(std::io::ErrorKind::Other.into())).unwrap();
        assert!(made.0 == read.0);
        assert_eq!(format!("{made:?}"), "Master(..)");
    }
}
