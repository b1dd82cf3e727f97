//! Connections from their beginning to their end: each has its clock, and whoever is too slow to ask or to listen is cut
//! off; there are only so many at a time. Knows no address and no answer.

use std::convert::Infallible;
use std::future::Future;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::{ConnectInfo, Request};
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

use super::crowd::{Crowd, Place, Visit};
use super::pace::Pace;
use super::sessions::Sessions;
use super::socket::{Placed, Worked};

/// The most WebSockets at a time.
const SESSIONS: u32 = 1024;

/// How many quiet connections are let go at once where the system has no room for one more.
const RELIEF: usize = 64;

/// How many there may be at a time, and how long things may take.
#[derive(Clone)]
pub(super) struct Bounds {
    pub(super) sessions: Sessions,
    pub(super) crowd: Crowd,
    pub(super) patience: Patience,
}

/// How long things may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// When stopping, the requests under way: a client that never finishes its own must not hold it up.
    pub(super) stop: Duration,
    /// A client, to send the head of a request, or to say nothing between two of them.
    pub(super) head: Duration,
    /// A client, to take any of what waits for it.
    pub(super) write: Duration,
    /// A client, to take all that waits for it.
    pub(super) pace: Pace,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            stop: Duration::from_secs(40),
            head: Duration::from_secs(30),
            write: Duration::from_secs(60),
            pace: Pace::default(),
        }
    }
}

/// What every connection is served with.
#[derive(Clone)]
struct Serving {
    router: Router,
    closing: watch::Receiver<bool>,
    patience: Patience,
}

impl Bounds {
    pub(super) fn new(sessions: u32, crowd: Crowd) -> Self {
        Self { sessions: Sessions::new(sessions), crowd, patience: Patience::default() }
    }
}

/// Serves until `stop` is ready; then finishes what has begun, for 40 seconds at most. WebSockets are told to go as soon
/// as their operations are answered. Of connections there may be as many as by default.
///
/// # Errors
/// When the listener fails for good.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    serve_crowd(listener, router, Crowd::default(), stop).await
}

/// The same for as many connections as this crowd may be.
///
/// # Errors
/// When the listener fails for good.
pub async fn serve_crowd(
    listener: TcpListener,
    router: Router,
    crowd: Crowd,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    serve_with(listener, router, Bounds::new(SESSIONS, crowd), stop).await
}

pub(super) async fn serve_with(
    listener: TcpListener,
    router: Router,
    bounds: Bounds,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let Bounds { sessions, crowd, patience } = bounds;
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
        connections(listener, router, (&crowd, patience), stop).await;
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
async fn connections(
    listener: TcpListener,
    router: Router,
    (crowd, patience): (&Crowd, Patience),
    stop: impl Future<Output = ()>,
) {
    let closing = watch::Sender::new(false);
    let serving = Serving { router, closing: closing.subscribe(), patience };
    let mut open = JoinSet::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, address)) => {
                    // One too many is closed, so that its client need not wait to know.
                    if let Some(entered) = crowd.enter(address.ip()) {
                        open.spawn(connection((stream, address), entered, serving.clone()));
                    }
                }
                Err(error) => rest(&error, crowd).await,
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
async fn rest(error: &io::Error, crowd: &Crowd) {
    let is_broken = [ErrorKind::ConnectionRefused, ErrorKind::ConnectionAborted, ErrorKind::ConnectionReset];
    if !is_broken.contains(&error.kind()) {
        tracing::error!(%error, "a connection cannot be taken");
        crowd.relieve(RELIEF);
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Serves one connection to its end, or until its client is too slow, or until it is to make room and nothing is under way.
async fn connection((stream, address): (TcpStream, SocketAddr), (place, visit): (Place, Visit), serving: Serving) {
    let Serving { router, mut closing, patience } = serving;
    let mut stream = TimeoutStream::new(Placed::new(stream, place, patience.pace));
    stream.set_write_timeout(Some(patience.write));
    let router = TowerToHyperService::new(router);
    let answer = service_fn(|mut request: Request<Incoming>| {
        let work = visit.work();
        request.extensions_mut().insert(ConnectInfo(address));
        let answered = router.call(request);
        async move {
            let response = answered.await.unwrap_or_else(|never| match never {});
            Ok::<_, Infallible>(response.map(|body| Worked::new(body, work)))
        }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(patience.head);
    let served = http.serve_connection(TokioIo::new(Box::pin(stream)), answer).with_upgrades();
    let mut served = std::pin::pin!(served);
    // How a connection ends is its client's affair.
    tokio::select! {
        _ = served.as_mut() => return,
        _ = closing.wait_for(|closing| *closing) => served.as_mut().graceful_shutdown(),
        () = visit.is_to_leave() => {
            if !visit.has_asked() {
                return;
            }
            served.as_mut().graceful_shutdown();
        }
    }
    let _ = served.await;
}
