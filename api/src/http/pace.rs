//! Answers are taken at some pace: whoever takes a little now and then, so as to hold an answer in memory for hours, is cut
//! off. What waits for the next question or event is not held up by anyone.

use std::io::{self, ErrorKind};
use std::task::Poll;
use std::time::{Duration, Instant};

/// How fast a client takes what waits for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// From when on it counts: lines may be slow for a while.
    pub(super) after: Duration,
    /// The least number of bytes in a second, since something began to wait.
    pub(super) least: u64,
}

impl Default for Pace {
    fn default() -> Self {
        Self { after: Duration::from_secs(60), least: 8 * 1024 }
    }
}

/// How a client takes what is written for it.
#[derive(Debug)]
pub(super) struct Takings {
    pace: Pace,
    /// Since when something waits, and how much of it was taken.
    waits: Option<(Instant, u64)>,
}

impl Takings {
    pub(super) fn new(pace: Pace) -> Self {
        Self { pace, waits: None }
    }

    /// What came of a write; an error where the client is too slow.
    pub(super) fn wrote(&mut self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        let Poll::Ready(written) = written else {
            self.waits.get_or_insert_with(|| (Instant::now(), 0));
            return Poll::Pending;
        };
        let written = written?;
        if let Some((since, taken)) = &mut self.waits {
            *taken = taken.saturating_add(written as u64);
            let spent = since.elapsed();
            let least = u128::from(self.pace.least) * spent.as_millis() / 1_000;
            if spent > self.pace.after && u128::from(*taken) < least {
                return Poll::Ready(Err(ErrorKind::TimedOut.into()));
            }
        }
        Poll::Ready(Ok(written))
    }

    /// Everything was written.
    pub(super) fn flushed(&mut self) {
        self.waits = None;
    }
}
