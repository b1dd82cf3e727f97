//! No request for data goes without its event in the audit log: what answers leaves one, and here one is written for
//! whatever was refused before, or given up.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::extract::{Request, State};
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_TYPE};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use super::Gateway;
use crate::audit::tracked;
use crate::graphql::Client;
use crate::policy::Caller;

/// A request that was refused before anything was asked.
#[derive(Clone, Debug, Default)]
pub struct Refused {
    /// Who asked, where that is known.
    pub caller: Option<Caller>,
    /// Where the client is, where that is known.
    pub client: Option<Client>,
    /// The status that it was answered with; none where nobody waited, and on a WebSocket.
    pub status: Option<u16>,
    /// The code of its error.
    pub code: Option<&'static str>,
}

/// The code of the error that a request was refused with: left with an answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct RefusedAs(pub(super) &'static str);

/// Who asked: left with an answer.
#[derive(Clone, Debug)]
pub(super) struct Asked(pub(super) Caller);

/// Writes the event of a request that has left none, before its answer goes.
pub(super) async fn leave_event(State(gateway): State<Arc<dyn Gateway>>, request: Request, next: Next) -> Response {
    let mark = Arc::new(AtomicBool::new(false));
    let client = request.extensions().get::<Client>().copied();
    let asks_first = request.method() == Method::OPTIONS;
    let mut unanswered = Unanswered { gateway: Arc::clone(&gateway), mark: Arc::clone(&mark), client, ends: false };
    let response = tracked(Arc::clone(&mark), next.run(request)).await;
    // A browser that asks whether a page may ask, and is told so, asks for no data yet.
    let is_let_in = asks_first && response.headers().contains_key(ACCESS_CONTROL_ALLOW_ORIGIN);
    if !mark.load(Ordering::Relaxed) && !leaves_its_own(&response) && !is_let_in {
        let refused = Refused {
            caller: response.extensions().get::<Asked>().map(|it| it.0.clone()),
            client,
            status: Some(response.status().as_u16()),
            code: response.extensions().get::<RefusedAs>().map(|it| it.0),
        };
        gateway.refused(refused).await;
    }
    unanswered.ends = true;
    response
}

/// Do the operations that begin with this answer leave events of their own?
fn leaves_its_own(response: &Response) -> bool {
    let is_events = |value: &[u8]| value.starts_with(b"text/event-stream");
    response.status() == StatusCode::SWITCHING_PROTOCOLS
        || response.headers().get(CONTENT_TYPE).is_some_and(|value| is_events(value.as_bytes()))
}

/// A request that may yet be dropped: its client went away, it took too long, or the program met a fault.
struct Unanswered {
    gateway: Arc<dyn Gateway>,
    mark: Arc<AtomicBool>,
    client: Option<Client>,
    ends: bool,
}

impl Drop for Unanswered {
    fn drop(&mut self) {
        if !self.ends && !self.mark.load(Ordering::Relaxed) {
            self.gateway.given_up(Refused { client: self.client, ..Refused::default() });
        }
    }
}
