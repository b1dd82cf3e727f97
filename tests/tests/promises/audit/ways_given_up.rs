//! Whoever asks and goes away leaves behind what was asked and of whom, as if the answer had been waited for.

use std::time::{Duration, Instant};

use regiograph::audit::seen;
use regiograph_tests::{
    gateway::{Gateway, Setup, SourceSetup},
    leaks::Held,
    row::dataset,
    socket::Socket,
    trouble,
};
use serde_json::{Value, json};

use super::{follower, of, people, records, setup_of, stay};

/// Is there anything about a youth?
const KNOWN: &str = "query Known($of: ID!) { youth(pseudonym: $of) { incidents { totalCount } } }";
const KNOWN_SHAPE: &str = "query{youth(pseudonym:$){incidents{totalCount}}}";
const COLUMNS: [&str; 8] = ["event", "outcome", "role", "name", "shape", "datasets", "sources", "rows"];

fn setup() -> Setup {
    setup_of([
        SourceSetup::of_provider("almata", "ALMATA")
            .rows([stay(1, "raw-anna"), of("Incident", 1, "raw-anna").with("placement", 1_i64)]),
        SourceSetup::of_provider("horizon", "HORIZON").rows([stay(1, "raw-bo"), of("RetCase", 1, "raw-bo")]),
    ])
}

/// The pseudonym of Anna, as the follower is shown it; from now on the stays at one source take longer than any test.
async fn slow(gateway: &Gateway) -> Value {
    let known = gateway.ask(&follower(), "{ incidents { nodes { youth { pseudonym } } } }").await;
    trouble::make_slow(&gateway.file("almata"), dataset("Placement"));
    known.data()["incidents"]["nodes"][0]["youth"]["pseudonym"].clone()
}

/// Ready when nothing but the slow source is asked, and has been for a while.
async fn waits(gateway: &Gateway) {
    let (end, mut still) = (Instant::now() + Duration::from_secs(20), 0);
    while still < 20 {
        assert!(Instant::now() < end, "the source is never asked");
        still = if Held::by(gateway).in_flight > 0 { still + 1 } else { 0 };
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// The one event after so many, once it is written; and that there is no other.
async fn left(gateway: &Gateway, before: usize) -> Vec<String> {
    let end = Instant::now() + Duration::from_secs(20);
    while records(gateway, "event", &["number"]).len() <= before || Held::by(gateway).in_flight > 0 {
        assert!(Instant::now() < end, "no event is written");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let mut all = records(gateway, "event", &COLUMNS).split_off(before);
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

/// Asks, and goes away once the source has the question.
async fn ask_and_leave(gateway: &Gateway, query: &str, variables: &Value) -> Vec<String> {
    let before = records(gateway, "event", &["number"]).len();
    let body = json!({ "query": query, "variables": variables });
    let asking = tokio::spawn(gateway.post(&follower()).json(&body).send());
    waits(gateway).await;
    asking.abort();
    left(gateway, before).await
}

#[tokio::test]
async fn whoever_hangs_up_leaves_what_was_asked_and_of_whom() {
    let gateway = setup().start().await;
    let anna = slow(&gateway).await;
    let stays = "query Stays($of: ID!) { placements(filter: { youth: { pseudonym: { eq: $of } } }) { totalCount } }";
    let found = "query Found { retCases { nodes { youth { placements { totalCount } } } } }";
    let table = "query Table($of: ID!) { placementStatistics(filter: { youth: { pseudonym: { eq: $of } } }) \
                 { groups { rows } } }";
    for (query, variables, expected, named) in [
        (KNOWN, json!({ "of": anna }), ["Known", KNOWN_SHAPE, "Youth", "almata, horizon", "0"], vec![1]),
        (
            stays,
            json!({ "of": anna }),
            [
                "Stays",
                "query{placements(filter:{youth:{pseudonym:{eq:$}}}){totalCount}}",
                "Placement",
                "almata, horizon",
                "0",
            ],
            vec![1],
        ),
        (
            found,
            json!({}),
            [
                "Found",
                "query{retCases{nodes{youth{placements{totalCount}}}}}",
                "Placement, RetCase",
                "almata, horizon",
                "1",
            ],
            vec![1, 1],
        ),
        (
            table,
            json!({ "of": anna }),
            [
                "Table",
                "query{placementStatistics(filter:{youth:{pseudonym:{eq:$}}}){groups{rows}}}",
                "Placement",
                "almata, horizon",
                "0",
            ],
            vec![1],
        ),
    ] {
        let before = people(&gateway).len();
        let event = ask_and_leave(&gateway, query, &variables).await;
        assert_eq!(event[..3], ["OPERATION", "CANCELLED", "follower"], "{query}");
        assert_eq!(event[3..], expected, "{query}");
        assert_eq!(people(&gateway)[before..], named, "{query}");
    }
    let sightings = seen(gateway.log(), "raw-anna", &[]).await.expect("the log can be read");
    let datasets: Vec<_> = sightings.iter().map(|it| &*it.dataset).collect();
    assert_eq!(datasets, ["Incident", "Youth", "Placement", "Placement"]);
}

#[tokio::test]
async fn an_operation_that_its_client_completes_leaves_what_was_asked_and_of_whom() {
    let gateway = setup().start().await;
    let anna = slow(&gateway).await;
    let mut socket = Socket::with_token(&gateway, gateway.token(&follower()).as_deref()).await;
    let (events, named) = (records(&gateway, "event", &["number"]).len(), people(&gateway).len());
    let payload = json!({ "query": KNOWN, "variables": { "of": anna } });
    socket.say(&json!({ "id": "1", "type": "subscribe", "payload": payload })).await;
    waits(&gateway).await;
    socket.say(&json!({ "id": "1", "type": "complete" })).await;
    let event = left(&gateway, events).await;
    let expected = ["OPERATION", "CANCELLED", "follower", "Known", KNOWN_SHAPE, "Youth", "almata, horizon", "0"];
    assert_eq!(event, expected);
    assert_eq!(people(&gateway)[named..], [1]);
}

#[tokio::test]
async fn what_takes_too_long_leaves_what_was_asked_and_of_whom() {
    let gateway = setup().time(Duration::from_secs(3)).start().await;
    let anna = slow(&gateway).await;
    let body = json!({ "query": KNOWN, "variables": { "of": anna } });
    let stream = gateway.post(&follower()).header("accept", "text/event-stream");
    for (way, status) in [(gateway.post(&follower()), 504), (stream, 200)] {
        let (events, named) = (records(&gateway, "event", &["number"]).len(), people(&gateway).len());
        let reply = gateway.send(way.json(&body)).await;
        assert_eq!(reply.status, status, "{}", reply.text);
        assert!(reply.text.contains("longer than any request may"), "{}", reply.text);
        let event = left(&gateway, events).await;
        let expected = ["OPERATION", "CANCELLED", "follower", "Known", KNOWN_SHAPE, "Youth", "almata, horizon", "0"];
        assert_eq!(event, expected);
        assert_eq!(people(&gateway)[named..], [1]);
    }
}
