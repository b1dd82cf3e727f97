//! What an auditor keeps elsewhere: the end of each chain as it was when the log was last found whole. A log that does not
//! hold every one of them is not the same log any more, whatever else fits together in it.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::{chain::Head, heads};

/// The ends of all chains at one time.
#[derive(Clone, Debug, Default)]
pub struct Ends(pub(super) Vec<Head>);

/// Why what was kept cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Unkept {
    /// The system refused.
    #[error("{} cannot be read or written: {cause}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// It is there, and holds no ends.
    #[error("{} does not hold the ends of a log: restore it from where it is kept", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
    },
}

impl Ends {
    /// Those in a file; none where there is no file yet.
    ///
    /// # Errors
    /// Where it cannot be read, or holds anything else.
    pub fn read(path: &Path) -> Result<Option<Self>, Unkept> {
        let read = heads::read(path).map_err(|cause| Unkept::Io { path: path.to_owned(), cause })?;
        match read {
            None => Ok(None),
            Some((heads, wrong)) if !heads.is_empty() && wrong.is_empty() => Ok(Some(Self(heads))),
            Some(_) => Err(Unkept::Broken { path: path.to_owned() }),
        }
    }

    /// Puts them into a file, in place of those of before: all of them, or none.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), Unkept> {
        heads::replace(path, &self.0).map_err(|cause| Unkept::Io { path: path.to_owned(), cause })
    }
}
