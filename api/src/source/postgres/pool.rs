//! A bounded stack of connections that only read. One that is dropped before its question is answered is closed, so that
//! the server gives up on the question too; one that the server has closed meanwhile is replaced.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use sqlx::PgConnection;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::server::Server;
use crate::source::Failure;

/// For how long a connection is kept that nobody uses.
const IDLE: Duration = Duration::from_secs(300);

/// The connections of one source.
pub(super) struct Pool {
    server: Server,
    most: usize,
    patience: Duration,
    permits: Semaphore,
    idle: Mutex<Vec<(PgConnection, Instant)>>,
    open: AtomicUsize,
}

/// A connection in use.
pub(super) struct Lease<'p> {
    pool: &'p Pool,
    connection: Option<PgConnection>,
    /// Was it opened for this question?
    pub(super) is_fresh: bool,
    _permit: SemaphorePermit<'p>,
}

impl Pool {
    pub(super) fn new(server: Server, most: usize, patience: Duration) -> Self {
        let most = most.max(1);
        let permits = Semaphore::new(most);
        Self { server, most, patience, permits, idle: Mutex::default(), open: AtomicUsize::new(0) }
    }

    /// A connection, as soon as there is one.
    pub(super) async fn lease(&self) -> Result<Lease<'_>, Failure> {
        let permit = self.permits.acquire().await.map_err(|_| Failure::Unreachable)?;
        let idle = lock(&self.idle).pop();
        let mut lease = Lease { pool: self, connection: None, is_fresh: idle.is_none(), _permit: permit };
        lease.connection = Some(match idle {
            Some((connection, _)) => connection,
            None => {
                let opened = self.server.open(self.patience).await.map_err(|error| {
                    tracing::debug!(code = code(&error), "a PostgreSQL server cannot be reached");
                    Failure::Unreachable
                })?;
                self.open.fetch_add(1, Ordering::Relaxed);
                opened
            }
        });
        Ok(lease)
    }

    /// How many connections are in use, and how many may be.
    pub(super) fn load(&self) -> (usize, usize) {
        (self.most - self.permits.available_permits().min(self.most), self.most)
    }

    /// Closes all connections that nobody uses.
    pub(super) fn clear(&self) {
        let closed = std::mem::take(&mut *lock(&self.idle));
        self.open.fetch_sub(closed.len(), Ordering::Relaxed);
    }

    /// How many connections there are.
    #[cfg(test)]
    pub(super) fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }
}

impl Lease<'_> {
    pub(super) fn connection(&mut self) -> &mut PgConnection {
        self.connection.as_mut().expect("a lease has its connection until it is given back")
    }

    /// Keeps the connection for the next question. It waits for nothing any more.
    pub(super) fn give_back(mut self) {
        let Some(connection) = self.connection.take() else { return };
        let now = Instant::now();
        let mut idle = lock(&self.pool.idle);
        idle.push((connection, now));
        let kept = idle.len();
        idle.retain(|(_, since)| now.duration_since(*since) < IDLE);
        self.pool.open.fetch_sub(kept - idle.len(), Ordering::Relaxed);
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        if self.connection.take().is_some() {
            self.pool.open.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

/// The server's own code of an error.
pub(super) fn code(error: &sqlx::Error) -> Option<String> {
    error.as_database_error().and_then(sqlx::error::DatabaseError::code).map(std::borrow::Cow::into_owned)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
