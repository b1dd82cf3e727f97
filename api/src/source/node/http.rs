//! Requests to a node: one address, connections that are kept, no redirect and no proxy, and answers of bounded length.
//! Knows not what is asked.

use std::{error::Error, time::Duration};

use ::http::{
    HeaderValue, Method, Request as HttpRequest, StatusCode, Uri,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};

use super::wire::{CREDENTIAL_HEADER, Gauge, OTHER_VERSION, PROTOCOL, PROTOCOL_HEADER, Room};
use crate::{
    outbound::{Client, Trust, client, why},
    source::Failure,
    telemetry,
};

/// How long a connection is kept that nobody uses.
const IDLE: Duration = Duration::from_secs(60);

/// A way to one node.
pub(super) struct Http(Client);

/// What is sent.
pub(super) struct Request<'r> {
    pub(super) body: Vec<u8>,
    pub(super) authorization: Option<&'r str>,
    pub(super) credential: &'r str,
    /// How long the answer may be.
    pub(super) room: Room,
}

impl Http {
    /// Keeps so many connections at most that nobody uses.
    pub(super) fn new(trust: &Trust, connections: usize) -> Self {
        Self(client(trust, (connections, IDLE)))
    }

    /// The body of the answer. Dropping the future closes the connection, by which the node knows that nobody waits.
    pub(super) async fn put(&self, endpoint: &Uri, request: Request<'_>) -> Result<Vec<u8>, Failure> {
        let mut gauge = Gauge::new(request.room);
        let answer = self.0.request(request.into_http(endpoint)?).await.map_err(|error| {
            let failure = unreachable(&error);
            if error.is_connect() { Failure::Unconnected } else { failure }
        })?;
        read_status(answer.status())?;
        if answer.headers().get(PROTOCOL_HEADER).is_none_or(|version| version != PROTOCOL) {
            return Err(malformed("it speaks another version of the protocol, or is no node"));
        }
        let (mut parts, mut body) = (answer.into_body(), Vec::new());
        while let Some(frame) = parts.frame().await {
            let Ok(part) = frame.map_err(|error| unreachable(&error))?.into_data() else { continue };
            if !gauge.takes(&part) {
                return Err(malformed("its answer is longer than any to this question"));
            }
            body.extend_from_slice(&part);
        }
        Ok(body)
    }

    /// Why there is no connection, in words without addresses.
    pub(super) async fn why_unreachable(&self, endpoint: &Uri) -> String {
        let request = HttpRequest::builder().method(Method::HEAD).uri(endpoint.clone()).body(Full::default());
        let Ok(request) = request else { return "its address is none".to_owned() };
        match self.0.request(request).await {
            Ok(_) => "it answers by now".to_owned(),
            Err(error) => why(&error),
        }
    }
}

impl Request<'_> {
    fn into_http(self, endpoint: &Uri) -> Result<HttpRequest<Full<Bytes>>, Failure> {
        let secret = |text: &str| {
            let mut value = HeaderValue::from_str(text)?;
            value.set_sensitive(true);
            Ok::<_, ::http::Error>(value)
        };
        let make = || {
            let mut request = HttpRequest::builder()
                .method(Method::POST)
                .uri(endpoint.clone())
                .header(CONTENT_TYPE, "application/json")
                .header(PROTOCOL_HEADER, PROTOCOL)
                .header(CREDENTIAL_HEADER, secret(self.credential)?);
            if let Some(authorization) = self.authorization {
                request = request.header(AUTHORIZATION, secret(authorization)?);
            }
            for (name, value) in telemetry::outgoing() {
                request = request.header(name, value);
            }
            request.body(Full::from(self.body))
        };
        make().map_err(|_| malformed("the gateway asked for what it cannot do"))
    }
}

/// What an HTTP status says that is none of an answer.
fn read_status(status: StatusCode) -> Result<(), Failure> {
    match status {
        StatusCode::OK => Ok(()),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => Err(Failure::Refused),
        StatusCode::TOO_MANY_REQUESTS => Err(Failure::Busy),
        StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
            Err(Failure::Unreachable)
        }
        status if status.as_u16() == OTHER_VERSION => Err(malformed("it speaks another version of the protocol")),
        status => Err(Failure::Malformed(format!("HTTP status {} is none of a node", status.as_u16()))),
    }
}

fn malformed(reason: &str) -> Failure {
    Failure::Malformed(reason.to_owned())
}

fn unreachable(error: &(dyn Error + 'static)) -> Failure {
    tracing::debug!(reason = why(error), "a node cannot be reached");
    Failure::Unreachable
}
