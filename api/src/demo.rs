//! The demonstration's sources: rows about made-up youths, the same on every machine, one SQLite file per holder. Knows
//! no role and no clock: the demonstration ends on a fixed day.

mod areas;
mod calendar;
mod care;
mod episode;
mod file;
mod generate;
mod holders;
mod places;
mod prepare;
mod published;
mod random;
mod released;
mod rows;
mod school;
mod story;
mod team;
mod youth;

use std::{
    io,
    path::{Path, PathBuf},
};

use chrono::NaiveDate;
use entities::reference::LoadError;

pub use self::{
    generate::{Generate, Generated, generate},
    holders::DemoSource,
    prepare::{describe, prepare, version},
    released::closed_periods,
};

/// The day on which the demonstration's rows end: its today.
pub const DEMONSTRATION_DAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 6, 30).expect("a day of the calendar");

/// Why the demonstration's sources could not be made. Says which file, and no row.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The reference data cannot be read.
    #[error("cannot read the reference data: {0}")]
    Reference(#[from] LoadError),
    /// The file system refused.
    #[error("cannot {action} {}: {reason}", path.display())]
    Io {
        /// What was tried: `read`, `write`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        reason: io::Error,
    },
    /// The contract's tables cannot be made.
    #[error("cannot make tables in {}: {reason}", path.display())]
    Tables {
        /// The file.
        path: PathBuf,
        /// The database's reason.
        reason: sea_orm::DbErr,
    },
    /// Rows cannot be written.
    #[error("cannot write rows into {}: {reason}", path.display())]
    Rows {
        /// The file.
        path: PathBuf,
        /// The database's reason.
        reason: rusqlite::Error,
    },
    /// Something else stands where the sources should, and is left alone.
    #[error("{} holds something else: move it away, or choose another folder", .0.display())]
    Foreign(PathBuf),
}

impl DemoError {
    fn io(action: &'static str, path: &Path, reason: io::Error) -> Self {
        Self::Io { action, path: path.to_owned(), reason }
    }
}

#[cfg(test)]
mod tests;
