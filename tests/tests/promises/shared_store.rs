//! Two gateways over the same PostgreSQL store and sources give the same answers, ids and cursors, also where they start
//! at the same moment; what one releases, the other serves.

use regiograph_tests::{
    caller::As,
    gateway::{Gateway, Setup, SourceSetup},
    postgres,
    row::{dataset, placements},
};

fn sources() -> [SourceSetup; 2] {
    [SourceSetup::of_provider("almata", "ALMATA"), SourceSetup::of_provider("horizon", "HORIZON")]
}

/// Two gateways that start at the same moment over a store without tables and the same two sources; none where
/// PostgreSQL is not installed.
async fn two() -> Option<(Gateway, Gateway)> {
    let server = postgres::server()?;
    let store = server.database().await;
    let [almata, horizon] = sources();
    let made = [almata.rows(placements(1..160)).in_postgres(), horizon.rows(placements(100..190)).in_postgres()];
    let first = Gateway::over(made).await;
    let start = || {
        let [almata, horizon] = sources();
        let sources = [almata.at(first.place("almata")), horizon.at(first.place("horizon"))];
        Setup::of(sources).shared_store(&store, Some(&first)).start()
    };
    Some(tokio::join!(start(), start()))
}

const QUERY: &str = "query($after: String) { placements(first: 40, after: $after, orderBy: [{ startedOn: DESC }]) { \
     edges { cursor node { id youth { pseudonym } unit { name } startedOn } } pageInfo { endCursor hasNextPage } \
     totalCount } regions { code name supraRegion { code } } }";

#[tokio::test]
async fn two_gateways_give_the_same_answers_ids_and_cursors() {
    let Some((one, other)) = two().await else { return };
    let caller = As::role("provider").of("ALMATA");
    let mut after = serde_json::Value::Null;
    for page in 0..5 {
        // Each page is asked for with the other's cursor.
        let variables = serde_json::json!({ "after": after });
        let answers = [
            one.ask_with(&caller, QUERY, variables.clone()).await.data().clone(),
            other.ask_with(&caller, QUERY, variables).await.data().clone(),
        ];
        assert_eq!(answers[0], answers[1]);
        assert_eq!(answers[0]["placements"]["totalCount"], 189, "those of its youths at the other too");
        assert_eq!(answers[0]["placements"]["edges"].as_array().map(Vec::len), Some(if page < 4 { 40 } else { 29 }));
        after = answers[page % 2]["placements"]["pageInfo"]["endCursor"].clone();
    }
}

#[tokio::test]
async fn what_one_gateway_releases_the_other_serves() {
    let Some((one, other)) = two().await else { return };
    assert!(other.releases().await.list().is_empty());
    one.release(&["2025Q4"]).await.expect("the sources answer");
    let (here, there) = (one.releases().await, other.releases().await);
    let (here, there) = (here.by_id("2025Q4").expect("made here"), there.by_id("2025Q4").expect("served there"));
    let placement = dataset("Placement");
    assert!(!here.cells(placement).is_empty());
    assert_eq!(here.cells(placement), there.cells(placement));
    let refused = other.release(&["2025Q4"]).await.expect_err("it is there already");
    assert!(refused.starts_with("2025Q4 is released already"), "{refused}");
    let both = tokio::join!(one.release(&["2025Q3"]), other.release(&["2025Q3"]));
    assert!(both.0.is_ok() != both.1.is_ok(), "one of them makes it");
    assert_eq!(one.releases().await.list().len(), 2);
}
