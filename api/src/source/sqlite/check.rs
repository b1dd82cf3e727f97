//! Compares a file with the contract: tables, columns, kinds and declared facts. Says what differs, never a value.

mod mapped;

use std::fmt;

use entities::{Dataset, Datum, FieldId, Kind};
use rusqlite::{Connection, ErrorCode};

use super::{Layout, Running, count, readers, sql};
use crate::{
    query::{Facts, Operand, Predicate, Test},
    source::{Failure, Inspected},
};

/// What a source lacks of a dataset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Missing {
    /// The column; none where it is the whole dataset.
    field: Option<Lacked>,
    /// `placement`, or `placement.started_on`.
    name: String,
    /// What is looked for in a mapped source.
    raw: Option<String>,
}

/// A column of a dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lacked {
    Field(FieldId),
    YouthKey,
}

/// Why a statement failed: a missing table or column where there is one. Only what was asked for is named, because the
/// caller is told; what conditions test may be none of its business.
pub(super) fn failure(
    known: (&Connection, Layout<'_>),
    (dataset, asked): (&Dataset, &[Option<Operand>]),
    error: &rusqlite::Error,
) -> Failure {
    let asked = asked.iter().flatten().map(|operand| dataset.fields[operand.field()].column);
    failure_of(known, (dataset, asked), error)
}

/// The same where columns are asked for by name.
pub(super) fn failure_of<'c>(
    (connection, layout): (&Connection, Layout<'_>),
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
    let missing: Vec<_> = match missing(connection, layout, dataset) {
        Err(error) => return readers::failure(&error),
        Ok(missing) => missing.into_iter().map(|it| it.name).collect(),
    };
    tracing::warn!(dataset = dataset.name, ?missing, "a source lacks tables or columns of the contract");
    let mut named = asked.map(|column| format!("{}.{column}", dataset.table));
    Failure::Drifted(named.find(|name| missing.contains(name)).unwrap_or_else(|| dataset.table.to_owned()))
}

/// Compares one dataset.
pub(super) fn inspect(
    (connection, running): (&Connection, &Running),
    layout: Layout<'_>,
    (dataset, facts): (&'static Dataset, &Facts),
) -> Result<Inspected, Failure> {
    let unread = |error: rusqlite::Error| readers::failure(&error);
    let lacking = missing(connection, layout, dataset).map_err(unread)?;
    let mut found = Inspected::new(dataset);
    found.missing = lacking.iter().map(ToString::to_string).collect();
    if lacking.iter().any(|it| it.field.is_none()) {
        return Ok(found);
    }
    let number = |filter: &Predicate| {
        let counted = count(connection, running, &sql::count_where(layout, dataset, filter));
        counted.map_err(|error| failure((connection, layout), (dataset, &[]), &error))
    };
    found.rows = number(&Predicate::All)?;
    let has = |field: &FieldId| lacking.iter().all(|it| it.field != Some(Lacked::Field(*field)));
    for field in (0..dataset.fields.len()).filter(has) {
        let other = of_another_type(connection, layout, (dataset, field)).map_err(unread)?;
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
    if let Some(mapping) = layout.mapping(dataset).filter(|_| has(&dataset.key())) {
        mapped::inspect(connection, mapping, has, &mut found).map_err(unread)?;
    }
    Ok(found)
}

/// The columns of a table; none where there is no such table.
fn columns(connection: &Connection, schema: Option<&str>, table: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare_cached("SELECT name FROM pragma_table_info(?, ?)")?;
    statement.query_map((table, schema.unwrap_or("main")), |row| row.get(0))?.collect()
}

/// What the source lacks of a dataset.
fn missing(connection: &Connection, layout: Layout<'_>, dataset: &Dataset) -> rusqlite::Result<Vec<Missing>> {
    if let Some(mapping) = layout.mapping(dataset) {
        return mapped::missing(connection, mapping);
    }
    let columns = columns(connection, None, dataset.table)?;
    if columns.is_empty() {
        return Ok(vec![Missing { field: None, name: dataset.table.to_owned(), raw: None }]);
    }
    let youth_key = dataset.youth().map(|_| (Lacked::YouthKey, sql::YOUTH_KEY));
    let fields = dataset.fields.iter().enumerate().map(|(field, it)| (Lacked::Field(field), it.column));
    let lacking = fields.chain(youth_key).filter(|(_, asked)| !columns.iter().any(|column| column == asked));
    let named =
        |(field, column)| Missing { field: Some(field), name: format!("{}.{column}", dataset.table), raw: None };
    Ok(lacking.map(named).collect())
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

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        match &self.raw {
            Some(raw) => write!(f, " ({raw})"),
            None => Ok(()),
        }
    }
}
