//! A source that does not answer fails a table, unless the caller asked for what there is; and who stands in a care
//! relation is asked anew for every table.

use std::time::Duration;

use regiograph::query::Holder;
use regiograph_tests::{
    caller::As,
    gateway::{Gateway, SourceSetup},
    row::{self, Row, dataset},
    trouble,
};
use serde_json::json;

use super::{provider, stay};

const TABLE: &str = "query($on: SourceFailure) { viewer { role } placementStatistics(groupBy: URGENT, onSourceFailure: $on) { \
    groups { urgent rows youths } completeness { complete sources { source { name } status } } } }";

#[tokio::test]
async fn a_table_that_lacks_a_source_fails_unless_a_part_of_it_is_asked_for() {
    let source = |name, youth| {
        SourceSetup::of_provider(name, "ALMATA").deadline(Duration::from_secs(2)).rows([stay(1, youth, "2025-01-10")])
    };
    let guardian = As::role("certified_institution").of("GI01");
    let gateway = Gateway::over([source("alpha", 1), source("beta", 2)]).await;
    for file in ["alpha", "beta"] {
        row::execute(&gateway.file(file), "UPDATE placement SET institution = 'GI01'");
    }
    let query = TABLE.replace("($on: SourceFailure)", "").replace("$on", "FAIL");
    let whole = gateway.ask(&guardian, &query).await;
    assert_eq!(whole.data()["placementStatistics"]["groups"], json!([{ "urgent": false, "rows": 2, "youths": 2 }]));
    trouble::drop_column(&gateway.file("beta"), dataset("Placement"), "urgent");
    for failed in [gateway.ask(&guardian, TABLE).await, gateway.ask(&guardian, &query).await] {
        assert_eq!(
            (failed.code(), &failed.errors()[0]["path"]),
            ("SOURCE_UNAVAILABLE", &json!(["placementStatistics"]))
        );
        assert_eq!(
            (&failed.body["data"]["placementStatistics"], &failed.body["data"]["viewer"]["role"]),
            (&json!(null), &json!(guardian.role))
        );
        assert!(failed.message().contains("beta"));
    }
    let partial = gateway.ask_with(&guardian, TABLE, json!({ "on": "PARTIAL" })).await;
    let table = &partial.data()["placementStatistics"];
    assert_eq!(table["groups"], json!([{ "urgent": false, "rows": 1, "youths": 1 }]));
    assert_eq!(
        table["completeness"],
        json!({ "complete": false, "sources": [
        { "source": { "name": "alpha" }, "status": "ANSWERED" }, { "source": { "name": "beta" }, "status": "DRIFTED" }] })
    );
    assert_eq!(
        partial.body["extensions"]["partial"],
        json!([{ "path": ["placementStatistics"], "source": "beta", "status": "DRIFTED" }])
    );
}

#[tokio::test]
async fn a_table_rests_on_the_care_relations_that_hold_now() {
    let case = |id: i64, youth: i64| Row::of(dataset("RetCase")).with("id", id).with("youth", format!("youth {youth}"));
    let ret = SourceSetup::new("ret", Holder::Region("JZ36".into())).rows([case(1, 1), case(2, 2)]);
    let stays =
        [stay(1, 1, "2025-01-10"), stay(2, 1, "2025-03-10"), stay(3, 2, "2025-01-10"), stay(4, 3, "2025-01-10")];
    let gateway = Gateway::over([ret, SourceSetup::of_provider("almata", "ALMATA").rows(stays)]).await;
    let member = As::role("ret_member").of("JZ36");
    let query = "{ placementStatistics { groups { rows youths } } }";
    let groups = async || gateway.ask(&member, query).await.data()["placementStatistics"]["groups"].clone();
    assert_eq!(groups().await, json!([{ "rows": 3, "youths": 2 }]));
    row::execute(&gateway.file("ret"), "UPDATE ret_case SET closed_on = '2026-01-15' WHERE id = 2");
    assert_eq!(groups().await, json!([{ "rows": 2, "youths": 1 }]));
    trouble::take_away(&gateway.file("ret"));
    let unknown = query.replace("placementStatistics", "placementStatistics(onSourceFailure: PARTIAL)");
    assert_eq!(gateway.ask(&member, &unknown).await.code(), "SOURCE_UNAVAILABLE", "never a table over nobody");
}

#[tokio::test]
async fn a_plan_of_a_table_names_the_rule_and_its_groups() {
    let gateway = Gateway::over([SourceSetup::of_provider("almata", "ALMATA")]).await;
    let query =
        "{ placementStatistics(groupBy: [SUPRA_REGION, STARTED_ON_MONTH]) { groups { rows closedDays { p90 } } } }";
    let plan = gateway.explain(&As::role("coordinator").of("ZW"), query).await;
    for told in [
        "granted by rule: x! L, dates as months",
        "group: started_on by month",
        "measure: closed_days, with percentiles",
        "source almata: asked for a table",
    ] {
        assert!(plan.contains(told), "{plan} lacks {told}");
    }
    let refused = gateway.explain(&provider(), &query.replace("STARTED_ON_MONTH", "SUPRA_REGION")).await;
    assert!(refused.contains("refused") && refused.contains("SUPRA_REGION twice"), "{refused}");
}
