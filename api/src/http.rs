//! The front door: every address, who may call it how, and what every answer carries. Knows no schema and no source.

mod audited;
mod client;
mod crowd;
mod decode;
mod graphql;
mod health;
mod identity;
mod media;
mod metrics;
mod middleware;
mod node;
mod operation;
mod origins;
mod pace;
mod playground;
mod refusal;
mod serve;
mod sessions;
mod socket;
mod sse;
mod ws;

#[cfg(test)]
mod tests;

use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

pub use self::audited::Refused;
pub use self::crowd::Crowd;
pub use self::health::{IssuerCounts, Readiness, SourceCounts};
pub use self::metrics::metrics_router;
pub use self::playground::{Example, Persona};
pub use self::serve::{serve, serve_crowd};

use self::origins::Origins;
use crate::auth::{Possession, Unauthenticated};
use crate::config::Http;
use crate::graphql::{Reply, Request};
use crate::node::Node;
use crate::policy::Caller;
use crate::telemetry::Telemetry;

/// What answers behind the front; `app` wires it.
pub trait Gateway: Send + Sync + 'static {
    /// Who asks, from the value of the `Authorization` header; without one it is `public`. A refusal says why, and
    /// holds nothing of the token.
    fn authenticate(&self, authorization: Option<&str>) -> Result<Caller, Unauthenticated>;

    /// The same for a token that may be bound, by what the request shows to prove that it is its own.
    fn prove(&self, _authorization: &str, _possession: &Possession<'_>) -> Result<Caller, Unauthenticated> {
        Err(Unauthenticated::Bound)
    }

    /// Finds out what may make another matter of a token that was refused: the keys that its issuer shows now.
    fn learn<'a>(&'a self, _authorization: Option<&'a str>) -> BoxFuture<'a, ()> {
        ready(()).boxed()
    }

    /// The answer to one request. Dropped when the client goes away or the time is up.
    fn answer(&self, caller: Caller, request: Request) -> BoxFuture<'_, Reply>;

    /// Writes down that a request was refused before anything was asked.
    fn refused(&self, _: Refused) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }

    /// The same where nobody waits.
    fn given_up(&self, _: Refused) {}

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

/// Every address, and what every answer passes on its way out; for pages of no other site.
pub fn router(gateway: Arc<dyn Gateway>) -> Router {
    router_for(gateway, &Http::default())
}

/// The same, for pages of the sites that are configured.
pub fn router_for(gateway: Arc<dyn Gateway>, http: &Http) -> Router {
    router_within(gateway, Limits::default(), http)
}

/// The same with so much time for an operation, and for a WebSocket until its `connection_init`; for whoever cannot wait as
/// long as clients may.
pub fn router_in_time(gateway: Arc<dyn Gateway>, http: &Http, time: Duration) -> Router {
    let socket = ws::Limits { init: time, ..ws::Limits::default() };
    router_within(gateway, Limits { time, socket, ..Limits::default() }, http)
}

fn router_within(gateway: Arc<dyn Gateway>, limits: Limits, http: &Http) -> Router {
    let telemetry = gateway.telemetry();
    let audited = from_fn_with_state(Arc::clone(&gateway), audited::leave_event);
    let origins = Origins::new(http);
    let graphql = get(graphql::answer).post(graphql::answer).fallback(graphql::refuse_method);
    let believed = Extension(identity::Believed::new(http));
    let graphql = graphql.layer((Extension(limits), Extension(origins.clone()), believed));
    let graphql = if origins.is_empty() { graphql } else { graphql.layer(origins.layer()) };
    Router::new()
        .route("/", get(playground::asset))
        .route("/playground/{file}", get(playground::asset))
        .route("/playground/roles", get(playground::roles))
        .route("/graphql", graphql.layer(audited.clone()))
        .route("/node", post(node::answer).fallback(refusal::not_found).layer((Extension(limits), audited)))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .fallback(refusal::not_found)
        .with_state(gateway)
        // From here on from the inside out: the last one sees a request first and its answer last.
        .layer(DefaultBodyLimit::max(limits.body))
        .layer(from_fn(middleware::survive))
        .layer(from_fn_with_state(limits.time, middleware::limit_time))
        .layer(map_response(middleware::keep_private))
        .layer(from_fn_with_state(middleware::hsts(http), middleware::secure))
        .layer(from_fn_with_state(Arc::from(&*http.trusted_proxies), client::locate))
        .layer(from_fn_with_state(telemetry, middleware::observe))
}

/// What one request may take.
#[derive(Clone, Copy, Debug)]
struct Limits {
    /// Bytes of the body, or of one message.
    body: usize,
    /// From the head of the request to the end of its body.
    read: Duration,
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
            read: Duration::from_secs(10),
            time: Duration::from_secs(30),
            pause: Duration::from_secs(12),
            socket: ws::Limits::default(),
        }
    }
}
