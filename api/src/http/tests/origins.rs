//! Pages of other sites: let in where they are named, and never with what a browser sends unasked.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request as HttpRequest, Response};

use super::{Echo, ask, header, post_with};
use crate::config::{Config, Http};
use crate::http::{Limits, router_within};

const PORTAL: &str = "https://portal.example.org";

fn open_to_the_portal() -> Router {
    let text = format!("[http]\ncors = [\"{PORTAL}\"]\nhsts = \"365d\"");
    let http = Config::parse(&text, std::path::Path::new("x.toml")).unwrap().http;
    assert_eq!(http.hsts, Duration::from_secs(365 * 24 * 3600));
    router_within(Arc::new(Echo::default()), Limits::default(), &http)
}

fn closed() -> Router {
    router_within(Arc::new(Echo::default()), Limits::default(), &Http::default())
}

async fn preflight(router: Router, origin: &str) -> Response<Body> {
    let request = HttpRequest::options("/graphql")
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization,content-type");
    ask(router, request.body(Body::empty()).unwrap()).await
}

async fn posted(router: Router, origin: &str, content_type: &str) -> Response<Body> {
    let request = post_with(&[("content-type", content_type), ("origin", origin)], r#"{"query":"{ a }"}"#);
    ask(router, request).await
}

#[tokio::test]
async fn a_page_that_is_named_may_ask_and_read_and_no_other() {
    let told = preflight(open_to_the_portal(), PORTAL).await;
    assert_eq!(header(&told, "access-control-allow-origin"), Some(PORTAL));
    assert_eq!(header(&told, "access-control-allow-methods"), Some("GET,POST"));
    let headers = header(&told, "access-control-allow-headers").unwrap();
    assert!(["authorization", "dpop"].iter().all(|it| headers.contains(it)), "{headers}");
    let answer = posted(open_to_the_portal(), PORTAL, "application/json").await;
    assert_eq!((answer.status().as_u16(), header(&answer, "access-control-allow-origin")), (200, Some(PORTAL)));
    assert!(answer.headers().get_all("vary").iter().any(|it| it.to_str().unwrap().contains("origin")));
    for (router, origin) in [
        (open_to_the_portal(), "https://evil.example"),
        (open_to_the_portal(), "null"),
        (open_to_the_portal(), "http://portal.example.org"),
        (open_to_the_portal(), "https://portal.example.org.evil.example"),
        (closed(), PORTAL),
    ] {
        let told = preflight(router.clone(), origin).await;
        assert_eq!(header(&told, "access-control-allow-origin"), None, "{origin}");
        let answer = posted(router, origin, "application/json").await;
        assert_eq!(header(&answer, "access-control-allow-origin"), None, "{origin}");
    }
}

#[tokio::test]
async fn no_answer_is_for_every_origin_or_goes_with_cookies() {
    for answer in [
        preflight(open_to_the_portal(), PORTAL).await,
        posted(open_to_the_portal(), PORTAL, "application/json").await,
        posted(open_to_the_portal(), PORTAL, "text/plain").await,
    ] {
        assert_ne!(header(&answer, "access-control-allow-origin"), Some("*"));
        assert_eq!(header(&answer, "access-control-allow-credentials"), None);
    }
    let forged = posted(open_to_the_portal(), PORTAL, "text/plain").await;
    assert_eq!(forged.status().as_u16(), 415, "what a page can send without asking first is not taken");
}

#[tokio::test]
async fn every_answer_and_refusal_has_its_headers() {
    for (router, hsts) in [(open_to_the_portal(), Some("max-age=31536000; includeSubDomains")), (closed(), None)] {
        for path in ["/graphql", "/nowhere", "/health/live", "/"] {
            let answer = ask(router.clone(), HttpRequest::get(path).body(Body::empty()).unwrap()).await;
            assert_eq!(header(&answer, "strict-transport-security"), hsts, "{path}");
            assert_eq!(header(&answer, "x-request-id"), Some("ab".repeat(16).as_str()), "{path}");
            assert_eq!(header(&answer, "x-content-type-options"), Some("nosniff"), "{path}");
        }
    }
}

#[test]
fn an_origin_is_a_scheme_and_a_host() {
    for wrong in ["*", "null", "portal.example.org", "https://portal.example.org/", "https://", "https://*.example.org"]
    {
        let text = format!("[http]\ncors = [\"{wrong}\"]");
        assert!(Config::parse(&text, std::path::Path::new("x.toml")).is_err(), "{wrong}");
    }
    let proxies = |it: &str| Config::parse(&format!("[http]\ntrusted_proxies = [\"{it}\"]"), std::path::Path::new("x"));
    assert!(proxies("10.0.0.0/8").is_ok() && proxies("::1").is_ok() && proxies("everyone").is_err());
}
