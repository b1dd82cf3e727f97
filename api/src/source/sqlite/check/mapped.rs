//! What stands in the tables of a mapped dataset without a meaning, and which rows have no id of their own. Counts only.

use entities::FieldId;
use rusqlite::Connection;

use crate::{
    mapping::Mapping,
    source::{
        Inspected, Meaningless,
        sql::{self, Dialect},
    },
};

/// Counts values without a meaning, and rows that have no id of their own.
pub(super) fn inspect(
    connection: &Connection,
    mapping: &Mapping,
    has: impl Fn(&FieldId) -> bool,
    found: &mut Inspected,
) -> rusqlite::Result<()> {
    let ids = sql::ids(Dialect::Sqlite, mapping, mapping.dataset.key());
    found.repeated = connection.query_row(&ids, [], |row| row.get::<_, i64>(0)).map(i64::unsigned_abs)?;
    for field in (0..mapping.dataset.fields.len()).filter(has) {
        let mut meaningless = Meaningless { field, rows: 0, codes: Vec::new() };
        for part in &mapping.parts {
            let Some(text) = sql::lost(Dialect::Sqlite, mapping.dataset, part, field) else { continue };
            let mut statement = connection.prepare(&text)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                meaningless.add(&part.columns[field], row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs());
            }
        }
        found.meaningless.extend((meaningless.rows > 0).then_some(meaningless));
    }
    Ok(())
}
