//! Operations over a WebSocket, after the protocol of graphql-ws (sub-protocol `graphql-transport-ws`): who may open
//! one, and what it may take.

mod credential;
mod end;
mod message;
mod operations;
mod outbox;
mod session;
mod trail;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRequestParts, Request as HttpRequest};
use axum::http::header::{HOST, ORIGIN, UPGRADE};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;

use self::session::Session;
use super::Gateway;
use super::identity::{authorization, refuse_token_in};
use super::media::Media;
use super::origins::Origins;
use super::refusal::Refusal;
use super::sessions::Sessions;
use crate::auth::is_same_host;
use crate::graphql::Client;

/// The sub-protocol.
const PROTOCOL: &str = "graphql-transport-ws";

/// What one WebSocket may take, beside the size of a message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// From the opening to `connection_init`.
    pub(super) init: Duration,
    /// Without a word from a client: it is gone.
    pub(super) silence: Duration,
    /// For one message to leave: longer, and the client does not read.
    pub(super) send: Duration,
    /// Without an operation.
    pub(super) idle: Duration,
    /// Operations that run, or whose answers are yet to leave.
    pub(super) running: usize,
    /// Operations that wait until one may run.
    pub(super) waiting: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            init: Duration::from_secs(10),
            silence: Duration::from_secs(40),
            send: Duration::from_secs(60),
            idle: Duration::from_secs(600),
            running: 8,
            waiting: 100,
        }
    }
}

/// Does the request ask for a WebSocket?
pub(super) fn is_asked_for(http: &HttpRequest) -> bool {
    let is_websocket = |value: &[u8]| value.eq_ignore_ascii_case(b"websocket");
    http.method() == Method::GET && http.headers().get(UPGRADE).is_some_and(|value| is_websocket(value.as_bytes()))
}

/// Opens a WebSocket. Who asks is asked in `connection_init`, also where the token came with this request.
pub(super) async fn open(gateway: Arc<dyn Gateway>, limits: super::Limits, http: HttpRequest) -> Response {
    upgrade(gateway, limits, http).await.unwrap_or_else(|refusal| refusal.respond(Media::Json))
}

async fn upgrade(gateway: Arc<dyn Gateway>, limits: super::Limits, http: HttpRequest) -> Result<Response, Refusal> {
    let (mut parts, _) = http.into_parts();
    let origins = parts.extensions.get::<Origins>();
    if !is_own_page(&parts.headers) && !is_let_in(&parts.headers, origins) {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "pages of other sites may not open a WebSocket here"));
    }
    refuse_token_in(&parts.uri)?;
    let authorization = authorization(&parts.headers)?.map(str::to_owned);
    let client = parts.extensions.get::<Client>().copied();
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &()).await;
    let upgrade = upgrade.map_err(|refused| Refusal::new(refused.status(), "this is no handshake of a WebSocket"))?;
    let sessions = parts.extensions.get::<Sessions>();
    let Some(place) = sessions.and_then(Sessions::enter) else {
        tracing::warn!(open = sessions.map(Sessions::open), "there is no room for another WebSocket");
        return Err(Refusal::no_room("as many WebSockets are open as may be; try again later"));
    };
    // One that asks for another sub-protocol is opened as well: only so can it be told, by the code it is closed with.
    let upgrade = upgrade.max_message_size(limits.body).max_frame_size(limits.body).protocols([PROTOCOL]);
    Ok(upgrade
        .on_upgrade(move |socket| session::run(socket, Session { gateway, limits, authorization, client, place })))
}

/// Is the page that asks one of those that may?
fn is_let_in(headers: &HeaderMap, origins: Option<&Origins>) -> bool {
    let mut named = headers.get_all(ORIGIN).iter();
    let (Some(origin), None, Some(origins)) = (named.next(), named.next(), origins) else { return false };
    origins.hold(origin)
}

/// Is the page that asks, if it is one, from this very address? Browsers let every page open WebSockets everywhere; all
/// of them say in `Origin` which page it is, and nothing else does. No token goes along by itself, and still no other
/// site is let in: over HTTP none is allowed to read an answer either.
fn is_own_page(headers: &HeaderMap) -> bool {
    let mut origins = headers.get_all(ORIGIN).iter();
    let origin = match (origins.next(), origins.next()) {
        (None, _) => return true,
        (Some(origin), None) => origin.to_str().ok().and_then(|origin| origin.split_once("://")),
        (Some(_), Some(_)) => None,
    };
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let (Some((scheme, origin)), Some(host)) = (origin, host) else { return false };
    // Whoever ends TLS before us leaves only the host to compare.
    is_same_host(scheme, origin, host)
}
