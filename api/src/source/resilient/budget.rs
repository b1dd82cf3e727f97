//! How many questions may be put again: one for ten that were answered, so that repetitions never multiply what is asked
//! of a source that is failing.

use std::{
    io,
    sync::atomic::{AtomicU32, Ordering},
};

/// What one repetition costs, in answers.
const COST: u32 = 10;

/// The most that is saved: ten repetitions.
const MOST: u32 = 10 * COST;

/// What is saved.
pub(super) struct Budget(AtomicU32);

impl Default for Budget {
    fn default() -> Self {
        Self(AtomicU32::new(MOST))
    }
}

impl Budget {
    /// Saves for one answer. Writes nothing where enough is saved.
    pub(super) fn earn(&self) {
        if self.0.load(Ordering::Relaxed) < MOST {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Takes what one repetition costs; false where there is less.
    pub(super) fn spend(&self) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |saved| saved.checked_sub(COST)).is_ok()
    }
}

/// A fraction of one, drawn at random; a half where there is no randomness.
pub(super) fn fraction(random: fn(&mut [u8]) -> io::Result<()>) -> f64 {
    let mut bytes = [0; 4];
    match random(&mut bytes) {
        Ok(()) => f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX),
        Err(_) => 0.5,
    }
}
