//! Requests to issuers: no redirect, no proxy, a deadline, and answers of bounded length. Knows no token.

use std::{error::Error, time::Duration};

use bytes::Bytes;
use http::{
    HeaderValue, Method, Request, Uri,
    header::{ACCEPT, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE},
};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};

use crate::outbound::{Client, Trust, client, why};

/// The longest answer, in bytes.
const MOST: usize = 256 * 1024;

/// How long one answer may take, from the first word to the last.
const PATIENCE: Duration = Duration::from_secs(5);

/// A way to an issuer.
pub(super) struct Web(Client);

/// An answer.
pub(super) struct Page {
    pub(super) body: Bytes,
    /// For how long it says that it holds.
    pub(super) max_age: Option<Duration>,
}

/// Why an issuer says nothing of use. Tells of no token and of nothing that the issuer says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Silence {
    /// There is no connection.
    #[error("it cannot be reached: {0}")]
    Unreachable(String),
    /// Not in time.
    #[error("it did not answer within {} s", PATIENCE.as_secs())]
    Late,
    /// Another HTTP status than 200.
    #[error("it answers with HTTP status {0}")]
    Status(u16),
    /// Too many bytes.
    #[error("its answer is longer than 256 kB")]
    TooLong,
    /// No JSON object, or one in which a member stands twice.
    #[error("its answer is no JSON object")]
    Unreadable,
    /// It says that it is someone else.
    #[error("it says that it is another issuer")]
    OtherIssuer,
    /// What it names as the address of its keys is none.
    #[error("it names no usable address of its keys (jwks_uri)")]
    Address,
    /// No key that tokens may be signed with.
    #[error("it shows no key that tokens may be signed with")]
    NoKeys,
}

impl Web {
    /// A way to those that show such certificates.
    pub(super) fn new(trust: &Trust) -> Self {
        Self(client(trust, (1, PATIENCE)))
    }

    /// What stands at an address.
    pub(super) async fn get(&self, address: &Uri) -> Result<Page, Silence> {
        let request = Request::builder().method(Method::GET).uri(address.clone()).header(ACCEPT, "application/json");
        self.ask(request.body(Full::default())).await
    }

    /// What is answered to a form of a client that says who it is.
    pub(super) async fn post(&self, address: &Uri, client: HeaderValue, form: String) -> Result<Page, Silence> {
        let request = Request::builder()
            .method(Method::POST)
            .uri(address.clone())
            .header(ACCEPT, "application/json")
            .header(AUTHORIZATION, client)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.ask(request.body(Full::from(form))).await
    }

    async fn ask(&self, request: Result<Request<Full<Bytes>>, http::Error>) -> Result<Page, Silence> {
        let request = request.map_err(|_| Silence::Address)?;
        let answered = async {
            let answer = self.0.request(request).await.map_err(|error| unreachable(&error))?;
            if answer.status() != http::StatusCode::OK {
                return Err(Silence::Status(answer.status().as_u16()));
            }
            let max_age = answer.headers().get(CACHE_CONTROL).and_then(|it| max_age(it.to_str().ok()?));
            match Limited::new(answer.into_body(), MOST).collect().await {
                Ok(body) => Ok(Page { body: body.to_bytes(), max_age }),
                Err(error) if error.is::<LengthLimitError>() => Err(Silence::TooLong),
                Err(error) => Err(unreachable(&*error)),
            }
        };
        tokio::time::timeout(PATIENCE, answered).await.unwrap_or(Err(Silence::Late))
    }
}

/// The `max-age` of a `Cache-Control`.
fn max_age(header: &str) -> Option<Duration> {
    let seconds =
        header.split(',').find_map(|it| it.trim().to_ascii_lowercase().strip_prefix("max-age=")?.parse().ok());
    seconds.map(Duration::from_secs)
}

fn unreachable(error: &(dyn Error + 'static)) -> Silence {
    Silence::Unreachable(why(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_read_where_there_is_one() {
        let seconds = |header: &str| max_age(header).map(|it| it.as_secs());
        assert_eq!(seconds("public, Max-Age=60, must-revalidate"), Some(60));
        assert_eq!(["no-store", "max-age=soon", "max-age=-1", ""].map(seconds), [None; 4]);
    }
}
