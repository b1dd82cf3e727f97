//! Releases as the store has them: loaded into memory, verified, and shared. One that another process makes is seen
//! without a new start; one that does not verify is not served.

use std::{
    collections::HashMap,
    fs::metadata,
    io,
    os::unix::fs::MetadataExt,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use entities::{Dataset, FieldId, by_name};
use rusqlite::{Connection, Row};
use sqlx::PgPool;

use super::{
    CellId, Published, Released, Releases, Vocabulary,
    record::{Digesting, Header, Line},
    released::Table,
    sign::Verifier,
    store::{NotStored, postgres, sqlite},
};
use crate::{source::Database, telemetry::spawn_blocking};

/// Where releases stand: the gateway's store.
#[derive(Clone)]
pub struct Shelf {
    store: Store,
    verifier: Verifier,
}

/// The store, and what was read of it last.
#[derive(Clone)]
enum Store {
    File(Arc<Path>, Arc<Mutex<Option<Kept>>>),
    Server(PgPool, Arc<Mutex<Option<postgres::Known>>>),
}

/// What was read last, and by what to see that it is still so.
struct Kept {
    /// The file's device and inode.
    file: (u64, u64),
    connection: Connection,
    /// Changes whenever another connection has written to the store.
    version: i64,
    releases: Arc<Releases>,
}

/// The store's releases cannot be read. The log says why.
#[derive(Debug, thiserror::Error)]
pub enum Unread {
    /// The file is not there.
    #[error("the store of releases cannot be found: {0}")]
    File(#[from] io::Error),
    /// The database refused.
    #[error("the store of releases cannot be read: {0}")]
    Database(#[from] NotStored),
    /// The thread that reads it has ended.
    #[error("the store of releases was not read to its end")]
    Stopped,
}

impl From<rusqlite::Error> for Unread {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.into())
    }
}

impl std::fmt::Debug for Shelf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.store {
            Store::File(path, _) => write!(f, "Shelf({})", path.display()),
            Store::Server(..) => f.write_str("Shelf(..)"),
        }
    }
}

impl Shelf {
    /// The releases of this store that verify with this key. Reads nothing yet.
    #[must_use]
    pub fn new(store: Database, verifier: Verifier) -> Self {
        let store = match store {
            Database::Sqlite(path) => Store::File(path.into(), Arc::default()),
            Database::Postgres(server) => Store::Server(postgres::pool(&server), Arc::default()),
        };
        Self { store, verifier }
    }

    /// All releases that verify, as they stand now. Cheap unless the store has changed.
    ///
    /// # Errors
    /// Where the store cannot be read; logged here.
    pub async fn releases(&self) -> Result<Arc<Releases>, Unread> {
        let read = match &self.store {
            Store::File(path, kept) => {
                let (path, kept, verifier) = (Arc::clone(path), Arc::clone(kept), self.verifier.clone());
                let read = spawn_blocking(move || {
                    let mut kept = lock(&kept);
                    let now = current(kept.take(), &path, &verifier)?;
                    let releases = Arc::clone(&now.releases);
                    *kept = Some(now);
                    Ok(releases)
                });
                read.await.unwrap_or(Err(Unread::Stopped))
            }
            Store::Server(pool, kept) => {
                let before = lock(kept).clone();
                let now = postgres::current(pool, before, &self.verifier).await;
                let now = now.inspect(|now| *lock(kept) = Some(now.clone()));
                now.map(|now| now.releases).map_err(|refused| NotStored::from(refused).into())
            }
        };
        read.inspect_err(|error| tracing::error!(%error, "releases cannot be read"))
    }

    /// The raw public key that releases are verified with, 32 bytes in base64.
    #[must_use]
    pub fn public_key(&self) -> String {
        self.verifier.public_key()
    }
}

