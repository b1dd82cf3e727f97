//! A browser that asks whether a page may ask, and is told that it may, asks for no data: that is no event. All else is.

use regiograph::config::Config;
use regiograph_tests::gateway::{Gateway, Reply};
use reqwest::Method;
use serde_json::json;

use super::{analyst, records, setup};

const PORTAL: &str = "https://portal.example.org";

async fn preflight(gateway: &Gateway, origin: &str) -> Reply {
    let asked = gateway.client().request(Method::OPTIONS, gateway.url()).header("origin", origin);
    let asked = asked.header("access-control-request-method", "POST");
    gateway.send(asked.header("access-control-request-headers", "authorization,content-type,dpop")).await
}

/// The words of a header, in small letters.
fn words(reply: &Reply, name: &str) -> Vec<String> {
    let lines = reply.headers.get_all(name).iter().filter_map(|it| it.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(|word| word.trim().to_ascii_lowercase()).collect()
}

#[tokio::test]
async fn an_allowed_preflight_leaves_no_event_and_says_all_that_a_page_needs() {
    let text = format!("[http]\ncors = [\"{PORTAL}\"]");
    let http = Config::parse(&text, std::path::Path::new("x.toml")).expect("it is a configuration").http;
    let gateway = setup().http(http).start().await;
    let told = preflight(&gateway, PORTAL).await;
    assert_eq!((told.status, words(&told, "access-control-allow-origin")), (200, vec![PORTAL.to_owned()]));
    let allowed = words(&told, "access-control-allow-headers");
    for name in ["authorization", "content-type", "accept", "dpop", "traceparent"] {
        assert!(allowed.iter().any(|it| it == name), "{name}: {allowed:?}");
    }
    assert_eq!(records(&gateway, "event", &["number"]).len(), 0);
    let elsewhere = preflight(&gateway, "https://elsewhere.invalid").await;
    assert_eq!(words(&elsewhere, "access-control-allow-origin"), Vec::<String>::new());
    assert_eq!(records(&gateway, "event", &["event", "outcome"]), [["REQUEST", "REFUSED"]]);
    let ask = gateway.post(&analyst()).header("origin", PORTAL).json(&json!({ "query": "{ viewer { role } }" }));
    let reply = gateway.send(ask).await;
    assert_eq!(reply.data()["viewer"]["role"], "region_analyst");
    let exposed = words(&reply, "access-control-expose-headers");
    for name in ["www-authenticate", "retry-after", "x-request-id"] {
        assert!(exposed.iter().any(|it| it == name), "{name}: {exposed:?}");
    }
    assert_eq!(records(&gateway, "event", &["event", "outcome"])[1..], [["OPERATION", "ANSWERED"]]);
}
