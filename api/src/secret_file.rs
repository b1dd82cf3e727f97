//! Files that hold a secret: made once with owner-only rights, refused where others may read them. Knows not what the
//! secret is for.

mod owner;

use std::{
    fmt::Write as _,
    fs,
    hash::{BuildHasher, Hasher, RandomState},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};

use ed25519_dalek::{
    SigningKey,
    pkcs8::{DecodePrivateKey, EncodePrivateKey, spki::der::pem::LineEnding},
};

pub use self::owner::keep_to_owner;

/// Where systemd puts the credentials of services, each readable by its service alone.
#[cfg(unix)]
const CREDENTIALS: &str = "/run/credentials";

/// Fills a buffer with randomness; comes in from the front door.
pub type Random<'a> = &'a dyn Fn(&mut [u8]) -> io::Result<()>;

/// Why a secret could not be read or made. Says which file, never what is in it.
#[derive(Debug, thiserror::Error)]
pub enum SecretFile {
    /// The file system refused.
    #[error("cannot {action} {}: {reason}", path.display())]
    Io {
        /// What was tried: `read`, `create`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's reason.
        reason: io::Error,
    },
    /// Others than its owner have rights on it.
    #[error("{} may be used by others than its owner (mode {mode:03o}): run `chmod 600` on it", path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
}

/// Why a text holds no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadKey {
    /// It is not 32 bytes in hexadecimal or base64.
    Malformed,
    /// All bytes are the same.
    Guessable,
}

/// Why there is no key of 32 bytes. Says what was looked for and where, never what was found.
#[derive(Debug, thiserror::Error)]
pub enum NoKey {
    /// It is not 32 bytes in hexadecimal or base64.
    #[error("{place} does not hold {kind}: 32 bytes as 64 hexadecimal digits or as base64")]
    Malformed {
        /// What was looked for: `a master key`.
        kind: &'static str,
        /// The file or the environment variable.
        place: String,
    },
    /// All bytes are the same.
    #[error("{place} holds {kind} of equal bytes: make one at random, such as with `openssl rand -hex 32`")]
    Guessable {
        /// What was looked for: `a master key`.
        kind: &'static str,
        /// The file or the environment variable.
        place: String,
    },
    /// Its file.
    #[error(transparent)]
    File(#[from] SecretFile),
}

impl BadKey {
    /// The same, said of what was looked for and where.
    #[must_use]
    pub fn of(self, kind: &'static str, place: &str) -> NoKey {
        let place = place.to_owned();
        match self {
            Self::Malformed => NoKey::Malformed { kind, place },
            Self::Guessable => NoKey::Guessable { kind, place },
        }
    }
}

/// The key of 32 bytes that a text holds, hexadecimal or base64.
pub fn key_from_text(text: &str) -> Result<[u8; 32], BadKey> {
    let text = text.trim();
    let bytes = if text.len() == 64 { from_hex(text) } else { from_base64(text) };
    let bytes = bytes.ok_or(BadKey::Malformed)?;
    if bytes.iter().all(|byte| *byte == bytes[0]) { Err(BadKey::Guessable) } else { Ok(bytes) }
}

/// The text of a file that holds a key of 32 bytes; on first start the key is made.
pub fn read_or_create_key(path: &Path, random: Random<'_>) -> Result<String, SecretFile> {
    read_or_create(path, || {
        let mut bytes = [0; 32];
        random(&mut bytes)?;
        Ok(to_hex(&bytes) + "\n")
    })
}

/// Bytes in hexadecimal.
#[must_use]
pub fn to_hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2 + 1);
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let digit = |place: usize| char::from(digits[place]).to_digit(16);
        *byte = u8::try_from(digit(0)? * 16 + digit(1)?).ok()?;
    }
    Some(bytes)
}

fn from_base64(text: &str) -> Option<[u8; 32]> {
    let engines = [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE, &URL_SAFE_NO_PAD];
    engines.iter().find_map(|engine| engine.decode(text).ok()?.try_into().ok())
}

