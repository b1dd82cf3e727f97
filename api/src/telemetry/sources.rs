//! What is counted and timed of every source. Labels are names of the configuration and closed lists.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

use super::measures::Seconds;

/// How a question to a source ended, as a label says it.
const OUTCOMES: [&str; 10] =
    ["answered", "timed_out", "unreachable", "drifted", "malformed", "too_many", "refused", "busy", "resting", "other"];

/// What is measured of every source.
#[derive(Clone, Debug)]
pub(super) struct SourceMeasures {
    requests: Family<SourceOutcome, Counter>,
    seconds: Family<Source, Histogram, Seconds>,
    rows: Family<Source, Counter>,
    disordered: Family<Source, Counter>,
    breaker: Family<Source, Gauge>,
    in_use: Family<Source, Gauge>,
    most: Family<Source, Gauge>,
}

/// The measures of one source.
#[derive(Debug)]
pub struct SourceMeter {
    requests: [Counter; OUTCOMES.len()],
    seconds: Histogram,
    rows: Counter,
    disordered: Counter,
    /// How its last question ended: 0 where there was none.
    last: AtomicU8,
}

/// How a source stands now, without asking it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SourceLoad {
    /// Did it answer its last question? None where it was asked none yet.
    pub answers: Option<bool>,
    /// Its circuit breaker, where it has one.
    pub breaker: Option<Breaker>,
    /// How many readers or connections work now.
    pub in_use: Option<usize>,
    /// How many there may be.
    pub most: Option<usize>,
}

/// The state of a circuit breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breaker {
    /// Questions go through.
    Closed,
    /// One question tries whether it answers again.
    HalfOpen,
    /// No question goes through.
    Open,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Source {
    source: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct SourceOutcome {
    source: String,
    outcome: &'static str,
}

impl SourceMeasures {
    pub(super) fn new() -> Self {
        Self {
            requests: Family::default(),
            seconds: Family::new_with_constructor(Seconds),
            rows: Family::default(),
            disordered: Family::default(),
            breaker: Family::default(),
            in_use: Family::default(),
            most: Family::default(),
        }
    }

    /// The measures of a source of this name.
    pub(super) fn meter(&self, name: &str) -> Arc<SourceMeter> {
        let (all, source) = (self, Source { source: name.to_owned() });
        let of = |outcome| all.requests.get_or_create_owned(&SourceOutcome { source: name.to_owned(), outcome });
        Arc::new(SourceMeter {
            requests: OUTCOMES.map(of),
            seconds: all.seconds.get_or_create_owned(&source),
            rows: all.rows.get_or_create_owned(&source),
            disordered: all.disordered.get_or_create_owned(&source),
            last: AtomicU8::new(0),
        })
    }

    /// How sources stand now, in place of how they stood before.
    pub(super) fn stand<'a>(&self, sources: impl Iterator<Item = (&'a str, SourceLoad)>) {
        for family in [&self.breaker, &self.in_use, &self.most] {
            family.clear();
        }
        let put = |family: &Family<Source, Gauge>, name: &str, number: Option<usize>| {
            if let Some(number) = number {
                let gauge = family.get_or_create_owned(&Source { source: name.to_owned() });
                gauge.set(i64::try_from(number).unwrap_or(i64::MAX));
            }
        };
        for (name, load) in sources {
            put(&self.breaker, name, load.breaker.map(|it| it as usize));
            put(&self.in_use, name, load.in_use);
            put(&self.most, name, load.most);
        }
    }

    pub(super) fn register(&self, all: &mut Registry) {
        all.register("requests", "Questions to sources, by how they ended", self.requests.clone());
        let words = "Time until a source answered or failed, in seconds";
        all.register("request_duration_seconds", words, self.seconds.clone());
        all.register("rows_read", "Rows and groups that sources gave", self.rows.clone());
        let words = "Answers of sources that were cut, because their rows were not in order";
        all.register("disordered_answers", words, self.disordered.clone());
        let words = "The circuit breaker of a source: 0 closed, 1 half open, 2 open";
        all.register("breaker_state", words, self.breaker.clone());
        all.register("connections_in_use", "Readers or connections of a source that work now", self.in_use.clone());
        all.register("connections_max", "Readers or connections that a source may have", self.most.clone());
    }
}

impl SourceMeter {
    /// A question has ended so: `answered`, or the word for why not.
    pub fn asked(&self, outcome: &str, spent: Duration) {
        let place = OUTCOMES.iter().position(|it| *it == outcome).unwrap_or(OUTCOMES.len() - 1);
        self.requests[place].inc();
        self.seconds.observe(spent.as_secs_f64());
        // Who answers that there is too much has answered.
        let answers = matches!(outcome, "answered" | "too_many");
        self.last.store(if answers { 1 } else { 2 }, Ordering::Relaxed);
    }

    /// So many rows came.
    pub fn rows(&self, rows: usize) {
        self.rows.inc_by(rows as u64);
    }

    /// An answer was out of order.
    pub fn disordered(&self) {
        self.disordered.inc();
    }

    /// Did the last question end with an answer? None where there was none yet.
    #[must_use]
    pub fn answers(&self) -> Option<bool> {
        match self.last.load(Ordering::Relaxed) {
            0 => None,
            last => Some(last == 1),
        }
    }
}
