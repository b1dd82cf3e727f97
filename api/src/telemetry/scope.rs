//! What goes with one request wherever its work goes: its trace, and the codes of what went wrong. It lies in the task,
//! so that an error deep below can name the trace, and a question to another program can carry it on.

use std::{
    future::Future,
    sync::{Arc, Mutex, PoisonError},
};

use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId};
use tokio::task::JoinHandle;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::TraceContext;

tokio::task_local! {
    static CURRENT: Arc<Scope>;
}

/// One request, or one operation of it.
#[derive(Debug)]
pub struct Scope {
    context: TraceContext,
    /// Stands for this request where no span is exported.
    span: [u8; 8],
    codes: Mutex<Vec<&'static str>>,
}

impl Scope {
    pub(super) fn new(context: TraceContext, span: [u8; 8]) -> Self {
        Self { context, span, codes: Mutex::default() }
    }

    /// A part of this one with notes of its own.
    pub(super) fn beneath(&self) -> Self {
        Self::new(self.context.clone(), self.span)
    }

    /// Does work within this scope.
    pub async fn within<F: Future>(self: Arc<Self>, work: F) -> F::Output {
        CURRENT.scope(self, work).await
    }

    /// Makes a span the first of this program in the trace, where it goes on one of another program.
    pub fn adopt(&self, span: &Span) {
        let Some(parent) = self.context.parent else { return };
        let flags = if self.context.sampled { TraceFlags::SAMPLED } else { TraceFlags::NOT_SAMPLED };
        let state = self.context.state.as_deref().and_then(|state| state.parse().ok()).unwrap_or_default();
        let (trace, parent) = (TraceId::from_bytes(self.context.trace), SpanId::from_bytes(parent));
        let parent = SpanContext::new(trace, parent, flags, true, state);
        // Without exported spans there is nothing to be adopted.
        let _ = span.set_parent(opentelemetry::Context::new().with_remote_span_context(parent));
    }

    /// The trace that it belongs to.
    #[must_use]
    pub fn context(&self) -> &TraceContext {
        &self.context
    }

    /// The id of the trace.
    #[must_use]
    pub fn trace_id(&self) -> String {
        self.context.trace_id()
    }

    /// The codes that were noted, in order.
    #[must_use]
    pub fn noted(&self) -> Vec<&'static str> {
        self.codes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Does work that blocks on a thread for that, as if it were done here: its lines of the log bear the same trace.
pub fn spawn_blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
    let (scope, span) = (current(), Span::current());
    tokio::task::spawn_blocking(move || match scope {
        Some(scope) => CURRENT.sync_scope(scope, || span.in_scope(work)),
        None => span.in_scope(work),
    })
}

/// The id of the trace that the work belongs to; none outside a request.
#[must_use]
pub fn trace_id() -> Option<String> {
    CURRENT.try_with(|scope| scope.trace_id()).ok()
}

/// Notes that something went wrong, by its code.
pub fn note(code: &'static str) {
    let _ = CURRENT.try_with(|scope| scope.codes.lock().unwrap_or_else(PoisonError::into_inner).push(code));
}

/// The codes that were noted so far.
#[must_use]
pub fn noted() -> Vec<&'static str> {
    current().map(|scope| scope.noted()).unwrap_or_default()
}

/// The headers that carry the trace on to another program; none outside a request.
#[must_use]
pub fn outgoing() -> Vec<(&'static str, String)> {
    let Some(scope) = current() else { return Vec::new() };
    let exported = Span::current().context().span().span_context().clone();
    let (span, sampled) = if exported.is_valid() {
        (exported.span_id().to_bytes(), exported.is_sampled())
    } else {
        (scope.span, scope.context.sampled)
    };
    let state = scope.context.state.as_ref().map(|state| ("tracestate", state.to_string()));
    [("traceparent", scope.context.traceparent(span, sampled))].into_iter().chain(state).collect()
}

pub(super) fn current() -> Option<Arc<Scope>> {
    CURRENT.try_with(Arc::clone).ok()
}
