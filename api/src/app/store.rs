//! The gateway's own store: made and filled through migrations, then read into memory once.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use entities::reference;
use rusqlite::{Connection, OpenFlags, OptionalExtension, TransactionBehavior};
use sea_orm_migration::sea_orm::{Database, DbErr};

use crate::{
    query::Holder,
    reference::Reference,
    source::{self, Failure, Select, Settings},
};

/// More rows than any reference table has.
const ROWS_MOST: usize = 1_000_000;

/// How long to wait while another process writes.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why there is no store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder cannot be made.
    #[error("the store's folder {} cannot be made: {cause}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The database refused.
    #[error("the store {} cannot be prepared: {cause}", path.display())]
    Database {
        /// The store's file.
        path: PathBuf,
        /// What the database says.
        cause: DbErr,
    },
    /// Its releases cannot be looked after.
    #[error("the store {}, releases: {cause}", path.display())]
    Releases {
        /// The store's file.
        path: PathBuf,
        /// What the database says.
        cause: rusqlite::Error,
    },
    /// The reference data of the program are wrong.
    #[error(transparent)]
    Reference(#[from] reference::LoadError),
    /// What was written cannot be read again.
    #[error("the store {}, table {table}: {cause}", path.display())]
    Unreadable {
        /// The store's file.
        path: PathBuf,
        /// The table's type.
        table: &'static str,
        /// Why not.
        cause: Failure,
    },
}

/// Removes releases of a demonstration that is not this one: their rows were made up, and are others by now. Of a
/// gateway that is no demonstration, those of every one. Releases of real sources stay, always.
pub(super) fn forget_demonstrations(path: &Path, but: Option<&str>) -> Result<(), StoreError> {
    let forget = || -> rusqlite::Result<()> {
        let mut connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.busy_timeout(PATIENCE)?;
        let marked = |connection: &Connection| -> rusqlite::Result<Option<String>> {
            connection.query_row("SELECT version FROM demonstration", [], |row| row.get(0)).optional()
        };
        if marked(&connection)?.is_none_or(|version| Some(&*version) == but) {
            return Ok(());
        }
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch("DELETE FROM release_cell; DELETE FROM \"release\"; DELETE FROM demonstration")?;
        transaction.commit()
    };
    forget().map_err(|cause| StoreError::Releases { path: path.to_owned(), cause })
}

/// Says that the store's releases are those of a demonstration, where it holds none yet. Does it?
pub(super) fn mark_demonstration(path: &Path, version: &str) -> Result<bool, StoreError> {
    let mark = || -> rusqlite::Result<bool> {
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.busy_timeout(PATIENCE)?;
        connection.execute(
            "INSERT INTO demonstration (version) SELECT ?1 WHERE NOT EXISTS (SELECT 1 FROM \"release\") \
             AND NOT EXISTS (SELECT 1 FROM demonstration)",
            [version],
        )?;
        connection
            .query_row("SELECT EXISTS (SELECT 1 FROM demonstration WHERE version = ?1)", [version], |row| row.get(0))
    };
    mark().map_err(|cause| StoreError::Releases { path: path.to_owned(), cause })
}

/// Brings the store up to date and reads its reference data.
pub(super) async fn prepare(path: &Path) -> Result<Reference, StoreError> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|cause| StoreError::Folder { path: folder.to_owned(), cause })?;
    }
    let refused = |cause| StoreError::Database { path: path.to_owned(), cause };
    let connection = Database::connect(format!("sqlite://{}?mode=rwc", path.display())).await.map_err(refused)?;
    migration::create_store(&connection).await.map_err(refused)?;
    migration::fill_store(&connection, reference::load()?).await.map_err(refused)?;
    connection.close().await.map_err(refused)?;
    read(path).await
}

/// Reads all reference tables, as any source is read.
async fn read(path: &Path) -> Result<Reference, StoreError> {
    let nobody = Holder::Region("".into());
    let store = source::open(Settings::new("store", nobody, path, reference::tables().iter().collect()));
    let mut tables = Vec::new();
    for table in reference::tables() {
        let records = store.rows(Arc::new(Select::whole(table, ROWS_MOST))).await;
        let records =
            records.map_err(|cause| StoreError::Unreadable { path: path.to_owned(), table: table.name, cause })?;
        tables.push((table, records.into_iter().map(|record| record.values).collect()));
    }
    Ok(Reference::new(tables))
}
