//! Makes the tables of providers, locations, units and institutions.

use entities::reference::{institution, location, provider, unit};
use sea_orm_migration::prelude::*;

use crate::table;

const PROVIDER: [&str; 3] = ["code", "name", "fictional"];
const LOCATION: [&str; 8] = ["code", "name", "provider", "municipality", "town", "latitude", "longitude", "fictional"];
const UNIT: [&str; 6] = ["code", "name", "location", "setting", "places", "fictional"];
const INSTITUTION: [&str; 3] = ["code", "name", "fictional"];

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::create(manager, (provider::Entity, &provider::table()), &PROVIDER).await?;
        table::create(manager, (location::Entity, &location::table()), &LOCATION).await?;
        table::create(manager, (unit::Entity, &unit::table()), &UNIT).await?;
        table::create(manager, (institution::Entity, &institution::table()), &INSTITUTION).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, provider::Entity).await?;
        table::drop(manager, location::Entity).await?;
        table::drop(manager, unit::Entity).await?;
        table::drop(manager, institution::Entity).await?;
        Ok(())
    }
}
