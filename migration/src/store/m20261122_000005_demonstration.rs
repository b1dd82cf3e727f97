//! Makes the table that says which demonstration the store was made for: one row, or none.

use sea_orm_migration::prelude::*;

#[derive(DeriveIden)]
enum Demonstration {
    Table,
    Version,
}

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let version = ColumnDef::new(Demonstration::Version).text().not_null().primary_key().to_owned();
        manager.create_table(Table::create().table(Demonstration::Table).col(version).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Demonstration::Table).to_owned()).await
    }
}
