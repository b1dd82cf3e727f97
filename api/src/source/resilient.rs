//! Any source, borne with patience: a question that failed in passing is put again within the deadline, a source that
//! keeps failing is left alone for a while, and none is asked more at a time than it may be. Knows no question.

mod breaker;
mod budget;
mod health;
#[cfg(test)]
mod tests;

use std::{
    io,
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use entities::Datum;
use futures_util::{FutureExt, future::BoxFuture};

pub use self::health::{Health, Kind, State};
use self::{
    breaker::{Breaker, Turn},
    budget::{Budget, fraction},
};
use super::{Failure, Inspected, Noted, Partial, Records, Select, Source, Tabulate, Terms};
use crate::{
    clock::Clock,
    policy::OnBehalf,
    telemetry::{self, SourceLoad},
};

/// How much patience one source is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How often a question is put again where the source could not be reached, each time within its deadline.
    pub retries: usize,
    /// After how many failures in a row (or 16 of the last 32, where that is more) the source is left alone; 0 for never.
    pub breaker_failures: usize,
    /// For how long at first; twice as long after each failure that follows, up to a minute.
    pub breaker_pause: Duration,
    /// The most questions that it may have at the same time, those that wait for a connection among them.
    pub in_flight: usize,
}

/// What patience takes: time and randomness.
#[derive(Clone)]
pub struct Means {
    /// What time it is.
    pub clock: Clock,
    /// Fills bytes with randomness.
    pub random: fn(&mut [u8]) -> io::Result<()>,
}

/// The wait before the first repetition, at most; twice as long before each that follows.
const WAIT: Duration = Duration::from_millis(50);

/// A source, and how it does.
pub struct Resilient {
    inner: Arc<dyn Source>,
    limits: Limits,
    means: Means,
    breaker: Breaker,
    budget: Budget,
    health: Health,
}

/// What a question is that takes too long.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Late {
    /// A sign that the source is in trouble: a page of rows is little work, whoever asks for it.
    Trouble,
    /// Perhaps a large question: a number or a table of all rows takes what it takes, and none who asks for them often
    /// shall keep the source away from others.
    Large,
}

/// One question under way. Dropped before its answer came, it leaves nothing behind.
struct Asking<'r> {
    of: &'r Resilient,
    turn: Turn,
    late: Late,
    began: Instant,
    is_answered: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self { retries: 2, breaker_failures: 5, breaker_pause: Duration::from_secs(1), in_flight: 256 }
    }
}

impl Resilient {
    /// Bears with a source.
    #[must_use]
    pub fn new(inner: Arc<dyn Source>, limits: Limits, means: Means) -> Self {
        let breaker = Breaker::new(limits.breaker_failures, limits.breaker_pause);
        Self { inner, limits, means, breaker, budget: Budget::default(), health: Health::default() }
    }

    /// Puts a question, and puts it again where the failure may pass.
    async fn ask<'s, T>(
        &'s self,
        late: Late,
        question: impl Fn(&'s dyn Source) -> BoxFuture<'s, Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let mut asking = self.enter(late)?;
        let mut retries = 0;
        let answer = loop {
            let answer = question(self.inner.as_ref()).await;
            let passes = match answer {
                Err(Failure::Unconnected) => true,
                // A node asks its own sources again itself; to ask it again for each would ask them ever more often.
                Err(Failure::Unreachable) => !self.inner.is_remote(),
                _ => false,
            };
            if !passes || asking.turn != Turn::Plain || retries == self.limits.retries {
                break answer;
            }
            let wait = WAIT.saturating_mul(1 << retries.min(8)).mul_f64(fraction(self.means.random));
            if asking.began.elapsed() + wait >= self.inner.deadline() || !self.budget.spend() {
                break answer;
            }
            retries += 1;
            self.health.retried();
            tracing::debug!(source.name = self.inner.name(), "a source could not be reached, and is asked again");
            tokio::time::sleep(wait).await;
        };
        asking.end(answer.as_ref().err());
        answer
    }

