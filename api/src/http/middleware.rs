//! What every request passes: its trace, its measures and the log, the headers against abuse by browsers, the time limit, and the net under faults
//! of the program.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, VARY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::FutureExt;
use tracing::Instrument;
use tracing::field::Empty;
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::media::Media;
use super::refusal::Refusal;
use crate::config::Http;
use crate::telemetry::{HttpDone, Incoming, Scope, Telemetry, trace_id};

/// By what whoever asks and whoever runs the gateway speak of one request: the id of its trace.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The role of who asked: left with an answer, for the log.
#[derive(Clone, Debug)]
pub(super) struct Role(pub(super) Box<str>);

/// Takes up the request's trace, measures it, and logs one line. The route as the table of routes has it, and nothing of
/// the address or the body: those hold what is asked about whom.
pub(super) async fn observe(State(telemetry): State<Arc<Telemetry>>, request: Request, next: Next) -> Response {
    let route = route_of(request.uri().path());
    let scope = telemetry.scope(&trace_headers(request.headers()));
    let span = tracing::error_span!(
        "request",
        otel.name = format!("{} {route}", method_name(request.method())),
        otel.kind = "server",
        otel.status_code = Empty,
        trace_id = scope.trace_id(),
    );
    scope.adopt(&span);
    span.set_attribute("http.request.method", method_name(request.method()));
    span.set_attribute("http.route", route);
    let under_way = UnderWay::begin(telemetry, Arc::clone(&scope), route, method_name(request.method()));
    let told = span.clone();
    let answered = async move {
        let response = next.run(request).await;
        let status = response.status();
        told.set_attribute("http.response.status_code", i64::from(status.as_u16()));
        if status.is_server_error() {
            told.record("otel.status_code", "ERROR");
        }
        under_way.end(&response);
        let mut response = response;
        if let Some(id) = trace_id().and_then(|id| HeaderValue::from_str(&id).ok()) {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        response
    };
    scope.within(answered.instrument(span)).await
}

/// A request that has begun, and is told of at its end: also where the client does not wait for it.
struct UnderWay {
    telemetry: Arc<Telemetry>,
    scope: Arc<Scope>,
    route: &'static str,
    method: &'static str,
    began: Instant,
    status: Option<StatusCode>,
}

impl UnderWay {
    fn begin(telemetry: Arc<Telemetry>, scope: Arc<Scope>, route: &'static str, method: &'static str) -> Self {
        telemetry.metrics.begun();
        Self { telemetry, scope, route, method, began: Instant::now(), status: None }
    }

    fn end(mut self, response: &Response) {
        self.status = Some(response.status());
        tracing::info!(
            method = self.method,
            route = self.route,
            status = response.status().as_u16(),
            elapsed_ms = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX),
            role = response.extensions().get::<Role>().map(|role| &*role.0),
            "answered a request",
        );
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let status = match self.status.map(|it| it.as_u16() / 100) {
            None => "gone",
            Some(1) => "1xx",
            Some(2) => "2xx",
            Some(3) => "3xx",
            Some(4) => "4xx",
            Some(_) => "5xx",
        };
        let (spent, method) = (self.began.elapsed(), self.method);
        if self.status.is_none() {
            let elapsed_ms = u64::try_from(spent.as_millis()).unwrap_or(u64::MAX);
            tracing::info!(method, route = self.route, elapsed_ms, "a client did not wait for its answer");
        }
        let done = HttpDone { route: self.route, method, status, spent };
        self.telemetry.metrics.done(done, &self.scope.noted());
    }
}

/// An address as measures, spans and the log name it: one of the table of routes.
fn route_of(path: &str) -> &'static str {
    match path {
        "/" => "/",
        "/graphql" => "/graphql",
        "/health/live" => "/health/live",
        "/health/ready" => "/health/ready",
        "/metrics" => "/metrics",
        "/node" => "/node",
        "/playground/roles" => "/playground/roles",
        _ if path.starts_with("/playground/") => "/playground/{file}",
        _ => "unmatched",
    }
}

/// A method as measures and spans name it: one of few.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        Method::PATCH => "PATCH",
        _ => "_OTHER",
    }
}

fn trace_headers(headers: &HeaderMap) -> Incoming<'_> {
    let all = |name: &str| headers.get_all(name).iter().map(|it| it.to_str().unwrap_or_default()).collect();
    Incoming { traceparent: all("traceparent"), tracestate: all("tracestate") }
}

/// What browsers are told of HTTPS, if anything.
pub(super) fn hsts(http: &Http) -> Option<HeaderValue> {
    let seconds = Some(http.hsts.as_secs()).filter(|seconds| *seconds > 0)?;
    HeaderValue::from_str(&format!("max-age={seconds}; includeSubDomains")).ok()
}

/// Nothing may be framed, guessed at, or told to another site by a link; a page states what else it needs.
pub(super) async fn secure(State(hsts): State<Option<HeaderValue>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if let Some(hsts) = hsts {
        headers.insert(STRICT_TRANSPORT_SECURITY, hsts);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    let nothing = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(nothing);
    response
}

/// What one caller is shown is for no one else: no cache keeps it, and none mixes up two callers. So it is of every answer
/// and refusal, whoever gives it, that says nothing else; files and measures do.
pub(super) async fn keep_private(mut response: Response) -> Response {
    let headers = response.headers_mut();
    if headers.get(CACHE_CONTROL).is_none_or(|it| it.as_bytes().starts_with(b"private")) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        headers.append(VARY, HeaderValue::from_static("Authorization, Accept"));
    }
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
