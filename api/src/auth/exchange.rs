//! Token exchange (RFC 8693): a caller's token for one that is for a node, made by an issuer that trusts this gateway. What
//! was made is kept until shortly before it ends, and made once for all who wait for it. Nothing of either is printed.

use std::{fmt, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{FutureExt, future::BoxFuture};
use http::{HeaderValue, Uri};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};
use quick_cache::sync::Cache;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{
    jose::read_object,
    web::{Silence, Web},
};
use crate::{
    clock::Clock,
    outbound::Trust,
    source::{Failure, node::exchange::Exchange},
};

/// The most tokens that are kept.
const KEPT: usize = 4096;

/// So long before its end a token is not shown any more: a question takes its time. Of short ones it is half their life.
const MARGIN: TimeDelta = TimeDelta::seconds(30);

/// How long a token lives of which the issuer says nothing.
const LIFE: TimeDelta = TimeDelta::seconds(60);

/// The longest token that is taken, in bytes.
const LONGEST: usize = 8 * 1024;

/// What is escaped in a form; a space as `%20`, which everyone reads alike.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

const TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

/// Where tokens are exchanged, and for what.
#[derive(Clone)]
pub struct Terms {
    /// The issuer's token endpoint.
    pub endpoint: Uri,
    /// How this gateway is called there.
    pub client: Box<str>,
    /// What it proves that with.
    pub secret: Box<str>,
    /// Whom the new token is for.
    pub audience: Option<Box<str>>,
    /// What it is to be good for.
    pub scope: Option<Box<str>>,
}

/// Exchanges tokens at one issuer.
pub struct TokenExchange {
    web: Web,
    terms: Terms,
    clock: Clock,
    kept: Cache<[u8; 32], Kept>,
}

#[derive(Clone)]
struct Kept {
    token: Arc<str>,
    until: DateTime<Utc>,
}

impl fmt::Debug for TokenExchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenExchange(..)")
    }
}

impl TokenExchange {
    /// Exchanges tokens on these terms, where the issuer shows such certificates.
    #[must_use]
    pub fn new(terms: Terms, trust: &Trust, clock: Clock) -> Self {
        Self { web: Web::new(trust), terms, clock, kept: Cache::new(KEPT) }
    }

    async fn make(&self, token: &str, now: DateTime<Utc>) -> Result<Kept, Failure> {
        let Terms { endpoint, audience, scope, .. } = &self.terms;
        let form = [
            ("grant_type", Some("urn:ietf:params:oauth:grant-type:token-exchange")),
            ("subject_token", Some(token)),
            ("subject_token_type", Some(TOKEN)),
            ("requested_token_type", Some(TOKEN)),
            ("audience", audience.as_deref()),
            ("scope", scope.as_deref()),
        ];
        let form = form.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", encoded(value?))));
        let form = form.collect::<Vec<_>>().join("&");
        let page = self.web.post(endpoint, self.credential()?, form).await.map_err(|silence| {
            tracing::warn!("a token for a node cannot be had: {silence}");
            match silence {
                // What the issuer does not exchange, the node is not shown.
                Silence::Status(400 | 401 | 403) => Failure::Refused,
                _ => Failure::Unreachable,
            }
        })?;
        let kept = read(&page.body, now);
        kept.ok_or_else(|| Failure::Malformed("what a token was exchanged for is none".to_owned()))
    }

    /// The client's name and secret, as HTTP has them.
    fn credential(&self) -> Result<HeaderValue, Failure> {
        let pair = format!("{}:{}", encoded(&self.terms.client), encoded(&self.terms.secret));
        let value = HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(pair)));
        let mut value = value.map_err(|_| Failure::Malformed("the client cannot be named".to_owned()))?;
        value.set_sensitive(true);
        Ok(value)
    }
}

impl Exchange for TokenExchange {
    fn exchanged<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<Arc<str>, Failure>> {
        async move {
            let (digest, now): ([u8; 32], _) = (Sha256::digest(token).into(), self.clock.now());
            self.kept.remove_if(&digest, |kept| kept.until <= now);
            let kept = self.kept.get_or_insert_async(&digest, self.make(token, now)).await?;
            Ok(kept.token)
        }
        .boxed()
    }
}

/// The token in what an issuer answers.
fn read(answer: &[u8], now: DateTime<Utc>) -> Option<Kept> {
    let answer = read_object(answer)?;
    let text = |name: &str| answer.get(name).and_then(Value::as_str);
    let token = text("access_token").filter(|it| !it.is_empty() && it.len() <= LONGEST)?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
    if !text("token_type")?.eq_ignore_ascii_case("Bearer") || !token.bytes().all(is_plain) {
        return None;
    }
    let life =
        answer.get("expires_in").and_then(Value::as_i64).map_or(LIFE, |it| TimeDelta::seconds(it.clamp(0, 86_400)));
    Some(Kept { token: token.into(), until: now + life - MARGIN.min(life / 2) })
}

/// A text as it stands in a form.
fn encoded(text: &str) -> PercentEncode<'_> {
    utf8_percent_encode(text, ESCAPED)
}
