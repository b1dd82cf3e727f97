//! What nobody should send: refused in bounded time, and the gateway is as well as before.

use std::{
    fmt::Write as _,
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use regiograph_tests::{
    caller::As,
    gateway::{Gateway, SourceSetup},
};
use serde_json::json;

/// Far more than a refusal takes, and far less than a gateway that works on it.
const SOON: Duration = Duration::from_secs(20);

async fn gateway() -> Gateway {
    Gateway::over([SourceSetup::of_provider("almata", "ALMATA")]).await
}

async fn is_well(gateway: &Gateway) {
    let reply = gateway.ask(&As::public(), "{ viewer { role } }").await;
    assert_eq!(reply.data()["viewer"]["role"], "public");
}

/// The status and body of what came back, however much of the question was taken.
fn raw(gateway: &Gateway, head: &str, body: &[u8]) -> String {
    let address = gateway.url().replace("http://", "").replace("/graphql", "");
    let mut stream = TcpStream::connect(address).expect("the gateway listens");
    stream.set_read_timeout(Some(SOON)).expect("sockets have timeouts");
    let head = format!("{head}\r\nHost: a\r\nContent-Type: application/json\r\nConnection: close\r\n");
    let length = format!("Content-Length: {}\r\n\r\n", body.len());
    // Whoever is refused may not get rid of the rest.
    let _ = [head.as_bytes(), length.as_bytes(), body].iter().try_for_each(|part| stream.write_all(part));
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_no_request_are_refused_in_bounded_time() {
    let gateway = gateway().await;
    let deep = |open: &str, close: &str, times: usize| format!("{}{}", open.repeat(times), close.repeat(times));
    let query = |query: &str| json!({ "query": query }).to_string().into_bytes();
    let bodies: Vec<(&str, Vec<u8>, u16)> = vec![
        ("10 MB", query(&" ".repeat(10 * 1024 * 1024)), 413),
        ("invalid UTF-8", b"{\"query\":\"{ viewer { role } } # \xff\"}".to_vec(), 400),
        ("NUL", b"{\"query\":\"{ viewer \0 { role } }\"}".to_vec(), 400),
        ("NUL, escaped", query("{ viewer \0 { role } }"), 400),
        ("deep JSON", deep("[", "]", 100_000).into_bytes(), 400),
        (
            "deep variables",
            format!("{{\"query\":\"{{ a }}\",\"variables\":{}1{}}}", "{\"a\":".repeat(50_000), "}".repeat(50_000))
                .into_bytes(),
            400,
        ),
        (
            "a batch",
            serde_json::to_vec(&vec![json!({ "query": "{ viewer { role } }" }); 1_000]).expect("it is JSON"),
            400,
        ),
        ("a huge number", query(&format!("{{ placements(first: {}) {{ totalCount }} }}", "9".repeat(50_000))), 400),
        ("deep selections", query(&deep("{ a ", "}", 15_000)), 400),
        ("selections as deep as words allow", query(&deep("{ a ", "}", 3_000)), 400),
        ("lists as deep as words allow", query(&format!("{{ node(id: {}) {{ id }} }}", deep("[", "]", 4_500))), 400),
        (
            "objects as deep as words allow",
            query(&format!("{{ a(b: {}1{}) }}", "{c:".repeat(3_000), "}".repeat(3_000))),
            400,
        ),
        (
            "types as deep as words allow",
            query(&format!("query($a: {}Int{}) {{ a }}", "[".repeat(4_500), "]".repeat(4_500))),
            400,
        ),
        ("deep lists", query(&format!("{{ node(id: {}) {{ id }} }}", deep("[", "]", 15_000))), 400),
        ("many words", query(&format!("{{ {} }}", "viewer{role} ".repeat(4_500))), 400),
        ("many directives", query(&format!("{{ viewer {} {{ role }} }}", "@skip(if:false) ".repeat(3_000))), 400),
        ("a circle", query("{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }"), 400),
        ("only quotes", query(&"\"".repeat(60_000)), 400),
        ("nothing", Vec::new(), 400),
    ];
    for (what, body, status) in bodies {
        let began = Instant::now();
        let answer = raw(&gateway, "POST /graphql HTTP/1.1", &body);
        // Of what is too large the rest may be cut off with the connection.
        let is_cut = what == "10 MB" && answer.is_empty();
        assert!(
            is_cut || answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{what}: {}",
            answer.get(..300).unwrap_or(&answer)
        );
        assert!(answer.len() < 10_000 && began.elapsed() < SOON, "{what}");
        is_well(&gateway).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fragments_that_would_be_walked_without_end_are_refused_in_bounded_time() {
    let gateway = gateway().await;
    let levels = (0..60).map(|level| format!("fragment F{level} on Query {{ ...F{0} ...F{0} }} ", level + 1));
    let levels = levels.collect::<String>();
    let doubling = |end: &str| format!("{{ ...F0 }} {levels} fragment F60 on Query {{ {end} }}");
    let chain = (0..1_200).map(|level| format!("fragment F{level} on Query {{ ...F{} }} ", level + 1));
    let chain = format!("{{ ...F0 }} {} fragment F1200 on Query {{ __typename }}", chain.collect::<String>());
    let many = (0..1_000).map(|number| format!("query Q{number} {{ ...F48 }} ")).collect::<String>();
    let many = format!("{many} {levels} fragment F60 on Query {{ __typename }}");
    for (what, query) in [
        ("a circle that doubles", doubling("...F0")),
        ("nothing that doubles", doubling("...Unknown")),
        ("a thousand operations", many),
        ("a chain as long as words allow", chain),
    ] {
        let began = Instant::now();
        let answer = raw(&gateway, "POST /graphql HTTP/1.1", &json!({ "query": query }).to_string().into_bytes());
        assert!(answer.starts_with("HTTP/1.1 400"), "{what}: {}", answer.get(..300).unwrap_or(&answer));
        assert!(began.elapsed() < SOON, "{what}");
        is_well(&gateway).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn huge_numbers_among_variables_are_refused_in_words() {
    let gateway = gateway().await;
    for number in ["1e400", "-1e400", "99999999999999999999999999", "2147483648", "0.5"] {
        let body = format!(
            "{{\"query\":\"query($n: Int) {{ capacityReports(first: $n) {{ totalCount }} }}\",\"variables\":{{\"n\":{number}}}}}"
        );
        let answer = raw(&gateway, "POST /graphql HTTP/1.1", body.as_bytes());
        assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("BAD_USER_INPUT"), "{number}: {answer}");
    }
    is_well(&gateway).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn heads_that_are_none_end_the_connection() {
    let gateway = gateway().await;
    let mut many = String::from("GET /graphql?query=%7Ba%7D HTTP/1.1");
    for number in 0..2_000 {
        let _ = write!(many, "\r\nX-{number}: a");
    }
    for head in
        ["GET /graphql HTTP/9.9", "\0\0\0\0", "NONSENSE", &format!("GET /{} HTTP/1.1", "a".repeat(1_000_000)), &many]
    {
        let answer = raw(&gateway, head, b"");
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{}", answer.get(..300).unwrap_or(&answer));
        is_well(&gateway).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn aliases_and_words_are_bounded_before_anything_is_made_of_them() {
    let gateway = gateway().await;
    let aliases = (0..200).fold(String::new(), |out, number| format!("{out} a{number}: viewer {{ role }}"));
    let reply = gateway.ask(&As::public(), &format!("{{ {aliases} }}")).await;
    assert_eq!(reply.code(), "COST_LIMIT");
    let words = "viewer { role } ".repeat(3_000);
    let reply = gateway.ask(&As::public(), &format!("{{ {words} }}")).await;
    assert_eq!(reply.code(), "COST_LIMIT");
    assert!(reply.message().contains("words"), "{}", reply.message());
    is_well(&gateway).await;
}
