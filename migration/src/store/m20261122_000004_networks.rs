//! Makes the tables of expertise networks.

use entities::reference::{expertise_network, network_region};
use sea_orm_migration::prelude::*;

use crate::table;

const EXPERTISE_NETWORK: [&str; 2] = ["code", "name"];
const NETWORK_REGION: [&str; 3] = ["code", "network", "region"];

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::create(manager, (expertise_network::Entity, &expertise_network::table()), &EXPERTISE_NETWORK).await?;
        table::create(manager, (network_region::Entity, &network_region::table()), &NETWORK_REGION).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, expertise_network::Entity).await?;
        table::drop(manager, network_region::Entity).await?;
        Ok(())
    }
}
