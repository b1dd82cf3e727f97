//! Rows about youths that someone now has in care, in a case or under investigation: granted while that is so, and never
//! an empty list where it is not known.

use std::time::Duration;

use regiograph::query::Holder;
use regiograph_tests::{
    caller::As,
    gateway::{Gateway, Setup, SourceSetup},
    matrix::{INVESTIGATION, POLICY},
    row::{self, Row, dataset},
    trouble,
};
use serde_json::json;

const PLACEMENTS: &str = "{ placements { totalCount nodes { source { name } youth { pseudonym } } } regions { code } }";

/// A row of a youth of West Brabant West.
fn of(name: &str, id: i64, youth: &str) -> Row {
    Row::of(dataset(name)).with("id", id).with("youth", youth.to_owned()).with("region", "JZ36".to_owned())
}

/// An expert team with an open case of one youth and a closed one of another, and a provider with a stay of both.
fn sources() -> [SourceSetup; 2] {
    [
        SourceSetup::new("ret", Holder::Region("JZ36".into()))
            .deadline(Duration::from_secs(2))
            .rows([of("RetCase", 1, "a"), of("RetCase", 2, "b").with("closed_on", "2026-01-15".to_owned())]),
        SourceSetup::of_provider("almata", "ALMATA").rows([of("Placement", 1, "a"), of("Placement", 2, "b")]),
    ]
}

fn member() -> As {
    As::role("ret_member").of("JZ36")
}

#[tokio::test]
async fn rows_about_a_youth_are_seen_while_its_case_is_open_and_from_the_next_request_no_longer() {
    let gateway = Gateway::over(sources()).await;
    let first = gateway.ask(&member(), PLACEMENTS).await;
    assert_eq!(first.data()["placements"]["totalCount"], 1);
    let pseudonym = first.data()["placements"]["nodes"][0]["youth"]["pseudonym"].as_str().unwrap_or_default();
    let youth = format!("{{ youth(pseudonym: \"{pseudonym}\") {{ placements {{ totalCount }} }} }}");
    assert_eq!(gateway.ask(&member(), &youth).await.data()["youth"]["placements"]["totalCount"], 1);
    row::execute(&gateway.file("ret"), "UPDATE ret_case SET closed_on = '2026-11-22' WHERE id = 1");
    assert_eq!(gateway.ask(&member(), PLACEMENTS).await.data()["placements"]["totalCount"], 0);
    row::execute(&gateway.file("ret"), "UPDATE ret_case SET closed_on = NULL WHERE id = 2");
    assert_eq!(gateway.ask(&member(), PLACEMENTS).await.data()["placements"]["totalCount"], 1);
}

#[tokio::test]
async fn what_has_not_begun_and_what_nobody_can_read_as_open_makes_no_relation() {
    let gateway = Gateway::over(sources()).await;
    let placements = async || gateway.ask(&member(), PLACEMENTS).await;
    let change = |to: &str| row::execute(&gateway.file("ret"), &format!("UPDATE ret_case SET {to} WHERE id = 1"));
    assert_eq!(placements().await.data()["placements"]["totalCount"], 1);
    change("registered_on = '2026-11-23'");
    assert_eq!(placements().await.data()["placements"]["totalCount"], 0, "it begins tomorrow");
    change("registered_on = '2026-11-22', status = 'AFGESLOTEN'");
    assert_eq!(placements().await.data()["placements"]["totalCount"], 0, "a status that no list knows");
    change("status = 'ADVISED', closed_on = '2026-11-23'");
    assert_eq!(placements().await.data()["placements"]["totalCount"], 1, "it closes tomorrow");
    change("closed_on = '20260600'");
    let reply = placements().await;
    assert_eq!((reply.code(), &reply.body["data"]["placements"]), ("SOURCE_UNAVAILABLE", &json!(null)), "no day");
    assert!(!reply.text.contains("20260600"));
}

