//! How many rows of a page each source gives: what it gave to the same question before sizes the next first fetch. A
//! wrong guess costs time, and never rows.

use std::{
    hash::{BuildHasher, RandomState},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use quick_cache::sync::Cache;

use super::plan::Shape;
use crate::query::Page;

/// The most questions that are remembered.
const MOST: usize = 4096;

/// What sources gave, per question: its hash, wherever in the list the page stands. Two questions of one hash would
/// share a guess.
pub(super) struct Remembered {
    keys: RandomState,
    known: Cache<u64, Arc<Shares>>,
}

/// What each source gave to one question, by its place.
pub(super) struct Shares(Box<[Share]>);

/// Mean and mean deviation of the rows that one source gave of a page, both as bits of an `f32`; of the mean it is NaN
/// while nothing is known. Two that write at the same time may lose one of both: it is a guess.
struct Share(AtomicU64);

impl Default for Remembered {
    fn default() -> Self {
        Self { keys: RandomState::new(), known: Cache::new(MOST) }
    }
}

impl Remembered {
    /// What is known of this question, kept from now on.
    pub(super) fn shares(&self, shape: &Shape, page: &Page, sources: usize) -> Arc<Shares> {
        let question = (shape.dataset.name, &shape.rows, &shape.filter, &shape.columns, &shape.order);
        let key = self.keys.hash_one((question, page.size));
        self.known.get(&key).unwrap_or_else(|| {
            let shares = Arc::new(Shares((0..sources).map(|_| Share::unknown()).collect()));
            self.known.insert(key, Arc::clone(&shares));
            shares
        })
    }
}

impl Shares {
    /// The rows to ask a source for: as many as it gives, what chance may add, and one to see that it ends there.
    pub(super) fn expected(&self, place: usize) -> Option<usize> {
        let (mean, deviation) = self.0.get(place)?.load()?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a float becomes the nearest number"
        )]
        let rows = (mean + 2.0 * deviation).round() as usize;
        Some(rows.saturating_add(1))
    }

    /// A source gave so many rows of a page.
    pub(super) fn gave(&self, place: usize, rows: usize) {
        if let Some(share) = self.0.get(place) {
            share.add(rows);
        }
    }
}

impl Share {
    fn unknown() -> Self {
        Self(AtomicU64::new(packed(f32::NAN, 0.0)))
    }

    fn load(&self) -> Option<(f32, f32)> {
        let bits = self.0.load(Ordering::Relaxed);
        let half = |bits: u64| f32::from_bits(u32::try_from(bits & u64::from(u32::MAX)).unwrap_or_default());
        let (mean, deviation) = (half(bits >> 32), half(bits));
        (!mean.is_nan()).then_some((mean, deviation))
    }

    /// Moves the mean a quarter of the way, and the deviation likewise. At first the deviation is what chance makes of
    /// so many rows.
    fn add(&self, rows: usize) {
        #[expect(clippy::cast_precision_loss, reason = "a page has at most a thousand rows")]
        let rows = rows as f32;
        let (mean, deviation) = self.load().map_or_else(
            || (rows, rows.sqrt() / 2.0),
            |(mean, deviation)| {
                let error = rows - mean;
                (mean + error / 4.0, deviation + (error.abs() - deviation) / 4.0)
            },
        );
        self.0.store(packed(mean, deviation), Ordering::Relaxed);
    }
}

fn packed(mean: f32, deviation: f32) -> u64 {
    u64::from(mean.to_bits()) << 32 | u64::from(deviation.to_bits())
}

/// The rows to ask a source for of which nothing is known: its equal share of the page and one row more, and what
/// chance may add.
pub(super) fn equal(size: usize, sources: usize) -> usize {
    let mean = size.saturating_add(1).div_ceil(sources.max(1));
    // Measured over three sources: a fetch more costs as much as eleven rows more.
    mean.saturating_add(mean.isqrt() + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_that_gives_the_same_again_is_asked_for_that_and_one_row_more() {
        let shares = Shares(Box::new([Share::unknown(), Share::unknown()]));
        assert_eq!(shares.expected(0), None);
        shares.gave(0, 36);
        assert_eq!(shares.expected(0), Some(43));
        for _ in 0..20 {
            shares.gave(0, 36);
        }
        assert_eq!((shares.expected(0), shares.expected(1), shares.expected(2)), (Some(37), None, None));
    }

    #[test]
    fn a_source_that_gives_now_many_and_now_few_is_asked_for_what_it_may_give() {
        let shares = Shares(Box::new([Share::unknown()]));
        for _ in 0..20 {
            shares.gave(0, 20);
            shares.gave(0, 40);
        }
        assert!(shares.expected(0) > Some(45));
    }
}
