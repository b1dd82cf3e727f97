//! What every request passes: the log, the headers against abuse by browsers, the time limit, and the net under faults
//! of the program.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::FutureExt;

use super::media::Media;
use super::refusal::Refusal;

/// The role of who asked: left with an answer, for the log.
#[derive(Clone, Debug)]
pub(super) struct Role(pub(super) Box<str>);

/// One line per answer. The path without its parameters, and nothing of the body: those hold what is asked about whom.
pub(super) async fn log(request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let began = Instant::now();
    let response = next.run(request).await;
    tracing::info!(
        %method,
        path,
        status = response.status().as_u16(),
        elapsed_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        role = response.extensions().get::<Role>().map(|role| &*role.0),
        "answered a request",
    );
    response
}

/// Nothing may be framed, guessed at, or told to another site by a link; a page states what else it needs.
pub(super) async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    let nothing = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(nothing);
    response
}

/// The last resort: sources have deadlines of their own. What is under way is dropped.
pub(super) async fn limit_time(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    let media = media(request.headers());
    let answered = tokio::time::timeout(limit, next.run(request)).await;
    answered.unwrap_or_else(|_| Refusal::too_slow().respond(media))
}

/// A fault of the program ends the request that met it, and neither the connection nor any other request. The program's
/// panic hook has logged where it was; what it said may hold a value, and goes nowhere.
pub(super) async fn survive(request: Request, next: Next) -> Response {
    let media = media(request.headers());
    // What the request was working on is dropped with it; what it shares with others is safe behind locks.
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    answered.unwrap_or_else(|_| Refusal::inside().respond(media))
}

/// The media type of an answer that no handler gives.
fn media(headers: &HeaderMap) -> Media {
    Media::accepted(headers).unwrap_or(Media::Json)
}
