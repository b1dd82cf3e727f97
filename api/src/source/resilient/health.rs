//! How one source does, in numbers that anyone may read at any time, and no lock.

use std::sync::atomic::{AtomicU8, AtomicU64, AtomicUsize, Ordering};

use crate::source::Failure;

/// How a source does, since the gateway took it in.
#[derive(Debug, Default)]
pub struct Health {
    state: AtomicU8,
    in_flight: AtomicUsize,
    opened: AtomicU64,
    retries: AtomicU64,
    answers: AtomicU64,
    failures: [AtomicU64; Kind::ALL.len()],
}

/// Is the source asked?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum State {
    /// It is.
    Closed,
    /// It kept failing, and is not, for a while.
    Open,
    /// One question is finding out whether it answers again.
    HalfOpen,
}

/// What a question failed of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// The source could not be reached.
    Unreachable,
    /// It gave no answer within its deadline.
    TimedOut,
    /// It lacks a table or column.
    Drifted,
    /// It gave what cannot be read.
    Malformed,
    /// It has too much for a table.
    TooMany,
    /// It does not take questions of this gateway, or not of this caller.
    Refused,
    /// It was not asked: it had as many questions as it may have.
    Busy,
    /// It was not asked: it kept failing.
    Resting,
}

impl State {
    /// All states, from the best on.
    pub const ALL: [Self; 3] = [Self::Closed, Self::HalfOpen, Self::Open];

    /// Its name in metrics: `half_open`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half_open",
        }
    }
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 8] = [
        Self::Unreachable,
        Self::TimedOut,
        Self::Drifted,
        Self::Malformed,
        Self::TooMany,
        Self::Refused,
        Self::Busy,
        Self::Resting,
    ];

    /// Its name in metrics: `timed_out`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed_out",
            Self::Drifted => "drifted",
            Self::Malformed => "malformed",
            Self::TooMany => "too_many",
            Self::Refused => "refused",
            Self::Busy => "busy",
            Self::Resting => "resting",
        }
    }
}

impl From<&Failure> for Kind {
    fn from(failure: &Failure) -> Self {
        match failure {
            Failure::Unreachable | Failure::Unconnected => Self::Unreachable,
            Failure::TimedOut(_) => Self::TimedOut,
            Failure::Drifted(_) => Self::Drifted,
            Failure::Malformed(_) => Self::Malformed,
            Failure::TooMany(_) => Self::TooMany,
            Failure::Refused | Failure::Looped => Self::Refused,
            Failure::Busy => Self::Busy,
            Failure::Resting(_) => Self::Resting,
        }
    }
}

impl Health {
    /// Is the source asked?
    #[must_use]
    pub fn state(&self) -> State {
        let state = self.state.load(Ordering::Relaxed);
        State::ALL.into_iter().find(|it| *it as u8 == state).unwrap_or(State::Closed)
    }

    /// How many questions it has now, those that wait for a connection among them.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// How often it was left alone, each pause by itself.
    #[must_use]
    pub fn opened(&self) -> u64 {
        self.opened.load(Ordering::Relaxed)
    }

    /// How many questions were put again, each time by itself.
    #[must_use]
    pub fn retries(&self) -> u64 {
        self.retries.load(Ordering::Relaxed)
    }

    /// How many questions it answered.
    #[must_use]
    pub fn answers(&self) -> u64 {
        self.answers.load(Ordering::Relaxed)
    }

    /// How many questions failed of this.
    #[must_use]
    pub fn failures(&self, kind: Kind) -> u64 {
        self.failures[kind as usize].load(Ordering::Relaxed)
    }

    /// Counts a failure; those that a source cannot tell of itself (rows out of order) are told by who found them.
    pub fn failed(&self, failure: &Failure) {
        self.failures[Kind::from(failure) as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn answered(&self) {
        self.answers.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn retried(&self) {
        self.retries.fetch_add(1, Ordering::Relaxed);
    }

    /// A question more: how many there are now.
    pub(super) fn begin(&self) -> usize {
        self.in_flight.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(super) fn end(&self) {
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
    }

    pub(super) fn became(&self, state: State) {
        self.state.store(state as u8, Ordering::Relaxed);
    }

    pub(super) fn opened_again(&self) {
        self.opened.fetch_add(1, Ordering::Relaxed);
    }
}
