//! Makes the table of capacity reports.

use entities::capacity_report::{Entity, dataset};
use sea_orm_migration::prelude::*;

use crate::table;

const COLUMNS: [&str; 13] = [
    "id",
    "region",
    "unit",
    "location",
    "setting",
    "reported_on",
    "contracted_places",
    "available_places",
    "occupied_places",
    "reserved_places",
    "waiting_youths",
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
