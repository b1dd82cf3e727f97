//! Makes the table of care that was given.

use entities::care_episode::{Entity, dataset};
use sea_orm_migration::prelude::*;

use crate::table;

const COLUMNS: [&str; 18] = [
    "id",
    "youth",
    "youth_key",
    "region",
    "municipality",
    "age_band",
    "care_form",
    "category",
    "provider",
    "started_on",
    "ended_on",
    "end_reason",
    "planned_volume",
    "delivered_volume",
    "volume_unit",
    "tailored_contract",
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