/// All releases of a store that verify, read anew.
pub(super) async fn standing(store: &Database, verifier: &Verifier) -> Result<Arc<Releases>, NotStored> {
    match store {
        Database::Sqlite(path) => {
            let (path, verifier) = (path.clone(), verifier.clone());
            let read = spawn_blocking(move || Ok(Arc::new(load(&sqlite::open(&path)?, &verifier)?))).await;
            read.unwrap_or(Err(NotStored::Stopped))
        }
        Database::Postgres(server) => Ok(postgres::current(&postgres::pool(server), None, verifier).await?.releases),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What was read before where nothing has changed since; else read anew.
fn current(before: Option<Kept>, path: &Path, verifier: &Verifier) -> Result<Kept, Unread> {
    let file = metadata(path)?;
    let file = (file.dev(), file.ino());
    let (connection, known) = match before {
        Some(kept) if kept.file == file => (kept.connection, Some((kept.version, kept.releases))),
        _ => {
            let connection = sqlite::open(path)?;
            connection.execute_batch("PRAGMA query_only = 1")?;
            (connection, None)
        }
    };
    let version = version(&connection)?;
    if let Some((_, releases)) = known.filter(|(known, _)| *known == version) {
        return Ok(Kept { file, connection, version, releases });
    }
    // One moment of the store: what is written meanwhile is seen the next time.
    let (version, releases) = {
        let transaction = connection.unchecked_transaction()?;
        (self::version(&transaction)?, Arc::new(load(&transaction, verifier)?))
    };
    Ok(Kept { file, connection, version, releases })
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA data_version", [], |row| row.get(0))
}

fn load(connection: &Connection, verifier: &Verifier) -> rusqlite::Result<Releases> {
    let mut statement = connection.prepare(
        "SELECT id, period, first_day, last_day, cut_off, made_at, program_version, sources, datasets, key_id, signature, \
         format, version, areas, code_lists FROM \"release\" ORDER BY last_day DESC, first_day DESC, version DESC",
    )?;
    let mut rows = statement.query([])?;
    let (mut all, mut unverified) = (Vec::new(), Vec::new());
    while let Some(row) = rows.next()? {
        // What is not even of the right kind was never signed.
        let found = match (header(row), row.get(10)) {
            (Ok(header), Ok(signature)) => released(connection, &header, signature, verifier)?,
            _ => None,
        };
        if let Some(release) = found {
            all.push(Arc::new(release));
        } else {
            let id = row.get::<_, String>(0).unwrap_or_default();
            tracing::error!(release = id, "a release does not verify, and is not served");
            unverified.push(id.into());
        }
    }
    Ok(Releases::new(all, unverified))
}

fn header(row: &Row<'_>) -> rusqlite::Result<Header> {
    Ok(Header {
        id: row.get(0)?,
        period: row.get(1)?,
        first_day: row.get(2)?,
        last_day: row.get(3)?,
        cut_off: row.get(4)?,
        made_at: row.get(5)?,
        program_version: row.get(6)?,
        sources: row.get(7)?,
        datasets: row.get(8)?,
        key_id: row.get(9)?,
        format: row.get(11)?,
        version: row.get(12)?,
        areas: row.get(13)?,
        code_lists: row.get(14)?,
    })
}

/// One release with its cells; none where it does not verify.
fn released(
    connection: &Connection,
    header: &Header,
    signature: String,
    verifier: &Verifier,
) -> rusqlite::Result<Option<Released>> {
    let Some(mut digesting) = Digesting::new(header) else { return Ok(None) };
    let mut tables = Tables::default();
    let mut statement = connection.prepare_cached(
        "SELECT dataset, counted, area_kind, area_code, month, dimension, value, youths, \"rows\", measures \
         FROM release_cell WHERE \"release\" = ? ORDER BY place",
    )?;
    let mut rows = statement.query([&header.id])?;
    while let Some(row) = rows.next()? {
        // What is not even of the right kind was never signed.
        let Ok(line) = line(row) else { return Ok(None) };
        digesting.line(&line);
        tables.add(&line);
    }
    if !verifier.verifies(&digesting.done(), &signature) {
        return Ok(None);
    }
    Ok(Released::new(header, signature, tables.done()))
}

fn line<'r>(row: &'r Row<'_>) -> rusqlite::Result<Line<'r>> {
    let text = |place: usize| Ok::<_, rusqlite::Error>(row.get_ref(place)?.as_str()?);
    let some = |place: usize| Ok::<_, rusqlite::Error>(row.get_ref(place)?.as_str_or_null()?);
    Ok(Line {
        dataset: text(0)?,
        counted: text(1)?,
        area_kind: text(2)?,
        area_code: text(3)?,
        month: some(4)?.map(Into::into),
        dimension: some(5)?,
        value: some(6)?.map(Into::into),
        youths: row.get(7)?,
        rows: row.get(8)?,
        measures: text(9)?.into(),
    })
}

/// The tables of a release as they are read, dataset by dataset.
#[derive(Default)]
pub(super) struct Tables(Vec<Reading>);

struct Reading {
    dataset: &'static Dataset,
    measures: Vec<FieldId>,
    cells: Vec<(CellId, Published)>,
}

impl Tables {
    /// What a later program has no words for any more is left out.
    pub(super) fn add(&mut self, line: &Line<'_>) {
        if self.0.last().is_none_or(|it| it.dataset.name != line.dataset) {
            let Some(dataset) = by_name(line.dataset) else { return };
            self.0.push(Reading { dataset, measures: Vocabulary::of(dataset).measures, cells: Vec::new() });
        }
        let reading = self.0.last_mut().expect("one was put there");
        reading.cells.extend(line.cell(reading.dataset, &reading.measures));
    }

    pub(super) fn done(self) -> HashMap<&'static str, Table> {
        self.0.into_iter().map(|it| (it.dataset.name, Table::new(it.cells))).collect()
    }
}
