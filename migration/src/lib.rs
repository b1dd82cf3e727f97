//! The tables of the gateway's own store and of its sources, on SQLite and PostgreSQL, one change per file. Knows the
//! contract's entities and no configuration.
//!
//! Columns take their types from the entities, so that there is one truth, and their *names* from a frozen list in each
//! file, so that an old change never makes a column of later date. A column that comes later gets a file of its own,
//! which adds it and then asks for the indexes again: indexes come from the descriptors and are made where they are
//! missing. A column that goes is first written out in the file that made it. A test holds the lists and the entities
//! together.

mod audit;
mod fill;
pub mod index;
mod source;
mod standing;
mod store;
mod table;

use entities::Dataset;
pub use sea_orm_migration::MigratorTraitSelf;
use sea_orm_migration::{
    prelude::{DbErr, MigrationTrait, SchemaManager},
    sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, TransactionTrait},
};

pub use self::{
    audit::Audit,
    fill::fill_store,
    standing::{Standing, standing, try_to_write},
};

/// The gateway's own store: reference data, which demonstration it holds, and releases.
#[derive(Debug)]
pub struct Store;

impl MigratorTraitSelf for Store {
    fn migrations(&self) -> Vec<Box<dyn MigrationTrait>> {
        store::migrations()
    }
}

/// A source that holds some of the datasets.
#[derive(Debug)]
pub struct Source {
    tables: Vec<&'static str>,
}

impl Source {
    /// A source that holds these.
    #[must_use]
    pub fn of(datasets: &[&Dataset]) -> Self {
        Self { tables: datasets.iter().map(|it| it.table).collect() }
    }
}

impl MigratorTraitSelf for Source {
    fn migrations(&self) -> Vec<Box<dyn MigrationTrait>> {
        let all = source::migrations().into_iter();
        all.filter(|(table, _)| self.tables.contains(table)).map(|(_, change)| change).collect()
    }
}

/// Brings a source's tables for these datasets up to date, in one transaction.
///
/// # Errors
///
/// What the database says.
pub async fn create_tables(connection: &DatabaseConnection, datasets: &[&Dataset]) -> Result<(), DbErr> {
    let transaction = connection.begin().await?;
    Source::of(datasets).up(&transaction, None).await?;
    transaction.commit().await
}

/// Brings the store's tables up to date, in one transaction.
///
/// # Errors
///
/// What the database says; and where a newer program has changed the store, which this one does not touch then.
pub async fn create_store(connection: &DatabaseConnection) -> Result<(), DbErr> {
    let transaction = connection.begin().await?;
    Store.install(&transaction).await?;
    standing::refuse_newer(&transaction).await?;
    Store.up(&transaction, None).await?;
    transaction.commit().await
}

/// The lock that programs hold one after another while they make the tables of an audit log that they share.
const AUDIT_LOCK: i64 = 0x7265_6769_6f61_7564;

/// Brings the tables of the audit log up to date, in one transaction.
///
/// # Errors
///
/// What the database says.
pub async fn create_audit(connection: &DatabaseConnection) -> Result<(), DbErr> {
    let transaction = connection.begin().await?;
    if transaction.get_database_backend() == DbBackend::Postgres {
        // Programs that start at once make the tables one after another: the second finds them.
        let lock = format!("SELECT pg_advisory_xact_lock({AUDIT_LOCK})");
        transaction.execute_unprepared(&lock).await?;
    }
    Audit.up(&transaction, None).await?;
    transaction.commit().await
}

/// Does a table of the audit log have this column? A log that only an older program has written may lack it.
///
/// # Errors
///
/// What the database says.
pub async fn audit_has(connection: &DatabaseConnection, table: &str, column: &str) -> Result<bool, DbErr> {
    SchemaManager::new(connection).has_column(table, column).await
}
