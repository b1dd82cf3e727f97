//! Every status and header rule of the front, as tables of cases over a gateway that makes its answers up.

mod events;
mod origins;
mod playground;
mod slow;
mod sockets;
mod stack;

use std::future::pending;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request as HttpRequest, Response, StatusCode};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::{Gateway, IssuerCounts, Persona, Readiness, Refused, SourceCounts, router};
use crate::auth::Unauthenticated;
use crate::graphql::{Reply, Request, Standing};
use crate::policy::Caller;
use crate::telemetry::Telemetry;

/// Echoes what it is asked; `{ never }` is never answered, `{ fault }` meets a fault of the program, and what holds
/// `invalid` does not run.
struct Echo {
    unready: bool,
    personas: Option<Vec<Persona>>,
    telemetry: Arc<Telemetry>,
    /// What was given up before it left an event.
    given_up: Arc<Mutex<Vec<Refused>>>,
}

impl Default for Echo {
    fn default() -> Self {
        let random = |bytes: &mut [u8]| {
            bytes.fill(0xab);
            Ok(())
        };
        Self { unready: false, personas: None, telemetry: Telemetry::new(random), given_up: Arc::default() }
    }
}

impl Gateway for Echo {
    fn authenticate(&self, authorization: Option<&str>) -> Result<Caller, Unauthenticated> {
        let role = match authorization {
            None => "public",
            Some("Bearer good") => "region_analyst",
            Some(_) => return Err(Unauthenticated::Expired),
        };
        Ok(Caller { role: role.into(), ..Caller::public() })
    }

    fn answer(&self, caller: Caller, request: Request) -> BoxFuture<'_, Reply> {
        let executed = !request.query.contains("invalid");
        let data = json!({
            "role": &*caller.role, "query": request.query, "operationName": request.operation_name,
            "variables": request.variables, "extensions": request.extensions,
        });
        let body = if executed { json!({ "data": data }) } else { json!({ "errors": [{ "message": "no" }] }) };
        let standing = if executed { Standing::Ran } else { Standing::Refused };
        let reply = Reply { body: body.to_string().into(), standing };
        match &*request.query {
            "{ never }" => pending().boxed(),
            "{ fault }" => async { panic!("a fault, on purpose") }.boxed(),
            _ => async { reply }.boxed(),
        }
    }

    fn given_up(&self, refused: Refused) {
        self.given_up.lock().unwrap().push(refused);
    }

    fn readiness(&self) -> BoxFuture<'_, Readiness> {
        let sources = SourceCounts { configured: 3, answering: 1, failing: 1 };
        let issuers = IssuerCounts { configured: 1, with_keys: 1 };
        let readiness =
            Readiness { stopping: false, store: !self.unready, policy: true, reference: true, issuers, sources };
        async move { readiness }.boxed()
    }

    fn telemetry(&self) -> Arc<Telemetry> {
        Arc::clone(&self.telemetry)
    }

    fn demonstration(&self) -> Option<Vec<Persona>> {
        self.personas.clone()
    }
}

const GRAPHQL_RESPONSE: &str = "application/graphql-response+json; charset=utf-8";
const JSON: &str = "application/json; charset=utf-8";
const EVENTS: &str = "text/event-stream; charset=utf-8";

fn gateway() -> Router {
    router(Arc::new(Echo::default()))
}

async fn ask(router: Router, request: HttpRequest<Body>) -> Response<Body> {
    router.oneshot(request).await.unwrap()
}

async fn get(address: &str) -> Response<Body> {
    ask(gateway(), HttpRequest::get(address).body(Body::empty()).unwrap()).await
}

fn post_with(headers: &[(&str, &str)], body: impl Into<Body>) -> HttpRequest<Body> {
    let request = HttpRequest::post("/graphql");
    headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).body(body.into()).unwrap()
}

/// A POST of JSON that accepts one type.
async fn post(accept: &str, body: impl Into<Body>) -> Response<Body> {
    ask(gateway(), post_with(&[("content-type", "application/json"), ("accept", accept)], body)).await
}

fn header<'a>(response: &'a Response<Body>, name: &str) -> Option<&'a str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

async fn body(response: Response<Body>) -> Value {
    serde_json::from_slice(&to_bytes(response.into_body(), usize::MAX).await.unwrap()).unwrap()
}

/// The code and the message of the one error.
async fn error(response: Response<Body>) -> (String, String) {
    let body = body(response).await;
    assert!(body.get("data").is_none(), "{body}");
    let text = |path| body.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    (text("/errors/0/extensions/code"), text("/errors/0/message"))
}

