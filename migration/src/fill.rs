//! Puts reference data into the store, where it does not hold them yet.

use entities::reference::{Plans, Reference};
use sea_orm_migration::{
    prelude::DbErr,
    sea_orm::{
        ActiveModelTrait, ConnectionTrait, DatabaseConnection, DatabaseTransaction, EntityTrait, IntoActiveModel,
        ModelTrait, Statement, TransactionTrait,
    },
};

use crate::standing;

/// Rows in one statement; SQLite takes 32,766 values at most.
const CHUNK: usize = 1_000;

/// Puts the reference data of this digest into the store, in place of what stands there, in one transaction; leaves the
/// store as it is where it holds them.
///
/// # Errors
///
/// What the database says.
pub async fn fill_store(connection: &DatabaseConnection, reference: Reference, digest: &str) -> Result<(), DbErr> {
    let transaction = connection.begin().await?;
    // Writing comes first, so that of two processes on one file the second waits, and then finds what the first has put.
    let others = "DELETE FROM reference_state WHERE digest <> $1";
    transaction.execute_raw(statement(&transaction, others, digest)).await?;
    if standing::digest(&transaction).await?.is_some() {
        return transaction.commit().await;
    }
    put(&transaction, reference).await?;
    transaction
        .execute_raw(statement(&transaction, "INSERT INTO reference_state (digest) VALUES ($1)", digest))
        .await?;
    transaction.commit().await
}

fn statement(transaction: &DatabaseTransaction, text: &str, digest: &str) -> Statement {
    Statement::from_sql_and_values(transaction.get_database_backend(), text, [digest.into()])
}

async fn put(transaction: &DatabaseTransaction, reference: Reference) -> Result<(), DbErr> {
    replace(transaction, reference.supra_regions).await?;
    replace(transaction, reference.regions).await?;
    replace(transaction, reference.provinces).await?;
    replace(transaction, reference.municipalities).await?;
    replace(transaction, reference.memberships).await?;
    replace(transaction, reference.providers).await?;
    replace(transaction, reference.locations).await?;
    replace(transaction, reference.units).await?;
    replace(transaction, reference.partnerships).await?;
    replace(transaction, reference.postcodes).await?;
    replace(transaction, reference.coverages).await?;
    replace(transaction, reference.schools).await?;
    replace(transaction, reference.expertise_networks).await?;
    replace(transaction, reference.network_regions).await?;
    replace(transaction, reference.institutions).await?;
    fill_plans(transaction, reference.plans).await
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
