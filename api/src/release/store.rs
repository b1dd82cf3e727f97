//! Puts releases into the gateway's store: all in one transaction, so that one which is stopped half-way leaves nothing.
//! Only what is shown is written. Blocks.

use std::{path::Path, time::Duration};

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior, params};

use super::{
    CellId, Published, Vocabulary,
    record::{Digesting, Header, Line},
    sign::Signer,
};

/// How long to wait while another process writes.
const PATIENCE: Duration = Duration::from_secs(30);

/// A release in the making.
pub(super) struct Draft {
    pub(super) header: Header,
    /// Per dataset the cells that are shown, in order.
    pub(super) tables: Vec<(Vocabulary, Vec<(CellId, Published)>)>,
}

/// Why a release is not in the store.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotWritten {
    /// It is there already.
    #[error("release `{0}` is there already")]
    Standing(String),
    /// What is to be signed is of no format.
    #[error("release `{0}` is of no format")]
    Formless(String),
    /// The database refused.
    #[error(transparent)]
    Database(#[from] rusqlite::Error),
}

/// Opens the store, which must be there.
pub(super) fn open(path: &Path) -> rusqlite::Result<Connection> {
    // Also who only reads may have to undo what a killed process left half-written.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    Ok(connection)
}

/// Writes and signs all of them, or none.
pub(super) fn write(path: &Path, drafts: &[Draft], signer: &Signer) -> Result<(), NotWritten> {
    let mut connection = open(path)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for draft in drafts {
        write_one(&transaction, draft, signer)?;
    }
    transaction.commit()?;
    Ok(())
}

/// The cells, then the signature over them.
fn write_one(connection: &Connection, draft: &Draft, signer: &Signer) -> Result<(), NotWritten> {
    let Draft { header, tables } = draft;
    let mut digesting = Digesting::new(header).ok_or_else(|| NotWritten::Formless(header.id.clone()))?;
    let mut insert = connection.prepare_cached(
        "INSERT INTO release_cell (\"release\", place, dataset, counted, area_kind, area_code, month, dimension, value, \
         youths, \"rows\", measures) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )?;
    let lines = tables.iter().flat_map(|(vocabulary, cells)| {
        cells.iter().map(|(id, shown)| Line::of(vocabulary.dataset, &vocabulary.measures, id, shown))
    });
    for (place, line) in (0_i64..).zip(lines) {
        digesting.line(&line);
        let Line { dataset, counted, area_kind, area_code, month, dimension, value, youths, rows, measures } = line;
        let inserted = insert.execute(params![
            header.id, place, dataset, counted, area_kind, area_code, month, dimension, value, youths, rows, measures
        ]);
        inserted.map_err(|error| standing_already(header, error))?;
    }
    let signature = signer.sign(&digesting.done());
    let Header {
        id, period, first_day, last_day, cut_off, made_at, program_version, sources, datasets, key_id, ..
    } = header;
    let Header { format, version, areas, code_lists, .. } = header;
    let inserted = connection.execute(
        "INSERT INTO \"release\" (id, period, first_day, last_day, cut_off, made_at, program_version, sources, datasets, \
         key_id, signature, format, version, areas, code_lists) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            id, period, first_day, last_day, cut_off, made_at, program_version, sources, datasets, key_id, signature, format,
            version, areas, code_lists
        ],
    );
    inserted.map_err(|error| standing_already(header, error))?;
    Ok(())
}

fn standing_already(header: &Header, error: rusqlite::Error) -> NotWritten {
    if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) {
        return NotWritten::Standing(header.id.clone());
    }
    NotWritten::Database(error)
}

#[cfg(test)]
mod tests;
