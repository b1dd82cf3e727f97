//! Ways out to other programs over HTTP: no redirect, no proxy, encryption of one library, and words for why there is no
//! connection that hold no address. Knows not what is asked, nor of whom.

mod trust;

use std::{error::Error, io, time::Duration};

use bytes::Bytes;
use http_body_util::Full;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{self, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};

pub use self::trust::{BadAuthorities, Trust};

/// How long making a connection may take.
const CONNECTING: Duration = Duration::from_secs(5);

/// What asks over HTTP, with or without encryption, as each address says.
pub(crate) type Client = legacy::Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// A client of those that show such certificates. So many connections that nobody uses are kept for each of them at most,
/// and each so long.
pub(crate) fn client(trust: &Trust, (connections, idle): (usize, Duration)) -> Client {
    let mut connector = HttpConnector::new();
    connector.enforce_http(false);
    connector.set_nodelay(true);
    connector.set_connect_timeout(Some(CONNECTING));
    connector.set_keepalive(Some(idle));
    let connector = HttpsConnectorBuilder::new()
        .with_tls_config(trust.config())
        .https_or_http()
        .enable_http1()
        .wrap_connector(connector);
    legacy::Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(idle)
        .pool_max_idle_per_host(connections)
        .build(connector)
}

/// What a failed connection means, without addresses.
pub(crate) fn why(error: &(dyn Error + 'static)) -> String {
    let (mut next, mut kind) = (Some(error), None);
    while let Some(cause) = next {
        if let Some(error) = cause.downcast_ref::<rustls::Error>() {
            return match error {
                rustls::Error::InvalidCertificate(_) => "it cannot prove who it is".to_owned(),
                _ => "it does not encrypt as it should".to_owned(),
            };
        }
        next = cause.source();
        if let Some(error) = cause.downcast_ref::<io::Error>() {
            // What it says of itself may hold an address; what is within may be of TLS.
            kind = Some(error.kind());
            next = error.get_ref().map(|inner| inner as &(dyn Error + 'static)).or(next);
        }
    }
    kind.map_or_else(|| "the connection broke".to_owned(), |kind| kind.to_string())
}
