//! Whose data stood in an answer is written down for each of them, whichever way it was asked for, and without a word by
//! which anybody could be known.

use serde_json::json;

use super::{analyst, answered, follower, gateway, holds, people, records};

#[tokio::test]
async fn every_person_in_an_answer_has_one_processing_whichever_way_it_was_asked_for() {
    let gateway = gateway().await;
    let list = gateway.ask(&follower(), "{ placements { nodes { id youth { pseudonym } } } }").await;
    assert_eq!(people(&gateway), [3], "five rows about three");
    let node = &list.data()["placements"]["nodes"][0];
    let (id, pseudonym) = (&node["id"], &node["youth"]["pseudonym"]);
    for (query, expected) in [
        ("query($id: ID!) { placement(id: $id) { startedOn } }", vec![1]),
        ("query($id: ID!) { node(id: $id) { ... on Placement { startedOn } } }", vec![1]),
        ("query($id: ID!) { nodes(ids: [$id]) { __typename } }", vec![1]),
        (
            "query($id: ID!) { _entities(representations: [{ __typename: \"Placement\", id: $id }]) { __typename } }",
            vec![1],
        ),
        ("{ placements(first: 1) { edges { cursor } } }", vec![1]),
        ("{ retCases { nodes { youth { placements { nodes { startedOn } } } } } }", vec![1, 1]),
        ("query($of: ID!) { youth(pseudonym: $of) { placements { totalCount } } }", vec![1, 1]),
        ("query($of: ID!) { node(id: $of) { __typename } }", vec![1]),
        ("{ placements { totalCount } }", vec![]),
        ("{ viewer { role } }", vec![]),
    ] {
        let before = people(&gateway).len();
        answered(&gateway.ask_with(&follower(), query, json!({ "id": id, "of": pseudonym })).await);
        assert_eq!(people(&gateway)[before..], expected, "{query}");
    }
}

#[tokio::test]
async fn who_rows_are_about_is_written_down_also_where_the_reader_is_not_shown_it() {
    let gateway = gateway().await;
    answered(&gateway.ask(&analyst(), "{ placements { nodes { startedOn } } }").await);
    assert_eq!(people(&gateway), [3]);
    let processing = records(&gateway, "processing", &["activity", "dataset", "source", "released"]);
    let expected = ["urn:regiograph:processing:monitoring:Placement", "Placement", "almata, horizon", "-"];
    assert_eq!(processing, [expected]);
}

#[tokio::test]
async fn a_table_has_one_processing_for_each_source_and_names_nobody() {
    let gateway = gateway().await;
    answered(&gateway.ask(&follower(), "{ placementStatistics { groups { rows } } }").await);
    assert_eq!(people(&gateway), Vec::<usize>::new());
    let processing = records(&gateway, "processing", &["dataset", "source", "people"]);
    assert_eq!(processing, [["Placement", "almata", "-"], ["Placement", "horizon", "-"]]);
}

#[tokio::test]
async fn no_value_no_pseudonym_and_no_token_stands_in_the_log() {
    let gateway = gateway().await;
    let query = "query Stays($day: Date) { secretAlias: placements(filter: { startedOn: { gte: $day }, closedDays: { ne: 4711 } }) \
                   { nodes { startedOn youth { pseudonym } } } retCases { nodes { youth { pseudonym } } } }";
    let reply = gateway.ask_with(&follower(), query, json!({ "day": "2024-07-19" })).await;
    let pseudonym =
        reply.data()["secretAlias"]["nodes"][0]["youth"]["pseudonym"].as_str().expect("it is shown").to_owned();
    let lookup = format!("{{ youth(pseudonym: \"{pseudonym}\") {{ id }} }}");
    answered(&gateway.ask(&follower(), &lookup).await);
    gateway.ask(&follower(), "{ secretWord: unheardOf(of: \"secret\") }").await;
    let token = gateway.token(&follower()).expect("the role has a token");
    let signature = token.rsplit('.').next().unwrap_or_default();
    for secret in [
        "raw-anna",
        "raw-bo",
        "raw-cas",
        "2024-07-19",
        "4711",
        "secretAlias",
        "secretWord",
        "unheardOf",
        "2025-03-01",
        &pseudonym,
        signature,
    ] {
        assert!(!holds(gateway.folder(), secret.as_bytes()), "{secret}");
    }
    assert!(holds(gateway.folder(), b"follower"), "the log was read");
}
