//! Makes the table of education arrangements.

use entities::education_arrangement::{Entity, dataset};
use sea_orm_migration::prelude::*;

use crate::table;

const COLUMNS: [&str; 17] = [
    "id",
    "youth",
    "youth_key",
    "region",
    "partnership",
    "school_of_origin",
    "school",
    "level",
    "form",
    "started_on",
    "ended_on",
    "hours_per_week",
    "interrupted_days",
    "funding",
    "continuous",
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
