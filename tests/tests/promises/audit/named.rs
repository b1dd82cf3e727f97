//! Whoever a question names is written down, whatever comes back: a number, a table or an empty list tell of one youth as
//! much as a row does.

use regiograph::audit::seen;
use regiograph_tests::gateway::{Gateway, SourceSetup};
use serde_json::json;

use super::{answered, follower, of, people, setup_of, stay};

/// At a provider two stays of Anna and one of Bo; at another, a node or not, stays of Anna and Cas.
async fn gateway(at_node: bool) -> Gateway {
    let first = SourceSetup::of_provider("almata", "ALMATA").rows([
        stay(1, "raw-anna"),
        stay(2, "raw-bo"),
        stay(3, "raw-anna"),
        of("Incident", 1, "raw-anna").with("placement", 1_i64),
    ]);
    let second = SourceSetup::of_provider("horizon", "HORIZON").rows([
        stay(1, "raw-anna"),
        stay(2, "raw-cas"),
        of("RetCase", 1, "raw-bo"),
        of("Incident", 1, "raw-cas").with("placement", 2_i64),
    ]);
    let second = if at_node { second.behind_node() } else { second };
    setup_of([first, second]).start().await
}

/// The query with the variables that it uses.
fn declared(query: &str) -> String {
    let used: Vec<_> = ["$id", "$of"].into_iter().filter(|name| query.contains(name)).collect();
    if used.is_empty() { query.to_owned() } else { format!("query({}: ID!) {query}", used.join(": ID!, ")) }
}

#[tokio::test]
async fn whoever_a_filter_names_has_a_processing_whatever_comes_back() {
    let gateway = gateway(false).await;
    let known = gateway.ask(&follower(), "{ placements { nodes { id youth { pseudonym } } } }").await;
    let rows = known.data()["placements"]["nodes"].clone();
    let variables = json!({ "id": rows[0]["id"], "of": rows[0]["youth"]["pseudonym"] });
    for (query, expected) in [
        // A number.
        ("{ placements(filter: { youth: { pseudonym: { eq: $of } } }) { totalCount } }", vec![1]),
        ("{ placements(first: 0, filter: { youth: { pseudonym: { in: [$of] } } }) { totalCount } }", vec![1]),
        ("{ placements(filter: { not: { youth: { pseudonym: { eq: $of } } } }) { totalCount } }", vec![1]),
        ("{ placements(filter: { id: { eq: $id } }) { totalCount } }", vec![1]),
        ("{ incidents(filter: { placement: { id: { eq: $id } } }) { totalCount } }", vec![1]),
        // Nothing.
        (
            "{ placements(filter: { youth: { pseudonym: { eq: $of } }, startedOn: { lt: \"1990-01-01\" } }) { nodes { id } } }",
            vec![1],
        ),
        ("{ retCases(filter: { youth: { pseudonym: { eq: $of } } }) { nodes { id } } }", vec![1]),
        // A table.
        ("{ placementStatistics(filter: { youth: { pseudonym: { eq: $of } } }) { groups { rows } } }", vec![1]),
        // A number below a row, and below a youth: of the row, and of what is counted.
        ("{ placement(id: $id) { incidents { totalCount } } }", vec![1, 1]),
        ("{ youth(pseudonym: $of) { incidents { totalCount } } }", vec![1, 1]),
        ("{ youth(pseudonym: $of) { retCases { nodes { id } } } }", vec![1, 1]),
    ] {
        let before = people(&gateway).len();
        answered(&gateway.ask_with(&follower(), &declared(query), variables.clone()).await);
        assert_eq!(people(&gateway)[before..], expected, "{query}");
    }
}

#[tokio::test]
async fn whoever_is_asked_for_by_a_name_is_found_by_who_asks_who_consulted_it() {
    let gateway = gateway(false).await;
    let known = gateway.ask(&follower(), "{ retCases { nodes { youth { pseudonym } } } }").await;
    let bo = known.data()["retCases"]["nodes"][0]["youth"]["pseudonym"].clone();
    let query = "query($of: ID!) { placements(filter: { youth: { pseudonym: { eq: $of } } }) { totalCount } }";
    answered(&gateway.ask_with(&follower(), query, json!({ "of": bo })).await);
    let sightings = seen(gateway.log(), "raw-bo", &[]).await.expect("the log can be read");
    assert_eq!(sightings.iter().map(|it| &*it.dataset).collect::<Vec<_>>(), ["RetCase", "Placement"]);
    assert_eq!(sightings[1].sources, "almata, horizon");
    let of_anna = seen(gateway.log(), "raw-anna", &[]).await.expect("the log can be read");
    assert_eq!(of_anna, [], "nobody asked for her");
}

#[tokio::test]
async fn a_node_writes_down_for_itself_whoever_a_question_names() {
    let gateway = gateway(true).await;
    let known = gateway.ask(&follower(), "{ placements { nodes { id source { name } youth { pseudonym } } } }").await;
    let rows = known.data()["placements"]["nodes"].as_array().expect("it is a list").clone();
    let row = rows.iter().find(|it| it["source"]["name"] == "horizon").expect("the node has rows");
    let variables = json!({ "id": row["id"], "of": row["youth"]["pseudonym"] });
    let node = gateway.node("horizon");
    for (query, expected) in [
        ("{ placements(filter: { youth: { pseudonym: { eq: $of } } }) { totalCount } }", vec![1]),
        // Whom the row is about is asked for first.
        ("{ incidents(filter: { placement: { id: { eq: $id } } }) { totalCount } }", vec![1, 1]),
        ("{ placementStatistics(filter: { youth: { pseudonym: { eq: $of } } }) { groups { rows } } }", vec![1]),
        ("{ placement(id: $id) { incidents { totalCount } } }", vec![1, 1]),
        ("{ placements { totalCount } }", vec![]),
    ] {
        let before = people(node).len();
        answered(&gateway.ask_with(&follower(), &declared(query), variables.clone()).await);
        assert_eq!(people(node)[before..], expected, "{query}");
    }
}
