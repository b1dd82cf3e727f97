//! The playground's page, its files and its roles.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::Request as HttpRequest;
use serde_json::json;

use super::{Echo, ask, body, get, header};
use crate::http::{Example, Persona, router};

#[tokio::test]
async fn every_file_that_the_page_names_is_there() {
    let page = get("/").await;
    assert_eq!(header(&page, "content-type"), Some("text/html; charset=utf-8"));
    let policy = header(&page, "content-security-policy").unwrap();
    assert!(policy.contains("script-src 'self';") && policy.contains("frame-ancestors 'none'"), "{policy}");
    let html = String::from_utf8(to_bytes(page.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap();
    let files: Vec<_> = html.split('"').filter(|text| text.starts_with("playground/")).collect();
    assert_eq!(files.len(), 6);
    for file in files {
        let answer = get(&format!("/{file}")).await;
        assert_eq!(answer.status(), 200, "{file}");
        let content_type = if file.ends_with(".js") { "text/javascript" } else { "text/css" };
        assert!(header(&answer, "content-type").unwrap().starts_with(content_type), "{file}");
        let versioned = file.contains(".1.") || file.contains(".3.");
        assert_eq!(header(&answer, "cache-control").unwrap().contains("immutable"), versioned, "{file}");
    }
    assert!(!html.contains("://"), "the page names another site");
    assert_eq!(get("/playground/absent.js").await.status(), 404);
}

#[tokio::test]
async fn a_file_that_the_browser_has_is_not_sent_again() {
    let tag = header(&get("/").await, "etag").unwrap().to_owned();
    for (known, status) in [(tag.clone(), 304), (format!("\"other\", W/{tag}"), 304), ("\"other\"".to_owned(), 200)] {
        let request = HttpRequest::get("/").header("if-none-match", &known).body(Body::empty()).unwrap();
        assert_eq!(ask(super::gateway(), request).await.status(), status, "{known}");
    }
}

#[tokio::test]
async fn roles_are_offered_in_the_demonstration_only() {
    assert_eq!(get("/playground/roles").await.status(), 404);
    let example = Example { name: "Who am I?".to_owned(), query: "{ viewer { role } }".to_owned() };
    let public = Persona {
        role: "public".to_owned(),
        label: "Public".to_owned(),
        scope: "What is open to everyone.".to_owned(),
        token: None,
        examples: vec![example],
    };
    let gateway = Echo { personas: Some(vec![public]), ..Echo::default() };
    let request = HttpRequest::get("/playground/roles").body(Body::empty()).unwrap();
    let answer = ask(router(Arc::new(gateway)), request).await;
    assert_eq!(header(&answer, "cache-control"), Some("no-store"));
    let expected = json!([{
        "role": "public", "label": "Public", "scope": "What is open to everyone.", "token": null,
        "examples": [{ "name": "Who am I?", "query": "{ viewer { role } }" }],
    }]);
    assert_eq!(body(answer).await, expected);
}
