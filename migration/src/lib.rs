//! The tables of the gateway's own store and of its sources, on SQLite and PostgreSQL, one change per file. Knows the
//! contract's entities and no configuration.
//!
//! Columns take their types from the entities, so that there is one truth, and their *names* from a frozen list in each
//! file, so that an old change never makes a column of later date. A column that comes later gets a file of its own,
//! which adds it and then asks for the indexes again: indexes come from the descriptors and are made where they are
//! missing. A column that goes is first written out in the file that made it. A test holds the lists and the entities
//! together.

pub mod index;
mod source;
mod store;
mod table;

use entities::{
    Dataset,
    reference::{Plans, Reference},
};
pub use sea_orm_migration::MigratorTraitSelf;
use sea_orm_migration::{
    prelude::{DbErr, MigrationTrait},
    sea_orm::{
        ActiveModelTrait, DatabaseConnection, DatabaseTransaction, EntityTrait, IntoActiveModel, ModelTrait,
        TransactionTrait,
    },
};

/// Rows in one statement; SQLite takes 32,766 values at most.
const CHUNK: usize = 1_000;

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
    refuse_newer(&transaction).await?;
    Store.up(&transaction, None).await?;
    transaction.commit().await
}

/// An older program must not write to what it does not know.
async fn refuse_newer(transaction: &DatabaseTransaction) -> Result<(), DbErr> {
    Store.install(transaction).await?;
    let known = Store.migrations();
    let applied = Store.get_migration_models(transaction).await?;
    let newer = applied.iter().find(|change| known.iter().all(|it| it.name() != change.version));
    let Some(change) = newer else { return Ok(()) };
    Err(DbErr::Custom(format!(
        "a newer program has changed it (`{}`): run that program, or restore the copy from before the upgrade",
        change.version
    )))
}

/// Puts the reference data into the store, in place of what stands there, in one transaction.
///
/// # Errors
///
/// What the database says.
pub async fn fill_store(connection: &DatabaseConnection, reference: Reference) -> Result<(), DbErr> {
    let transaction = connection.begin().await?;
    replace(&transaction, reference.supra_regions).await?;
    replace(&transaction, reference.regions).await?;
    replace(&transaction, reference.provinces).await?;
    replace(&transaction, reference.municipalities).await?;
    replace(&transaction, reference.memberships).await?;
    replace(&transaction, reference.providers).await?;
    replace(&transaction, reference.locations).await?;
    replace(&transaction, reference.units).await?;
    replace(&transaction, reference.partnerships).await?;
    replace(&transaction, reference.postcodes).await?;
    replace(&transaction, reference.coverages).await?;
    replace(&transaction, reference.schools).await?;
    replace(&transaction, reference.expertise_networks).await?;
    replace(&transaction, reference.network_regions).await?;
    replace(&transaction, reference.institutions).await?;
    fill_plans(&transaction, reference.plans).await?;
    transaction.commit().await
}

async fn fill_plans(transaction: &DatabaseTransaction, plans: Plans) -> Result<(), DbErr> {
    replace(transaction, plans.figures).await?;
    replace(transaction, plans.plans).await?;
    replace(transaction, plans.targets).await?;
    replace(transaction, plans.actions).await?;
    replace(transaction, plans.action_years).await?;
    replace(transaction, plans.milestones).await?;
    replace(transaction, plans.budget_lines).await?;
    replace(transaction, plans.parts).await?;
    replace(transaction, plans.contradictions).await
}

/// Deletes all rows of a table and inserts these.
async fn replace<M>(transaction: &DatabaseTransaction, rows: Vec<M>) -> Result<(), DbErr>
where
    M: ModelTrait + IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel>,
    <M::Entity as EntityTrait>::ActiveModel: ActiveModelTrait<Entity = M::Entity>,
{
    M::Entity::delete_many().exec(transaction).await?;
    for chunk in rows.chunks(CHUNK) {
        let chunk = chunk.iter().cloned().map(|it| it.into_active_model().reset_all());
        M::Entity::insert_many(chunk).exec_without_returning(transaction).await?;
    }
    Ok(())
}
