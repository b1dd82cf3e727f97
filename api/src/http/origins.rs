//! Which pages of other sites may ask: those that are configured, by their origin. No page is let in unnamed, and none
//! with what a browser sends unasked.

use std::sync::Arc;
use std::time::Duration;

use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, Method};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::config::Http;

/// For how long a browser remembers what it was told.
const REMEMBERED: Duration = Duration::from_secs(600);

/// The origins whose pages may ask.
#[derive(Clone, Debug)]
pub(super) struct Origins(Arc<[HeaderValue]>);

impl Origins {
    pub(super) fn new(http: &Http) -> Self {
        Self(http.cors.iter().filter_map(|origin| HeaderValue::from_str(origin.as_str()).ok()).collect())
    }

    /// Is there none?
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Is this one of them?
    pub(super) fn hold(&self, origin: &HeaderValue) -> bool {
        self.0.contains(origin)
    }

    /// Answers browsers that ask before a page may.
    pub(super) fn layer(&self) -> CorsLayer {
        let headers = [ACCEPT, AUTHORIZATION, CONTENT_TYPE].into_iter();
        // The proof of a token that is bound to a key, and a trace that is taken up.
        let named = ["dpop", "traceparent", "tracestate"].into_iter().map(HeaderName::from_static);
        CorsLayer::new()
            .allow_origin(AllowOrigin::list(self.0.iter().cloned()))
            .allow_methods([Method::GET, Method::POST])
            .allow_headers(headers.chain(named).collect::<Vec<_>>())
            .expose_headers([RETRY_AFTER, WWW_AUTHENTICATE, super::middleware::REQUEST_ID])
            .max_age(REMEMBERED)
    }
}
