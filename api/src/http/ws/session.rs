//! One WebSocket from its opening to its end, in one task: what is heard, what is said, and how long anything may take.

use std::ops::ControlFlow::{self, Break, Continue};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use futures_util::StreamExt;
use futures_util::stream::SplitStream;
use serde_json::{Map, Value};
use tokio::time::{Instant, sleep_until};

use super::credential;
use super::end::{End, part};
use super::message::{self, Close, Incoming};
use super::operations::{Operations, Outcome};
use super::outbox::{Kind, Outbox};
use super::trail::Trail;
use crate::auth::{Unauthenticated, token};
use crate::graphql::{Client, Request};
use crate::http::identity::identify;
use crate::http::operation::{Operation, run as answer};
use crate::http::refusal::Refusal;
use crate::http::sessions::{Phase, Place};
use crate::http::{Gateway, Limits};
use crate::policy::Caller;

/// What a session starts with. Not printable, for the token's sake.
pub(super) struct Session {
    /// What answers.
    pub(super) gateway: Arc<dyn Gateway>,
    /// What one WebSocket may take.
    pub(super) limits: Limits,
    /// The `Authorization` header that it was opened with; later that of `connection_init`, where that has one.
    pub(super) authorization: Option<String>,
    /// Where the client is.
    pub(super) client: Option<Client>,
    /// Its place among all.
    pub(super) place: Place,
}

/// Serves a WebSocket until it is closed.
pub(super) async fn run(socket: WebSocket, session: Session) {
    let is_ours = socket.protocol().is_some();
    let (sink, stream) = socket.split();
    let mut open = Open::new(session, stream, Outbox::new(sink));
    let end = if is_ours { open.talk().await } else { End::Close(Close::subprotocol()) };
    let Open { session, stream, outbox, operations, trail, .. } = open;
    // What runs is cancelled; the place is free once the socket is closed.
    trail.end(operations, &end).await;
    part(end, stream, outbox).await;
    drop(session.place);
}

/// What happens to a session.
enum Event {
    Heard(Option<Result<Message, axum::Error>>),
    Sent(Result<(), axum::Error>),
    Ended(Option<(String, Outcome)>),
    Phase(Phase),
    Time,
}

/// An open session.
struct Open {
    session: Session,
    stream: SplitStream<WebSocket>,
    outbox: Outbox,
    operations: Operations,
    trail: Trail,
    is_initialised: bool,
    is_stopping: bool,
    /// When it was opened.
    opened: Instant,
    /// When the client last gave a sign of life.
    heard: Instant,
    /// When an operation was last begun or ended.
    used: Instant,
    /// When we last asked for a sign of life.
    pinged: Instant,
}

impl Open {
    fn new(session: Session, stream: SplitStream<WebSocket>, outbox: Outbox) -> Self {
        let now = Instant::now();
        Self {
            trail: Trail::new(&session.gateway, session.client),
            session,
            stream,
            outbox,
            operations: Operations::default(),
            is_initialised: false,
            is_stopping: false,
            opened: now,
            heard: now,
            used: now,
            pinged: now,
        }
    }

    async fn talk(&mut self) -> End {
        loop {
            if !self.outbox.has_room() {
                // Nobody is heard who is not listened to.
                self.heard = Instant::now();
            }
            let (due, has_work, has_room) = (self.due(), self.outbox.has_work(), self.outbox.has_room());
            let event = tokio::select! {
                phase = self.session.place.moved() => Event::Phase(phase),
                () = sleep_until(due) => Event::Time,
                sent = self.outbox.send(), if has_work => Event::Sent(sent),
                ended = self.operations.ended() => Event::Ended(ended),
                heard = self.stream.next(), if has_room => Event::Heard(heard),
            };
            if let Break(end) = self.take(event).await {
                return end;
            }
            if self.is_stopping && self.operations.is_empty() && !self.outbox.has_work() {
                return End::Close(Close::going_away());
            }
        }
    }

    async fn take(&mut self, event: Event) -> ControlFlow<End> {
        match event {
            Event::Heard(Some(Ok(message))) => {
                self.heard = Instant::now();
                self.hear(message).await
            }
            Event::Heard(Some(Err(error))) => Break(Close::broken(error).map_or(End::Gone, End::Broken)),
            Event::Sent(Ok(())) => self.start().await,
            Event::Heard(None) | Event::Sent(Err(_)) => Break(End::Gone),
            Event::Ended(ended) => {
                if let Some((id, outcome)) = ended {
                    self.answer(&id, outcome);
                }
                self.used = Instant::now();
                self.start().await
            }
            Event::Phase(Phase::Open) => Continue(()),
            Event::Phase(Phase::Stopping) => {
                self.is_stopping = true;
                Continue(())
            }
            Event::Phase(Phase::Over) => Break(End::Close(Close::going_away())),
            Event::Time => self.wake(),
        }
    }

    async fn hear(&mut self, message: Message) -> ControlFlow<End> {
        let text = match message {
            Message::Text(text) => text,
            Message::Binary(_) => return Break(End::Close(Close::invalid("messages are text, not binary"))),
            Message::Ping(_) => {
                self.outbox.count_pong();
                return Continue(());
            }
            Message::Pong(_) => return Continue(()),
            Message::Close(_) => return Break(End::Gone),
        };
        match Incoming::parse(&text) {
            Ok(Incoming::Init(payload)) => self.initialise(&payload).await,
            Ok(Incoming::Ping(payload)) => {
                self.outbox.push(Message::Text(message::pong(payload)), Kind::Other);
                Continue(())
            }
            Ok(Incoming::Pong) => Continue(()),
            Ok(Incoming::Subscribe { id, request }) => self.subscribe(id, request, text.len()).await,
            Ok(Incoming::Complete { id }) => {
                if self.operations.cancel(&id) {
                    self.trail.given_up();
                }
                Continue(())
            }
            Err(close) => Break(End::Close(close)),
        }
    }

