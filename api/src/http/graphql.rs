//! `/graphql`, after GraphQL over HTTP (draft): who asks, what is asked, and the status and media type of the answer.
//! Streams of events and WebSockets begin here.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Request as HttpRequest, State};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};

use super::audited::Asked;
use super::decode::decode;
use super::identity::{authorization, caller, refuse_token_in};
use super::media::{Media, prefers_events};
use super::middleware::Role;
use super::operation::Operation;
use super::refusal::Refusal;
use super::room::Room;
use super::{Gateway, Limits, sse, ws};
use crate::auth::token;
use crate::graphql::{Client, Reply, Request, Standing};
use crate::policy::Caller;

/// Answers a GET or a POST, as a whole or as a stream of events; or a GET opens a WebSocket.
pub(super) async fn answer(
    State(gateway): State<Arc<dyn Gateway>>,
    Extension(limits): Extension<Limits>,
    Extension(room): Extension<Room>,
    http: HttpRequest,
) -> Response {
    if ws::is_asked_for(&http) {
        return ws::open(gateway, limits, http).await;
    }
    let client = http.extensions().get::<Client>().copied();
    let streams = prefers_events(http.headers());
    // What is refused before a stream begins is told by its status, and in JSON.
    let accepted = if streams { Some(Media::Json) } else { Media::accepted(http.headers()) };
    let Some(media) = accepted else {
        let message = "the answer is application/graphql-response+json, application/json or text/event-stream; none \
            is accepted";
        return Refusal::new(StatusCode::NOT_ACCEPTABLE, message).respond(Media::Json);
    };
    let (head, body) = http.into_parts();
    let caller = match identified(gateway.as_ref(), &head).await {
        Ok(caller) => caller,
        Err(refusal) => return refusal.respond(media),
    };
    let http = HttpRequest::from_parts(head, body);
    let (role, asked) = (Role(caller.role.clone()), Asked(caller.clone()));
    let token = authorization(http.headers()).ok().and_then(token);
    let decoded = decode(http, limits, &room).await.map(|request| Request { token, client, ..request });
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

/// Over HTTP tokens come in the `Authorization` header alone: addresses are logged on their way, and cookies are sent unasked.
async fn identified(gateway: &dyn Gateway, head: &Parts) -> Result<Caller, Refusal> {
    refuse_token_in(&head.uri)?;
    caller(gateway, head).await
}

/// "Status Codes" of the specification: 400 where the operation did not run, except in `application/json`, whose
/// clients cannot tell our 400 from one of a proxy. 429 where it may run later: no client takes that for an answer.
fn respond(media: Media, reply: Reply) -> Response {
    let status = match (reply.standing, media) {
        (Standing::Later(_), _) => StatusCode::TOO_MANY_REQUESTS,
        (Standing::Unavailable, _) => StatusCode::SERVICE_UNAVAILABLE,
        (Standing::Refused, Media::GraphQlResponse) => StatusCode::BAD_REQUEST,
        (Standing::Refused, Media::Json) | (Standing::Ran, _) => StatusCode::OK,
    };
    let mut response = (status, [(CONTENT_TYPE, media.content_type())], reply.body).into_response();
    if let Some(seconds) = reply.standing.retry_after() {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    response
}
