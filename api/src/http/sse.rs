//! Operations over Server-Sent Events, after the graphql-sse protocol, "distinct connections mode": one operation, one
//! stream, with one `next` and one `complete`.
//!
//! There is no "single connection mode": its reservations live in the memory of one gateway, and the next request may
//! reach another. A PUT, which would make a reservation, is refused with 405, so that no client ever holds one.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, StreamExt};
use futures_util::{FutureExt, Stream};

use super::operation::{Operation, run};

/// A comment: nothing to clients, a sign of life to what stands between.
const COMMENT: Bytes = Bytes::from_static(b":\n\n");
const NEXT: Bytes = Bytes::from_static(b"event: next\ndata: ");
/// With an empty `data`: without one, browsers pass the event over.
const COMPLETE: Bytes = Bytes::from_static(b"\n\nevent: complete\ndata: \n\n");

/// The stream of one operation, with a comment after each `pause`. Whatever the executor says is a `next`, also that
/// the operation did not run. It runs as the stream is read, and is cancelled with it when the client goes away.
pub(super) fn respond(operation: Operation, pause: Duration) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/event-stream; charset=utf-8")),
        // Proxies that gather answers would hold back the comments.
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    (headers, Body::from_stream(events(operation, pause).map(Ok::<_, Infallible>))).into_response()
}

fn events(operation: Operation, pause: Duration) -> impl Stream<Item = Bytes> + Send {
    let running = Some(result(operation).boxed());
    let chunks = stream::unfold((running, tokio::time::interval(pause)), |(running, mut ticks)| async {
        let mut running = running?;
        tokio::select! {
            biased;
            result = &mut running => Some((vec![NEXT, result, COMPLETE], (None, ticks))),
            _ = ticks.tick() => Some((vec![COMMENT], (Some(running), ticks))),
        }
    });
    chunks.flat_map(stream::iter)
}

/// The response as one line: a line break, which in JSON is no more than space, would end the event's data.
async fn result(operation: Operation) -> Bytes {
    let body = match run(operation).await {
        Ok(reply) => reply.body,
        Err(refusal) => refusal.body().to_string().into(),
    };
    if !body.iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
        return body;
    }
    body.iter().map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { *byte }).collect()
}