    async fn initialise(&mut self, payload: &Map<String, Value>) -> ControlFlow<End> {
        if self.is_initialised {
            return Break(End::Close(Close::initialised()));
        }
        self.is_initialised = true;
        match credential::one_of(self.session.authorization.take(), payload) {
            Ok(authorization) => self.session.authorization = authorization,
            Err(close) => return Break(End::Close(close)),
        }
        if let Err(close) = self.caller().await {
            return Break(End::Close(close));
        }
        if self.session.authorization.is_some() {
            self.session.place.known();
        }
        self.used = Instant::now();
        self.outbox.push(Message::Text(message::ack()), Kind::Other);
        Continue(())
    }

    /// Who asks now: a token that has expired since it was shown, or whose role is no more, is no longer good.
    async fn caller(&mut self) -> Result<Caller, Close> {
        let authorization = self.session.authorization.as_deref();
        let caller = identify(self.session.gateway.as_ref(), authorization).await.map_err(|why| match why {
            Unauthenticated::Unavailable => Close::later(&why.to_string()),
            _ => Close::forbidden(&why.to_string()),
        })?;
        self.trail.knows(&caller);
        Ok(caller)
    }

    async fn subscribe(&mut self, id: String, request: Request, bytes: usize) -> ControlFlow<End> {
        if !self.is_initialised {
            return Break(End::Close(Close::unauthorized()));
        }
        if self.operations.holds(&id) {
            return Break(End::Close(Close::duplicate(&id)));
        }
        if self.is_stopping {
            // The close that follows tells it; clients ask again elsewhere what was not answered.
            self.trail.given_up();
            return Continue(());
        }
        let (most, most_bytes) = (self.session.limits.socket.waiting, self.session.limits.body);
        let (waiting, waiting_bytes) = self.operations.waiting();
        if waiting >= most || (waiting > 0 && waiting_bytes + bytes > most_bytes) {
            let message = format!(
                "more than {most} operations, or {most_bytes} bytes of them, wait on this connection; ask again when \
                 others are answered"
            );
            self.trail.refused("COST_LIMIT").await;
            self.answer(&id, Err(Refusal::too_many(message)));
            return Continue(());
        }
        self.operations.enqueue(id, request, bytes);
        self.used = Instant::now();
        self.start().await
    }

    /// Starts what waits, as far as may run at a time. An answer that has not left counts: whoever does not read gets
    /// no more answers made.
    async fn start(&mut self) -> ControlFlow<End> {
        while self.operations.running() + self.outbox.answers() < self.session.limits.socket.running {
            let Some((id, request)) = self.operations.dequeue() else { break };
            let caller = match self.caller().await {
                Ok(caller) => caller,
                Err(close) => return Break(End::Close(close)),
            };
            let client = self.session.client;
            let request = Request { token: token(self.session.authorization.as_deref()), client, ..request };
            let (gateway, limit) = (Arc::clone(&self.session.gateway), self.session.limits.time);
            self.operations.start(id, answer(Operation { gateway, caller, request, limit, over: "websocket" }));
        }
        Continue(())
    }

    fn answer(&mut self, id: &str, outcome: Outcome) {
        let mut answers = message::answers(id, outcome).into_iter().peekable();
        while let Some(text) = answers.next() {
            let kind = if answers.peek().is_none() { Kind::Answer } else { Kind::Other };
            self.outbox.push(Message::Text(text), kind);
        }
    }

    /// When `wake` has something to do.
    fn due(&self) -> Instant {
        let limits = &self.session.limits;
        let init = (!self.is_initialised).then(|| self.opened + limits.socket.init);
        let idle = self.is_idle().then(|| self.used + limits.socket.idle);
        let send = self.outbox.stuck_since().map(|since| since + limits.socket.send);
        let ping = (!self.outbox.has_work()).then(|| self.heard.max(self.pinged) + limits.pause);
        let silence = self.heard + limits.socket.silence;
        [init, idle, send, ping].into_iter().flatten().fold(silence, Instant::min)
    }

    fn wake(&mut self) -> ControlFlow<End> {
        let (now, limits) = (Instant::now(), &self.session.limits);
        let is_past = |since: Instant, limit: Duration| now >= since + limit;
        if !self.is_initialised && is_past(self.opened, limits.socket.init) {
            return Break(End::Close(Close::no_init()));
        }
        let is_stuck = self.outbox.stuck_since().is_some_and(|since| is_past(since, limits.socket.send));
        if is_stuck || is_past(self.heard, limits.socket.silence) {
            return Break(End::Gone);
        }
        if self.is_idle() && is_past(self.used, limits.socket.idle) {
            return Break(End::Close(Close::idle()));
        }
        if !self.outbox.has_work() && is_past(self.heard.max(self.pinged), limits.pause) {
            // A ping of RFC 6455: every client answers it, the protocol's own some are told not to.
            self.pinged = now;
            self.outbox.push(Message::Ping(axum::body::Bytes::new()), Kind::Other);
        }
        Continue(())
    }

    fn is_idle(&self) -> bool {
        self.is_initialised && self.operations.is_empty()
    }
}
