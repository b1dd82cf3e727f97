//! `/metrics`, at an address of its own: it names sources and tells how many rows are read, which is for who runs the
//! gateway and not for its clients.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::{Gateway, refusal};
use crate::telemetry::Format;

/// The one address of the second listener.
pub fn metrics_router(gateway: Arc<dyn Gateway>) -> Router {
    Router::new().route("/metrics", get(metrics)).fallback(refusal::not_found).with_state(gateway)
}

async fn metrics(State(gateway): State<Arc<dyn Gateway>>, headers: HeaderMap) -> Response {
    let accept = headers.get(ACCEPT).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let format = Format::accepted(accept);
    gateway.measure();
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(format.content_type())),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (VARY, HeaderValue::from_static("Accept")),
    ];
    (headers, gateway.telemetry().metrics.text(format)).into_response()
}
