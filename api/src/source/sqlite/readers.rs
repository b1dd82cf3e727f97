//! A bounded stack of read-only connections, each used by one blocking thread at a time. A question whose future is
//! dropped is interrupted, and its connection goes back healthy.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use rusqlite::{Connection, ErrorCode, InterruptHandle, OpenFlags, config::DbConfig, ffi};
use tokio::{sync::Semaphore, task::spawn_blocking};

use crate::source::Failure;

/// Prepared statements that a connection keeps.
const STATEMENTS: usize = 128;

/// The readers of one file.
pub(super) struct Readers {
    path: Arc<Path>,
    permits: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Connection>>>,
}

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
    pub(super) fn new(path: PathBuf, most: usize) -> Self {
        Self { path: path.into(), permits: Arc::new(Semaphore::new(most.max(1))), idle: Arc::default() }
    }

    /// Answers a question with a connection, on a blocking thread.
    pub(super) async fn run<T, F>(&self, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&Connection, &Running) -> Result<T, Failure> + Send + 'static,
    {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| Failure::Unreachable)?;
        let (path, idle) = (Arc::clone(&self.path), Arc::clone(&self.idle));
        let running = Arc::new(Running::default());
        let _waiting = Waiting(Arc::clone(&running));
        let answer = spawn_blocking(move || {
            // The permit is held until the thread is done, also when nobody waits any more.
            let _permit = permit;
            running.continues().map_err(|_| Failure::Unreachable)?;
            let taken = lock(&idle).pop();
            let connection = taken.map_or_else(|| open(&path), Ok)?;
            running.begin(&connection);
            let answer = work(&connection, &running);
            running.end();
            if answer.as_ref().err() != Some(&Failure::Unreachable) {
                lock(&idle).push(connection);
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

/// Opens a file that must be there, for reading only.
fn open(path: &Path) -> Result<Connection, Failure> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = Connection::open_with_flags(path, flags).and_then(|connection| {
        // An unknown column is an error and never a text.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
        // Without it a statement is planned anew whenever a bound value differs from the last.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        connection.execute_batch(
            "PRAGMA query_only = 1; PRAGMA mmap_size = 1073741824; PRAGMA cache_size = -4096; \
             PRAGMA temp_store = memory; SELECT count(*) FROM sqlite_master;",
        )?;
        Ok(connection)
    });
    opened.map_err(|error| failure(&error))
}

/// A failure of the database itself.
pub(super) fn failure(error: &rusqlite::Error) -> Failure {
    if error.sqlite_error_code() != Some(ErrorCode::OperationInterrupted) {
        tracing::debug!(code = error.sqlite_error().map(|it| it.extended_code), "SQLite refuses");
        return Failure::Unreachable;
    }
    // Interrupted because nobody waits any more; the connection is as healthy as before.
    Failure::TimedOut(Duration::ZERO)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
