//! Reads a partial table: its streams one after another, of one state of the database.

use futures_util::TryStreamExt;
use sqlx::PgConnection;

use super::{Layout, Problem, bind, decode};
use crate::source::{
    Partial, Tabulate,
    sql::{self, Reading},
};

/// Answers a table.
pub(super) async fn table(
    connection: &mut PgConnection,
    layout: Layout<'_>,
    tabulate: &Tabulate,
) -> Result<Partial, Problem> {
    if sql::streams(tabulate).count() == 1 {
        // One statement is of one state by itself.
        return streams(connection, layout, tabulate).await;
    }
    sqlx::raw_sql("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").execute(&mut *connection).await?;
    let read = streams(connection, layout, tabulate).await;
    sqlx::raw_sql("ROLLBACK").execute(connection).await?;
    read
}

async fn streams(connection: &mut PgConnection, layout: Layout<'_>, tabulate: &Tabulate) -> Result<Partial, Problem> {
    let mut reading = Reading::new(layout, tabulate);
    for stream in sql::streams(tabulate) {
        let query = bind::query(sql::table(layout, tabulate, stream), 0)?;
        let mut rows = query.fetch(&mut *connection);
        let mut is_first = true;
        while let Some(row) = rows.try_next().await? {
            if std::mem::take(&mut is_first) {
                decode::fits(&row, &tabulate.select, reading.parts())?;
            }
            reading.row(stream, &row)?;
        }
        reading.end(stream)?;
    }
    Ok(reading.done())
}
