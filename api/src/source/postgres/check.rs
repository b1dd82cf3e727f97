//! Compares a database with the contract: tables, columns, kinds and declared facts. Says what differs, never a value.

use entities::{Dataset, FieldId, Kind};
use sqlx::{PgConnection, Row};

use super::{Dialect, Problem, bind, decode, sql};
use crate::{
    query::{Facts, Predicate},
    source::{Failure, Inspected, sql::Cells},
};

/// A column that the table has, and may be read: its name and type.
type Column = (String, u32);

/// The readable columns of a table; of a domain the type below it. None where there is no such table.
const COLUMNS: &str = "SELECT a.attname::text, coalesce(nullif(t.typbasetype, 0), t.oid)::bigint \
     FROM pg_attribute AS a JOIN pg_type AS t ON t.oid = a.atttypid \
     WHERE a.attrelid = to_regclass(quote_ident($1)) AND a.attnum > 0 AND NOT a.attisdropped \
     AND has_column_privilege(a.attrelid, a.attnum, 'SELECT')";

/// What the statement failed of that PostgreSQL says it does not have: names the first of the columns that were asked
/// for and that the table lacks, or has of another type.
pub(super) async fn drift(connection: &mut PgConnection, dataset: &Dataset, asked: &[&'static str]) -> Failure {
    match columns(connection, dataset).await {
        Err(_) => Failure::Unreachable,
        Ok(columns) => {
            let names: Vec<_> = columns.iter().map(|(name, _)| name).collect();
            let mut lacking = sql::missing(dataset, &names);
            let mistyped = mistyped(dataset, &columns).map(|field| dataset.fields[field].column);
            lacking.extend(mistyped.map(|column| format!("{}.{column}", dataset.table)));
            if lacking.is_empty() {
                tracing::error!(dataset = dataset.name, "the gateway wrote a statement that PostgreSQL refuses");
                return super::wrongly_asked();
            }
            sql::drifted(dataset, asked.iter().copied(), &lacking)
        }
    }
}

async fn columns(connection: &mut PgConnection, dataset: &Dataset) -> Result<Vec<Column>, sqlx::Error> {
    let rows = sqlx::query(COLUMNS).bind(dataset.table).fetch_all(connection).await?;
    let column =
        |row: &sqlx::postgres::PgRow| Ok((row.try_get(0)?, u32::try_from(row.try_get::<i64, _>(1)?).unwrap_or(0)));
    rows.iter().map(column).collect()
}

fn mistyped(dataset: &Dataset, columns: &[Column]) -> impl Iterator<Item = FieldId> {
    let is = |column: &str, kind: Kind| {
        columns.iter().find(|(name, _)| name == column).is_some_and(|(_, oid)| !decode::is_of(kind, *oid))
    };
    (0..dataset.fields.len()).filter(move |field| is(dataset.fields[*field].column, dataset.fields[*field].kind))
}

/// Compares one dataset.
pub(super) async fn inspect(
    connection: &mut PgConnection,
    dataset: &'static Dataset,
    facts: &Facts,
) -> Result<Inspected, Problem> {
    let columns = columns(connection, dataset).await?;
    let names: Vec<_> = columns.iter().map(|(name, _)| name).collect();
    let mut found = Inspected { missing: sql::missing(dataset, &names), ..Inspected::new(dataset) };
    if columns.is_empty() {
        return Ok(found);
    }
    found.mistyped = mistyped(dataset, &columns).collect();
    found.rows = count(connection, dataset, &Predicate::All).await?;
    let is_sound = |field: &FieldId| {
        columns.iter().any(|(name, _)| name == dataset.fields[*field].column) && !found.mistyped.contains(field)
    };
    let dates = (0..dataset.fields.len()).filter(|field| dataset.fields[*field].kind == Kind::Date);
    for field in dates.filter(is_sound) {
        let other = no_dates(connection, dataset, field).await?;
        if other > 0 {
            found.of_another_type.push((field, other));
        }
    }
    for (field, values) in facts.values.iter().filter(|(field, _)| is_sound(field)) {
        let against = count(connection, dataset, &sql::against(*field, values)).await?;
        if against > 0 {
            found.against_facts.push((*field, against));
        }
    }
    Ok(found)
}

/// How many rows of a dataset match.
async fn count(connection: &mut PgConnection, dataset: &'static Dataset, filter: &Predicate) -> Result<u64, Problem> {
    let query = bind::query(sql::count_where(Dialect::Postgres, dataset, filter), 0)?;
    Ok(query.fetch_one(connection).await?.cell(0).count())
}

/// How many rows have a date there that the contract knows none of: an infinite one, or one of year 10,000.
async fn no_dates(connection: &mut PgConnection, dataset: &Dataset, field: FieldId) -> Result<u64, Problem> {
    let [table, column] = [dataset.table, dataset.fields[field].column].map(|name| name.replace('"', "\"\""));
    let text = format!(
        "SELECT count(*) FROM \"{table}\" WHERE \"{column}\" IS NOT NULL \
         AND \"{column}\" NOT BETWEEN '0001-01-01' AND '9999-12-31'"
    );
    let row = sqlx::query(sqlx::AssertSqlSafe(text)).fetch_one(connection).await?;
    Ok(row.cell(0).count())
}
