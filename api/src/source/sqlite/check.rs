//! Compares a file with the contract: tables, columns, kinds and declared facts. Says what differs, never a value.

use entities::{Dataset, Datum, FieldId, Kind};
use rusqlite::{Connection, ErrorCode};

use super::{Dialect, Running, count, readers, sql};
use crate::{
    query::{Facts, Operand, Predicate, Test},
    source::{Failure, Inspected},
};

/// Why a statement failed: a missing table or column where there is one. Only what was asked for is named, because the
/// caller is told; what conditions test may be none of its business.
pub(super) fn failure(
    connection: &Connection,
    (dataset, asked): (&Dataset, &[Option<Operand>]),
    error: &rusqlite::Error,
) -> Failure {
    let asked = asked.iter().flatten().map(|operand| dataset.fields[operand.field()].column);
    failure_of(connection, (dataset, asked), error)
}

/// The same where columns are asked for by name.
pub(super) fn failure_of<'c>(
    connection: &Connection,
    (dataset, asked): (&Dataset, impl Iterator<Item = &'c str>),
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
    let missing: Vec<_> = match columns(connection, dataset) {
        Err(error) => return readers::failure(&error),
        Ok(columns) => missing(dataset, &columns).collect(),
    };
    tracing::warn!(dataset = dataset.name, ?missing, "a source lacks tables or columns of the contract");
    let mut named = asked.map(|column| format!("{}.{column}", dataset.table));
    Failure::Drifted(named.find(|name| missing.contains(name)).unwrap_or_else(|| dataset.table.to_owned()))
}

/// Compares one dataset.
pub(super) fn inspect(
    (connection, running): (&Connection, &Running),
    dataset: &'static Dataset,
    facts: &Facts,
) -> Result<Inspected, Failure> {
    let columns = columns(connection, dataset).map_err(|error| readers::failure(&error))?;
    let missing: Vec<_> = missing(dataset, &columns).collect();
    let mut found = Inspected { dataset, rows: 0, missing, of_another_type: Vec::new(), against_facts: Vec::new() };
    if columns.is_empty() {
        return Ok(found);
    }
    let number = |filter: &Predicate| {
        let counted = count(connection, running, &sql::count_where(Dialect::Sqlite, dataset, filter));
        counted.map_err(|error| failure(connection, (dataset, &[]), &error))
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
        let known: Vec<Datum> = values.clone();
        let against = Predicate::and([
            Predicate::is(*field, Test::Null).negated(),
            Predicate::is(*field, Test::In(known.into())).negated(),
        ]);
        let against = number(&against)?;
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

/// `placement` where there is no such table, else `placement.started_on` per column that is not there.
fn missing(dataset: &Dataset, columns: &[String]) -> impl Iterator<Item = String> {
    let table = columns.is_empty().then(|| dataset.table.to_owned());
    let fields = dataset.fields.iter().filter(move |_| !columns.is_empty());
    let youth_key = dataset.youth().filter(|_| !columns.is_empty()).map(|_| sql::YOUTH_KEY);
    let asked = fields.map(|field| field.column).chain(youth_key);
    let lacking = asked.filter(|asked| !columns.iter().any(|column| column == asked));
    table.into_iter().chain(lacking.map(|column| format!("{}.{column}", dataset.table)))
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
