//! Reads a partial table: its streams one after another, of one state of the file.

use rusqlite::{Connection, ErrorCode};

use super::{Layout, Running, bind, check, readers};
use crate::source::{
    Failure, Partial, Tabulate,
    sql::{self, Reading},
};

/// Why a table cannot be read.
enum Unread {
    Sqlite(rusqlite::Error),
    Failure(Failure),
}

/// Answers a table.
pub(super) fn table(
    (connection, running): (&Connection, &Running),
    layout: Layout<'_>,
    tabulate: &Tabulate,
) -> Result<Partial, Failure> {
    let read = read((connection, running), layout, tabulate);
    if !connection.is_autocommit() {
        // Its transaction did not end: the connection is no good to anyone else.
        return Err(Failure::Unreachable);
    }
    read.map_err(|unread| match unread {
        Unread::Failure(failure) => failure,
        Unread::Sqlite(error) if is_overflow(&error) => sql::overflow(tabulate),
        Unread::Sqlite(error) => {
            check::failure((connection, layout), (tabulate.select.dataset, tabulate.asked()), &error)
        }
    })
}

fn is_overflow(error: &rusqlite::Error) -> bool {
    matches!(error, rusqlite::Error::SqliteFailure(code, Some(message))
        if code.code == ErrorCode::Unknown && message == "integer overflow")
}

fn read(
    (connection, running): (&Connection, &Running),
    layout: Layout<'_>,
    tabulate: &Tabulate,
) -> Result<Partial, Unread> {
    let mut reading = Reading::new(layout, tabulate);
    let _state = connection.unchecked_transaction()?;
    for stream in sql::streams(tabulate) {
        let statement = sql::table(layout, tabulate, stream);
        let mut prepared = readers::prepare(connection, &statement.text)?;
        bind(&mut prepared, &statement, 0)?;
        running.continues()?;
        let mut rows = prepared.raw_query();
        while let Some(row) = rows.next()? {
            reading.row(stream, row)?;
        }
        reading.end(stream)?;
    }
    Ok(reading.done())
}

impl From<Failure> for Unread {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<rusqlite::Error> for Unread {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}
