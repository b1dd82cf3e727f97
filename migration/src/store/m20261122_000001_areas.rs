//! Makes the tables of supra-regions, regions, provinces and municipalities.

use entities::reference::{membership, municipality, province, region, supra_region};
use sea_orm_migration::prelude::*;

use crate::table;

const SUPRA_REGION: [&str; 2] = ["code", "name"];
const REGION: [&str; 5] = ["code", "name", "supra_region", "latitude", "longitude"];
const PROVINCE: [&str; 2] = ["code", "name"];
const MUNICIPALITY: [&str; 5] = ["code", "name", "province", "latitude", "longitude"];
const MEMBERSHIP: [&str; 5] = ["code", "municipality", "region", "valid_from", "valid_until"];

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::create(manager, (supra_region::Entity, &supra_region::table()), &SUPRA_REGION).await?;
        table::create(manager, (region::Entity, &region::table()), &REGION).await?;
        table::create(manager, (province::Entity, &province::table()), &PROVINCE).await?;
        table::create(manager, (municipality::Entity, &municipality::table()), &MUNICIPALITY).await?;
        table::create(manager, (membership::Entity, &membership::table()), &MEMBERSHIP).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, supra_region::Entity).await?;
        table::drop(manager, region::Entity).await?;
        table::drop(manager, province::Entity).await?;
        table::drop(manager, municipality::Entity).await?;
        table::drop(manager, membership::Entity).await?;
        Ok(())
    }
}
