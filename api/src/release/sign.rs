//! The signature of a release: Ed25519 over its digest, with a key that signs nothing else.

use std::path::{Path, PathBuf};

use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};

use crate::secret_file::{Random, SecretFile, read_or_create_signing_key, to_hex};

/// What is signed: SHA-256 over all of a release.
pub(super) type Digest = [u8; 32];

/// Signs releases.
#[derive(Clone)]
pub struct Signer(SigningKey);

/// Verifies releases.
#[derive(Clone, Debug)]
pub struct Verifier(VerifyingKey);

/// Why there is no key to sign with.
#[derive(Debug, thiserror::Error)]
pub enum BadSigner {
    /// Its file.
    #[error(transparent)]
    File(#[from] SecretFile),
    /// The file holds something else.
    #[error("{} does not hold an Ed25519 private key in PKCS #8 PEM", .0.display())]
    Malformed(PathBuf),
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signer(..)")
    }
}

impl Signer {
    /// The key in a file; made on first use, with owner-only rights.
    pub fn from_file_or_create(path: &Path, random: Random<'_>) -> Result<Self, BadSigner> {
        read_or_create_signing_key(path, random)?.map(Self).ok_or_else(|| BadSigner::Malformed(path.to_owned()))
    }

    /// What its signatures are verified with.
    #[must_use]
    pub fn verifier(&self) -> Verifier {
        Verifier(self.0.verifying_key())
    }

    /// The signature in base64.
    pub(super) fn sign(&self, digest: &Digest) -> String {
        STANDARD.encode(self.0.sign(digest).to_bytes())
    }
}

impl Verifier {
    /// The raw public key, 32 bytes in base64.
    #[must_use]
    pub fn public_key(&self) -> String {
        STANDARD.encode(self.0.as_bytes())
    }

    /// What tells the key from others: the first eight bytes of its SHA-256, in hexadecimal.
    #[must_use]
    pub fn key_id(&self) -> String {
        to_hex(&Sha256::digest(self.0.as_bytes())[..8])
    }

    /// Was this digest signed with this key?
    pub(super) fn verifies(&self, digest: &Digest, signature: &str) -> bool {
        let bytes = STANDARD.decode(signature).ok().and_then(|it| <[u8; 64]>::try_from(it).ok());
        bytes.is_some_and(|it| self.0.verify_strict(digest, &Signature::from_bytes(&it)).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counting(bytes: &mut [u8]) -> std::io::Result<()> {
        (0_u8..).zip(bytes).for_each(|(number, byte)| *byte = number);
        Ok(())
    }

    #[test]
    fn what_was_signed_verifies_and_nothing_else_does() {
        let folder = tempfile::tempdir().unwrap();
        let signer = Signer::from_file_or_create(&folder.path().join("release.pem"), &counting).unwrap();
        let again = Signer::from_file_or_create(&folder.path().join("release.pem"), &|_| Ok(())).unwrap();
        let signature = signer.sign(&[1; 32]);
        assert_eq!(signature, again.sign(&[1; 32]), "the key is made once");
        assert!(signer.verifier().verifies(&[1; 32], &signature));
        assert!(!signer.verifier().verifies(&[2; 32], &signature));
        let other = Signer::from_file_or_create(&folder.path().join("other.pem"), &|_| Ok(())).unwrap();
        assert!(!other.verifier().verifies(&[1; 32], &signature));
        for text in ["", "é", "AAAA"] {
            assert!(!signer.verifier().verifies(&[1; 32], text));
        }
        assert_eq!(format!("{signer:?}"), "Signer(..)");
        assert_ne!(signer.verifier().key_id(), other.verifier().key_id());
        assert_eq!(STANDARD.decode(signer.verifier().public_key()).unwrap().len(), 32);
    }
}