#[tokio::test]
async fn a_table_that_a_source_is_not_said_to_hold_grants_nothing() {
    let policy = POLICY
        .replace("restraintMeasure = \"own wards/indirect\"", "restraintMeasure = \"own wards/sensitive, A/open\"");
    assert_ne!(policy, POLICY);
    let rows = [
        of("Placement", 1, "a").with("institution", "GI01".to_owned()),
        of("RestraintMeasure", 1, "a").with("placement", 1),
    ];
    let query = "{ restraintMeasures { nodes { updatedAt } } \
                   shown: restraintMeasures(filter: { updatedAt: { isNull: false } }) { totalCount } }";
    let guardian = As::role("certified_institution").of("GI01");
    for (held, number) in [(&["RestraintMeasure", "Placement"][..], 1), (&["RestraintMeasure"], 0)] {
        let held: Vec<_> = held.iter().map(|name| dataset(name)).collect();
        let source = SourceSetup::of_provider("almata", "ALMATA").holding(&held).rows(rows.clone());
        let gateway = Setup::of([source]).policy(policy.clone()).start().await;
        let reply = gateway.ask(&guardian, query).await;
        assert_eq!(reply.data()["restraintMeasures"]["nodes"][0]["updatedAt"].is_null(), number == 0);
        assert_eq!(reply.data()["shown"]["totalCount"], number);
    }
}

#[tokio::test]
async fn an_id_that_was_given_while_a_relation_held_is_null_once_it_ended() {
    let gateway = Gateway::over(sources()).await;
    let list = gateway.ask(&member(), "{ placements { nodes { id } } }").await;
    let id = list.data()["placements"]["nodes"][0]["id"].as_str().unwrap_or_default().to_owned();
    let query = format!("{{ node(id: \"{id}\") {{ id }} placement(id: \"{id}\") {{ urgent }} }}");
    let found = gateway.ask(&member(), &query).await;
    assert_eq!(found.data(), &json!({ "node": { "id": id }, "placement": { "urgent": false } }));
    row::execute(&gateway.file("ret"), "UPDATE ret_case SET status = 'CLOSED'");
    assert_eq!(gateway.ask(&member(), &query).await.data(), &json!({ "node": null, "placement": null }));
}

#[tokio::test]
async fn where_it_is_not_known_who_stands_in_a_relation_the_field_fails_and_the_others_do_not() {
    let gateway = Gateway::over(sources()).await;
    trouble::take_away(&gateway.file("ret"));
    let reply = gateway.ask(&member(), PLACEMENTS).await;
    let body = reply.body;
    assert_eq!(body["data"]["placements"], json!(null), "no empty list");
    assert!(body["data"]["regions"].as_array().is_some_and(|regions| regions.len() == 42));
    let error = &body["errors"][0];
    assert_eq!((&error["path"], &error["extensions"]["code"]), (&json!(["placements"]), &json!("SOURCE_UNAVAILABLE")));
    assert_eq!(error["message"], "source \"ret\": could not be reached");
    trouble::bring_back(&gateway.file("ret"));
    assert_eq!(gateway.ask(&member(), PLACEMENTS).await.data()["placements"]["totalCount"], 1);
}

#[tokio::test]
async fn what_an_organisation_holds_is_seen_also_while_it_is_not_known_whose_care_it_has() {
    let source = |name, youth| SourceSetup::of_provider(name, "ALMATA").rows([of("Placement", 1, youth)]);
    let elsewhere = SourceSetup::of_provider("horizon", "HORIZON").rows([of("Placement", 1, "b")]);
    let gateway = Gateway::over([source("almata-1", "a"), source("almata-2", "b"), elsewhere]).await;
    let provider = As::role("provider").of("ALMATA");
    let query = "query($fail: SourceFailure) { placements(onSourceFailure: $fail) { totalCount \
                   nodes { id source { name } } completeness { complete sources { source { name } status } } } }";
    let whole = gateway.ask(&provider, query).await;
    assert_eq!(whole.data()["placements"]["totalCount"], 3);
    let id = whole.data()["placements"]["nodes"][2]["id"].clone();
    trouble::take_away(&gateway.file("almata-2"));
    let partial = gateway.ask(&provider, query).await;
    let list = &partial.data()["placements"];
    let names: Vec<_> = list["nodes"].as_array().into_iter().flatten().map(|it| &it["source"]["name"]).collect();
    assert_eq!((names, &list["totalCount"]), (vec![&json!("almata-1")], &json!(null)));
    assert_eq!(list["completeness"]["complete"], false);
    let told = json!({ "source": { "name": "almata-2" }, "status": "UNREACHABLE" });
    assert!(list["completeness"]["sources"].as_array().is_some_and(|it| it.contains(&told)), "{list}");
    for (query, variables) in
        [(query, json!({ "fail": "FAIL" })), ("query($id: ID!) { placement(id: $id) { id } }", json!({ "id": id }))]
    {
        let failed = gateway.ask_with(&provider, query, variables).await;
        assert_eq!(failed.code(), "SOURCE_UNAVAILABLE", "a row that may be granted is not absent");
    }
}

