//! A period can be released anew, as its next version; and a release keeps the areas and the code lists that it was made
//! with. What was released before is the first version of its period, in the form in which it was signed then.
//!
//! The table is made anew, because SQLite does not take back that a period stands there once.

use sea_orm_migration::prelude::*;

#[derive(DeriveIden)]
enum Release {
    Table,
    Id,
    Period,
    Version,
    FirstDay,
    LastDay,
    CutOff,
    MadeAt,
    ProgramVersion,
    Sources,
    Datasets,
    KeyId,
    Format,
    Areas,
    CodeLists,
    Signature,
}

/// The table as it was, while its rows move.
#[derive(DeriveIden)]
enum Moving {
    #[sea_orm(iden = "release_moving")]
    Table,
}

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

/// What stays as it is.
const KEPT: &str =
    "id, period, first_day, last_day, cut_off, made_at, program_version, sources, datasets, key_id, signature";

fn text(name: impl IntoIden) -> ColumnDef {
    ColumnDef::new(name).text().not_null().to_owned()
}

/// The columns that were there before.
fn before(period: &mut ColumnDef) -> TableCreateStatement {
    Table::create()
        .table(Release::Table)
        .col(text(Release::Id).primary_key())
        .col(period)
        .col(ColumnDef::new(Release::FirstDay).date().not_null())
        .col(ColumnDef::new(Release::LastDay).date().not_null())
        .col(ColumnDef::new(Release::CutOff).date().not_null())
        .col(ColumnDef::new(Release::MadeAt).timestamp_with_time_zone().not_null())
        .col(text(Release::ProgramVersion))
        .col(text(Release::Sources))
        .col(text(Release::Datasets))
        .col(text(Release::KeyId))
        .col(text(Release::Signature))
        .to_owned()
}

/// Puts the table under its other name, makes this one, and fills it from there.
async fn replace(manager: &SchemaManager<'_>, table: TableCreateStatement, fill: &str) -> Result<(), DbErr> {
    // PostgreSQL names the index of a key after its table, and keeps that name.
    let index = "ALTER INDEX \"release_pkey\" RENAME TO \"release_moving_pkey\"";
    let unique = "ALTER INDEX IF EXISTS \"release_period_key\" RENAME TO \"release_moving_period_key\"";
    let rename = Table::rename().table(Release::Table, Moving::Table).to_owned();
    manager.rename_table(rename).await?;
    if manager.get_database_backend() == sea_orm_migration::sea_orm::DbBackend::Postgres {
        manager.get_connection().execute_unprepared(index).await?;
        manager.get_connection().execute_unprepared(unique).await?;
    }
    manager.create_table(table).await?;
    manager.get_connection().execute_unprepared(fill).await?;
    manager.drop_table(Table::drop().table(Moving::Table).to_owned()).await
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = before(&mut text(Release::Period));
        table
            .col(ColumnDef::new(Release::Version).integer().not_null())
            .col(ColumnDef::new(Release::Format).integer().not_null())
            .col(ColumnDef::new(Release::Areas).text())
            .col(ColumnDef::new(Release::CodeLists).text());
        let fill = format!(
            "INSERT INTO \"release\" ({KEPT}, version, format, areas, code_lists) \
             SELECT {KEPT}, 1, 1, NULL, NULL FROM release_moving"
        );
        replace(manager, table, &fill).await?;
        let once = Index::create()
            .name("release_by_period")
            .table(Release::Table)
            .col(Release::Period)
            .col(Release::Version)
            .unique()
            .to_owned();
        manager.create_index(once).await
    }

    /// Keeps what the program before can verify.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name("release_by_period").table(Release::Table).to_owned()).await?;
        let forget = "DELETE FROM release_cell WHERE \"release\" IN (SELECT id FROM \"release\" WHERE format <> 1)";
        manager.get_connection().execute_unprepared(forget).await?;
        let fill = format!("INSERT INTO \"release\" ({KEPT}) SELECT {KEPT} FROM release_moving WHERE format = 1");
        replace(manager, before(text(Release::Period).unique_key()), &fill).await
    }
}
