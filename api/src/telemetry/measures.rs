//! What is counted and timed; of sources see [`super::sources`]. Labels are from closed lists, or names of the configuration: nothing that a client says
//! becomes one.

use std::{sync::Arc, time::Duration};

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

use super::{
    budgets::Budgets,
    connections::Connections,
    exposition::Format,
    issuers::{IssuerLoad, IssuerMeasures},
    process::Process,
    sources::{SourceLoad, SourceMeasures, SourceMeter},
};

/// The upper bounds of durations, in seconds: from a cached schema to the last resort of a request.
const SECONDS: [f64; 14] = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

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
    /// What roles spend.
    pub budgets: Budgets,
    /// The connections of clients.
    pub connections: Connections,
    sources: SourceMeasures,
    issuers: IssuerMeasures,
    cached: Family<Cache, Gauge>,
    reloads: Family<Outcome, Counter>,
    reloaded_at: Gauge,
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

#[derive(Clone, Debug, Default)]
pub(super) struct Seconds;

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
            budgets: Budgets::default(),
            connections: Connections::default(),
            sources: SourceMeasures::new(),
            issuers: IssuerMeasures::default(),
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
        self.connections.register(http);
        self.budgets.register(all.sub_registry_with_prefix("regiograph_budget"));
        let graphql = all.sub_registry_with_prefix("regiograph_graphql");
        graphql.register("operations", "GraphQL operations, by whether they came to run", self.operations.clone());
        let words = "Time of a GraphQL operation, in seconds";
        graphql.register("operation_duration_seconds", words, self.operation_seconds.clone());
        graphql.register("errors", "GraphQL errors, by extensions.code", self.errors.clone());
        self.sources.register(all.sub_registry_with_prefix("regiograph_source"));
        self.issuers.register(&mut all);
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
        self.sources.meter(name)
    }

    /// How sources stand now, in place of how they stood before.
    pub fn stand<'a>(&self, sources: impl Iterator<Item = (&'a str, SourceLoad)>) {
        self.sources.stand(sources);
    }

    /// How it stands with the keys of issuers now, in place of how it stood before.
    pub fn issuers<'a>(&self, issuers: impl Iterator<Item = (&'a str, IssuerLoad)>) {
        self.issuers.stand(issuers);
    }

    /// A token was not taken, for this reason: one word of few.
    pub fn unauthenticated(&self, reason: &'static str) {
        self.issuers.refused(reason);
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
