//! Makes the table that says which reference data the store holds: one digest, or none where they were never filled.

use sea_orm_migration::prelude::*;

#[derive(DeriveIden)]
enum ReferenceState {
    Table,
    Digest,
}

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let digest = ColumnDef::new(ReferenceState::Digest).text().not_null().primary_key().to_owned();
        manager.create_table(Table::create().table(ReferenceState::Table).col(digest).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(ReferenceState::Table).to_owned()).await
    }
}
