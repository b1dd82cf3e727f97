//! What is told of the program's own work: metrics, traces, logs. Knows routes, codes, sources and datasets by name, and
//! never a row, a filter, a document or a token. Trouble here fails no request.

mod budgets;
mod connections;
mod exposition;
mod issuers;
mod line;
mod measures;
mod process;
mod scope;
mod sources;
mod start;
#[cfg(test)]
mod tests;
mod traceparent;

use std::{future::Future, io, sync::Arc, time::Instant};

use tracing::Instrument;

pub use self::{
    budgets::{Budget, Budgets},
    connections::{Connections, Crowded},
    exposition::Format,
    issuers::IssuerLoad,
    measures::{HttpDone, Metrics},
    scope::{Scope, note, noted, outgoing, spawn_blocking, trace_id},
    sources::{Breaker, SourceLoad, SourceMeter},
    start::{Exporting, start},
    traceparent::{Incoming, TraceContext},
};

/// Where all measures of one process come together, and where the ids of traces come from.
#[derive(Debug)]
pub struct Telemetry {
    /// What is counted and timed.
    pub metrics: Metrics,
    random: fn(&mut [u8]) -> io::Result<()>,
}

impl Telemetry {
    /// With this randomness for ids.
    #[must_use]
    pub fn new(random: fn(&mut [u8]) -> io::Result<()>) -> Arc<Self> {
        Arc::new(Self { metrics: Metrics::new(), random })
    }

    /// A scope for a request that came with these headers: of their trace where they hold, else of a new one.
    #[must_use]
    pub fn scope(&self, incoming: &Incoming<'_>) -> Arc<Scope> {
        let context = TraceContext::incoming(incoming).unwrap_or_else(|| TraceContext::new(self.bytes()));
        Arc::new(Scope::new(context, self.bytes()))
    }

    /// Runs one GraphQL operation, wherever it came from, in a span of its own; counts it and its errors. A request's
    /// trace goes on; where there is none, a new one begins.
    pub async fn operation<T>(&self, work: impl Future<Output = T>, executed: impl FnOnce(&T) -> bool) -> T {
        let began = Instant::now();
        let (scope, span) = match scope::current() {
            Some(outer) => {
                let span = tracing::info_span!("operation", otel.name = "graphql operation");
                (Arc::new(outer.beneath()), span)
            }
            None => {
                let scope = self.scope(&Incoming::default());
                let id = scope.trace_id();
                (scope, tracing::error_span!("operation", otel.name = "graphql operation", trace_id = id))
            }
        };
        let done = Arc::clone(&scope).within(work.instrument(span)).await;
        self.metrics.operation(executed(&done), began.elapsed(), &scope.noted());
        done
    }

    /// Random bytes that are not all zero.
    fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        // Without randomness an id is no secret and need not be one: it only tells requests apart.
        if (self.random)(&mut bytes).is_err() || bytes == [0; N] {
            bytes[N - 1] = 1;
        }
        bytes
    }
}
