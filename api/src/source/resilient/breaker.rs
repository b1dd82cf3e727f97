//! The circuit breaker of one source: closed while it answers, open for a while after it kept failing, and then one
//! question goes through, whose answer closes it again. Reads no clock and no lock while it is closed.

use std::{
    sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering},
    time::Duration,
};

use super::health::{Health, State};

/// The longest pause.
const PAUSE_MOST: Duration = Duration::from_secs(60);

/// How many of the last 32 questions may fail between others that do not.
const OF_LAST: u32 = 16;

/// In the place of a moment: the source is asked.
const CLOSED: i64 = 0;

/// What a question that is let in is to the breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// One of many.
    Plain,
    /// The one that finds out whether the source answers again.
    Probe,
}

/// What is known of a source's last answers.
pub(super) struct Breaker {
    /// How many failures in a row open it; none where it never opens.
    failures: Option<u32>,
    pause: Duration,
    /// The last 32 questions, the newest in the lowest bit; set where it failed.
    history: AtomicU32,
    /// The moment (milliseconds since 1970) until which the source is not asked, or [`CLOSED`].
    until: AtomicI64,
    is_probing: AtomicBool,
    /// How often it opened since it was closed.
    openings: AtomicU32,
}

impl Breaker {
    pub(super) fn new(failures: usize, pause: Duration) -> Self {
        let failures = u32::try_from(failures).unwrap_or(u32::BITS).min(u32::BITS);
        Self {
            failures: (failures > 0).then_some(failures),
            pause,
            history: AtomicU32::new(0),
            until: AtomicI64::new(CLOSED),
            is_probing: AtomicBool::new(false),
            openings: AtomicU32::new(0),
        }
    }

    /// Lets a question in; or the moment until which none is, or nothing where one is finding out.
    pub(super) fn enter(&self, now: impl FnOnce() -> i64, health: &Health) -> Result<Turn, Option<i64>> {
        let until = self.until.load(Ordering::Acquire);
        if until == CLOSED {
            return Ok(Turn::Plain);
        }
        // A clock that was set back shall not make the pause longer than the longest.
        let pause_most = i64::try_from(PAUSE_MOST.as_millis()).unwrap_or(i64::MAX);
        if (1..=pause_most).contains(&until.saturating_sub(now())) {
            return Err(Some(until));
        }
        if self.is_probing.swap(true, Ordering::AcqRel) {
            return Err(None);
        }
        let latest = self.until.load(Ordering::Acquire);
        if latest != until {
            // Another one found out meanwhile.
            self.is_probing.store(false, Ordering::Release);
            return if latest == CLOSED { Ok(Turn::Plain) } else { Err(Some(latest)) };
        }
        health.became(State::HalfOpen);
        Ok(Turn::Probe)
    }

    /// The source answered.
    pub(super) fn succeeded(&self, turn: Turn, health: &Health) {
        match turn {
            Turn::Plain if self.history.load(Ordering::Relaxed) == 0 => {}
            Turn::Plain => {
                self.note(false);
            }
            Turn::Probe => {
                self.history.store(0, Ordering::Relaxed);
                self.openings.store(0, Ordering::Relaxed);
                self.until.store(CLOSED, Ordering::Release);
                health.became(State::Closed);
                self.is_probing.store(false, Ordering::Release);
            }
        }
    }

    /// The source failed: does the breaker open now? `until` says the end of a pause of a length, at most.
    pub(super) fn failed(&self, turn: Turn, health: &Health, until: impl FnOnce(Duration) -> i64) -> bool {
        let history = self.note(true);
        let Some(failures) = self.failures else { return false };
        let trips = history.trailing_ones() >= failures || history.count_ones() >= OF_LAST.max(failures);
        let is_open = self.until.load(Ordering::Acquire) != CLOSED;
        // Questions that were let in before it opened say nothing new.
        if turn == Turn::Plain && (!trips || is_open) {
            return false;
        }
        let openings = self.openings.fetch_add(1, Ordering::Relaxed);
        let pause = self.pause.saturating_mul(1 << openings.min(16)).min(PAUSE_MOST);
        self.until.store(until(pause).max(CLOSED + 1), Ordering::Release);
        health.became(State::Open);
        health.opened_again();
        if turn == Turn::Probe {
            self.is_probing.store(false, Ordering::Release);
        }
        true
    }

    /// Nobody waits for the answer any more: another question may find out.
    pub(super) fn left(&self, turn: Turn, health: &Health) {
        if turn == Turn::Probe {
            health.became(State::Open);
            self.is_probing.store(false, Ordering::Release);
        }
    }

    fn note(&self, failed: bool) -> u32 {
        let next = |history: u32| history << 1 | u32::from(failed);
        let before = self.history.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |it| Some(next(it)));
        next(before.unwrap_or_else(|it| it))
    }
}
