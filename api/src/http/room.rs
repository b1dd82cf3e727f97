//! The room that large bodies share while they are read: small ones need none, so that nobody who sends many large ones
//! keeps them out. Knows no byte of them.

use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::CONTENT_LENGTH;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::refusal::Refusal;

/// A body of at most so many bytes needs no room: connections are bounded, and with them what all such bodies take.
const SMALL: usize = 64 * 1024;
/// What room is counted in, in bytes.
const UNIT: usize = 1024;
/// All room there is, in units: 64 MiB.
const UNITS: usize = 64 * 1024;

/// The room of one server.
#[derive(Clone, Debug)]
pub(super) struct Room(Arc<Semaphore>);

/// A body's part of it; free again when dropped.
#[derive(Debug)]
pub(super) struct Taken {
    _units: Option<OwnedSemaphorePermit>,
}

impl Room {
    /// Room for a body of which its head says how long it is; where it does not, for the longest that is read.
    pub(super) fn take(&self, headers: &HeaderMap, longest: usize) -> Result<Taken, Refusal> {
        let said = headers.get(CONTENT_LENGTH).and_then(|it| it.to_str().ok()?.parse::<usize>().ok());
        let bytes = said.unwrap_or(longest).min(longest);
        if bytes <= SMALL {
            return Ok(Taken { _units: None });
        }
        let units = u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX);
        let taken = Arc::clone(&self.0).try_acquire_many_owned(units);
        let units = taken.map_err(|_| Refusal::no_room("too many large requests are being read; try again later"))?;
        Ok(Taken { _units: Some(units) })
    }
}

impl Default for Room {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(UNITS)))
    }
}
