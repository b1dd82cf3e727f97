//! A source whose work is measured and traced: how long it takes, how it ends, how many rows come. Never what they hold.

use std::{future::Future, sync::Arc};

use entities::{Dataset, Datum};
use futures_util::{FutureExt, future::BoxFuture};
use tracing::{Instrument, Span};

use super::{Failure, Inspected, Noted, Partial, Records, Select, Source, Tabulate, Terms, resilient::Health};
use crate::{
    policy::OnBehalf,
    telemetry::{SourceLoad, SourceMeter},
};

/// Stands around the outermost form of a source.
pub struct Observed {
    inner: Arc<dyn Source>,
    meter: Arc<SourceMeter>,
}

impl Observed {
    /// With the measures of its name.
    #[must_use]
    pub fn new(inner: Arc<dyn Source>, meter: Arc<SourceMeter>) -> Self {
        Self { inner, meter }
    }

    fn span(&self, dataset: &'static Dataset, operation: &'static str) -> Span {
        tracing::info_span!(
            "source",
            otel.name = operation,
            otel.kind = "client",
            otel.status_code = tracing::field::Empty,
            source.name = self.inner.name(),
            dataset = dataset.name,
            rows = tracing::field::Empty,
            outcome = tracing::field::Empty,
        )
    }

    /// Does work in a span that says how it went.
    fn within<'a, T: 'a>(
        &'a self,
        span: Span,
        work: impl Future<Output = Result<T, Failure>> + Send + 'a,
        rows: impl FnOnce(&T) -> usize + Send + 'a,
    ) -> BoxFuture<'a, Result<T, Failure>> {
        let told = span.clone();
        let whole = async move {
            let answer = work.await;
            match &answer {
                Ok(given) => {
                    let rows = rows(given);
                    self.meter.rows(rows);
                    told.record("rows", rows);
                    told.record("outcome", "answered");
                }
                Err(failure) => {
                    told.record("otel.status_code", "ERROR");
                    told.record("outcome", outcome(Some(failure)));
                }
            }
            answer
        };
        whole.instrument(span).boxed()
    }
}

/// The word of metrics and traces for how a question ended.
fn outcome(failure: Option<&Failure>) -> &'static str {
    match failure {
        None => "answered",
        Some(Failure::TimedOut(_)) => "timed_out",
        Some(Failure::Busy) => "busy",
        Some(Failure::Resting(_)) => "resting",
        Some(Failure::Unreachable | Failure::Unconnected) => "unreachable",
        Some(Failure::Refused | Failure::Looped) => "refused",
        Some(Failure::Drifted(_)) => "drifted",
        Some(Failure::TooMany(_)) => "too_many",
        Some(Failure::Malformed(_)) => "malformed",
    }
}

impl Source for Observed {
    fn is_remote(&self) -> bool {
        self.inner.is_remote()
    }

    fn terms(&self) -> &Terms {
        self.inner.terms()
    }

    fn rows(&self, select: Arc<Select>) -> BoxFuture<'_, Result<Records, Failure>> {
        self.within(self.span(select.dataset, "source rows"), self.inner.rows(select), |it| it.len())
    }

    fn count(&self, select: Arc<Select>) -> BoxFuture<'_, Result<u64, Failure>> {
        self.within(self.span(select.dataset, "source count"), self.inner.count(select), |_| 0)
    }

    fn counts(&self, select: Arc<Select>) -> BoxFuture<'_, Result<Vec<(Datum, u64)>, Failure>> {
        self.within(self.span(select.dataset, "source counts"), self.inner.counts(select), Vec::len)
    }

    fn table(&self, tabulate: Arc<Tabulate>) -> BoxFuture<'_, Result<Partial, Failure>> {
        let span = self.span(tabulate.select.dataset, "source table");
        self.within(span, self.inner.table(tabulate), |partial| partial.groups.len())
    }

    fn explain(&self, select: &Select) -> String {
        self.inner.explain(select)
    }

    fn explain_table(&self, tabulate: &Tabulate) -> String {
        self.inner.explain_table(tabulate)
    }

    fn check(&self, on_behalf: OnBehalf) -> BoxFuture<'_, Result<Vec<Inspected>, Failure>> {
        self.inner.check(on_behalf)
    }

    fn health(&self) -> Option<&Health> {
        self.inner.health()
    }

    fn note(&self, noted: Noted<'_>) {
        match noted {
            Noted::Asked { spent, failure } => self.meter.asked(outcome(failure), spent),
            Noted::Disordered => self.meter.disordered(),
        }
        self.inner.note(noted);
    }

    fn load(&self) -> SourceLoad {
        SourceLoad { answers: self.meter.answers(), ..self.inner.load() }
    }
}