#[tokio::test]
async fn a_relation_of_more_than_five_thousand_youths_is_refused() {
    let [ret, almata] = sources();
    let many = (10..5_011_i64).map(|id| of("RetCase", id, &format!("youth {id}")));
    let gateway = Gateway::over([ret.rows(many), almata]).await;
    let body = gateway.ask(&member(), PLACEMENTS).await.body;
    let error = &body["errors"][0];
    assert_eq!((&error["path"], &error["extensions"]["code"]), (&json!(["placements"]), &json!("COST_LIMIT")));
    row::execute(&gateway.file("ret"), "DELETE FROM ret_case WHERE id > 5008");
    assert_eq!(gateway.ask(&member(), PLACEMENTS).await.data()["placements"]["totalCount"], 1);
}

#[tokio::test]
async fn viewer_and_plan_name_the_rule_and_the_relation() {
    let gateway = Gateway::over(sources()).await;
    let reply = gateway.ask(&member(), "{ viewer { grants { dataset rule relation } } }").await;
    let grants = reply.data()["viewer"]["grants"].as_array().cloned().unwrap_or_default();
    let case = json!({ "dataset": "Placement", "rule": "case/pseudonymous",
                       "relation": "youths with an open case of JZ36" });
    assert!(grants.contains(&case), "{grants:?}");
    assert!(grants.contains(&json!({ "dataset": "RetCase", "rule": "R/sensitive", "relation": null })));
    let plan = gateway.explain(&member(), PLACEMENTS).await;
    assert!(plan.contains("granted by rule: case/pseudonymous, rows about youths with an open case of JZ36"));
    assert!(plan.contains("step 0: youths with an open case of JZ36\nsource ret: asked for RetCase"));
}

#[tokio::test]
async fn an_investigation_reads_what_it_is_about_for_its_purpose_alone() {
    let stay = |id, from: &str| of("Placement", id, "a").with("started_on", from.to_owned());
    let ended = |row: Row, on: &str| row.with("ended_on", on.to_owned());
    let gateway = Gateway::over([
        SourceSetup::of_provider("almata", "ALMATA").rows([
            stay(1, "2026-02-01"),
            ended(stay(2, "2025-02-01"), "2025-12-31"),
            ended(stay(3, "2025-02-01"), "2026-02-01"),
            stay(4, "2026-06-01"),
        ]),
        SourceSetup::of_provider("horizon", "HORIZON").rows([stay(5, "2026-02-01")]),
    ])
    .await;
    let query = "{ placements(orderBy: { startedOn: ASC }) { nodes { startedOn } } }";
    let inspector = |purpose: &str| As::role("inspectorate").for_purpose(purpose);
    let found = gateway.ask(&inspector(INVESTIGATION), query).await;
    let nodes = json!([{ "startedOn": "2025-02-01" }, { "startedOn": "2026-02-01" }]);
    assert_eq!(found.data()["placements"]["nodes"], nodes);
    for purpose in ["monitoring", "investigation:17"] {
        assert_eq!(gateway.ask(&inspector(purpose), query).await.code(), "GRAPHQL_VALIDATION_FAILED", "{purpose}");
    }
}
