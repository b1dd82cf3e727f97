//! Compares a file with the contract: tables, columns, kinds and declared facts. Says what differs, never a value.

use std::iter;

use entities::{Dataset, FieldId, Kind};
use rusqlite::{Connection, ErrorCode};

use super::{Dialect, Running, count, readers, sql};
use crate::{
    query::{Facts, Predicate},
    source::{Failure, Inspected},
};

/// Why a statement failed: a missing table or column where there is one, of those that were asked for.
pub(super) fn failure(
    connection: &Connection,
    (dataset, asked): (&Dataset, impl Iterator<Item = &'static str>),
    error: &rusqlite::Error,
) -> Failure {
    let (code, message) = match error {
        rusqlite::Error::SqlInputError { error, msg, .. } => (error.extended_code, msg.as_str()),
        rusqlite::Error::SqliteFailure(error, message)
            if matches!(error.code, ErrorCode::Unknown | ErrorCode::TooBig | ErrorCode::ParameterOutOfRange) =>
        {
            (error.extended_code, message.as_deref().unwrap_or_default())
        }
        other => return readers::failure(other),
    };
    if !message.starts_with("no such ") {
        tracing::error!(code, dataset = dataset.name, "the gateway wrote a statement that SQLite refuses");
        return Failure::Malformed("the gateway asked for what it cannot do".to_owned());
    }
    match columns(connection, dataset) {
        Err(error) => readers::failure(&error),
        Ok(columns) => sql::drifted(dataset, asked, &sql::missing(dataset, &columns)),
    }
}

/// Compares one dataset.
pub(super) fn inspect(
    (connection, running): (&Connection, &Running),
    dataset: &'static Dataset,
    facts: &Facts,
) -> Result<Inspected, Failure> {
    let columns = columns(connection, dataset).map_err(|error| readers::failure(&error))?;
    let missing = sql::missing(dataset, &columns);
    let mut found = Inspected { missing, ..Inspected::new(dataset) };
    if columns.is_empty() {
        return Ok(found);
    }
    let number = |filter: &Predicate| {
        let counted = count(connection, running, &sql::count_where(Dialect::Sqlite, dataset, filter));
        counted.map_err(|error| failure(connection, (dataset, iter::empty()), &error))
    };
    found.rows = number(&Predicate::All)?;
    let has = |field: &FieldId| columns.iter().any(|column| column == dataset.fields[*field].column);
    for field in (0..dataset.fields.len()).filter(has) {
        let other = of_another_type(connection, dataset, field).map_err(|error| readers::failure(&error))?;
        if other > 0 {
            found.of_another_type.push((field, other));
        }
    }
    for (field, values) in facts.values.iter().filter(|(field, _)| has(field)) {
        let against = number(&sql::against(*field, values))?;
        if against > 0 {
            found.against_facts.push((*field, against));
        }
    }
    Ok(found)
}

fn columns(connection: &Connection, dataset: &Dataset) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare_cached("SELECT name FROM pragma_table_info(?)")?;
    statement.query_map([dataset.table], |row| row.get(0))?.collect()
}

/// How many rows have a value there that cannot be read as the field's kind.
fn of_another_type(connection: &Connection, dataset: &Dataset, field: FieldId) -> rusqlite::Result<u64> {
    let described = &dataset.fields[field];
    let column = format!("\"{}\"", described.column.replace('"', "\"\""));
    let fits = match described.kind {
        Kind::Boolean => format!("{column} IN (0, 1)"),
        Kind::Int => format!("typeof({column}) = 'integer'"),
        Kind::Float => format!("typeof({column}) IN ('real', 'integer')"),
        Kind::Date => format!("typeof({column}) = 'text' AND date({column}) IS {column}"),
        Kind::Id | Kind::Row(_) => format!("typeof({column}) IN ('integer', 'text')"),
        Kind::Text | Kind::Code(_) | Kind::Codes(_) | Kind::Reference(_) | Kind::Youth => {
            format!("typeof({column}) = 'text'")
        }
    };
    let table = dataset.table.replace('"', "\"\"");
    let text = format!("SELECT count(*) FROM \"{table}\" WHERE {column} IS NOT NULL AND ({fits}) IS NOT TRUE");
    connection.query_row(&text, [], |row| row.get::<_, i64>(0)).map(i64::unsigned_abs)
}
