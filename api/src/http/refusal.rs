//! Requests that are answered before anything is asked: a status, and a body in the form of a GraphQL error.

use axum::http::header::{ALLOW, CONNECTION, CONTENT_TYPE, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::audited::RefusedAs;
use super::media::Media;
use crate::telemetry;

/// Why a request is not answered. Messages name what is wrong, from the client's own words, never a token.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
    header: Option<(HeaderName, &'static str)>,
}

impl Refusal {
    /// 400: not a well-formed request.
    pub(super) fn malformed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// 401: what the request says of its sender does not hold.
    pub(super) fn unauthenticated(message: impl Into<String>) -> Self {
        let header = Some((WWW_AUTHENTICATE, r#"Bearer error="invalid_token""#));
        Self { code: "UNAUTHENTICATED", header, ..Self::new(StatusCode::UNAUTHORIZED, message) }
    }

    /// 405: another method would do.
    pub(super) fn method(allow: &'static str, message: impl Into<String>) -> Self {
        Self { header: Some((ALLOW, allow)), ..Self::new(StatusCode::METHOD_NOT_ALLOWED, message) }
    }

    /// Any other fault of the client.
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, code: "BAD_USER_INPUT", message: message.into(), header: None }
    }

    /// 408: the body does not come.
    pub(super) fn slow_body() -> Self {
        let header = Some((CONNECTION, "close"));
        Self { header, ..Self::new(StatusCode::REQUEST_TIMEOUT, "the body came too slowly") }
    }

    /// COST_LIMIT: one operation too many at a time.
    pub(super) fn too_many(message: impl Into<String>) -> Self {
        Self { code: "COST_LIMIT", ..Self::new(StatusCode::TOO_MANY_REQUESTS, message) }
    }

    /// 503: there is no room, or not for long.
    pub(super) fn no_room(message: impl Into<String>) -> Self {
        let header = Some((RETRY_AFTER, "5"));
        Self { code: "INTERNAL", header, ..Self::new(StatusCode::SERVICE_UNAVAILABLE, message) }
    }

    /// 504: the last resort.
    pub(super) fn too_slow() -> Self {
        let message = "the request took longer than any request may";
        Self { code: "INTERNAL", ..Self::new(StatusCode::GATEWAY_TIMEOUT, message) }
    }

    /// 500: a fault of the program. What it was is in the log, and never told to clients.
    pub(super) fn inside() -> Self {
        Self { code: "INTERNAL", ..Self::new(StatusCode::INTERNAL_SERVER_ERROR, "something went wrong inside") }
    }

    /// The one error, in the form of a GraphQL response.
    pub(super) fn body(&self) -> Value {
        let mut extensions = json!({ "code": self.code });
        if let Some(trace) = telemetry::trace_id().filter(|_| self.code == "INTERNAL") {
            extensions["traceId"] = trace.into();
        }
        json!({ "errors": [{ "message": self.message, "extensions": extensions }] })
    }

    /// What is wrong.
    pub(super) fn message(&self) -> &str {
        &self.message
    }

    /// The answer, in a media type that the client accepts.
    pub(super) fn respond(self, media: Media) -> Response {
        telemetry::note(self.code);
        let body = self.body();
        let headers = [(CONTENT_TYPE, media.content_type())];
        let mut response = (self.status, headers, body.to_string()).into_response();
        response.extensions_mut().insert(RefusedAs(self.code));
        if let Some((name, value)) = self.header {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        response
    }
}

/// The answer at any address that is not one.
pub(super) async fn not_found() -> Response {
    Refusal::new(StatusCode::NOT_FOUND, "nothing is found at this address").respond(Media::Json)
}