/// The file's text; on first start the file is made, with owner-only rights, from what `make` says.
pub fn read_or_create(path: &Path, make: impl FnOnce() -> io::Result<String>) -> Result<String, SecretFile> {
    if !path.try_exists().map_err(|reason| failure("read", path, reason))? {
        create(path, make).map_err(|reason| failure("create", path, reason))?;
    }
    read(path)
}

/// The text of a file that must be there.
pub fn read(path: &Path) -> Result<String, SecretFile> {
    let mut file = fs::File::open(path).map_err(|reason| failure("read", path, reason))?;
    check_mode(path, &file)?;
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(|reason| failure("read", path, reason))?;
    Ok(text)
}

/// The Ed25519 private key in a file, PKCS #8 PEM; made at random on first start. None where the file holds something
/// else.
pub fn read_or_create_signing_key(path: &Path, random: Random<'_>) -> Result<Option<SigningKey>, SecretFile> {
    let text = read_or_create(path, || {
        let mut seed = [0; 32];
        random(&mut seed)?;
        let pem = SigningKey::from_bytes(&seed).to_pkcs8_pem(LineEnding::LF).map_err(io::Error::other)?;
        Ok(pem.as_str().to_owned())
    })?;
    Ok(SigningKey::from_pkcs8_pem(&text).ok())
}

/// Puts another text in the place of a file's, at once or not at all, with owner-only rights.
pub fn replace(path: &Path, text: &str) -> Result<(), SecretFile> {
    let draft = draft_beside(path);
    let replaced = write_draft(&draft, text).and_then(|()| fs::rename(&draft, path));
    replaced.map_err(|reason| {
        let _ = fs::remove_file(&draft);
        failure("replace", path, reason)
    })
}

fn failure(action: &'static str, path: &Path, reason: io::Error) -> SecretFile {
    SecretFile::Io { action, path: path.to_owned(), reason }
}

/// Writes the whole file under another name first, so that nobody ever reads half a secret. Of two processes that start
/// at once the first wins: a link does not replace.
fn create(path: &Path, make: impl FnOnce() -> io::Result<String>) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let draft = draft_beside(path);
    let written = write_draft(&draft, &make()?).and_then(|()| match fs::hard_link(&draft, path) {
        Err(reason) if reason.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        // Some file systems know no links; there the last of two processes wins, as it does with `rename`.
        Err(_) if !path.exists() => fs::rename(&draft, path),
        linked => linked,
    });
    match fs::remove_file(&draft) {
        Err(reason) if reason.kind() != io::ErrorKind::NotFound => written.and(Err(reason)),
        _ => written,
    }
}

/// Where a secret is written before it takes its place.
fn draft_beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    // Unlike a process id, seeds differ between containers that share a volume.
    name.push(format!(".{:016x}.new", RandomState::new().build_hasher().finish()));
    path.with_file_name(name)
}

fn write_draft(draft: &Path, text: &str) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(unix)]
fn check_mode(path: &Path, file: &fs::File) -> Result<(), SecretFile> {
    use std::os::unix::fs::PermissionsExt;
    let mode = file.metadata().map_err(|reason| failure("read", path, reason))?.permissions().mode() & 0o777;
    // systemd gives a credential to one user by an access list, whose mask shows as rights of the group.
    let others = if path.starts_with(CREDENTIALS) { 0o037 } else { 0o077 };
    if mode & others == 0 { Ok(()) } else { Err(SecretFile::Exposed { path: path.to_owned(), mode }) }
}

/// Elsewhere the folder's own rights have to do.
#[cfg(not(unix))]
fn check_mode(_: &Path, _: &fs::File) -> Result<(), SecretFile> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_made_once_and_read_thereafter() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deeper/secret");
        assert_eq!(read_or_create(&path, || Ok("first".to_owned())).unwrap(), "first");
        assert_eq!(read_or_create(&path, || Ok("second".to_owned())).unwrap(), "first");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no draft is left");
    }

    #[cfg(unix)]
    #[test]
    fn a_secret_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        read_or_create(&path, || Ok("first".to_owned())).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let refused = read_or_create(&path, || Ok("second".to_owned())).unwrap_err().to_string();
        assert!(refused.contains("mode 640") && !refused.contains("first"), "{refused}");
    }
}