    /// Lets a question in, or says why not.
    fn enter(&self, late: Late) -> Result<Asking<'_>, Failure> {
        if self.health.begin() > self.limits.in_flight {
            self.health.end();
            self.health.failed(&Failure::Busy);
            return Err(Failure::Busy);
        }
        match self.breaker.enter(|| self.now(), &self.health) {
            Ok(turn) => Ok(Asking { of: self, turn, late, began: Instant::now(), is_answered: false }),
            Err(until) => {
                self.health.end();
                let failure = Failure::Resting(until.and_then(DateTime::<Utc>::from_timestamp_millis));
                self.health.failed(&failure);
                Err(failure)
            }
        }
    }

    fn now(&self) -> i64 {
        self.means.clock.now().timestamp_millis()
    }

    /// Takes note of how a question ended.
    fn ended(&self, (turn, late): (Turn, Late), failure: Option<&Failure>) {
        match failure {
            None => self.health.answered(),
            Some(failure) => self.health.failed(failure),
        }
        if late == Late::Large && matches!(failure, Some(Failure::TimedOut(_))) {
            return self.breaker.left(turn, &self.health);
        }
        if !failure.is_some_and(is_trouble) {
            self.budget.earn();
            return self.breaker.succeeded(turn, &self.health);
        }
        let opened = self.breaker.failed(turn, &self.health, |longest| {
            // Never less than half, so that the pause is one; never the same, so that gateways do not come back together.
            let pause = longest.mul_f64(0.5 + 0.5 * fraction(self.means.random));
            self.now().saturating_add(i64::try_from(pause.as_millis()).unwrap_or(i64::MAX))
        });
        if opened {
            tracing::warn!(source.name = self.inner.name(), "a source keeps failing, and is left alone for a while");
        }
    }
}

/// Does a failure say that the source is in trouble? One that lacks a column, gives what cannot be read or has too much
/// for a table was reached and answered: its other datasets are as good as before, and leaving it alone mends nothing.
fn is_trouble(failure: &Failure) -> bool {
    match failure {
        Failure::Unreachable | Failure::Unconnected | Failure::TimedOut(_) => true,
        Failure::Drifted(_)
        | Failure::Malformed(_)
        | Failure::TooMany(_)
        | Failure::Refused
        | Failure::Looped
        | Failure::Busy
        | Failure::Resting(_) => false,
    }
}

impl Asking<'_> {
    fn end(&mut self, failure: Option<&Failure>) {
        self.is_answered = true;
        self.of.ended((self.turn, self.late), failure);
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.of.health.end();
        if self.is_answered {
            return;
        }
        // Whoever waits for a source drops the question at the deadline. Dropped before, the client went away, or there
        // was less time left for it: that says nothing of the source.
        let deadline = self.of.inner.deadline();
        if self.began.elapsed() >= deadline - deadline / 20 {
            self.end(Some(&Failure::TimedOut(deadline)));
        } else {
            self.of.breaker.left(self.turn, &self.of.health);
        }
    }
}

impl Source for Resilient {
    fn is_remote(&self) -> bool {
        self.inner.is_remote()
    }

    fn terms(&self) -> &Terms {
        self.inner.terms()
    }

    fn rows(&self, select: Arc<Select>) -> BoxFuture<'_, Result<Records, Failure>> {
        self.ask(Late::Trouble, move |inner| inner.rows(Arc::clone(&select))).boxed()
    }

    fn count(&self, select: Arc<Select>) -> BoxFuture<'_, Result<u64, Failure>> {
        self.ask(Late::Large, move |inner| inner.count(Arc::clone(&select))).boxed()
    }

    fn counts(&self, select: Arc<Select>) -> BoxFuture<'_, Result<Vec<(Datum, u64)>, Failure>> {
        self.ask(Late::Large, move |inner| inner.counts(Arc::clone(&select))).boxed()
    }

    fn table(&self, tabulate: Arc<Tabulate>) -> BoxFuture<'_, Result<Partial, Failure>> {
        self.ask(Late::Large, move |inner| inner.table(Arc::clone(&tabulate))).boxed()
    }

    fn explain(&self, select: &Select) -> String {
        self.inner.explain(select)
    }

    fn explain_table(&self, tabulate: &Tabulate) -> String {
        self.inner.explain_table(tabulate)
    }

    /// Asked by people who want to know how it is now, and with more time than any deadline: neither put again nor held
    /// back.
    fn check(&self, on_behalf: OnBehalf) -> BoxFuture<'_, Result<Vec<Inspected>, Failure>> {
        self.inner.check(on_behalf)
    }

    fn health(&self) -> Option<&Health> {
        Some(&self.health)
    }

    fn note(&self, noted: Noted<'_>) {
        if matches!(noted, Noted::Disordered) {
            self.health.failed(&Failure::Malformed(String::new()));
        }
        self.inner.note(noted);
    }

    fn load(&self) -> SourceLoad {
        let breaker = match self.health.state() {
            State::Closed => telemetry::Breaker::Closed,
            State::HalfOpen => telemetry::Breaker::HalfOpen,
            State::Open => telemetry::Breaker::Open,
        };
        SourceLoad { breaker: Some(breaker), ..self.inner.load() }
    }
}
