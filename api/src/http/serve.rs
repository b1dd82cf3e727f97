//! Connections from their beginning to their end: each has its clock, and whoever is too slow to ask or to listen is cut
//! off. Knows no address and no answer.

use std::convert::Infallible;
use std::future::Future;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use axum::{Extension, Router};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_io_timeout::TimeoutStream;

use super::sessions::Sessions;

/// The most WebSockets at a time.
const SESSIONS: u32 = 1024;

/// How long things may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// When stopping, the requests under way: a client that never finishes its own must not hold it up.
    pub(super) stop: Duration,
    /// A client, to send the head of a request, or to say nothing between two of them.
    pub(super) head: Duration,
    /// A client, to take any of what waits for it.
    pub(super) write: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { stop: Duration::from_secs(40), head: Duration::from_secs(30), write: Duration::from_secs(60) }
    }
}

/// Serves until `stop` is ready; then finishes what has begun, for 40 seconds at most. WebSockets are told to go as soon
/// as their operations are answered.
///
/// # Errors
/// When the listener fails for good.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    serve_with(listener, router, Sessions::new(SESSIONS), stop, Patience::default()).await
}

pub(super) async fn serve_with(
    listener: TcpListener,
    router: Router,
    sessions: Sessions,
    stop: impl Future<Output = ()> + Send + 'static,
    patience: Patience,
) -> io::Result<()> {
    let _reign = sessions.reign();
    let router = router.layer(Extension(sessions.clone()));
    let stopping = sessions.clone();
    let stop = async move {
        stop.await;
        stopping.stop();
    };
    let last = async {
        sessions.stopping().await;
        tokio::time::sleep(patience.stop).await;
    };
    let served = async {
        connections(listener, &router, stop, patience).await;
        // WebSockets left the care of HTTP when they were opened.
        sessions.closed().await;
    };
    tokio::select! {
        () = served => {}
        () = last => {}
    }
    sessions.end().await;
    Ok(())
}

/// Takes connections until the stop, and waits for those that are under way. Dropped, it ends all of them.
async fn connections(listener: TcpListener, router: &Router, stop: impl Future<Output = ()>, patience: Patience) {
    let closing = watch::Sender::new(false);
    let mut open = JoinSet::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, address)) => {
                    open.spawn(connection(stream, address, router.clone(), closing.subscribe(), patience));
                }
                Err(error) => rest(&error).await,
            },
            Some(_) = open.join_next() => {}
            () = &mut stop => break,
        }
    }
    drop(listener);
    closing.send_replace(true);
    while open.join_next().await.is_some() {}
}

/// A connection that broke before it was taken is no fault; anything else, such as too many open files, passes.
async fn rest(error: &io::Error) {
    let is_broken = [ErrorKind::ConnectionRefused, ErrorKind::ConnectionAborted, ErrorKind::ConnectionReset];
    if !is_broken.contains(&error.kind()) {
        tracing::error!(%error, "a connection cannot be taken");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Serves one connection to its end, or until its client is too slow.
async fn connection(
    stream: TcpStream,
    address: SocketAddr,
    router: Router,
    mut closing: watch::Receiver<bool>,
    patience: Patience,
) {
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(patience.write));
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(address));
        let answered = router.call(request);
        async move { Ok::<Response, Infallible>(answered.await.unwrap_or_else(|never| match never {})) }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(patience.head);
    let served = http.serve_connection(TokioIo::new(Box::pin(stream)), service).with_upgrades();
    let mut served = std::pin::pin!(served);
    // How a connection ends is its client's affair.
    tokio::select! {
        _ = served.as_mut() => return,
        _ = closing.wait_for(|closing| *closing) => served.as_mut().graceful_shutdown(),
    }
    let _ = served.await;
}
