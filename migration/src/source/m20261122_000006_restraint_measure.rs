//! Makes the table of measures that restrain.

use entities::restraint_measure::{Entity, dataset};
use sea_orm_migration::prelude::*;

use crate::table;

const COLUMNS: [&str; 16] = [
    "id",
    "youth",
    "youth_key",
    "region",
    "placement",
    "unit",
    "kind",
    "applied_at",
    "applied_on",
    "duration_minutes",
    "in_plan",
    "reason",
    "effect",
    "evaluated_on",
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
