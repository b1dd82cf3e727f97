//! Whether a request has left its event yet. It lies in the task: what answers leaves the mark, and what stands at the
//! door writes an event where there is none.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

tokio::task_local! {
    static TRAIL: Arc<AtomicBool>;
}

/// Does the work of one request; `mark` says from then on whether its event was written.
pub async fn tracked<F: Future>(mark: Arc<AtomicBool>, work: F) -> F::Output {
    TRAIL.scope(mark, work).await
}

/// The request that the work belongs to has its event.
pub fn leave_mark() {
    let _ = TRAIL.try_with(|mark| mark.store(true, Ordering::Relaxed));
}
