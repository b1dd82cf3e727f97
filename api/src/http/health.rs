//! Is the program alive, and can it answer? For supervisors and load balancers; tells nothing else.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::Gateway;

/// The process runs.
pub(super) async fn live() -> Response {
    status(StatusCode::OK, r#"{"status":"live"}"#)
}

/// Requests can be answered, or not now.
pub(super) async fn ready(State(gateway): State<Arc<dyn Gateway>>) -> Response {
    if gateway.is_ready().await {
        status(StatusCode::OK, r#"{"status":"ready"}"#)
    } else {
        status(StatusCode::SERVICE_UNAVAILABLE, r#"{"status":"not ready"}"#)
    }
}

fn status(status: StatusCode, body: &'static str) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    (status, headers, body).into_response()
}
