//! The front door: every address, who may call it how, and what every answer carries. Knows no schema and no source.

mod decode;
mod graphql;
mod health;
mod identity;
mod media;
mod metrics;
mod middleware;
mod node;
mod operation;
mod playground;
mod refusal;
mod sessions;
mod sse;
mod ws;

#[cfg(test)]
mod tests;

use std::future::{Future, ready};
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::net::TcpListener;

pub use self::health::{IssuerCounts, Readiness, SourceCounts};
pub use self::metrics::metrics_router;
pub use self::playground::{Example, Persona};

use self::sessions::Sessions;
use crate::auth::{Proof, Unauthenticated};
use crate::graphql::{Reply, Request};
use crate::node::Node;
use crate::policy::Caller;
use crate::telemetry::Telemetry;

/// What answers behind the front; `app` wires it.
pub trait Gateway: Send + Sync + 'static {
    /// Who asks, from the value of the `Authorization` header; without one it is `public`. A refusal says why, and
    /// holds nothing of the token.
    fn authenticate(&self, authorization: Option<&str>) -> Result<Caller, Unauthenticated>;

    /// The same for a token that is bound to a key, by a proof that the request has it.
    fn prove(&self, _authorization: &str, _proof: &Proof<'_>) -> Result<Caller, Unauthenticated> {
        Err(Unauthenticated::Bound)
    }

    /// Finds out what may make another matter of a token that was refused: the keys that its issuer shows now.
    fn learn<'a>(&'a self, _authorization: Option<&'a str>) -> BoxFuture<'a, ()> {
        ready(()).boxed()
    }

    /// The answer to one request. Dropped when the client goes away or the time is up.
    fn answer(&self, caller: Caller, request: Request) -> BoxFuture<'_, Reply>;

    /// Can requests be answered now?
    fn readiness(&self) -> BoxFuture<'_, Readiness>;

    /// Where requests are measured.
    fn telemetry(&self) -> Arc<Telemetry>;

    /// Brings up to date what is measured only when somebody looks.
    fn measure(&self) {}

    /// What answers other gateways; none where none may ask.
    fn node(&self) -> Option<Node> {
        None
    }

    /// Who can be asked as in the playground, each with a token made now; none outside the demonstration.
    fn demonstration(&self) -> Option<Vec<Persona>>;
}

/// Every address, and what every answer passes on its way out.
pub fn router(gateway: Arc<dyn Gateway>) -> Router {
    router_within(gateway, Limits::default())
}

fn router_within(gateway: Arc<dyn Gateway>, limits: Limits) -> Router {
    let telemetry = gateway.telemetry();
    let graphql = get(graphql::answer).post(graphql::answer).fallback(graphql::refuse_method);
    Router::new()
        .route("/", get(playground::asset))
        .route("/playground/{file}", get(playground::asset))
        .route("/playground/roles", get(playground::roles))
        .route("/graphql", graphql.layer((Extension(limits), map_response(graphql::keep_private))))
        .route("/node", post(node::answer).fallback(refusal::not_found))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .fallback(refusal::not_found)
        .with_state(gateway)
        // From here on from the inside out: the last one sees a request first and its answer last.
        .layer(DefaultBodyLimit::max(limits.body))
        .layer(from_fn(middleware::survive))
        .layer(from_fn_with_state(limits.time, middleware::limit_time))
        .layer(from_fn(middleware::secure))
        .layer(from_fn_with_state(telemetry, middleware::observe))
}

/// Serves until `stop` is ready; then finishes what has begun, for 40 seconds at most. WebSockets are told to go as soon
/// as their operations are answered.
///
/// # Errors
/// When the listener fails for good.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    serve_with(listener, router, Sessions::new(SESSIONS), stop, PATIENCE).await
}

async fn serve_with(
    listener: TcpListener,
    router: Router,
    sessions: Sessions,
    stop: impl Future<Output = ()> + Send + 'static,
    patience: Duration,
) -> io::Result<()> {
    let _reign = sessions.reign();
    let router = router.layer(Extension(sessions.clone()));
    let stopping = sessions.clone();
    let stop = async move {
        stop.await;
        stopping.stop();
    };
    let patience = async {
        sessions.stopping().await;
        tokio::time::sleep(patience).await;
    };
    let served = async {
        axum::serve(listener, router).with_graceful_shutdown(stop).await?;
        // WebSockets left the care of HTTP when they were opened.
        sessions.closed().await;
        Ok(())
    };
    let served = tokio::select! {
        served = served => served,
        () = patience => Ok(()),
    };
    sessions.end().await;
    served
}

/// The most WebSockets at a time.
const SESSIONS: u32 = 1024;

/// How long a stop waits for the requests under way; a client that never finishes its own must not hold it up.
const PATIENCE: Duration = Duration::from_secs(40);

/// What one request may take.
#[derive(Clone, Copy, Debug)]
struct Limits {
    /// Bytes of the body, or of one message.
    body: usize,
    /// From the head of the request to the head of the answer: a last resort, far above the deadlines of the sources.
    time: Duration,
    /// Between two signs of life on a stream or a WebSocket: below the least patience of common proxies.
    pause: Duration,
    /// What one WebSocket may take.
    socket: ws::Limits,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 1024 * 1024,
            time: Duration::from_secs(30),
            pause: Duration::from_secs(12),
            socket: ws::Limits::default(),
        }
    }
}
