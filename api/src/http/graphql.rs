//! `/graphql`, after GraphQL over HTTP (draft): who asks, what is asked, and the status and media type of the answer.
//! Streams of events and WebSockets begin here.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Request as HttpRequest, State};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};

use super::audited::Asked;
use super::decode::decode;
use super::media::{Media, prefers_events};
use super::middleware::Role;
use super::operation::Operation;
use super::refusal::Refusal;
use super::{Gateway, Limits, sse, ws};
use crate::auth::token;
use crate::graphql::{Reply, Request};
use crate::policy::Caller;

/// Answers a GET or a POST, as a whole or as a stream of events; or a GET opens a WebSocket.
pub(super) async fn answer(
    State(gateway): State<Arc<dyn Gateway>>,
    Extension(limits): Extension<Limits>,
    http: HttpRequest,
) -> Response {
    if ws::is_asked_for(&http) {
        return ws::open(gateway, limits, http).await;
    }
    let streams = prefers_events(http.headers());
    // What is refused before a stream begins is told by its status, and in JSON.
    let accepted = if streams { Some(Media::Json) } else { Media::accepted(http.headers()) };
    let Some(media) = accepted else {
        let message = "the answer is application/graphql-response+json, application/json or text/event-stream; none \
            is accepted";
        return Refusal::new(StatusCode::NOT_ACCEPTABLE, message).respond(Media::Json);
    };
    let caller = match authenticate(gateway.as_ref(), http.headers()) {
        Ok(caller) => caller,
        Err(refusal) => return refusal.respond(media),
    };
    let (role, asked) = (Role(caller.role.clone()), Asked(caller.clone()));
    let token = authorization(http.headers()).ok().and_then(token);
    let decoded = decode(http).await.map(|request| Request { token, ..request });
    let mut response = match decoded {
        Ok(request) if streams => {
            let operation = Operation { gateway, caller, request, limit: limits.time, over: "sse" };
            sse::respond(operation, limits.pause)
        }
        Ok(request) => respond(media, gateway.answer(caller, request).await),
        Err(refusal) => refusal.respond(media),
    };
    response.extensions_mut().insert(role);
    response.extensions_mut().insert(asked);
    response
}

/// Answers any other method.
pub(super) async fn refuse_method(method: Method, headers: HeaderMap) -> Response {
    let media = Media::accepted(&headers).unwrap_or(Media::Json);
    let message = match method {
        Method::PUT => {
            "requests are taken by POST, and queries by GET; streams of events are not reserved: each \
            operation has its own (distinct connections mode)"
        }
        _ => "requests are taken by POST, and queries by GET",
    };
    Refusal::method("GET, HEAD, POST", message).respond(media)
}

/// What one caller is shown is for no one else: no cache keeps it, and none mixes up two callers.
pub(super) async fn keep_private(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(VARY, HeaderValue::from_static("Authorization, Accept"));
    response
}

/// Over HTTP tokens come in the `Authorization` header alone: addresses are logged on their way, and cookies are sent unasked.
fn authenticate(gateway: &dyn Gateway, headers: &HeaderMap) -> Result<Caller, Refusal> {
    gateway.authenticate(authorization(headers)?).map_err(Refusal::unauthenticated)
}

/// The one value of the `Authorization` header.
pub(super) fn authorization(headers: &HeaderMap) -> Result<Option<&str>, Refusal> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (first, None) = (values.next(), values.next()) else {
        return Err(Refusal::unauthenticated("more than one Authorization header"));
    };
    let authorization = first.map(HeaderValue::to_str).transpose();
    authorization.map_err(|_| Refusal::unauthenticated("the Authorization header is not ASCII"))
}

/// "Status Codes" of the specification: 400 where the operation did not run, except in `application/json`, whose
/// clients cannot tell our 400 from one of a proxy.
fn respond(media: Media, reply: Reply) -> Response {
    let status = match media {
        _ if reply.is_unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Media::GraphQlResponse if !reply.executed => StatusCode::BAD_REQUEST,
        Media::GraphQlResponse | Media::Json => StatusCode::OK,
    };
    (status, [(CONTENT_TYPE, media.content_type())], reply.body).into_response()
}
