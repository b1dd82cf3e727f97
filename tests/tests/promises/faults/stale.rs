//! What a source last gave stands in for it where the policy says so: marked, for a while, to the same question of the
//! same grant, and in no other case.

use regiograph_tests::{
    caller::As,
    gateway::{Gateway, Setup, SourceSetup},
    matrix::POLICY,
    row::{self, Row, dataset},
    trouble,
};
use serde_json::{Value, json};

use super::{LIST, guardian, of, others, told};

/// The program's policy, and institutions may be shown what is 15 minutes old.
fn policy() -> String {
    let role = "name = \"certified_institution\"\n";
    assert!(POLICY.contains(role));
    POLICY.replace(role, &format!("{role}stale = \"15m\"\n"))
}

async fn allowing() -> Gateway {
    Setup::of(others()).policy(policy()).start().await
}

#[tokio::test]
async fn rows_stand_in_for_a_source_that_is_away_marked_with_their_moment() {
    let gateway = allowing().await;
    let live = gateway.ask(&guardian(), LIST).await;
    let moment = gateway.now();
    gateway.wait(60);
    trouble::take_away(&gateway.file("gamma"));
    let reply = gateway.ask(&guardian(), LIST).await;
    let list = &reply.data()["placements"];
    assert_eq!(list["nodes"], live.data()["placements"]["nodes"]);
    let told = told(list, "gamma");
    assert_eq!(told["status"], "STALE");
    assert_eq!(told["asOf"], moment.to_rfc3339_opts(chrono::SecondsFormat::Millis, true));
    assert!(told["reason"].as_str().is_some_and(|it| it.starts_with("could not be reached; ")), "{told}");
    assert_eq!((&list["totalCount"], &list["completeness"]["complete"]), (&Value::Null, &json!(false)));
    let partial = json!([{ "path": ["placements"], "source": "gamma", "status": "STALE" }]);
    assert_eq!(reply.body["extensions"]["partial"], partial);
    let failing = gateway.ask_with(&guardian(), LIST, json!({ "on": "FAIL" })).await;
    assert_eq!(failing.code(), "SOURCE_UNAVAILABLE", "FAIL takes live answers alone");

    trouble::bring_back(&gateway.file("gamma"));
    gateway.wait(61);
    gateway.ask(&guardian(), LIST).await;
    let back = gateway.ask(&guardian(), LIST).await;
    assert_eq!(back.body["data"], live.body["data"]);
}

#[tokio::test]
async fn nobody_is_shown_anything_old_whose_policy_does_not_say_so() {
    let gateway = Gateway::over(others()).await;
    gateway.ask(&guardian(), LIST).await;
    trouble::take_away(&gateway.file("gamma"));
    let reply = gateway.ask(&guardian(), LIST).await;
    let list = &reply.data()["placements"];
    assert_eq!((of(list), &told(list, "gamma")["status"]), (vec!["alpha"; 3], &json!("UNREACHABLE")));
}

#[tokio::test]
async fn what_is_too_old_or_of_another_question_or_grant_is_not_shown() {
    let gateway = allowing().await;
    row::execute(&gateway.file("gamma"), "UPDATE placement SET institution = 'GI02' WHERE id = 3");
    let other = As::role("certified_institution").of("GI02");
    gateway.ask(&guardian(), LIST).await;
    trouble::take_away(&gateway.file("gamma"));
    let theirs = gateway.ask(&other, LIST).await;
    let list = &theirs.data()["placements"];
    assert_eq!((of(list).len(), &told(list, "gamma")["status"]), (0, &json!("UNREACHABLE")));
    let another = gateway.ask_with(&guardian(), LIST, json!({ "first": 7 })).await;
    assert_eq!(told(&another.data()["placements"], "gamma")["status"], "UNREACHABLE");
    let same = gateway.ask(&guardian(), LIST).await;
    assert_eq!(told(&same.data()["placements"], "gamma")["status"], "STALE");
    gateway.wait(15 * 60 + 1);
    let late = gateway.ask(&guardian(), LIST).await;
    assert_eq!(told(&late.data()["placements"], "gamma")["status"], "UNREACHABLE");
}

