//! Compares a database with the contract: tables, columns, kinds and declared facts. Says what differs, never a value.

use entities::{Dataset, FieldId, Kind};
use sqlx::{AssertSqlSafe, PgConnection, Row};

use super::{Asked, Dialect, Layout, Problem, bind, decode, sql};
use crate::{
    mapping::{Mapping, Part},
    query::{Facts, Predicate},
    source::{
        Failure, Inspected, Meaningless,
        sql::{Cells, Lack},
    },
};

/// A column that the table has, and may be read: its name and type.
type Column = (String, u32);

/// The readable columns of a table; of a domain the type below it. None where there is no such table.
const COLUMNS: &str = "SELECT a.attname::text, coalesce(nullif(t.typbasetype, 0), t.oid)::bigint \
     FROM pg_attribute AS a JOIN pg_type AS t ON t.oid = a.atttypid \
     WHERE a.attrelid = to_regclass(coalesce(quote_ident($2) || '.', '') || quote_ident($1)) \
     AND a.attnum > 0 AND NOT a.attisdropped AND has_column_privilege(a.attrelid, a.attnum, 'SELECT')";

/// What the statement failed of that PostgreSQL says it does not have: names the first of the columns that were asked
/// for and that the table lacks, or has of another type.
pub(super) async fn drift(connection: &mut PgConnection, layout: Layout<'_>, asked: &Asked) -> Failure {
    let dataset = asked.dataset;
    let Ok((lacking, mistyped)) = differences(connection, layout, dataset).await else { return Failure::Unreachable };
    let mut names: Vec<_> = lacking.iter().map(|it| it.name(dataset)).collect();
    let columns = mistyped.iter().map(|field| dataset.fields[*field].column);
    names.extend(columns.map(|column| format!("{}.{column}", dataset.table)));
    if layout.mapping(dataset).is_some() && names.is_empty() {
        // A column is there, and its values cannot be what the mapping says.
        return sql::drifted(dataset, asked.columns.iter().copied(), &[]);
    }
    if names.is_empty() {
        tracing::error!(dataset = dataset.name, "the gateway wrote a statement that PostgreSQL refuses");
        return super::wrongly_asked();
    }
    sql::drifted(dataset, asked.columns.iter().copied(), &names)
}

/// What a database lacks of a dataset, and the fields whose columns are of another type. What a mapping makes of columns
/// is always of the contract's.
async fn differences(
    connection: &mut PgConnection,
    layout: Layout<'_>,
    dataset: &Dataset,
) -> Result<(Vec<Lack>, Vec<FieldId>), sqlx::Error> {
    let Some(mapping) = layout.mapping(dataset) else {
        let columns = columns(connection, None, dataset.table).await?;
        let names: Vec<_> = columns.iter().map(|(name, _)| name).collect();
        return Ok((sql::lacking(dataset, &names), mistyped(dataset, &columns).collect()));
    };
    let mut known = Vec::new();
    for (_, table) in mapping.parts.iter().flat_map(Part::tables) {
        let columns = columns(connection, table.schema.as_deref(), &table.name).await?;
        known.push((table, columns.into_iter().map(|(name, _)| name).collect()));
    }
    Ok((sql::lacking_mapped(mapping, &known), Vec::new()))
}

async fn columns(connection: &mut PgConnection, schema: Option<&str>, table: &str) -> Result<Vec<Column>, sqlx::Error> {
    let rows = sqlx::query(COLUMNS).bind(table).bind(schema).fetch_all(connection).await?;
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
    layout: Layout<'_>,
    (dataset, facts): (&'static Dataset, &Facts),
) -> Result<Inspected, Problem> {
    let (lacking, mistyped) = differences(connection, layout, dataset).await?;
    let missing = lacking.iter().map(|it| it.say(dataset)).collect();
    let mut found = Inspected { missing, ..Inspected::new(dataset) };
    if lacking.iter().any(|it| it.column.is_none()) {
        return Ok(found);
    }
    found.mistyped = mistyped;
    found.rows = count(connection, layout, (dataset, &Predicate::All)).await?;
    let has = |field: &FieldId| lacking.iter().all(|it| it.column != Some(dataset.fields[*field].column));
    let mistyped = found.mistyped.clone();
    let is_sound = |field: &FieldId| has(field) && !mistyped.contains(field);
    let dates = (0..dataset.fields.len()).filter(|field| dataset.fields[*field].kind == Kind::Date);
    for field in dates.filter(is_sound) {
        let other = no_dates(connection, layout, (dataset, field)).await?;
        if other > 0 {
            found.of_another_type.push((field, other));
        }
    }
    for (field, values) in facts.values.iter().filter(|(field, _)| is_sound(field)) {
        let against = count(connection, layout, (dataset, &sql::against(*field, values))).await?;
        if against > 0 {
            found.against_facts.push((*field, against));
        }
    }
    if let Some(mapping) = layout.mapping(dataset).filter(|_| has(&dataset.key())) {
        mapped(connection, mapping, is_sound, &mut found).await?;
    }
    Ok(found)
}

/// Counts values without a meaning, and rows that have no id of their own.
async fn mapped(
    connection: &mut PgConnection,
    mapping: &Mapping,
    has: impl Fn(&FieldId) -> bool,
    found: &mut Inspected,
) -> Result<(), Problem> {
    let ids = sql::ids(Dialect::Postgres, mapping, mapping.dataset.key());
    found.repeated = sqlx::query(AssertSqlSafe(ids)).fetch_one(&mut *connection).await?.cell(0).count();
    for field in (0..mapping.dataset.fields.len()).filter(has) {
        let mut meaningless = Meaningless { field, rows: 0, codes: Vec::new() };
        for part in &mapping.parts {
            let Some(text) = sql::lost(Dialect::Postgres, mapping.dataset, part, field) else { continue };
            for row in sqlx::query(AssertSqlSafe(text)).fetch_all(&mut *connection).await? {
                let code: Option<String> = row.try_get(0)?;
                meaningless.add(&part.columns[field], code.unwrap_or_default(), row.cell(1).count());
            }
        }
        found.meaningless.extend((meaningless.rows > 0).then_some(meaningless));
    }
    Ok(())
}

/// How many rows of a dataset match.
async fn count(
    connection: &mut PgConnection,
    layout: Layout<'_>,
    (dataset, filter): (&'static Dataset, &Predicate),
) -> Result<u64, Problem> {
    let query = bind::query(sql::count_where(layout, dataset, filter), 0)?;
    Ok(query.fetch_one(connection).await?.cell(0).count())
}

/// How many rows have a date there that the contract knows none of: an infinite one, or one of year 10,000.
async fn no_dates(
    connection: &mut PgConnection,
    layout: Layout<'_>,
    (dataset, field): (&'static Dataset, FieldId),
) -> Result<u64, Problem> {
    let column = dataset.fields[field].column.replace('"', "\"\"");
    let table = sql::table_with(layout, dataset, field);
    let text = format!(
        "SELECT count(*) FROM {table} AS t WHERE t.\"{column}\" IS NOT NULL \
         AND t.\"{column}\" NOT BETWEEN '0001-01-01' AND '9999-12-31'"
    );
    let row = sqlx::query(AssertSqlSafe(text)).fetch_one(connection).await?;
    Ok(row.cell(0).count())
}
