//! What a node that is away costs, and what stands in for it: few questions at every level, and old answers to nobody else.

use chrono::SecondsFormat;
use regiograph::federation::Sources;
use regiograph_tests::gateway::{Gateway, Reply, Setup};
use serde_json::{Value, json};

use super::{follower, policy, sources};

const LIST: &str = "{ placements { nodes { source { name } } \
    completeness { complete sources { source { name } status asOf } } } }";

fn horizon(reply: &Reply) -> &Value {
    let told = reply.data()["placements"]["completeness"]["sources"].as_array();
    told.into_iter().flatten().find(|it| it["source"]["name"] == "horizon").expect("the source is told of")
}

/// How often questions to the source were put again.
fn retries(sources: &Sources) -> u64 {
    let source = sources.iter().find(|source| source.name() == "horizon");
    source.and_then(|source| Some(source.health()?.retries())).expect("the source is borne with")
}

#[tokio::test]
async fn a_node_that_takes_no_connection_is_tried_again_by_who_asks_it_and_by_nobody_before() {
    let [almata, horizon_, _] = sources();
    let mut gateway = Setup::of([almata, horizon_.behind_node().behind_node()]).policy(policy()).start().await;
    gateway.node_mut("horizon").stop_node("horizon");
    assert_eq!(horizon(&gateway.ask(&follower(), LIST).await)["status"], "UNREACHABLE");
    let node = gateway.node("horizon").sources();
    assert_eq!((retries(gateway.sources()), retries(node)), (0, 2), "the second level alone tries again");
    let [almata, horizon_, _] = sources();
    let mut gateway = Setup::of([almata, horizon_.behind_node()]).policy(policy()).start().await;
    gateway.stop_node("horizon");
    assert_eq!(horizon(&gateway.ask(&follower(), LIST).await)["status"], "UNREACHABLE");
    assert_eq!(retries(gateway.sources()), 2);
}

async fn ask(gateway: &Gateway, token: &str) -> Reply {
    let request = gateway.client().post(gateway.url()).bearer_auth(token);
    gateway.send(request.json(&json!({ "query": LIST }))).await
}

#[tokio::test]
async fn an_old_answer_of_a_node_stands_in_for_it_for_the_token_that_it_was_given_to_alone() {
    let policy = policy().replace("name = \"follower\"\n", "name = \"follower\"\nstale = \"15m\"\n");
    let [almata, horizon_, _] = sources();
    let mut gateway = Setup::of([almata, horizon_.behind_node()]).policy(policy).start().await;
    let first = gateway.token(&follower()).expect("the role has tokens");
    gateway.wait(1);
    let second = gateway.token(&follower()).expect("the role has tokens");
    assert_ne!(first, second);
    let live = ask(&gateway, &first).await;
    let moment = gateway.now().to_rfc3339_opts(SecondsFormat::Millis, true);
    gateway.stop_node("horizon");
    let own = ask(&gateway, &first).await;
    assert_eq!((&horizon(&own)["status"], &horizon(&own)["asOf"]), (&json!("STALE"), &json!(moment)));
    assert_eq!(own.data()["placements"]["nodes"], live.data()["placements"]["nodes"]);
    // The same caller by all that is read here; a node may read more in its token.
    let other = ask(&gateway, &second).await;
    assert_eq!(horizon(&other)["status"], "UNREACHABLE");
    assert_eq!(other.data()["placements"]["nodes"].as_array().map(Vec::len), Some(4));
}
