//! Implausible rows are served as their holders keep them, with a note that names the rule and never the value; none is
//! dropped, and none is mended.

use regiograph_tests::{
    caller::As,
    gateway::{Gateway, SourceSetup},
    row::{Row, dataset},
    trouble,
};
use rusqlite::types::Value::Null;
use serde_json::{Value, json};

/// A placement of a ward of Woensdrecht, as it should be.
fn placement(id: i64) -> Row {
    Row::of(dataset("Placement"))
        .with("id", id)
        .with("institution", "GI01".to_owned())
        .with("unit", "ALMATA-OSS-1".to_owned())
        .with("region", "JZ36".to_owned())
        .with("municipality", "GM0873".to_owned())
        .with("started_on", format!("2025-01-0{id}"))
}

/// A good row, and one for each rule.
async fn gateway() -> Gateway {
    let gateway = Gateway::over([SourceSetup::of_provider("almata", "ALMATA").rows([placement(1)])]).await;
    for row in [
        placement(2).with("youth", Null).with("urgent", Null),
        placement(3).with("authorisation", "?".to_owned()).with("unit", "nowhere".to_owned()),
        placement(4).with("closed_days", 1_i64 << 40),
        placement(5).with("ended_on", "2024-12-31".to_owned()),
        placement(6).with("region", "JZ34".to_owned()),
    ] {
        trouble::insert_loosely(&gateway.file("almata"), &row);
    }
    gateway
}

/// The notes of each row, in order.
fn notes(list: &Value) -> Vec<Vec<String>> {
    let nodes = list["nodes"].as_array().into_iter().flatten();
    let words = |note: &Value| format!("{} {}", note["rule"], note["field"]).replace('"', "");
    nodes.map(|node| node["quality"].as_array().into_iter().flatten().map(words).collect()).collect()
}

const LIST: &str = "{ placements(orderBy: { startedOn: ASC }) { totalCount nodes { startedOn endedOn urgent \
    authorisation closedDays unit { code } quality { rule field } } completeness { complete } } }";

#[tokio::test]
async fn a_row_that_breaks_a_rule_is_served_with_a_note_of_the_rule() {
    let gateway = gateway().await;
    let reply = gateway.ask(&As::role("certified_institution").of("GI01"), LIST).await;
    let list = &reply.data()["placements"];
    assert_eq!((&list["totalCount"], &list["completeness"]["complete"]), (&json!(6), &json!(true)));
    assert_eq!(
        notes(list),
        [
            vec![],
            vec!["VALUE_MISSING youth", "VALUE_MISSING urgent"],
            vec!["CODE_UNKNOWN unit", "CODE_UNKNOWN authorisation"],
            vec!["OUT_OF_RANGE closedDays"],
            vec!["ENDS_BEFORE_START endedOn"],
            vec!["NOT_A_MEMBER municipality"],
        ]
    );
    let nodes = &list["nodes"];
    assert_eq!(
        (&nodes[1]["urgent"], &nodes[2]["authorisation"], &nodes[2]["unit"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    assert_eq!((&nodes[3]["closedDays"], &nodes[4]["endedOn"]), (&Value::Null, &json!("2024-12-31")));
    assert!(!reply.text.contains("nowhere") && !reply.text.contains('?'), "no value is told");
}

#[tokio::test]
async fn notes_speak_only_of_what_the_reader_is_shown() {
    let gateway = gateway().await;
    let reply = gateway.ask(&As::role("region_analyst").of("JZ36"), LIST).await;
    let told = notes(&reply.data()["placements"]);
    assert_eq!(told.len(), 5);
    let all = told.concat();
    assert!(!all.iter().any(|note| note.contains("youth")), "it is shown no youths: {all:?}");
    assert!(all.iter().any(|note| note == "VALUE_MISSING urgent"), "{all:?}");
}