#[tokio::test]
async fn the_media_type_is_the_one_that_the_client_likes_best() {
    let cases = [
        (None, Some(GRAPHQL_RESPONSE)),
        (Some("*/*"), Some(GRAPHQL_RESPONSE)),
        (Some("application/*"), Some(GRAPHQL_RESPONSE)),
        (Some("application/graphql-response+json"), Some(GRAPHQL_RESPONSE)),
        (Some("application/json"), Some(JSON)),
        (Some("APPLICATION/JSON; charset=\"UTF-8\""), Some(JSON)),
        (Some("application/json, */*"), Some(JSON)),
        (Some("application/json, application/graphql-response+json"), Some(JSON)),
        (Some("application/graphql-response+json, application/json;q=0.9"), Some(GRAPHQL_RESPONSE)),
        (Some("application/json, application/graphql-response+json;q=0.5"), Some(JSON)),
        (Some("application/graphql-response+json;q=0, */*"), Some(JSON)),
        (Some("text/html, */*;q=0.1"), Some(GRAPHQL_RESPONSE)),
        (Some("application/json;q=0"), None),
        (Some("application/json;q=2"), None),
        (Some("application/json;charset=latin1"), None),
        (Some("text/html"), None),
        (Some("text/event-stream"), Some(EVENTS)),
        (Some("text/event-stream, */*"), Some(EVENTS)),
        (Some("text/event-stream, application/json"), Some(EVENTS)),
        (Some("application/json, text/event-stream"), Some(JSON)),
        (Some("application/json;q=0.9, text/event-stream"), Some(EVENTS)),
        (Some("text/event-stream;q=0.5, */*"), Some(GRAPHQL_RESPONSE)),
        (Some("text/event-stream;q=0"), None),
        (Some("text/*"), None),
        (Some(""), None),
    ];
    for (accept, expected) in cases {
        let mut headers = vec![("content-type", "application/json")];
        headers.extend(accept.map(|accept| ("accept", accept)));
        let response = ask(gateway(), post_with(&headers, r#"{"query":"{ a }"}"#)).await;
        match expected {
            Some(media) => assert_eq!(header(&response, "content-type"), Some(media), "{accept:?}"),
            None => assert_eq!(response.status(), StatusCode::NOT_ACCEPTABLE, "{accept:?}"),
        }
    }
}

#[tokio::test]
async fn the_status_follows_the_media_type() {
    let (response, json) = ("application/graphql-response+json", "application/json");
    for (accept, query, status) in
        [(response, "{ a }", 200), (response, "{ invalid }", 400), (json, "{ a }", 200), (json, "{ invalid }", 200)]
    {
        let answer = post(accept, json!({ "query": query }).to_string()).await;
        assert_eq!(answer.status(), status, "{accept} {query}");
        assert_eq!(header(&answer, "cache-control"), Some("private, no-store"));
        assert_eq!(header(&answer, "vary"), Some("Authorization, Accept"));
        assert_eq!(body(answer).await.get("data").is_some(), query == "{ a }");
    }
}

#[tokio::test]
async fn a_malformed_request_is_400_in_either_media_type() {
    let cases: [(&[u8], &str); 14] = [
        (b"", "the body is not JSON: EOF while parsing a value at line 1 column 0"),
        (b"NONSENSE", "the body is not JSON: expected value at line 1 column 1"),
        (br#"{"query":"#, "the body is not JSON: EOF while parsing a value at line 1 column 9"),
        (b"{\"query\":\"\xff\"}", "the body is not UTF-8"),
        (br#""{ a }""#, "the body must be an object"),
        (br#"[{"query":"{ a }"}]"#, "batches are not taken: the body must be one object"),
        (b"{}", "`query` is missing"),
        (br#"{"query":null}"#, "`query` is missing"),
        (br#"{"qeury":"{ a }"}"#, "`query` is missing"),
        (br#"{"query":{}}"#, "`query` must be a string"),
        (br#"{"query":"{ a }","operationName":7}"#, "`operationName` must be a string or null"),
        (br#"{"query":"{ a }","variables":[7]}"#, "`variables` must be an object or null"),
        (br#"{"query":"{ a }","variables":"{}"}"#, "`variables` must be an object or null"),
        (br#"{"query":"{ a }","extensions":true}"#, "`extensions` must be an object or null"),
    ];
    for (sent, message) in cases {
        for accept in ["application/json", "application/graphql-response+json"] {
            let answer = post(accept, sent).await;
            assert_eq!(answer.status(), 400, "{message}");
            assert!(header(&answer, "content-type").unwrap().starts_with(accept));
            assert_eq!(error(answer).await, ("BAD_USER_INPUT".to_owned(), message.to_owned()));
        }
    }
}

#[tokio::test]
async fn every_member_of_a_request_arrives() {
    let whole = json!({
        "query": "query B { a }", "operationName": "B", "variables": { "é": [1, null] }, "extensions": { "x": {} },
    });
    let data = body(post("application/json", whole.to_string()).await).await["data"].take();
    for (name, value) in whole.as_object().unwrap() {
        assert_eq!(&data[name], value);
    }
    let nulls = json!({ "query": "{ a }", "operationName": null, "variables": null, "extensions": null, "id": 1 });
    let data = body(post("application/json", nulls.to_string()).await).await["data"].take();
    assert_eq!((&data["operationName"], &data["variables"]), (&Value::Null, &json!({})));
    let address =
        "/graphql?query=query+B($i:Int){a(i:$i)}&operationName=B&variables=%7B%22i%22:7%7D&extensions=%7B%7D&x=1";
    let data = body(get(address).await).await["data"].take();
    assert_eq!((&data["query"], &data["variables"]), (&json!("query B($i:Int){a(i:$i)}"), &json!({ "i": 7 })));
    assert_eq!(body(get("/graphql?query=%7Ba%7D&operationName=").await).await["data"]["operationName"], Value::Null);
}

#[tokio::test]
async fn only_json_is_taken() {
    let cases = [
        (Some("application/json"), 200),
        (Some("application/json; charset=utf-8"), 200),
        (Some("Application/JSON;charset=\"UTF-8\""), 200),
        (Some("application/json; charset=utf-16"), 415),
        (Some("application/graphql"), 415),
        (Some("text/plain"), 415),
        (Some("application/x-www-form-urlencoded"), 415),
        (Some("multipart/form-data; boundary=x"), 415),
        (None, 415),
    ];
    for (content_type, status) in cases {
        let headers: Vec<_> = content_type.map(|value| ("content-type", value)).into_iter().collect();
        let answer = ask(gateway(), post_with(&headers, r#"{"query":"{ a }"}"#)).await;
        assert_eq!(answer.status(), status, "{content_type:?}");
    }
}

#[tokio::test]
async fn only_queries_travel_by_get() {
    let cases = [
        ("/graphql?query={a}", 200),
        ("/graphql?query=query+A{a}", 200),
        ("/graphql?query=query+A{a}+mutation+B{b}&operationName=A", 200),
        ("/graphql?query=query+A{a}+mutation+B{b}", 200), // which one is for the executor to say
        ("/graphql?query=mutation{b}", 405),
        ("/graphql?query=mutation+B{b}", 405),
        ("/graphql?query=mutation{b}&operationName=A", 405),
        ("/graphql?query=query+A{a}+mutation+B{b}&operationName=B", 405),
        ("/graphql?query=subscription{c}", 405),
        ("/graphql?query={invalid", 400),
        ("/graphql", 400),
        ("/graphql?query={a}&query={b}", 400),
        ("/graphql?query={a}&variables=[7]", 400),
        ("/graphql?query={a}&variables={", 400),
        ("/graphql?query=%FF", 400),
    ];
    for (address, status) in cases {
        let answer = get(&address.replace('{', "%7B").replace('}', "%7D")).await;
        assert_eq!(answer.status(), status, "{address}");
        assert_eq!(header(&answer, "allow"), (status == 405).then_some("POST"), "{address}");
    }
}

#[tokio::test]
async fn other_methods_are_told_which_ones_are_taken() {
    for method in ["PUT", "PATCH", "DELETE", "OPTIONS"] {
        let request = HttpRequest::builder().method(method).uri("/graphql").body(Body::empty()).unwrap();
        let answer = ask(gateway(), request).await;
        assert_eq!(answer.status(), 405, "{method}");
        let allowed = answer.headers().get_all("allow").iter().collect::<Vec<_>>();
        assert_eq!(allowed, ["GET, HEAD, POST"], "{method}");
        assert_eq!(header(&answer, "access-control-allow-origin"), None);
        assert_eq!(error(answer).await.0, "BAD_USER_INPUT");
    }
}

#[tokio::test]
async fn a_bad_token_is_401_and_never_public() {
    let json = ("content-type", "application/json");
    let cases: [(&[(&str, &str)], u16); 5] = [
        (&[json], 200),
        (&[json, ("authorization", "Bearer good")], 200),
        (&[json, ("authorization", "Bearer bad")], 401),
        (&[json, ("authorization", "Bearer good"), ("authorization", "Bearer good")], 401),
        (&[json, ("authorization", "Bearer é")], 401),
    ];
    for (headers, status) in cases {
        let answer = ask(gateway(), post_with(headers, r#"{"query":"{ a }"}"#)).await;
        assert_eq!(answer.status(), status, "{headers:?}");
        if status == 401 {
            assert_eq!(header(&answer, "www-authenticate"), Some(r#"Bearer error="invalid_token""#));
            assert_eq!(header(&answer, "cache-control"), Some("private, no-store"));
            assert_eq!(error(answer).await.0, "UNAUTHENTICATED");
        }
    }
    let address = "/graphql?query=%7Ba%7D&access_token=good";
    let answer = get(address).await;
    assert_eq!(answer.status(), 400);
    assert_eq!(error(answer).await.0, "BAD_USER_INPUT", "it is logged on its way, and read by nobody here");
}
