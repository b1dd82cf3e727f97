//! Compares a file with the contract: tables, columns, kinds and declared facts. Says what differs, never a value.

mod mapped;

use std::iter;

use entities::{Dataset, FieldId, Kind};
use rusqlite::{Connection, ErrorCode};

use super::{Layout, Running, count, readers, sql};
use crate::{
    mapping::Part,
    query::{Facts, Predicate},
    source::{Failure, Inspected, sql::Lack},
};

/// Why a statement failed: a missing table or column where there is one, of those that were asked for.
pub(super) fn failure(
    (connection, layout): (&Connection, Layout<'_>),
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
    match lacking(connection, layout, dataset) {
        Err(error) => readers::failure(&error),
        Ok(lacking) => {
            let names: Vec<_> = lacking.iter().map(|it| it.name(dataset)).collect();
            sql::drifted(dataset, asked, &names)
        }
    }
}

/// Compares one dataset.
pub(super) fn inspect(
    ((connection, running), layout): ((&Connection, &Running), Layout<'_>),
    dataset: &'static Dataset,
    facts: &Facts,
) -> Result<Inspected, Failure> {
    let unread = |error: rusqlite::Error| readers::failure(&error);
    let lacking = lacking(connection, layout, dataset).map_err(unread)?;
    let missing = lacking.iter().map(|it| it.say(dataset)).collect();
    let mut found = Inspected { missing, ..Inspected::new(dataset) };
    if lacking.iter().any(|it| it.column.is_none()) {
        return Ok(found);
    }
    let number = |filter: &Predicate| {
        let counted = count(connection, running, &sql::count_where(layout, dataset, filter));
        counted.map_err(|error| failure((connection, layout), (dataset, iter::empty()), &error))
    };
    found.rows = number(&Predicate::All)?;
    let has = |field: &FieldId| lacking.iter().all(|it| it.column != Some(dataset.fields[*field].column));
    for field in (0..dataset.fields.len()).filter(has) {
        let other = of_another_type(connection, layout, (dataset, field)).map_err(unread)?;
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
    if let Some(mapping) = layout.mapping(dataset).filter(|_| has(&dataset.key())) {
        mapped::inspect(connection, mapping, has, &mut found).map_err(unread)?;
    }
    Ok(found)
}

/// What a file lacks of a dataset.
fn lacking(connection: &Connection, layout: Layout<'_>, dataset: &Dataset) -> rusqlite::Result<Vec<Lack>> {
    let Some(mapping) = layout.mapping(dataset) else {
        return Ok(sql::lacking(dataset, &columns(connection, None, dataset.table)?));
    };
    let tables = mapping.parts.iter().flat_map(Part::tables);
    let known = tables.map(|(_, table)| Ok((table, columns(connection, table.schema.as_deref(), &table.name)?)));
    Ok(sql::lacking_mapped(mapping, &known.collect::<rusqlite::Result<Vec<_>>>()?))
}

/// The columns of a table, in lower case, as SQLite knows them by any; none where there is no such table.
fn columns(connection: &Connection, schema: Option<&str>, table: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare_cached("SELECT lower(name) FROM pragma_table_info(?, ?)")?;
    statement.query_map((table, schema.unwrap_or("main")), |row| row.get(0))?.collect()
}

/// How many rows have a value there that cannot be read as the field's kind.
fn of_another_type(
    connection: &Connection,
    layout: Layout<'_>,
    (dataset, field): (&'static Dataset, FieldId),
) -> rusqlite::Result<u64> {
    let described = &dataset.fields[field];
    let column = format!("t.\"{}\"", described.column.replace('"', "\"\""));
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
    let table = sql::table_with(layout, dataset, field);
    let text = format!("SELECT count(*) FROM {table} AS t WHERE {column} IS NOT NULL AND ({fits}) IS NOT TRUE");
    connection.query_row(&text, [], |row| row.get::<_, i64>(0)).map(i64::unsigned_abs)
}
