//! Breaks sources on purpose: every function takes the file of one and leaves the others alone.

use std::path::{Path, PathBuf};

use entities::Dataset;

use crate::row::{self, Row};

/// Takes the file away, until [`bring_back`] is called.
pub fn take_away(path: &Path) {
    std::fs::rename(path, hidden(path)).expect("a source's file can be moved");
}

/// Brings the file back.
pub fn bring_back(path: &Path) {
    std::fs::rename(hidden(path), path).expect("a source's file can be moved back");
}

fn hidden(path: &Path) -> PathBuf {
    path.with_extension("gone")
}

/// Takes a column out of a table, as a source does that lags behind the contract.
pub fn drop_column(path: &Path, dataset: &Dataset, column: &str) {
    run(path, &format!("{} ALTER TABLE {} DROP COLUMN {column}", without_indexes(path, dataset), dataset.table));
}

/// Puts a view in place of the table that takes longer than any deadline.
pub fn make_slow(path: &Path, dataset: &Dataset) {
    let table = dataset.table;
    run(
        path,
        &format!(
            "{} ALTER TABLE {table} RENAME TO {table}_fast; CREATE VIEW {table} AS WITH RECURSIVE n(i) AS \
             (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000000) \
             SELECT f.* FROM {table}_fast f WHERE (SELECT max(i) FROM n) > f.id",
            without_indexes(path, dataset)
        ),
    );
}

/// Makes a slow source fast again.
pub fn make_fast(path: &Path, dataset: &Dataset) {
    let table = dataset.table;
    run(path, &format!("DROP VIEW {table}; ALTER TABLE {table}_fast RENAME TO {table}"));
}

/// Puts a row into a table of the same columns that takes everything, also null where a value must be.
pub fn insert_loosely(path: &Path, row: &Row) {
    let table = row.dataset.table;
    run(
        path,
        &format!(
            "{} CREATE TABLE loose AS SELECT * FROM {table}; DROP TABLE {table}; ALTER TABLE loose RENAME TO {table}",
            without_indexes(path, row.dataset)
        ),
    );
    row::insert(path, std::slice::from_ref(row));
}

/// Indexes hold on to columns; this lets them go.
fn without_indexes(path: &Path, dataset: &Dataset) -> String {
    let connection = row::open(path);
    let mut names = connection
        .prepare("SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL")
        .expect("SQLite lists its indexes");
    let names = names.query_map([dataset.table], |row| row.get::<_, String>(0)).expect("SQLite lists its indexes");
    names.flatten().map(|name| format!("DROP INDEX {name}; ")).collect()
}

fn run(path: &Path, statements: &str) {
    row::open(path).execute_batch(statements).expect("a source's file can be changed");
}
