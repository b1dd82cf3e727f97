//! One operation whose answer does not end an HTTP request: bounded in time, safe from faults, and one line in the log.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt;

use super::refusal::Refusal;
use super::{Gateway, Refused};
use crate::graphql::{Reply, Request};
use crate::policy::Caller;

/// An operation that is ready to run.
pub(super) struct Operation {
    /// What answers.
    pub(super) gateway: Arc<dyn Gateway>,
    /// Who asks.
    pub(super) caller: Caller,
    /// What is asked.
    pub(super) request: Request,
    /// The last resort: sources have deadlines of their own.
    pub(super) limit: Duration,
    /// How it came, for the log.
    pub(super) over: &'static str,
}

/// Answers it. Dropped, it is cancelled, and the logs say so: also where it has not begun yet.
pub(super) fn run(operation: Operation) -> impl Future<Output = Result<Reply, Refusal>> + Send + 'static {
    let refused =
        Refused { caller: Some(operation.caller.clone()), client: operation.request.client, ..Refused::default() };
    let unbegun = Unbegun { gateway: Arc::clone(&operation.gateway), refused: Some(refused) };
    async move {
        unbegun.begins();
        answer(operation).await
    }
}

async fn answer(operation: Operation) -> Result<Reply, Refusal> {
    let Operation { gateway, caller, request, limit, over } = operation;
    let mut line = Line { over, role: caller.role.clone(), outcome: "cancelled", began: Instant::now() };
    let answered = AssertUnwindSafe(async { gateway.answer(caller, request).await }).catch_unwind();
    match tokio::time::timeout(limit, answered).await {
        Ok(Ok(reply)) => {
            line.outcome = if reply.executed() { "answered" } else { "refused" };
            Ok(reply)
        }
        Ok(Err(_)) => {
            line.outcome = "fault";
            Err(Refusal::inside())
        }
        Err(_) => {
            line.outcome = "too slow";
            Err(Refusal::too_slow())
        }
    }
}

/// An operation that nobody may ever come to run: the client was faster.
struct Unbegun {
    gateway: Arc<dyn Gateway>,
    refused: Option<Refused>,
}

impl Unbegun {
    /// From now on it leaves an event of its own.
    fn begins(mut self) {
        self.refused = None;
    }
}

impl Drop for Unbegun {
    fn drop(&mut self) {
        if let Some(refused) = self.refused.take() {
            self.gateway.given_up(refused);
        }
    }
}

/// Written when it is dropped: an operation that is cancelled has no other end.
struct Line {
    over: &'static str,
    role: Box<str>,
    outcome: &'static str,
    began: Instant,
}

impl Drop for Line {
    fn drop(&mut self) {
        tracing::info!(
            over = self.over,
            outcome = self.outcome,
            elapsed_ms = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX),
            role = &*self.role,
            "an operation ended",
        );
    }
}
