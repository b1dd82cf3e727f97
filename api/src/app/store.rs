//! The gateway's own store: made and filled through migrations, then read into memory once.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use entities::reference;
use sea_orm_migration::sea_orm::{Database, DbErr};

use crate::{
    query::Holder,
    reference::Reference,
    source::{
        Failure, Select, Source,
        sqlite::{Settings, SqliteSource},
    },
};

/// More rows than any reference table has.
const ROWS_MOST: usize = 1_000_000;

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
    let store = SqliteSource::open(Settings::new("store", nobody, path, reference::tables().iter().collect()));
    let mut tables = Vec::new();
    for table in reference::tables() {
        let records = store.rows(Arc::new(Select::whole(table, ROWS_MOST))).await;
        let records =
            records.map_err(|cause| StoreError::Unreadable { path: path.to_owned(), table: table.name, cause })?;
        tables.push((table, records.into_iter().map(|record| record.values).collect()));
    }
    Ok(Reference::new(tables))
}
