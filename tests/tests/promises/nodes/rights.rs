//! What a gateway shows of a node's rows is what the node's own policy shows that caller, whatever the gateway's says.

use regiograph_tests::{
    caller::As,
    gateway::{Gateway, Setup, SourceSetup},
    matrix::POLICY,
    row::{Row, dataset},
};
use serde_json::{Value, json};

use super::{ROLES, follower, policy, sources};

const LIST: &str = "{ placements { totalCount nodes { source { name } urgent startedOn youth { pseudonym } } \
    completeness { complete sources { source { name } status } } } }";

/// A database and a node with a policy of its own.
async fn with(node: String) -> Gateway {
    let [almata, horizon, _] = sources();
    Setup::of([almata, horizon.behind_node().node_policy(node)]).policy(policy()).start().await
}

fn of_horizon(list: &Value) -> Vec<&Value> {
    list["nodes"].as_array().into_iter().flatten().filter(|it| it["source"]["name"] == "horizon").collect()
}

#[tokio::test]
async fn a_node_shows_no_more_than_its_own_policy_does() {
    let gateway =
        with(POLICY.to_owned() + &ROLES.replace("placement = \"A/sensitive\"", "placement = \"A/open\"")).await;
    let reply = gateway.ask(&follower(), LIST).await;
    let list = &reply.data()["placements"];
    assert_eq!((&list["totalCount"], &list["completeness"]["complete"]), (&json!(8), &json!(true)));
    for row in of_horizon(list) {
        assert_eq!((&row["youth"], &row["startedOn"]), (&Value::Null, &Value::Null));
        assert!(row["urgent"].is_boolean());
    }
    let months = "{ placementStatistics(groupBy: STARTED_ON_DAY) { groups { startedOnDay rows } } }";
    let tables = gateway.ask(&follower(), months).await;
    let hidden = tables.data()["placementStatistics"]["groups"].as_array().unwrap().iter();
    let hidden: Vec<_> = hidden.filter(|it| it["startedOnDay"].is_null()).collect();
    assert_eq!(hidden.len(), 1);
    assert_eq!(hidden[0]["rows"], 4, "days that the node hides are no groups of their own");
}

#[tokio::test]
async fn what_a_node_hides_is_no_condition_either() {
    let gateway =
        with(POLICY.to_owned() + &ROLES.replace("placement = \"A/sensitive\"", "placement = \"A/open\"")).await;
    let reply = gateway.ask(&follower(), LIST).await;
    let known = &reply.data()["placements"]["nodes"].as_array().unwrap().iter();
    let known = known.clone().find_map(|it| it["youth"]["pseudonym"].as_str()).unwrap();
    let query = "query($of: ID!) { placements(filter: { youth: { pseudonym: { eq: $of } } }) { totalCount nodes { source { name } } \
                 completeness { complete sources { source { name } status } } } }";
    let reply = gateway.ask_with(&follower(), query, json!({ "of": known })).await;
    let list = &reply.data()["placements"];
    assert!(of_horizon(list).is_empty());
    assert_eq!(list["completeness"]["complete"], false);
    let told = json!({ "source": { "name": "horizon" }, "status": "UNREACHABLE" });
    assert!(list["completeness"]["sources"].as_array().unwrap().contains(&told), "{list}");
}

#[tokio::test]
async fn a_role_that_a_node_does_not_know_is_refused_there_and_answered_by_the_others() {
    let gateway = with(POLICY.to_owned()).await;
    let reply = gateway.ask(&follower(), LIST).await;
    let list = &reply.data()["placements"];
    assert_eq!(list["nodes"].as_array().unwrap().len(), 4);
    let told = json!({ "source": { "name": "horizon" }, "status": "UNREACHABLE" });
    assert!(list["completeness"]["sources"].as_array().unwrap().contains(&told), "{list}");
    assert!(reply.text.contains("UNREACHABLE") && !reply.text.contains("127.0.0.1"));
}

#[tokio::test]
async fn a_dataset_that_a_node_does_not_grant_is_empty_there() {
    let gateway = with(POLICY.to_owned() + &ROLES.replace("placement = \"A/sensitive\"\n", "")).await;
    let reply = gateway.ask(&follower(), LIST).await;
    let list = &reply.data()["placements"];
    assert_eq!((&list["totalCount"], of_horizon(list).len()), (&json!(4), 0));
}

#[tokio::test]
async fn a_node_that_takes_no_ones_word_finds_out_itself_who_stands_in_a_relation() {
    let member = As::role("ret_member").of("JZ36");
    let list = "{ placements { totalCount } }";
    // The expert team's own node knows of its case; the provider's does not, unless it is told.
    for (own, expected) in [(false, 3), (true, 2)] {
        let sources = sources().map(SourceSetup::behind_node);
        let sources = sources.map(|source| if own { source.without_vouching() } else { source });
        let gateway = Setup::of(sources).policy(policy()).start().await;
        let reply = gateway.ask(&member, list).await;
        assert_eq!(reply.data()["placements"]["totalCount"], expected, "{own}");
    }
}

#[tokio::test]
async fn everyone_sees_at_a_node_what_everyone_may_see() {
    let row = Row::of(dataset("CapacityReport")).with("region", "JZ36".to_owned());
    let source = SourceSetup::of_provider("almata", "ALMATA").rows([row]).behind_node().behind_node();
    let gateway = Setup::of([source]).start().await;
    let reply = gateway.ask(&As::public(), "{ capacityReports { totalCount completeness { complete } } }").await;
    assert_eq!(reply.data()["capacityReports"], json!({ "totalCount": 1, "completeness": { "complete": true } }));
}
