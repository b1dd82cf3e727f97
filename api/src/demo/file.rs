//! SQLite files of sources: an empty one with the contract's tables is copied, filled in one transaction, indexed last.

use std::{
    fs,
    panic::resume_unwind,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use chrono::SecondsFormat;
use entities::Dataset;
use rusqlite::{Connection, params_from_iter, types::Value as Stored};
use sea_orm::{Database, EntityName, EntityTrait, IdenStatic, Iterable, ModelTrait, Value};

use super::DemoError;

/// A source's file while it is written.
#[derive(Debug)]
pub(crate) struct File {
    connection: Connection,
    path: PathBuf,
    indexes: Vec<String>,
}

/// Nobody else knows the file yet, and a half-written one is thrown away: no journal, no waiting for the disk.
const FAST: &str = "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE;
    PRAGMA cache_size=-262144; PRAGMA temp_store=MEMORY";

/// As readers like it: planned with true numbers, in one file.
const DONE: &str = "ANALYZE; PRAGMA journal_mode=DELETE";

/// How many files are written at once.
const WRITERS: usize = 2;

/// Writes several files at once, each by one thread.
pub(crate) fn write_all<T: Sync>(
    files: &[T],
    write: impl Fn(&T) -> Result<(), DemoError> + Sync,
) -> Result<(), DemoError> {
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            write(file)?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS).map(|_| scope.spawn(work)).collect();
        writers.into_iter().try_for_each(|it| it.join().unwrap_or_else(|panic| resume_unwind(panic)))
    })
}

