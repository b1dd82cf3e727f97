//! Makes the table of explanatory analyses.

use entities::explanatory_analysis::{Entity, dataset};
use sea_orm_migration::prelude::*;

use crate::table;

const COLUMNS: [&str; 12] = [
    "id",
    "youth",
    "youth_key",
    "region",
    "started_on",
    "completed_on",
    "with_youth",
    "with_parents",
    "perspective_described",
    "theme",
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
