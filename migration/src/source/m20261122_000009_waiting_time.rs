//! Makes the table of waiting times.

use entities::waiting_time::{Entity, dataset};
use sea_orm_migration::prelude::*;

use crate::table;

const COLUMNS: [&str; 10] = [
    "id",
    "region",
    "provider",
    "care_form",
    "measured_on",
    "waiting_youths",
    "median_days",
    "p90_days",
    "updated_at",
    "updated_on",
];

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::create(manager, (Entity, &dataset()), &COLUMNS).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, Entity).await
    }
}
