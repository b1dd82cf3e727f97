//! What is counted and timed. Labels are from closed lists, or names of the configuration: nothing that a client says
//! becomes one.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};

use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{
        counter::Counter,
        family::{Family, MetricConstructor},
        gauge::Gauge,
        histogram::Histogram,
        info::Info,
    },
    registry::Registry,
};

use super::{exposition::Format, process::Process};

/// The upper bounds of durations, in seconds: from a cached schema to the last resort of a request.
const SECONDS: [f64; 14] = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// How a question to a source ended, as a label says it.
const OUTCOMES: [&str; 9] =
    ["answered", "timed_out", "unreachable", "drifted", "malformed", "too_many", "busy", "resting", "other"];

/// All measures of the process.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    http: Family<Http, Counter>,
    http_seconds: Family<Route, Histogram, Seconds>,
    http_in_flight: Gauge,
    operations: Family<Outcome, Counter>,
    operation_seconds: Histogram,
    errors: Family<Code, Counter>,
    sources: SourceMeasures,
    cached: Family<Cache, Gauge>,
    reloads: Family<Outcome, Counter>,
    reloaded_at: Gauge,
}

/// What is measured of every source.
#[derive(Clone, Debug)]
struct SourceMeasures {
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

/// One HTTP request that has ended.
#[derive(Clone, Copy, Debug)]
pub struct HttpDone<'a> {
    /// The route as the table of routes has it.
    pub route: &'a str,
    /// The method.
    pub method: &'static str,
    /// `2xx` and the like; `gone` where the client did not wait.
    pub status: &'static str,
    /// How long it took.
    pub spent: Duration,
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

#[derive(Clone, Debug, Default)]
struct Seconds;

impl MetricConstructor<Histogram> for Seconds {
    fn new_metric(&self) -> Histogram {
        Histogram::new(SECONDS)
    }
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Http {
    route: String,
    method: &'static str,
    status: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Route {
    route: String,
    method: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Outcome {
    outcome: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Code {
    code: &'static str,
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

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Cache {
    cache: &'static str,
}

impl Metrics {
    pub(super) fn new() -> Self {
        let metrics = Self {
            registry: Registry::default(),
            http: Family::default(),
            http_seconds: Family::new_with_constructor(Seconds),
            http_in_flight: Gauge::default(),
            operations: Family::default(),
            operation_seconds: Histogram::new(SECONDS),
            errors: Family::default(),
            sources: SourceMeasures::new(),
            cached: Family::default(),
            reloads: Family::default(),
            reloaded_at: Gauge::default(),
        };
        for outcome in ["applied", "refused"] {
            drop(metrics.reloads.get_or_create(&Outcome { outcome }));
        }
        let registry = metrics.registry();
        Self { registry, ..metrics }
    }

    /// Names and words of all measures.
    fn registry(&self) -> Registry {
        let mut all = Registry::default();
        let version = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
        all.register("regiograph_build", "The program that runs", version);
        let http = all.sub_registry_with_prefix("regiograph_http");
        http.register("requests", "HTTP requests, by route, method and class of status", self.http.clone());
        let words = "Time from a request's head to its answer's, in seconds";
        http.register("request_duration_seconds", words, self.http_seconds.clone());
        http.register("requests_in_flight", "HTTP requests under way", self.http_in_flight.clone());
        let graphql = all.sub_registry_with_prefix("regiograph_graphql");
        graphql.register("operations", "GraphQL operations, by whether they came to run", self.operations.clone());
        let words = "Time of a GraphQL operation, in seconds";
        graphql.register("operation_duration_seconds", words, self.operation_seconds.clone());
        graphql.register("errors", "GraphQL errors, by extensions.code", self.errors.clone());
        self.sources.register(all.sub_registry_with_prefix("regiograph_source"));
        all.register("regiograph_cache_entries", "What is kept ready, by cache", self.cached.clone());
        let config = all.sub_registry_with_prefix("regiograph_config");
        config.register("reloads", "Times that the configuration was read again, by outcome", self.reloads.clone());
        let words = "When the configuration in force was read, in seconds since 1970";
        config.register("last_reload_success_timestamp_seconds", words, self.reloaded_at.clone());
        all.register_collector(Box::new(Process));
        all
    }

    /// The measures of a source of this name.
    #[must_use]
    pub fn source(&self, name: &str) -> Arc<SourceMeter> {
        let (all, source) = (&self.sources, Source { source: name.to_owned() });
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
    pub fn stand<'a>(&self, sources: impl Iterator<Item = (&'a str, SourceLoad)>) {
        let all = &self.sources;
        for family in [&all.breaker, &all.in_use, &all.most] {
            family.clear();
        }
        let put = |family: &Family<Source, Gauge>, name: &str, number: Option<usize>| {
            if let Some(number) = number {
                let gauge = family.get_or_create_owned(&Source { source: name.to_owned() });
                gauge.set(i64::try_from(number).unwrap_or(i64::MAX));
            }
        };
        for (name, load) in sources {
            put(&all.breaker, name, load.breaker.map(|it| it as usize));
            put(&all.in_use, name, load.in_use);
            put(&all.most, name, load.most);
        }
    }

    /// How many entries caches have now.
    pub fn cached(&self, caches: impl IntoIterator<Item = (&'static str, usize)>) {
        for (cache, entries) in caches {
            self.cached.get_or_create(&Cache { cache }).set(i64::try_from(entries).unwrap_or(i64::MAX));
        }
    }

    /// A request has begun.
    pub fn begun(&self) {
        self.http_in_flight.inc();
    }

    /// A request that had begun has ended.
    pub fn done(&self, done: HttpDone<'_>, codes: &[&'static str]) {
        let HttpDone { route, method, status, spent } = done;
        self.http_in_flight.dec();
        self.http.get_or_create(&Http { route: route.to_owned(), method, status }).inc();
        let route = Route { route: route.to_owned(), method };
        self.http_seconds.get_or_create(&route).observe(spent.as_secs_f64());
        self.count_errors(codes);
    }

    pub(super) fn operation(&self, executed: bool, spent: Duration, codes: &[&'static str]) {
        let outcome = if executed { "executed" } else { "refused" };
        self.operations.get_or_create(&Outcome { outcome }).inc();
        self.operation_seconds.observe(spent.as_secs_f64());
        self.count_errors(codes);
    }

    fn count_errors(&self, codes: &[&'static str]) {
        for code in codes {
            self.errors.get_or_create(&Code { code }).inc();
        }
    }

    /// The configuration was read again and is in force since then, in seconds since 1970; or it was refused.
    pub fn reloaded(&self, since: Option<i64>) {
        let outcome = if since.is_some() { "applied" } else { "refused" };
        self.reloads.get_or_create(&Outcome { outcome }).inc();
        if let Some(since) = since {
            self.in_force(since);
        }
    }

    /// The configuration is in force since then, in seconds since 1970.
    pub fn in_force(&self, since: i64) {
        self.reloaded_at.set(since);
    }

    /// All measures as they stand, in this form.
    #[must_use]
    pub fn text(&self, format: Format) -> String {
        let mut text = String::new();
        // Writing to a text cannot fail.
        let _ = encode(&mut text, &self.registry);
        format.write(text)
    }
}

impl SourceMeasures {
    fn new() -> Self {
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

    fn register(&self, all: &mut Registry) {
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
