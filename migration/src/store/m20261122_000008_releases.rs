//! Makes the tables of releases: what each was made of and its signature, and the cells that are shown. A hidden cell
//! and one without rows have no row at all.

use sea_orm_migration::prelude::*;

#[derive(DeriveIden)]
enum Release {
    Table,
    Id,
    Period,
    FirstDay,
    LastDay,
    CutOff,
    MadeAt,
    ProgramVersion,
    Sources,
    Datasets,
    KeyId,
    Signature,
}

#[derive(DeriveIden)]
enum ReleaseCell {
    Table,
    Release,
    Place,
    Dataset,
    Counted,
    AreaKind,
    AreaCode,
    Month,
    Dimension,
    Value,
    Youths,
    Rows,
    Measures,
}

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

fn text(name: impl IntoIden) -> ColumnDef {
    ColumnDef::new(name).text().not_null().to_owned()
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let release = Table::create()
            .table(Release::Table)
            .col(text(Release::Id).primary_key())
            .col(text(Release::Period).unique_key())
            .col(ColumnDef::new(Release::FirstDay).date().not_null())
            .col(ColumnDef::new(Release::LastDay).date().not_null())
            .col(ColumnDef::new(Release::CutOff).date().not_null())
            .col(ColumnDef::new(Release::MadeAt).timestamp_with_time_zone().not_null())
            .col(text(Release::ProgramVersion))
            .col(text(Release::Sources))
            .col(text(Release::Datasets))
            .col(text(Release::KeyId))
            .col(text(Release::Signature))
            .to_owned();
        manager.create_table(release).await?;
        let key = Index::create().col(ReleaseCell::Release).col(ReleaseCell::Place).to_owned();
        let cell = Table::create()
            .table(ReleaseCell::Table)
            .col(text(ReleaseCell::Release))
            .col(ColumnDef::new(ReleaseCell::Place).integer().not_null())
            .col(text(ReleaseCell::Dataset))
            .col(text(ReleaseCell::Counted))
            .col(text(ReleaseCell::AreaKind))
            .col(text(ReleaseCell::AreaCode))
            .col(ColumnDef::new(ReleaseCell::Month).date())
            .col(ColumnDef::new(ReleaseCell::Dimension).text())
            .col(ColumnDef::new(ReleaseCell::Value).text())
            .col(ColumnDef::new(ReleaseCell::Youths).integer().not_null())
            .col(ColumnDef::new(ReleaseCell::Rows).integer())
            .col(text(ReleaseCell::Measures))
            .primary_key(&mut key.clone())
            .to_owned();
        manager.create_table(cell).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(ReleaseCell::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(Release::Table).to_owned()).await
    }
}