/// Makes a file with the tables of these datasets and no rows.
pub(crate) fn make_empty(path: &Path, datasets: &[&'static Dataset]) -> Result<(), DemoError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|reason| DemoError::io("write", path, reason))?;
    let url = format!("sqlite://{}?mode=rwc", path.display());
    let made = async {
        let connection = Database::connect(url).await?;
        migration::create_tables(&connection, datasets).await?;
        connection.close().await
    };
    // A thread of its own, where the runtime also ends: the caller may itself be running in one.
    thread::scope(|scope| scope.spawn(move || runtime.block_on(made)).join())
        .unwrap_or_else(|panic| resume_unwind(panic))
        .map_err(|reason| DemoError::Tables { path: path.to_owned(), reason })
}

impl File {
    /// Copies the empty file, and opens the copy for one transaction.
    pub(crate) fn create(path: &Path, empty: &Path) -> Result<Self, DemoError> {
        fs::copy(empty, path).map_err(|reason| DemoError::io("write", path, reason))?;
        let failed = |reason| DemoError::Rows { path: path.to_owned(), reason };
        let (connection, indexes) = open(path).map_err(failed)?;
        Ok(Self { connection, path: path.to_owned(), indexes })
    }

    /// Adds the rows to their table.
    pub(crate) fn add<M: ModelTrait>(&self, rows: impl IntoIterator<Item = M>) -> Result<(), DemoError> {
        self.insert(rows).map_err(|reason| self.failed(reason))
    }

    /// Makes the indexes, and leaves the file as readers like it.
    pub(crate) fn finish(self) -> Result<(), DemoError> {
        let Self { connection, path, indexes } = self;
        let done = indexes.iter().try_for_each(|sql| connection.execute_batch(sql));
        let done = done.and_then(|()| connection.execute_batch("COMMIT"));
        let done = done.and_then(|()| connection.execute_batch(DONE));
        let done = done.and_then(|()| connection.close().map_err(|(_, reason)| reason));
        done.map_err(|reason| DemoError::Rows { path, reason })
    }

    fn insert<M: ModelTrait>(&self, rows: impl IntoIterator<Item = M>) -> rusqlite::Result<()> {
        let columns: Vec<_> = <M::Entity as EntityTrait>::Column::iter().collect();
        let names: Vec<_> = columns.iter().map(|it| format!("\"{}\"", it.as_str())).collect();
        let places = vec!["?"; names.len()].join(",");
        let table = M::Entity::default().table_name().to_owned();
        let sql = format!("INSERT INTO \"{table}\" ({}) VALUES ({places})", names.join(","));
        let mut statement = self.connection.prepare_cached(&sql)?;
        for row in rows {
            statement.execute(params_from_iter(columns.iter().map(|column| stored(row.get(*column)))))?;
        }
        Ok(())
    }

    fn failed(&self, reason: rusqlite::Error) -> DemoError {
        DemoError::Rows { path: self.path.clone(), reason }
    }
}

/// Makes a file with the rows of one table of several sources: a column `source` first, and `source` before `id` in every
/// index.
pub(crate) fn make_whole(path: &Path, table: &str, parts: &[(&str, &Path)]) -> Result<(), DemoError> {
    gather(path, table, parts).map_err(|reason| DemoError::Rows { path: path.to_owned(), reason })
}

fn gather(path: &Path, table: &str, parts: &[(&str, &Path)]) -> rusqlite::Result<()> {
    let whole = Connection::open(path)?;
    whole.execute_batch(FAST)?;
    let mut indexes = Vec::new();
    for (place, (name, part)) in parts.iter().enumerate() {
        whole.execute("ATTACH ?1 AS part", [part.to_string_lossy()])?;
        if place == 0 {
            indexes = indexes_of(&whole, "part")?;
            let sql = format!("CREATE TABLE \"{table}\" AS SELECT '' AS source, * FROM part.\"{table}\" WHERE false");
            whole.execute_batch(&sql)?;
        }
        let sql = format!("INSERT INTO \"{table}\" SELECT ?1, * FROM part.\"{table}\" ORDER BY id");
        whole.execute(&sql, [name])?;
        whole.execute_batch("DETACH part")?;
    }
    for (_, sql) in indexes {
        whole.execute_batch(&sql.replace(", \"id\")", ", \"source\", \"id\")"))?;
    }
    whole.execute_batch(&format!("CREATE UNIQUE INDEX \"{table}_by_id\" ON \"{table}\" (\"source\", \"id\")"))?;
    whole.execute_batch(DONE)?;
    whole.close().map_err(|(_, reason)| reason)
}

/// Opens a file for one transaction. Indexes are taken away, to be made again once, from sorted rows.
fn open(path: &Path) -> rusqlite::Result<(Connection, Vec<String>)> {
    let connection = Connection::open(path)?;
    connection.execute_batch(FAST)?;
    let indexes = indexes_of(&connection, "main")?;
    connection.execute_batch("BEGIN")?;
    for (name, _) in &indexes {
        connection.execute_batch(&format!("DROP INDEX \"{name}\""))?;
    }
    Ok((connection, indexes.into_iter().map(|(_, sql)| sql).collect()))
}

/// Name and statement of each index that a statement made.
fn indexes_of(connection: &Connection, database: &str) -> rusqlite::Result<Vec<(String, String)>> {
    let sql = format!(
        "SELECT name, sql FROM {database}.sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY rowid"
    );
    let mut statement = connection.prepare(&sql)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

/// The value as sea-orm would store it.
fn stored(value: Value) -> Stored {
    match value {
        Value::Bool(it) => it.map_or(Stored::Null, |it| Stored::Integer(i64::from(it))),
        Value::Int(it) => it.map_or(Stored::Null, |it| Stored::Integer(i64::from(it))),
        Value::BigInt(it) => it.map_or(Stored::Null, Stored::Integer),
        Value::String(it) => it.map_or(Stored::Null, Stored::Text),
        Value::ChronoDate(it) => it.map_or(Stored::Null, |it| Stored::Text(it.to_string())),
        Value::ChronoDateTimeUtc(it) => {
            it.map_or(Stored::Null, |it| Stored::Text(it.to_rfc3339_opts(SecondsFormat::AutoSi, false)))
        }
        other => unreachable!("no dataset has values such as {other:?}"),
    }
}
