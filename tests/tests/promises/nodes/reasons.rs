//! Why a cell of a release is hidden is worked out of rows at nodes as well, for whom the nodes show these rows.

use regiograph_tests::{
    caller::As,
    gateway::{Gateway, Setup, SourceSetup},
    matrix::POLICY,
    row::{Row, dataset},
};

use super::{follower, policy};

const BY_AUTHORISATION: &str = "{ placementStatistics(view: RELEASED, release: \"2025Q4\", groupBy: [AUTHORISATION], \
    filter: { region: { code: { eq: \"JZ36\" } } }) { groups { rows } } }";

/// Placements of November 2025, a few of them urgent ones.
fn rows(first: i64) -> Vec<Row> {
    let row = |id: i64| {
        Row::of(dataset("Placement"))
            .with("id", id)
            .with("youth", format!("youth-{id}"))
            .with("started_on", format!("2025-11-{:02}", id % 20 + 1))
            .with("region", "JZ36".to_owned())
            .with("authorisation", if id % 25 == 0 { "6.1.3" } else { "6.1.2" }.to_owned())
    };
    (first..first + 50).map(row).collect()
}

async fn released(change: impl Fn(SourceSetup) -> SourceSetup) -> Gateway {
    let source = |name: &str, code: &str, first| change(SourceSetup::of_provider(name, code).rows(rows(first)));
    let gateway = Setup::of([source("almata", "ALMATA", 100), source("horizon", "HORIZON", 1_100)]);
    let policy = policy().replace("name = \"follower\"\n", "name = \"follower\"\nreleases = true\n");
    let gateway = gateway.policy(policy).start().await;
    gateway.release(&["2025Q4"]).await.expect("all sources answer");
    gateway
}

#[tokio::test]
async fn reasons_are_told_of_rows_at_nodes_as_of_rows_in_databases() {
    let databases = released(|source| source).await.explain(&follower(), BY_AUTHORISATION).await;
    assert!(databases.contains("fewer than 10 youths"), "{databases}");
    for nodes in [1, 2] {
        let gateway = released(|source| (0..nodes).fold(source, |source, _| source.behind_node())).await;
        assert_eq!(gateway.explain(&follower(), BY_AUTHORISATION).await, databases, "{nodes}");
    }
}

#[tokio::test]
async fn no_reason_is_told_where_a_node_does_not_show_its_rows_to_that_caller() {
    // The analyst is not shown the youths; the follower is unknown to the node.
    let analyst = As::role("region_analyst").of("JZ36");
    let gateway = released(SourceSetup::behind_node).await;
    let unknown = released(|source| source.behind_node().node_policy(POLICY)).await;
    for plan in
        [gateway.explain(&analyst, BY_AUTHORISATION).await, unknown.explain(&follower(), BY_AUTHORISATION).await]
    {
        assert!(plan.contains("no reason can be told: ") && !plan.contains("youths\n"), "{plan}");
        assert!(plan.contains("does not let this gateway ask, or not for this caller"), "{plan}");
    }
}
