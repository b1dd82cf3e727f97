//! What is to leave on a WebSocket, in order and bounded. Knows nothing of what it says.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::extract::ws::{Message, WebSocket};
use futures_util::Sink;
use futures_util::stream::SplitSink;
use tokio::time::Instant;

/// Messages on their way out. Whoever fills it asks first whether there is room.
#[derive(Debug)]
pub(super) struct Outbox {
    sink: SplitSink<WebSocket, Message>,
    queue: VecDeque<(Message, Kind)>,
    /// Was something handed over that has not left yet?
    leaving: bool,
    /// Answers in the queue, or on their way.
    answers: usize,
    /// Answers that are on their way.
    answers_leaving: usize,
    /// Pongs that were written beside the queue since all had left.
    pongs: usize,
    /// When something last left, or was there to leave.
    moved: Instant,
}

/// What a message is to the count of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The last word on an operation.
    Answer,
    /// Anything else.
    Other,
}

/// The most messages in the queue: a client that sends on and does not read is not read from either.
const LONGEST: usize = 64;

impl Outbox {
    pub(super) fn new(sink: SplitSink<WebSocket, Message>) -> Self {
        let queue = VecDeque::new();
        Self { sink, queue, leaving: false, answers: 0, answers_leaving: 0, pongs: 0, moved: Instant::now() }
    }

    pub(super) fn push(&mut self, message: Message, kind: Kind) {
        self.wake();
        self.answers += usize::from(kind == Kind::Answer);
        self.queue.push_back((message, kind));
    }

    /// Counts a pong: to each ping of RFC 6455 the socket itself puts one into its buffer, however full that is.
    pub(super) fn count_pong(&mut self) {
        self.wake();
        self.pongs += 1;
        self.leaving = true;
    }

    /// There is something to send from now on.
    fn wake(&mut self) {
        if !self.has_work() {
            self.moved = Instant::now();
        }
    }

    /// Is there anything to send?
    pub(super) fn has_work(&self) -> bool {
        self.leaving || !self.queue.is_empty()
    }

    /// May more be put in?
    pub(super) fn has_room(&self) -> bool {
        self.queue.len() < LONGEST && self.pongs < LONGEST
    }

    /// How many operations are answered here, but not there yet.
    pub(super) fn answers(&self) -> usize {
        self.answers
    }

    /// Since when nothing has left, while something was to.
    pub(super) fn stuck_since(&self) -> Option<Instant> {
        self.has_work().then_some(self.moved)
    }

    /// Hands the next message over, or sees the last one off. May be dropped and asked again.
    pub(super) async fn send(&mut self) -> Result<(), axum::Error> {
        poll_fn(|context| self.poll_send(context)).await
    }

    fn poll_send(&mut self, context: &mut Context<'_>) -> Poll<Result<(), axum::Error>> {
        let mut sink = Pin::new(&mut self.sink);
        if self.queue.is_empty() {
            ready!(sink.poll_flush(context))?;
            self.leaving = false;
            self.pongs = 0;
            self.answers -= std::mem::take(&mut self.answers_leaving);
        } else {
            // Ready once what went before is no longer held back.
            ready!(sink.as_mut().poll_ready(context))?;
            self.answers -= std::mem::take(&mut self.answers_leaving);
            if let Some((message, kind)) = self.queue.pop_front() {
                sink.start_send(message)?;
                self.leaving = true;
                self.answers_leaving = usize::from(kind == Kind::Answer);
            }
        }
        self.moved = Instant::now();
        Poll::Ready(Ok(()))
    }

    /// The last message, instead of all that wait; the caller bounds the time.
    pub(super) async fn end(&mut self, last: Option<Message>) -> Result<(), axum::Error> {
        self.queue.clear();
        self.queue.extend(last.map(|message| (message, Kind::Other)));
        while self.has_work() {
            self.send().await?;
        }
        Ok(())
    }
}
