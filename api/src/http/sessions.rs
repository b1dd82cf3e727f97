//! The WebSockets that are open: how many there may be, and when they must go. Knows nothing of what they carry.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError, watch};

/// Every open WebSocket of one server.
///
/// Half of the places are for those who have shown a token: whoever has none cannot take them all.
#[derive(Clone, Debug)]
pub(super) struct Sessions {
    most: u32,
    places: Arc<Semaphore>,
    unknown: Arc<Semaphore>,
    phase: watch::Sender<Phase>,
}

/// What a session may still do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Everything.
    Open,
    /// Finish what is under way.
    Stopping,
    /// Nothing.
    Over,
}

/// The place of one open WebSocket; free again when dropped.
#[derive(Debug)]
pub(super) struct Place {
    _taken: OwnedSemaphorePermit,
    unknown: Option<OwnedSemaphorePermit>,
    phase: watch::Receiver<Phase>,
}

/// Ends every session when dropped: the server is gone.
#[derive(Debug)]
pub(super) struct Reign(Sessions);

/// How long sessions may take to say that they end.
const FAREWELL: Duration = Duration::from_secs(1);

impl Sessions {
    /// Room for at most so many.
    pub(super) fn new(most: u32) -> Self {
        let places = Arc::new(Semaphore::new(most as usize));
        let unknown = Arc::new(Semaphore::new(most.div_ceil(2) as usize));
        Self { most, places, unknown, phase: watch::Sender::new(Phase::Open) }
    }

    /// Sessions end with the server that holds this.
    pub(super) fn reign(&self) -> Reign {
        Reign(self.clone())
    }

    /// A place, where there is one and the server is not stopping.
    pub(super) fn enter(&self) -> Option<Place> {
        let take = |places: &Arc<Semaphore>| -> Result<_, TryAcquireError> { Arc::clone(places).try_acquire_owned() };
        let phase = self.phase.subscribe();
        if *phase.borrow() != Phase::Open {
            return None;
        }
        let unknown = take(&self.unknown).ok()?;
        Some(Place { _taken: take(&self.places).ok()?, unknown: Some(unknown), phase })
    }

    /// How many are open.
    pub(super) fn open(&self) -> usize {
        self.most as usize - self.places.available_permits()
    }

    /// Lets no more in, and those that are open finish what is under way.
    pub(super) fn stop(&self) {
        self.phase.send_replace(Phase::Stopping);
    }

    /// Ready when they are to stop.
    pub(super) async fn stopping(&self) {
        let _ = self.phase.subscribe().wait_for(|phase| *phase != Phase::Open).await;
    }

    /// Ready when none is open.
    pub(super) async fn closed(&self) {
        let all_free = self.places.acquire_many(self.most).await;
        drop(all_free);
    }

    /// Ends every session now, and waits a moment for their last words.
    pub(super) async fn end(&self) {
        self.phase.send_replace(Phase::Over);
        let _ = tokio::time::timeout(FAREWELL, self.closed()).await;
    }
}

impl Drop for Reign {
    fn drop(&mut self) {
        self.0.phase.send_replace(Phase::Over);
    }
}

impl Place {
    /// Whoever holds it has shown a token.
    pub(super) fn known(&mut self) {
        self.unknown = None;
    }

    /// The next phase, when it comes.
    pub(super) async fn moved(&mut self) -> Phase {
        match self.phase.changed().await {
            Ok(()) => *self.phase.borrow_and_update(),
            Err(_) => Phase::Over,
        }
    }
}
