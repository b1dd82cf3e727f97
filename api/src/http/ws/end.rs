//! How a session ends: the last word, and a moment for the client to hear it.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures_util::StreamExt;
use futures_util::stream::SplitStream;
use tokio::time::{sleep, timeout};

use super::message::Close;
use super::outbox::Outbox;

/// How a session ends.
#[derive(Debug)]
pub(super) enum End {
    /// We close it.
    Close(Close),
    /// We close it, and can hear no more of what the client says.
    Broken(Close),
    /// The client closes it, or is gone.
    Gone,
}

/// How long a close may take, from our word to the client's.
const FAREWELL: Duration = Duration::from_secs(2);
/// How many messages are passed over until then.
const LAST_HEARD: usize = 1_000;

/// Says why, instead of all that is yet to be said, and waits a moment for the client to have heard it.
pub(super) async fn part(end: End, mut stream: SplitStream<WebSocket>, mut outbox: Outbox) {
    let is_heard = matches!(end, End::Close(_));
    let last = match end {
        End::Close(close) | End::Broken(close) => Some(CloseFrame::from(close)),
        End::Gone => None,
    };
    tracing::debug!(code = last.as_ref().map(|last| last.code), "a WebSocket ends");
    let is_told = last.is_some();
    let farewell = async {
        outbox.end(last.map(|last| Message::Close(Some(last)))).await?;
        for _ in 0..LAST_HEARD {
            if stream.next().await.transpose()?.is_none() {
                return Ok(true);
            }
        }
        Ok::<_, axum::Error>(false)
    };
    let said = timeout(FAREWELL, farewell).await;
    if is_told && !(is_heard && matches!(said, Ok(Ok(true)))) {
        // What the client still sends would undo our last word, if its socket were closed at once.
        sleep(FAREWELL / 4).await;
    }
}
