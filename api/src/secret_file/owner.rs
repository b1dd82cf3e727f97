//! Files that hold no key, but what nobody else is to read: made for their owner alone, and taken from others. Knows not
//! what stands in them.

use std::{fs, io, path::Path};

use super::{SecretFile, failure};

/// Makes an empty file with owner-only rights where there is none, and takes the rights of others away where they have any.
/// A file that is there is not opened: when one of SQLite's is closed, the locks that this process has on it go.
pub fn keep_to_owner(path: &Path) -> Result<(), SecretFile> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(reason) if reason.kind() != io::ErrorKind::AlreadyExists && !path.exists() => {
            Err(failure("create", path, reason))
        }
        Err(_) => take_rights(path),
        Ok(_) => Ok(()),
    }
}

/// Takes the rights of others away.
#[cfg(unix)]
fn take_rights(path: &Path) -> Result<(), SecretFile> {
    use std::os::unix::fs::PermissionsExt;
    let mode = || fs::metadata(path).map(|it| it.permissions().mode() & 0o777);
    let before = mode().map_err(|reason| failure("read", path, reason))?;
    if before & 0o077 == 0 {
        return Ok(());
    }
    let taken = fs::set_permissions(path, fs::Permissions::from_mode(before & 0o700)).and_then(|()| mode());
    if !taken.is_ok_and(|mode| mode & 0o077 == 0) {
        return Err(SecretFile::Exposed { path: path.to_owned(), mode: before });
    }
    tracing::warn!(file = %path.display(), "others than its owner had rights on this file; they were taken away");
    Ok(())
}

/// Elsewhere the folder's own rights have to do.
#[cfg(not(unix))]
fn take_rights(_: &Path) -> Result<(), SecretFile> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_file_is_kept_to_its_owner_and_what_stands_in_it_stays() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        keep_to_owner(&path).unwrap();
        assert_eq!(mode(), 0o600);
        fs::write(&path, "kept").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        keep_to_owner(&path).unwrap();
        assert_eq!((mode(), fs::read_to_string(&path).unwrap()), (0o600, "kept".to_owned()));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_that_cannot_be_kept_to_its_owner_is_refused() {
        let refused = keep_to_owner(Path::new("/proc/self/status")).unwrap_err().to_string();
        assert!(refused.contains("mode 444"), "{refused}");
    }
}
