//! `/graphql`, after GraphQL over HTTP (draft): who asks, what is asked, and the status and media type of the answer.

use std::sync::Arc;

use axum::extract::{Request as HttpRequest, State};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::Gateway;
use super::decode::decode;
use super::media::Media;
use super::middleware::Role;
use super::refusal::Refusal;
use crate::graphql::Reply;
use crate::policy::Caller;

/// Answers a GET or a POST.
pub(super) async fn answer(State(gateway): State<Arc<dyn Gateway>>, http: HttpRequest) -> Response {
    let Some(media) = Media::accepted(http.headers()) else {
        let message = "the answer is application/graphql-response+json or application/json; neither is accepted";
        return Refusal::new(StatusCode::NOT_ACCEPTABLE, message).respond(Media::Json);
    };
    let caller = match authenticate(gateway.as_ref(), http.headers()) {
        Ok(caller) => caller,
        Err(refusal) => return refusal.respond(media),
    };
    let role = Role(caller.role.clone());
    let mut response = match decode(http).await {
        Ok(request) => respond(media, gateway.answer(caller, request).await),
        Err(refusal) => refusal.respond(media),
    };
    response.extensions_mut().insert(role);
    response
}

/// Answers any other method.
pub(super) async fn refuse_method(headers: HeaderMap) -> Response {
    let media = Media::accepted(&headers).unwrap_or(Media::Json);
    Refusal::method("GET, HEAD, POST", "requests are taken by POST, and queries by GET").respond(media)
}

/// What one caller is shown is for no one else: no cache keeps it, and none mixes up two callers.
pub(super) async fn keep_private(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(VARY, HeaderValue::from_static("Authorization, Accept"));
    response
}

/// Tokens come in the `Authorization` header alone: addresses are logged on their way, and cookies are sent unasked.
fn authenticate(gateway: &dyn Gateway, headers: &HeaderMap) -> Result<Caller, Refusal> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (first, None) = (values.next(), values.next()) else {
        return Err(Refusal::unauthenticated("more than one Authorization header"));
    };
    let authorization = first.map(HeaderValue::to_str).transpose();
    let authorization = authorization.map_err(|_| Refusal::unauthenticated("the Authorization header is not ASCII"))?;
    gateway.authenticate(authorization).map_err(Refusal::unauthenticated)
}

/// "Status Codes" of the specification: 400 where the operation did not run, except in `application/json`, whose
/// clients cannot tell our 400 from one of a proxy.
fn respond(media: Media, reply: Reply) -> Response {
    let status = match media {
        Media::GraphQlResponse if !reply.executed => StatusCode::BAD_REQUEST,
        Media::GraphQlResponse | Media::Json => StatusCode::OK,
    };
    (status, [(CONTENT_TYPE, media.content_type())], reply.body).into_response()
}
