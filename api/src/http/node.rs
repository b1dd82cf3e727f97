//! `/node`: where other gateways ask, each by a credential of its own for every question. Whoever is not listed learns
//! that it may not, and nothing else: every refusal is the same.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::identity::{authorization, identify};
use super::media::Media;
use super::middleware::Role;
use super::refusal::{Refusal, not_found};
use super::{Gateway, Limits};
use crate::auth::token;
use crate::node::{Asker, Node};
use crate::source::node::{
    link::As,
    wire::{CREDENTIAL_HEADER, OTHER_VERSION, PROTOCOL, PROTOCOL_HEADER, QUESTION_MOST},
};

/// Who asks for releases, for the log.
const RELEASE: &str = "release";

/// Answers a question of another gateway; where none may ask, there is nothing at this address.
pub(super) async fn answer(
    State(gateway): State<Arc<dyn Gateway>>,
    Extension(limits): Extension<Limits>,
    request: Request,
) -> Response {
    let Some(node) = gateway.node() else { return not_found().await };
    match heard(gateway.as_ref(), &node, request, limits.read).await {
        Ok(response) => response,
        Err(refusal) => refusal.respond(Media::Json),
    }
}

async fn heard(gateway: &dyn Gateway, node: &Node, request: Request, patience: Duration) -> Result<Response, Refusal> {
    let (head, body) = request.into_parts();
    let credential = only(&head.headers, CREDENTIAL_HEADER).ok_or_else(refused)?;
    let listed = node.named(credential).ok_or_else(refused)?;
    let authorization = authorization(&head.headers).map_err(|_| refused())?;
    let read = tokio::time::timeout(patience, to_bytes(body, QUESTION_MOST)).await;
    let body = read.map_err(|_| Refusal::slow_body())?.map_err(|_| refused())?;
    let sent = node.verify(listed, credential, (&body, authorization)).map_err(|_| refused())?;
    if only(&head.headers, PROTOCOL_HEADER) != Some(PROTOCOL) {
        return Err(other_version());
    }
    let (asker, role) = match sent.kind {
        As::Someone => {
            let caller = identify(gateway, authorization).await.map_err(|_| refused())?;
            let role = Role(caller.role.clone());
            (Asker::Caller(caller, token(authorization)), role)
        }
        As::Release => (Asker::Release, Role(RELEASE.into())),
    };
    let answer = node.answer(listed, (asker, &sent.through), &body).await.map_err(|_| refused())?;
    let headers = [(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    let mut response = (headers, [(PROTOCOL_HEADER, PROTOCOL)], answer).into_response();
    response.extensions_mut().insert(role);
    Ok(response)
}

/// The one value of a header.
fn only<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let (first, None) = (values.next()?, values.next()) else { return None };
    first.to_str().ok()
}

/// Whatever it is that does not hold.
fn refused() -> Refusal {
    Refusal::unauthenticated("this is not a question that may be asked here")
}

fn other_version() -> Refusal {
    let status = StatusCode::from_u16(OTHER_VERSION).unwrap_or(StatusCode::NOT_IMPLEMENTED);
    Refusal::new(status, format!("only version {PROTOCOL} is spoken here"))
}
