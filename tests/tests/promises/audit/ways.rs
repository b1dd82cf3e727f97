//! Every way out leaves exactly one event: each transport, and each outcome.

use regiograph_tests::{
    gateway::{Gateway, Setup, SourceSetup},
    socket::Socket,
};
use reqwest::Method;
use serde_json::json;

use super::{analyst, answered, faults, gateway, records};

const PLACEMENTS: &str =
    "query Stays { placements(filter: { startedOn: { gte: \"2025-01-01\" } }) { nodes { startedOn } } }";

/// The events since so many: what happened, whose, with which status, code and outcome.
fn since(gateway: &Gateway, before: usize) -> Vec<[String; 5]> {
    let columns = ["event", "role", "status", "codes", "outcome"];
    let all = records(gateway, "event", &columns).into_iter().skip(before);
    all.map(|it| it.try_into().expect("five columns")).collect()
}

fn event(words: [&str; 5]) -> Vec<[String; 5]> {
    vec![words.map(ToOwned::to_owned)]
}

#[tokio::test]
async fn every_answer_and_every_refusal_over_http_leaves_one_event() {
    let gateway = gateway().await;
    let token = gateway.token(&analyst()).expect("the role has a token");
    let (mut before, url) = (0, gateway.url());
    let post = |body: &str| {
        gateway.client().post(&url).bearer_auth(&token).header("content-type", "application/json").body(body.to_owned())
    };
    let document = |query: &str| json!({ "query": query }).to_string();
    let get = gateway.client().get(&url).bearer_auth(&token).query(&[("query", PLACEMENTS)]);
    let ways = [
        (post(&document(PLACEMENTS)), ["OPERATION", "region_analyst", "-", "", "ANSWERED"]),
        (get, ["OPERATION", "region_analyst", "-", "", "ANSWERED"]),
        (post(&document("{ viewer { role } }")), ["OPERATION", "region_analyst", "-", "", "ANSWERED"]),
        (post(&document("{ __schema { queryType { name } } }")), ["OPERATION", "region_analyst", "-", "", "ANSWERED"]),
        (
            post(&document("{ placements(first: -1) { totalCount } }")),
            ["OPERATION", "region_analyst", "-", "BAD_USER_INPUT", "PARTIAL"],
        ),
        (
            post(&document("{ unheardOf }")),
            ["OPERATION", "region_analyst", "-", "GRAPHQL_VALIDATION_FAILED", "REFUSED"],
        ),
        (post(&document("{")), ["OPERATION", "region_analyst", "-", "GRAPHQL_PARSE_FAILED", "REFUSED"]),
        (post("{"), ["REQUEST", "region_analyst", "400", "BAD_USER_INPUT", "REFUSED"]),
        (post("[]"), ["REQUEST", "region_analyst", "400", "BAD_USER_INPUT", "REFUSED"]),
        (
            gateway.client().post(&url).bearer_auth(&token).body("{}"),
            ["REQUEST", "region_analyst", "415", "BAD_USER_INPUT", "REFUSED"],
        ),
        (
            post(&document(PLACEMENTS)).header("accept", "text/html"),
            ["REQUEST", "-", "406", "BAD_USER_INPUT", "REFUSED"],
        ),
        (
            gateway.client().post(&url).bearer_auth("forged").body(document(PLACEMENTS)),
            ["REQUEST", "-", "401", "UNAUTHENTICATED", "REFUSED"],
        ),
        (
            gateway.client().request(Method::DELETE, &url).bearer_auth(&token),
            ["REQUEST", "-", "405", "BAD_USER_INPUT", "REFUSED"],
        ),
        (
            gateway.client().post(&url).json(&json!({ "query": "{ capacityReports { totalCount } }" })),
            ["OPERATION", "public", "-", "", "ANSWERED"],
        ),
    ];
    for (place, (way, expected)) in ways.into_iter().enumerate() {
        let reply = gateway.send(way).await;
        assert_eq!(since(&gateway, before), event(expected), "way {place}: {} {}", reply.status, reply.text);
        before += 1;
    }
    assert_eq!(faults(&gateway).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_stream_of_events_leaves_one_event_of_its_operation() {
    let gateway = gateway().await;
    for (query, outcome) in [(PLACEMENTS, "ANSWERED"), ("{", "REFUSED")] {
        let before = records(&gateway, "event", &["number"]).len();
        let request = gateway.post(&analyst()).header("accept", "text/event-stream").json(&json!({ "query": query }));
        assert_eq!(gateway.send(request).await.status, 200);
        let events = since(&gateway, before);
        assert_eq!(events.iter().map(|it| &*it[4]).collect::<Vec<_>>(), [outcome]);
    }
}

#[tokio::test]
async fn each_operation_of_a_websocket_leaves_one_event() {
    let gateway = gateway().await;
    let mut socket = Socket::with_token(&gateway, gateway.token(&analyst()).as_deref()).await;
    assert_eq!(since(&gateway, 0), Vec::<[String; 5]>::new(), "opening one is no answer");
    for (id, query) in [("1", PLACEMENTS), ("2", "{")] {
        socket.subscribe(id, query).await;
        while socket.hear().await.expect("the socket stays open")["type"] == "next" {}
    }
    let outcomes: Vec<_> = since(&gateway, 0).into_iter().map(|it| it[4].clone()).collect();
    assert_eq!(outcomes, ["ANSWERED", "REFUSED"]);
    let mut forged = Socket::open(&gateway, &[("authorization", "Bearer forged")]).await.expect("it is opened");
    forged.say(&json!({ "type": "connection_init" })).await;
    assert!(forged.hear().await.is_err(), "it is closed");
    let last = tokio::time::timeout(std::time::Duration::from_secs(5), async {
        loop {
            if let [last] = &since(&gateway, 2)[..] {
                return last.clone();
            }
            tokio::task::yield_now().await;
        }
    });
    assert_eq!(last.await.expect("its event is written"), ["REQUEST", "-", "-", "UNAUTHENTICATED", "REFUSED"]);
}

#[tokio::test]
async fn an_event_says_who_asked_what_by_which_rule_and_nothing_of_what_was_in_it() {
    let gateway = gateway().await;
    answered(&gateway.ask(&analyst(), PLACEMENTS).await);
    let columns = [
        "action",
        "role",
        "organisation",
        "purpose",
        "policy",
        "rules",
        "name",
        "shape",
        "datasets",
        "sources",
        "rows",
        "gateway",
    ];
    let all = records(&gateway, "event", &columns);
    let policy = all[0][4].clone();
    let shape = "query{placements(filter:{startedOn:{gte:_}}){nodes{startedOn}}}";
    let expected = [
        "READ",
        "region_analyst",
        "JZ36",
        "monitoring",
        &policy,
        "Placement: R/indirect",
        "Stays",
        shape,
        "Placement",
        "almata, horizon",
        "5",
        "-",
    ];
    assert_eq!(all, [expected]);
    let more = records(&gateway, "event", &["subject", "document", "trace", "operation"]);
    assert!(more[0].iter().all(|it| it.len() > 3), "{more:?}");
}

#[tokio::test]
async fn a_node_writes_for_whom_another_gateway_asked() {
    let source =
        SourceSetup::of_provider("almata", "ALMATA").rows([super::stay(1, "raw-anna"), super::stay(2, "raw-bo")]);
    let gateway = Setup::of([source.behind_node()]).audited().start().await;
    answered(&gateway.ask(&analyst(), "{ placements { nodes { startedOn } } }").await);
    let node = gateway.node("almata");
    let columns = ["event", "role", "datasets", "sources", "rows", "outcome"];
    let asked = ["QUESTION", "region_analyst", "Placement", "almata", "2", "ANSWERED"];
    assert_eq!(records(node, "event", &columns), [asked]);
    assert_ne!(records(node, "event", &["gateway"]), [["-"]]);
    assert_eq!(super::people(node), [2], "who the rows are about the node knows, whatever it shows");
    let reply = gateway.send(gateway.client().post(node.url().replace("/graphql", "/node")).body("{}")).await;
    assert_eq!(reply.status, 401);
    assert_eq!(records(node, "event", &["event", "status"])[1], ["REQUEST", "401"]);
}
