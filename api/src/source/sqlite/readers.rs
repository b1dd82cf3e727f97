//! A bounded stack of read-only connections, each used by one blocking thread at a time. A question whose future is
//! dropped is interrupted, and its connection goes back healthy. A file that was replaced is opened anew.

use std::{
    fs::metadata,
    ops::DerefMut,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use rusqlite::{Connection, ErrorCode, InterruptHandle, OpenFlags, Statement, config::DbConfig, ffi};
use tokio::sync::Semaphore;

use crate::{source::Failure, telemetry::spawn_blocking};

/// Prepared statements that a connection keeps.
const STATEMENTS: usize = 128;

/// Statements of up to this many bytes are kept. Longer ones are hardly asked twice, and many of them are much memory.
const LONGEST: usize = 8 * 1024;

/// The readers of one file.
pub(super) struct Readers {
    path: Arc<Path>,
    most: usize,
    patience: Duration,
    permits: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<(Identity, Connection)>>>,
}

/// What tells a file from the one that is put in its place: device, inode, length, and when it was last written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Identity(u64, u64, u64, (i64, i64));

/// One question under way, seen from its blocking thread and from the future that waits for it.
#[derive(Default)]
pub(super) struct Running {
    dropped: AtomicBool,
    /// The connection that works on it, until it has done so.
    handle: Mutex<Option<InterruptHandle>>,
}

/// Interrupts the question when the future that waits for it is dropped.
struct Waiting(Arc<Running>);

impl Readers {
    /// At most so many for one file; a reader waits no longer than `patience` while another program has locked it.
    pub(super) fn new(path: PathBuf, most: usize, patience: Duration) -> Self {
        let most = most.max(1);
        Self { path: path.into(), most, patience, permits: Arc::new(Semaphore::new(most)), idle: Arc::default() }
    }

    /// How many work now, and how many may.
    pub(super) fn load(&self) -> (usize, usize) {
        (self.most - self.permits.available_permits().min(self.most), self.most)
    }

    /// Answers a question with a connection, on a blocking thread.
    pub(super) async fn run<T, F>(&self, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&Connection, &Running) -> Result<T, Failure> + Send + 'static,
    {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| Failure::Unreachable)?;
        let (path, patience, idle) = (Arc::clone(&self.path), self.patience, Arc::clone(&self.idle));
        let running = Arc::new(Running::default());
        let _waiting = Waiting(Arc::clone(&running));
        let answer = spawn_blocking(move || {
            // The permit is held until the thread is done, also when nobody waits any more.
            let _permit = permit;
            running.continues().map_err(|_| Failure::Unreachable)?;
            let identity = identity(&path)?;
            let connection = take(&idle, identity).map_or_else(|| open(&path, patience), Ok)?;
            running.begin(&connection);
            let answer = work(&connection, &running);
            running.end();
            if answer.as_ref().err() != Some(&Failure::Unreachable) {
                lock(&idle).push((identity, connection));
            }
            answer
        });
        answer.await.unwrap_or(Err(Failure::Unreachable))
    }
}

impl Running {
    /// An error once nobody waits any more. Asked right before the first row, because an interrupt before it has no
    /// effect.
    pub(super) fn continues(&self) -> rusqlite::Result<()> {
        if self.dropped.load(Ordering::Acquire) {
            return Err(rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_INTERRUPT), None));
        }
        Ok(())
    }

    fn begin(&self, connection: &Connection) {
        *lock(&self.handle) = Some(connection.get_interrupt_handle());
    }

    /// From here on the connection may work for others, and is interrupted no more.
    fn end(&self) {
        *lock(&self.handle) = None;
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.dropped.store(true, Ordering::Release);
        if let Some(handle) = &*lock(&self.0.handle) {
            handle.interrupt();
        }
    }
}

/// A prepared statement, kept for the next time where it is not too long.
pub(super) fn prepare<'c>(
    connection: &'c Connection,
    text: &str,
) -> rusqlite::Result<Box<dyn DerefMut<Target = Statement<'c>> + 'c>> {
    Ok(if text.len() > LONGEST {
        Box::new(Box::new(connection.prepare(text)?))
    } else {
        Box::new(connection.prepare_cached(text)?)
    })
}

fn identity(path: &Path) -> Result<Identity, Failure> {
    let file = metadata(path).map_err(|_| Failure::Unreachable)?;
    Ok(Identity(file.dev(), file.ino(), file.len(), (file.mtime(), file.mtime_nsec())))
}

/// An idle connection to this file. Those to what stood in its place before are closed.
fn take(idle: &Mutex<Vec<(Identity, Connection)>>, identity: Identity) -> Option<Connection> {
    loop {
        let (opened, connection) = lock(idle).pop()?;
        if opened == identity {
            return Some(connection);
        }
    }
}

/// Opens a file that must be there, for reading only.
fn open(path: &Path, patience: Duration) -> Result<Connection, Failure> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = Connection::open_with_flags(path, flags).and_then(|connection| {
        // Nothing interrupts this wait: a thread must not keep its connection long after nobody waits for it any more.
        connection.busy_timeout(patience)?;
        // An unknown column is an error and never a text.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
        // Without it a statement is planned anew whenever a bound value differs from the last.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        connection.execute_batch(
            // Nothing is mapped into memory: a file that is truncated in place would end the process.
            "PRAGMA query_only = 1; PRAGMA mmap_size = 0; PRAGMA cache_size = -8192; \
             PRAGMA temp_store = memory; SELECT count(*) FROM sqlite_master;",
        )?;
        Ok(connection)
    });
    opened.map_err(|error| failure(&error))
}

/// A failure of the database itself.
pub(super) fn failure(error: &rusqlite::Error) -> Failure {
    match error.sqlite_error_code() {
        // Nobody waits any more; or another program had it locked for as long as anyone waits. Either way the connection
        // is as healthy as before.
        Some(ErrorCode::OperationInterrupted | ErrorCode::DatabaseBusy) => Failure::TimedOut(Duration::ZERO),
        _ => {
            tracing::debug!(code = error.sqlite_error().map(|it| it.extended_code), "SQLite refuses");
            Failure::Unreachable
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
