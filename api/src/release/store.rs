//! Puts releases into the gateway's store: all in one transaction, so that one which is stopped half-way leaves nothing.
//! Only what is shown is written.

pub(super) mod postgres;
pub(super) mod sqlite;

use tokio::task::spawn_blocking;

use super::{CellId, Published, Vocabulary, record::Header, sign::Signer};
use crate::source::{Database, Refused};

/// A release in the making.
pub(super) struct Draft {
    pub(super) header: Header,
    /// Per dataset the cells that are shown, in order.
    pub(super) tables: Vec<(Vocabulary, Vec<(CellId, Published)>)>,
}

/// Why a release is not in the store.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotWritten {
    /// It is there already.
    #[error("release `{0}` is there already")]
    Standing(String),
    /// What is to be signed is of no format.
    #[error("release `{0}` is of no format")]
    Formless(String),
    /// The database refused.
    #[error(transparent)]
    Store(NotStored),
    /// A thread has ended.
    #[error("the release was not written to its end")]
    Stopped,
}

/// What a store refused.
#[derive(Debug, thiserror::Error)]
pub enum NotStored {
    /// A SQLite file.
    #[error(transparent)]
    File(#[from] rusqlite::Error),
    /// A PostgreSQL server.
    #[error("PostgreSQL: {0}")]
    Server(#[from] Refused),
    /// The thread that works with the file has ended.
    #[error("the store was not read to its end")]
    Stopped,
}

/// Writes and signs all of them, or none.
pub(super) async fn write(store: &Database, drafts: Vec<Draft>, signer: &Signer) -> Result<(), NotWritten> {
    match store {
        Database::Sqlite(path) => {
            let (path, signer) = (path.clone(), signer.clone());
            let written = spawn_blocking(move || sqlite::write(&path, &drafts, &signer)).await;
            written.unwrap_or(Err(NotWritten::Stopped))
        }
        Database::Postgres(server) => postgres::write(server, &drafts, signer).await,
    }
}

#[cfg(test)]
mod tests;
