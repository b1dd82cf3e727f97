//! What of a mapped dataset a file lacks, and what stands there without a meaning. Says a code only where many rows have
//! it: a code of few is a value of theirs.

use entities::FieldId;
use rusqlite::Connection;

use super::{Lacked, Missing, columns};
use crate::{
    mapping::{Column, Form, Mapping, Part, Raw},
    source::{
        Inspected, Meaningless,
        sql::{self, Dialect},
    },
};

/// On how many rows a code stands at least that is said.
const MANY: u64 = 10;

/// What the file lacks: the dataset, where it lacks a table or what tables are joined by.
pub(super) fn missing(connection: &Connection, mapping: &Mapping) -> rusqlite::Result<Vec<Missing>> {
    let dataset = mapping.dataset;
    let mut lacking: Vec<Missing> = Vec::new();
    for part in &mapping.parts {
        let mut known = Vec::new();
        for (alias, table) in part.tables() {
            let columns = columns(connection, table.schema.as_deref(), &table.name)?;
            if columns.is_empty() {
                lacking.push(Missing { field: None, name: dataset.table.to_owned(), raw: Some(table.to_string()) });
            }
            known.push((alias, columns));
        }
        let has = |raw: &Raw| {
            let columns = known.iter().find(|(alias, _)| **alias == *raw.alias);
            // SQLite knows columns by any case.
            columns.is_some_and(|(_, columns)| columns.iter().any(|it| it.eq_ignore_ascii_case(&raw.column)))
        };
        let fields = part.columns.iter().enumerate().filter_map(|(field, column)| match column {
            Column::Of(raw, _) => Some((Some(Lacked::Field(field)), dataset.fields[field].column, raw)),
            Column::Nothing | Column::Constant(_) => None,
        });
        let youth_key = part.youth_key.as_ref().map(|raw| (Some(Lacked::YouthKey), sql::YOUTH_KEY, raw));
        let joined = part.joins.iter().flat_map(|join| &join.on).flat_map(|(left, right)| [left, right]);
        let asked = fields.chain(youth_key).chain(joined.map(|raw| (None, "", raw)));
        lacking.extend(asked.filter(|(_, _, raw)| !has(raw)).map(|(field, column, raw)| Missing {
            field,
            name: field.map_or_else(|| dataset.table.to_owned(), |_| format!("{}.{column}", dataset.table)),
            raw: Some(format!("{}.{}", part.table_of(&raw.alias), raw.column)),
        }));
    }
    Ok(lacking)
}

/// Counts values without a meaning, and rows that have no id of their own.
pub(super) fn inspect(
    connection: &Connection,
    mapping: &Mapping,
    has: impl Fn(&FieldId) -> bool,
    found: &mut Inspected,
) -> rusqlite::Result<()> {
    let key = mapping.dataset.key();
    let ids = sql::ids(Dialect::Sqlite, mapping, key);
    found.repeated = connection.query_row(&ids, [], |row| row.get::<_, i64>(0)).map(i64::unsigned_abs)?;
    for field in (0..mapping.dataset.fields.len()).filter(has) {
        let mut meaningless = Meaningless { field, rows: 0, codes: Vec::new() };
        for part in &mapping.parts {
            lost(connection, part, &mut meaningless)?;
        }
        if meaningless.rows > 0 {
            found.meaningless.push(meaningless);
        }
    }
    Ok(())
}

fn lost(connection: &Connection, part: &Part, meaningless: &mut Meaningless) -> rusqlite::Result<()> {
    let Some(text) = sql::lost(Dialect::Sqlite, part, meaningless.field) else { return Ok(()) };
    let is_code = matches!(part.columns[meaningless.field], Column::Of(_, Form::Codes(_) | Form::Boolean(_)));
    let mut statement = connection.prepare(&text)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let number = row.get::<_, i64>(1)?.unsigned_abs();
        meaningless.rows += number;
        if is_code && number >= MANY {
            meaningless.codes.push((row.get::<_, String>(0)?.into(), number));
        }
    }
    Ok(())
}
