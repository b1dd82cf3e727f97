//! Events say whose token it was: two issuers may call two people the same. Records of before say nothing, and stay as
//! they are.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut column = ColumnDef::new(Alias::new("issuer"));
        let table = Table::alter().table(Alias::new("audit_event")).add_column(column.text()).to_owned();
        manager.alter_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::alter().table(Alias::new("audit_event")).drop_column(Alias::new("issuer")).to_owned();
        manager.alter_table(table).await
    }
}
