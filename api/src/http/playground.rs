//! `/`: GraphiQL, bundled, so that it works without any other network; in the demonstration with roles to choose from.

use std::fmt::Write;
use std::sync::{Arc, LazyLock};

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderName, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Gateway, refusal};

/// Someone to ask as, in the demonstration. Not printable, for the token's sake.
#[derive(Clone, Serialize)]
pub struct Persona {
    /// The role's name in the policy: `region_analyst`.
    pub role: String,
    /// What a reader chooses by: `Region analyst, West-Brabant-West`.
    pub label: String,
    /// What the role may see, in a sentence.
    pub scope: String,
    /// A token that says so, just made; none for `public`.
    pub token: Option<String>,
    /// Queries worth running as this role; the first one is loaded.
    pub examples: Vec<Example>,
}

/// A query worth running.
#[derive(Clone, Debug, Serialize)]
pub struct Example {
    /// What it shows, in a few words.
    pub name: String,
    /// The document.
    pub query: String,
}

/// The files. Those of others carry their version in their names and never change; ours are asked for again.
static ASSETS: LazyLock<[Asset; 7]> = LazyLock::new(|| {
    [
        Asset::ours("/", HTML, include_bytes!("../../assets/playground/index.html")),
        Asset::ours("/playground/playground.css", CSS, include_bytes!("../../assets/playground/playground.css")),
        Asset::ours("/playground/playground.js", JS, include_bytes!("../../assets/playground/playground.js")),
        Asset::fixed(
            "/playground/graphiql-3.8.3.css",
            CSS,
            include_bytes!("../../assets/playground/graphiql-3.8.3.css"),
        ),
        Asset::fixed("/playground/graphiql-3.8.3.js", JS, include_bytes!("../../assets/playground/graphiql-3.8.3.js")),
        Asset::fixed("/playground/react-18.3.1.js", JS, include_bytes!("../../assets/playground/react-18.3.1.js")),
        Asset::fixed(
            "/playground/react-dom-18.3.1.js",
            JS,
            include_bytes!("../../assets/playground/react-dom-18.3.1.js"),
        ),
    ]
});

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";

/// Scripts and requests of our own only. Styles inline as well: GraphiQL's menus write some while they run.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

struct Asset {
    path: &'static str,
    content_type: &'static str,
    body: &'static [u8],
    cache: &'static str,
    tag: String,
}

impl Asset {
    fn ours(path: &'static str, content_type: &'static str, body: &'static [u8]) -> Self {
        let digest = Sha256::digest(body);
        let mut tag = digest.iter().take(16).fold(String::from("\""), |mut tag, byte| {
            write!(tag, "{byte:02x}").expect("a string takes whatever is written");
            tag
        });
        tag.push('"');
        Self { path, content_type, body, cache: "no-cache", tag }
    }

    fn fixed(path: &'static str, content_type: &'static str, body: &'static [u8]) -> Self {
        Self { cache: "public, max-age=31536000, immutable", ..Self::ours(path, content_type, body) }
    }
}

/// Answers with the page or a file of it.
pub(super) async fn asset(uri: Uri, headers: HeaderMap) -> Response {
    let Some(asset) = ASSETS.iter().find(|asset| asset.path == uri.path()) else {
        return refusal::not_found().await;
    };
    let known = headers.get_all(IF_NONE_MATCH).iter().filter_map(|line| line.to_str().ok());
    let mut known = known.flat_map(|line| line.split(',')).map(|tag| tag.trim().trim_start_matches("W/"));
    let described: [(HeaderName, &str); 3] =
        [(ETAG, &asset.tag), (CACHE_CONTROL, asset.cache), (CONTENT_SECURITY_POLICY, PAGE_POLICY)];
    if known.any(|tag| tag == asset.tag || tag == "*") {
        return (StatusCode::NOT_MODIFIED, described).into_response();
    }
    (described, [(CONTENT_TYPE, asset.content_type)], asset.body).into_response()
}

/// The roles to choose from. Outside the demonstration there is no such address.
pub(super) async fn roles(State(gateway): State<Arc<dyn Gateway>>) -> Response {
    let Some(personas) = gateway.demonstration() else { return refusal::not_found().await };
    let body = serde_json::to_vec(&personas).expect("strings and lists of them have a form in JSON");
    ([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store")], body).into_response()
}
