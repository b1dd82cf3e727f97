//! Whichever way a caller asks, a node is asked on its behalf; and when it leaves, nothing goes on at the node.

use std::time::{Duration, Instant};

use regiograph_tests::{
    gateway::{Gateway, Setup},
    leaks::Held,
    row::dataset,
    socket::Socket,
    trouble,
};
use serde_json::json;

use super::{follower, policy, sources};

const LIST: &str = "{ placements { totalCount } }";

async fn gateway() -> Gateway {
    let sources = sources().map(|source| source.deadline(Duration::from_secs(20)).behind_node().behind_node());
    Setup::of(sources).policy(policy()).start().await
}

#[tokio::test]
async fn a_node_is_asked_for_the_caller_over_websockets_streams_and_by_routers() {
    let gateway = gateway().await;
    let token = gateway.token(&follower()).unwrap();
    let mut socket = Socket::with_token(&gateway, Some(&token)).await;
    socket.subscribe("1", LIST).await;
    let next = socket.hear().await.unwrap();
    assert_eq!(next["payload"]["data"]["placements"]["totalCount"], 12, "{next}");
    let request = gateway.post(&follower()).header("accept", "text/event-stream");
    let stream = gateway.send(request.json(&json!({ "query": LIST }))).await;
    assert!(stream.text.contains(r#""totalCount":12"#), "{}", stream.text);
    let ids = gateway.ask(&follower(), "{ placements { nodes { id } } }").await;
    let id = &ids.data()["placements"]["nodes"][0]["id"];
    let query = "query($of: [_Any!]!) { _entities(representations: $of) { ... on Placement { id startedOn } } }";
    let of = json!([{ "__typename": "Placement", "id": id }]);
    let found = gateway.ask_with(&follower(), query, json!({ "of": of })).await;
    assert_eq!(&found.data()["_entities"][0]["id"], id);
}

#[tokio::test]
async fn a_caller_that_leaves_takes_its_questions_along_at_every_level() {
    let gateway = gateway().await;
    let levels = || [gateway.node("horizon"), gateway.node("horizon").node("horizon")];
    trouble::make_slow(&levels()[1].file("horizon"), dataset("Placement"));
    let asking = tokio::spawn(gateway.post(&follower()).json(&json!({ "query": LIST })).send());
    let began = Instant::now();
    while levels().iter().any(|node| Held::by(node).in_flight == 0) {
        assert!(began.elapsed() < Duration::from_secs(10) && !asking.is_finished(), "the node is never asked");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    asking.abort();
    while levels().iter().any(|node| Held::by(node).in_flight > 0) {
        assert!(began.elapsed() < Duration::from_secs(15), "the node goes on");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