#[tokio::test]
async fn pages_go_on_over_old_rows_and_a_row_by_its_id_is_never_old() {
    let gateway = allowing().await;
    let page = |after: Value| json!({ "first": 4, "after": after });
    let first = gateway.ask_with(&guardian(), LIST, page(Value::Null)).await;
    let after = first.data()["placements"]["pageInfo"]["endCursor"].clone();
    let second = gateway.ask_with(&guardian(), LIST, page(after)).await;
    let ids = gateway.ask(&guardian(), "{ placements { nodes { id source { name } } } }").await;
    trouble::take_away(&gateway.file("gamma"));
    let old = gateway.ask_with(&guardian(), LIST, page(Value::Null)).await;
    assert_eq!(old.data()["placements"]["nodes"], first.data()["placements"]["nodes"]);
    let after = old.data()["placements"]["pageInfo"]["endCursor"].clone();
    let next = gateway.ask_with(&guardian(), LIST, page(after)).await;
    let list = &next.data()["placements"];
    assert_eq!(
        (&list["nodes"], &told(list, "gamma")["status"]),
        (&second.data()["placements"]["nodes"], &json!("STALE"))
    );
    let nodes = ids.data()["placements"]["nodes"].as_array().cloned().unwrap_or_default();
    let of_gamma = nodes.iter().find(|it| it["source"]["name"] == "gamma").map(|it| &it["id"]);
    let node =
        gateway.ask_with(&guardian(), "query($id: ID!) { node(id: $id) { id } }", json!({ "id": of_gamma })).await;
    assert_eq!(node.code(), "SOURCE_UNAVAILABLE");
}

#[tokio::test]
async fn a_table_stands_in_too_and_is_never_publishable() {
    let gateway = allowing().await;
    let query = "{ placementStatistics(groupBy: URGENT, onSourceFailure: PARTIAL) { \
                   groups { urgent rows } publishable completeness { complete sources { source { name } status asOf } } } }";
    let live = gateway.ask(&guardian(), query).await;
    trouble::take_away(&gateway.file("gamma"));
    let old = gateway.ask(&guardian(), query).await;
    let table = &old.data()["placementStatistics"];
    assert_eq!(table["groups"], live.data()["placementStatistics"]["groups"]);
    assert_eq!((&told(table, "gamma")["status"], &table["publishable"]), (&json!("STALE"), &json!(false)));
    let whole = gateway.ask(&guardian(), &query.replace(", onSourceFailure: PARTIAL", "")).await;
    assert_eq!(whole.code(), "SOURCE_UNAVAILABLE");
}

#[tokio::test]
async fn where_old_rows_do_not_fill_the_page_later_ones_are_said_to_be_missing() {
    let many = |name: &str| {
        let row = |id: i64| {
            let row = Row::of(dataset("Placement")).with("id", id).with("institution", "GI01".to_owned());
            row.with("started_on", format!("2025-01-{id:02}"))
        };
        SourceSetup::of_provider(name, "ALMATA").rows((1..=30).map(row))
    };
    let gateway = Setup::of([many("alpha"), many("gamma")]).policy(policy()).start().await;
    let page = json!({ "first": 16 });
    gateway.ask_with(&guardian(), LIST, page.clone()).await;
    trouble::take_away(&gateway.file("gamma"));
    row::clear(&gateway.file("alpha"), dataset("Placement"));
    let reply = gateway.ask_with(&guardian(), LIST, page).await;
    let list = &reply.data()["placements"];
    assert!((8..16).contains(&of(list).len()), "{}", reply.text);
    let told = told(list, "gamma");
    assert_eq!(told["status"], "STALE");
    assert!(told["reason"].as_str().is_some_and(|it| it.ends_with("; later rows are missing")), "{told}");
    let after = json!({ "first": 16, "after": list["pageInfo"]["endCursor"] });
    let next = gateway.ask_with(&guardian(), LIST, after).await;
    assert_eq!(super::told(&next.data()["placements"], "gamma")["status"], "MISSED");
}
