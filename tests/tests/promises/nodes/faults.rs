//! A node that is away, or that has a source that is, or that is older than the gateway, takes its own rows with it or what
//! it does not know, and the answer says so.

use std::time::Duration;

use regiograph_tests::{
    gateway::{Gateway, Reply, Setup},
    row, trouble,
};
use serde_json::{Value, json};

use super::{follower, policy, sources};

const LIST: &str = "query($after: String) { placements(first: 5, after: $after) { totalCount \
    nodes { source { name } urgent } pageInfo { endCursor } \
    completeness { complete sources { source { name } status reason } } } }";

async fn ask(gateway: &Gateway, after: Value) -> Reply {
    gateway.ask_with(&follower(), LIST, json!({ "after": after })).await
}

/// How a source is said to have answered, and why.
fn told<'r>(reply: &'r Reply, name: &str) -> (&'r str, &'r str) {
    let sources = reply.data()["placements"]["completeness"]["sources"].as_array();
    let one = sources.into_iter().flatten().find(|it| it["source"]["name"] == name).expect("the source is told of");
    (one["status"].as_str().unwrap_or_default(), one["reason"].as_str().unwrap_or_default())
}

#[tokio::test]
async fn what_befalls_a_source_two_levels_down_is_said_as_if_it_stood_here() {
    let sources = sources().map(|source| source.deadline(Duration::from_secs(2)).behind_node().behind_node());
    let gateway = Setup::of(sources).policy(policy()).start().await;
    let inner = |name: &str| gateway.node(name).node(name).file(name);
    trouble::drop_column(&inner("almata"), row::dataset("Placement"), "urgent");
    trouble::take_away(&inner("horizon"));
    let reply = ask(&gateway, Value::Null).await;
    assert_eq!(told(&reply, "almata"), ("DRIFTED", "does not have placement.urgent as the contract asks"));
    assert_eq!(told(&reply, "horizon").0, "UNREACHABLE");
    assert_eq!(told(&reply, "ret").0, "ANSWERED");
    let list = &reply.data()["placements"];
    assert_eq!((&list["totalCount"], &list["completeness"]["complete"]), (&Value::Null, &json!(false)));
    assert_eq!(list["nodes"].as_array().unwrap().len(), 4, "the rows of the other stand");
    trouble::bring_back(&inner("horizon"));
    let later = ask(&gateway, Value::Null).await;
    assert_eq!(told(&later, "horizon").0, "ANSWERED", "what comes back is asked again");
}

#[tokio::test]
async fn a_source_two_levels_down_that_hangs_holds_nobody_up() {
    let [almata, horizon, ret] = sources();
    let slow = horizon.deadline(Duration::from_millis(300)).behind_node().behind_node();
    let gateway = Setup::of([almata, slow, ret.behind_node()]).policy(policy()).start().await;
    let file = gateway.node("horizon").node("horizon").file("horizon");
    trouble::make_slow(&file, row::dataset("Placement"));
    let reply = ask(&gateway, Value::Null).await;
    assert_eq!(told(&reply, "horizon").0, "TIMED_OUT");
    assert_eq!((told(&reply, "almata").0, told(&reply, "ret").0), ("ANSWERED", "ANSWERED"));
}

#[tokio::test]
async fn a_node_that_is_away_takes_its_own_rows_with_it() {
    let [almata, horizon, _] = sources();
    let mut gateway = Setup::of([almata, horizon.behind_node()]).policy(policy()).start().await;
    gateway.stop_node("horizon");
    let reply = ask(&gateway, Value::Null).await;
    assert_eq!(told(&reply, "horizon").0, "UNREACHABLE");
    assert!(!reply.text.contains("127.0.0.1"), "no address is told");
    assert_eq!(reply.data()["placements"]["nodes"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn a_node_that_does_not_know_a_field_gives_its_rows_without_it_and_is_asked_for_later_pages() {
    let [almata, horizon, _] = sources();
    let older = horizon.behind_node().changing(|answer| {
        let mut answer: Value = serde_json::from_str(&answer).unwrap();
        if let Some(rows) = answer.get_mut("rows").and_then(Value::as_array_mut) {
            rows[1] = json!(["placement.urgent"]);
        }
        answer.to_string()
    });
    let gateway = Setup::of([almata, older]).policy(policy()).start().await;
    let first = ask(&gateway, Value::Null).await;
    let list = &first.data()["placements"];
    assert_eq!(told(&first, "horizon"), ("DRIFTED", "does not have placement.urgent as the contract asks"));
    assert_eq!((list["nodes"].as_array().unwrap().len(), &list["totalCount"]), (5, &Value::Null));
    assert_eq!(list["completeness"]["complete"], false);
    let second = ask(&gateway, list["pageInfo"]["endCursor"].clone()).await;
    assert_eq!(told(&second, "horizon").0, "DRIFTED");
    assert_eq!(second.data()["placements"]["nodes"].as_array().unwrap().len(), 3, "its later rows are there");
}
