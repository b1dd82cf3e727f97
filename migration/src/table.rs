//! Makes a table with a frozen list of columns, typed as the entity types them, and its indexes.

use entities::Dataset;
use sea_orm_migration::{
    prelude::{ConnectionTrait, DbErr, SchemaManager},
    sea_orm::{
        DbBackend, EntityTrait, Schema,
        sea_query::{ColumnDef, ColumnType, Table, TableCreateStatement},
    },
};

use crate::index;

/// Makes the table of a dataset with these columns of its entity, and the indexes on them.
pub(crate) async fn create<E: EntityTrait>(
    manager: &SchemaManager<'_>,
    (entity, dataset): (E, &Dataset),
    columns: &[&str],
) -> Result<(), DbErr> {
    let backend = manager.get_database_backend();
    manager.create_table(definition(entity, columns, backend)?).await?;
    for statement in index::statements(dataset, columns, backend) {
        manager.get_connection().execute_unprepared(&statement).await?;
    }
    Ok(())
}

/// Removes the table of an entity.
pub(crate) async fn drop<E: EntityTrait>(manager: &SchemaManager<'_>, entity: E) -> Result<(), DbErr> {
    manager.drop_table(Table::drop().table(entity.table_ref()).to_owned()).await
}

fn definition<E: EntityTrait>(entity: E, columns: &[&str], backend: DbBackend) -> Result<TableCreateStatement, DbErr> {
    let whole = Schema::new(backend).create_table_from_entity(entity);
    let mut table = Table::create().table(entity.table_ref()).to_owned();
    for name in columns {
        let column = whole.get_columns().iter().find(|it| it.get_column_name() == *name);
        let column =
            column.ok_or_else(|| DbErr::Migration(format!("no column `{name}` in `{}`", entity.to_string())))?;
        table.col(in_code_point_order(column.clone(), backend));
    }
    Ok(table)
}

/// Text sorts alike everywhere: by code point. SQLite does so by itself.
fn in_code_point_order(mut column: ColumnDef, backend: DbBackend) -> ColumnDef {
    let is_text = matches!(column.get_column_type(), Some(ColumnType::String(_) | ColumnType::Text));
    if is_text && backend == DbBackend::Postgres {
        column.extra("COLLATE \"C\"");
    }
    column
}
