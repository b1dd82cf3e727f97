//! Makes the tables of partnerships, postcodes, coverages and schools.

use entities::reference::{coverage, partnership, postcode, school};
use sea_orm_migration::prelude::*;

use crate::table;

const PARTNERSHIP: [&str; 2] = ["code", "sector"];
const POSTCODE: [&str; 4] = ["pc4", "municipality_name", "primary_partnership", "secondary_partnership"];
const COVERAGE: [&str; 4] = ["code", "partnership", "municipality", "postcodes"];
const SCHOOL: [&str; 6] = ["code", "name", "municipality", "town", "partnership", "fictional"];

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::create(manager, (partnership::Entity, &partnership::table()), &PARTNERSHIP).await?;
        table::create(manager, (postcode::Entity, &postcode::table()), &POSTCODE).await?;
        table::create(manager, (coverage::Entity, &coverage::table()), &COVERAGE).await?;
        table::create(manager, (school::Entity, &school::table()), &SCHOOL).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, partnership::Entity).await?;
        table::drop(manager, postcode::Entity).await?;
        table::drop(manager, coverage::Entity).await?;
        table::drop(manager, school::Entity).await?;
        Ok(())
    }
}
