//! Makes the table of placements.

use entities::placement::{Entity, dataset};
use sea_orm_migration::prelude::*;

use crate::table;

const COLUMNS: [&str; 21] = [
    "id",
    "youth",
    "youth_key",
    "region",
    "institution",
    "unit",
    "municipality",
    "age_band",
    "authorisation",
    "urgent",
    "started_on",
    "ended_on",
    "closed_days",
    "previous_placement",
    "outflow",
    "consultation_held",
    "outside_region",
    "mentor_present",
    "housing_perspective_on",
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
