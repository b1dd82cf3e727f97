//! The same answers come from databases, from nodes, from nodes behind nodes and from all of these beside each other.

use regiograph_tests::{
    caller::As,
    gateway::{Gateway, Setup, SourceSetup},
};
use serde_json::json;

use super::{follower, policy, sources};

const LIST: &str = "id startedOn urgent closedDays source { name } region { code } youth { pseudonym }";

fn questions() -> Vec<String> {
    let by = "groupBy: [REGION, URGENT]";
    vec![
        format!("{{ placements {{ totalCount nodes {{ {LIST} }} completeness {{ complete }} }} }}"),
        format!("{{ placements(orderBy: {{ startedOn: DESC }}, first: 3) {{ nodes {{ {LIST} }} pageInfo {{ endCursor hasNextPage }} }} }}"),
        format!("{{ placements(filter: {{ closedDays: {{ gt: 7 }}, urgent: {{ eq: true }} }}, last: 2) {{ totalCount nodes {{ {LIST} }} }} }}"),
        format!("{{ placements(filter: {{ not: {{ startedOn: {{ gte: \"2025-02-01\" }} }} }}) {{ nodes {{ {LIST} }} }} }}"),
        "{ placements { nodes { youth { pseudonym placements { totalCount } retCases { totalCount nodes { id } } } } } }"
            .to_owned(),
        format!(
            "{{ placementStatistics({by}) {{ groups {{ regionCode urgent rows youths closedDays {{ sum median p90 }} }} }} }}"
        ),
        "{ placementStatistics(openOn: [\"2025-02-01\", \"2026-03-01\"]) { groups { openOn rows youths } } }".to_owned(),
        "{ placementStatistics(groupBy: STARTED_ON_MONTH) { groups { startedOnMonth rows youths } } }".to_owned(),
    ]
}

fn callers() -> [As; 4] {
    [
        follower(),
        As::role("provider").of("ALMATA"),
        As::role("region_analyst").of("JZ36"),
        As::role("ret_member").of("JZ36"),
    ]
}

async fn gateway(change: impl Fn(usize, SourceSetup) -> SourceSetup) -> Gateway {
    let sources = sources().into_iter().enumerate().map(|(place, source)| change(place, source));
    Setup::of(sources).policy(policy()).start().await
}

#[tokio::test]
async fn databases_and_nodes_give_the_same_answers() {
    let databases = gateway(|_, source| source).await;
    let nodes = gateway(|_, source| source.behind_node()).await;
    let mixed = gateway(|place, source| (0..place).fold(source, |source, _| source.behind_node())).await;
    for caller in callers() {
        for question in questions() {
            let expected = databases.ask(&caller, &question).await;
            for gateway in [&nodes, &mixed] {
                let found = gateway.ask(&caller, &question).await;
                assert_eq!(found.body, expected.body, "{} {question}", caller.role);
            }
        }
    }
}

#[tokio::test]
async fn rows_and_youths_are_found_by_their_ids_wherever_they_stand() {
    let databases = gateway(|_, source| source).await;
    let nodes = gateway(|place, source| (0..=place).fold(source, |source, _| source.behind_node())).await;
    let reply = databases.ask(&follower(), &format!("{{ placements {{ nodes {{ {LIST} }} }} }}")).await;
    let by_id = format!("query($of: ID!) {{ node(id: $of) {{ ... on Placement {{ {LIST} }} }} }}");
    let of_youth =
        "query($of: ID!) { youth(pseudonym: $of) { placements { totalCount nodes { id } } retCases { totalCount } } }";
    for node in reply.data()["placements"]["nodes"].as_array().unwrap() {
        for (query, of) in [(by_id.as_str(), &node["id"]), (of_youth, &node["youth"]["pseudonym"])] {
            let expected = databases.ask_with(&follower(), query, json!({ "of": of })).await;
            let found = nodes.ask_with(&follower(), query, json!({ "of": of })).await;
            assert_eq!(found.data(), expected.data());
            assert!(!found.text.contains("null"), "{}", found.text);
        }
    }
}

#[tokio::test]
async fn pages_go_on_where_they_ended() {
    let databases = gateway(|_, source| source).await;
    let nodes = gateway(|_, source| source.behind_node()).await;
    let (mut after, mut pages) = (json!(null), 0);
    loop {
        let query = format!(
            "query($after: String) {{ placements(first: 3, after: $after, orderBy: {{ startedOn: ASC }}) \
             {{ nodes {{ {LIST} }} pageInfo {{ endCursor hasNextPage }} }} }}"
        );
        let ask = async |gateway: &Gateway| gateway.ask_with(&follower(), &query, json!({ "after": after })).await;
        let (expected, found) = (ask(&databases).await, ask(&nodes).await);
        assert_eq!(found.data(), expected.data());
        pages += 1;
        let info = &found.data()["placements"]["pageInfo"];
        if info["hasNextPage"] != true {
            break;
        }
        after = info["endCursor"].clone();
    }
    assert_eq!(pages, 4);
}

#[tokio::test]
async fn releases_are_made_of_rows_at_nodes_where_these_let_them_be_read() {
    let nodes = gateway(|_, source| source.behind_node()).await;
    nodes.release(&["2025Q4"]).await.unwrap();
    let closed = gateway(|_, source| source.behind_node().without_releases()).await;
    assert!(closed.release(&["2025Q4"]).await.is_err());
}
