//! A server over a gateway that makes its answers up, and a client that speaks the protocol word by word.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::{FutureExt, SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message, protocol::CloseFrame};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::auth::Unauthenticated;
use crate::config::Http;
use crate::graphql::{Reply, Request};
use crate::http::crowd::Crowd;
use crate::http::serve::{Bounds, Patience, serve_with};
use crate::http::sessions::Sessions;
use crate::http::tests::Echo;
use crate::http::{Gateway, Limits, Persona, Readiness, router_within};
use crate::policy::Caller;
use crate::telemetry::Telemetry;

/// How long anything may take before a test fails.
const SOON: Duration = Duration::from_secs(20);

/// An echo that counts what runs and what it has answered; `{ large }` is answered with a megabyte.
pub(super) struct Desk {
    echo: Echo,
    expired: AtomicBool,
    answered: AtomicUsize,
    running: watch::Sender<usize>,
}

impl Desk {
    /// From now on no token is good.
    pub(super) fn expire(&self) {
        self.expired.store(true, Ordering::Relaxed);
    }

    /// How many operations were answered.
    pub(super) fn answered(&self) -> usize {
        self.answered.load(Ordering::Relaxed)
    }

    /// Ready when so many operations run.
    pub(super) async fn runs(&self, number: usize) {
        let mut running = self.running.subscribe();
        let reached = tokio::time::timeout(SOON, running.wait_for(|running| *running == number)).await;
        reached.unwrap_or_else(|_| panic!("{} operations run, not {number}", *self.running.borrow())).unwrap();
    }
}

/// One operation that runs.
struct Running<'a>(&'a watch::Sender<usize>);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|running| *running -= 1);
    }
}

impl Gateway for Desk {
    fn authenticate(&self, authorization: Option<&str>) -> Result<Caller, Unauthenticated> {
        let expired = authorization.is_some() && self.expired.load(Ordering::Relaxed);
        self.echo.authenticate(if expired { Some("expired") } else { authorization })
    }

    fn answer(&self, caller: Caller, request: Request) -> BoxFuture<'_, Reply> {
        async move {
            self.running.send_modify(|running| *running += 1);
            let _running = Running(&self.running);
            let is_large = request.query == "{ large }";
            let mut reply = self.echo.answer(caller, request).await;
            if is_large {
                reply.body = json!({ "data": "x".repeat(1024 * 1024) }).to_string().into();
            }
            self.answered.fetch_add(1, Ordering::Relaxed);
            reply
        }
        .boxed()
    }

    fn readiness(&self) -> BoxFuture<'_, Readiness> {
        self.echo.readiness()
    }

    fn telemetry(&self) -> Arc<Telemetry> {
        self.echo.telemetry()
    }

    fn demonstration(&self) -> Option<Vec<Persona>> {
        None
    }
}

