//! Makes the table of consultations.

use entities::consultation::{Entity, dataset};
use sea_orm_migration::prelude::*;

use crate::table;

const COLUMNS: [&str; 16] = [
    "id",
    "youth",
    "youth_key",
    "region",
    "institution",
    "requested_on",
    "held_on",
    "not_held_reason",
    "youth_present",
    "parents_present",
    "school_present",
    "experience_expert_present",
    "outcome",
    "alternative",
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
