//! How the store stands, found out by reading alone, so that a store that nobody can write is read all the same.

use sea_orm_migration::{
    MigratorTraitSelf,
    prelude::{DbErr, SchemaManager},
    sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, Statement, TransactionTrait},
};

use crate::Store;

/// Where the changes that were made are written down.
const CHANGES: &str = "seaql_migrations";

/// What the store holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// All tables, and the reference data of this program.
    Current,
    /// All tables, and the reference data of another version of the program.
    OtherReference,
    /// Not all tables, or no reference data.
    Unprepared,
}

/// How the store stands for a program whose reference data have this digest. Writes nothing.
///
/// # Errors
///
/// What the database says; and where a newer program has changed the store.
pub async fn standing(connection: &DatabaseConnection, digest: &str) -> Result<Standing, DbErr> {
    let transaction = connection.begin().await?;
    let standing = read(&transaction, digest).await?;
    transaction.rollback().await?;
    Ok(standing)
}

async fn read(transaction: &DatabaseTransaction, digest: &str) -> Result<Standing, DbErr> {
    if !SchemaManager::new(transaction).has_table(CHANGES).await? {
        return Ok(Standing::Unprepared);
    }
    if refuse_newer(transaction).await? < Store.migrations().len() {
        return Ok(Standing::Unprepared);
    }
    Ok(match self::digest(transaction).await? {
        Some(stands) if stands == digest => Standing::Current,
        Some(_) => Standing::OtherReference,
        None => Standing::Unprepared,
    })
}

/// The digest of the reference data that stand there.
pub(crate) async fn digest(transaction: &DatabaseTransaction) -> Result<Option<String>, DbErr> {
    Ok(texts(transaction, "SELECT digest FROM reference_state").await?.pop())
}

/// An older program must not write to what it does not know. How many changes were made?
pub(crate) async fn refuse_newer(transaction: &DatabaseTransaction) -> Result<usize, DbErr> {
    let known = Store.migrations();
    // Asked by hand: the migrator would make its table first, also where there is nothing to make.
    let applied = texts(transaction, "SELECT version FROM seaql_migrations").await?;
    let newer = applied.iter().find(|change| known.iter().all(|it| it.name() != *change));
    let Some(change) = newer else { return Ok(applied.len()) };
    Err(DbErr::Custom(format!(
        "a newer program has changed it (`{change}`): run that program, or restore the copy from before the upgrade"
    )))
}

/// A column of text.
async fn texts(transaction: &DatabaseTransaction, select: &str) -> Result<Vec<String>, DbErr> {
    let statement = Statement::from_string(transaction.get_database_backend(), select);
    let rows = transaction.query_all_raw(statement).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// Can the store be written? Writes what stands there already, and takes it back.
///
/// # Errors
///
/// Why it cannot.
pub async fn try_to_write(connection: &DatabaseConnection) -> Result<(), DbErr> {
    let transaction = connection.begin().await?;
    transaction.execute_unprepared("UPDATE reference_state SET digest = digest").await?;
    transaction.rollback().await
}