/// A server; gone when dropped.
pub(super) struct Server {
    pub(super) address: String,
    pub(super) desk: Arc<Desk>,
    sessions: Sessions,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<std::io::Result<()>>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Server {
    pub(super) async fn start(limits: Limits) -> Self {
        Self::with_room(limits, 100, Duration::from_secs(40)).await
    }

    /// With room for so many sockets, and so much patience when it is stopped.
    pub(super) async fn with_room(limits: Limits, most: u32, patience: Duration) -> Self {
        let (expired, answered) = (AtomicBool::new(false), AtomicUsize::new(0));
        let desk = Desk { echo: Echo::default(), expired, answered, running: watch::Sender::new(0) };
        let desk = Arc::new(desk);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let patience = Patience { stop: patience, ..Patience::default() };
        let bounds = Bounds { patience, ..Bounds::new(most, Crowd::default()) };
        let sessions = bounds.sessions.clone();
        let (stop, stopped) = oneshot::channel();
        let router = router_within(Arc::clone(&desk) as Arc<dyn Gateway>, limits, &Http::default());
        let stopped = stopped.map(|_| ());
        let serving = tokio::spawn(serve_with(listener, router, bounds, stopped));
        Self { address, desk, sessions, stop: Some(stop), serving }
    }

    /// A bare connection.
    pub(super) async fn socket(&self) -> TcpStream {
        TcpStream::connect(&self.address).await.unwrap()
    }

    pub(super) async fn connect(&self) -> Client {
        self.connect_with(Some("graphql-transport-ws"), &[]).await.unwrap()
    }

    /// A client that asks for this sub-protocol, with these headers; the status where it is refused.
    pub(super) async fn connect_with(
        &self,
        protocol: Option<&str>,
        headers: &[(&'static str, &str)],
    ) -> Result<Client, u16> {
        let mut request = format!("ws://{}/graphql", self.address).into_client_request().unwrap();
        let known = request.headers().clone();
        for (name, value) in headers {
            if known.contains_key(*name) {
                request.headers_mut().insert(*name, value.parse().unwrap());
            } else {
                request.headers_mut().append(*name, value.parse().unwrap());
            }
        }
        // Sub-protocols that the client knows of must be answered: so it is told of those that are.
        if let Some(protocol) = protocol.filter(|it| it.contains("transport")) {
            request.headers_mut().insert("sec-websocket-protocol", protocol.parse().unwrap());
        }
        match client_async(request, self.socket().await).await {
            Ok((socket, _)) => Ok(Client(socket)),
            Err(Error::Http(refused)) => Err(refused.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    /// How many sockets are open.
    pub(super) fn open(&self) -> usize {
        self.sessions.open()
    }

    /// Ready when no socket is open and nothing runs: nothing leaks.
    pub(super) async fn all_gone(&self) {
        tokio::time::timeout(SOON, self.sessions.closed()).await.expect("sockets are left open");
        self.desk.runs(0).await;
    }

    pub(super) fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    /// Ready when the server has stopped.
    pub(super) async fn stopped(&mut self) {
        tokio::time::timeout(SOON, &mut self.serving).await.expect("the server does not stop").unwrap().unwrap();
    }
}

/// The other end of a WebSocket.
pub(super) struct Client(pub(super) WebSocketStream<TcpStream>);

impl Client {
    pub(super) async fn send(&mut self, message: Message) {
        tokio::time::timeout(SOON, self.0.send(message)).await.expect("the server does not read").unwrap();
    }

    pub(super) async fn say(&mut self, message: Value) {
        self.send(Message::text(message.to_string())).await;
    }

    async fn next(&mut self) -> Message {
        loop {
            let message = tokio::time::timeout(SOON, self.0.next()).await.expect("the server says nothing");
            match message.expect("the server has not gone").expect("the socket holds") {
                Message::Ping(_) | Message::Pong(_) => {}
                message => return message,
            }
        }
    }

    /// The next message.
    pub(super) async fn hear(&mut self) -> Value {
        match self.next().await {
            Message::Text(text) => serde_json::from_str(&text).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    /// All up to a message of this type.
    pub(super) async fn hear_until(&mut self, ty: &str) -> Vec<Value> {
        let mut heard = Vec::new();
        loop {
            heard.push(self.hear().await);
            if heard.last().is_some_and(|last| last["type"] == ty) {
                return heard;
            }
        }
    }

    /// Code and reason that the server closes with, whatever it says before.
    pub(super) async fn closed(&mut self) -> (u16, String) {
        loop {
            match self.next().await {
                Message::Close(Some(CloseFrame { code, reason })) => {
                    // Once more, so that the server hears that it was understood.
                    let _ = tokio::time::timeout(SOON, self.0.next()).await;
                    return (code.into(), reason.to_string());
                }
                Message::Close(None) => panic!("a close without a code"),
                _ => {}
            }
        }
    }
}

pub(super) fn init() -> Value {
    json!({ "type": "connection_init" })
}

pub(super) fn init_with(payload: &Value) -> Value {
    json!({ "type": "connection_init", "payload": payload })
}

pub(super) fn subscribe(id: &str, query: &str) -> Value {
    json!({ "id": id, "type": "subscribe", "payload": { "query": query } })
}
