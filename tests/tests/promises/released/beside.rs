//! What stands around a released table: no source, the way that it is asked for, and the releases that there are.

use std::fs;

use regiograph_tests::{
    caller::As,
    gateway::{Gateway, Reply, Setup, SourceSetup},
};
use serde_json::{Value, json};

use super::{PERIODS, numbers, placement, query, row, sources};

/// Fewer rows than the world has, for tests that change something; enough for some cells to be shown.
pub(super) fn few() -> Vec<SourceSetup> {
    let rows = |place: u64| (0..300).map(move |number| row(placement(), place * 10_000 + number, 400));
    let holders = [("almata", "ALMATA"), ("horizon", "HORIZON"), ("jhf", "JHF"), ("elker", "ELKER")];
    let sources = holders.into_iter().zip(0..);
    sources.map(|((name, code), place)| SourceSetup::of_provider(name, code).rows(rows(place))).collect()
}

async fn table(gateway: &Gateway, arguments: &str) -> Reply {
    let fields = format!("regionCode {}", numbers(placement()));
    gateway.ask(&As::public(), &query(placement(), arguments, &fields)).await
}

#[tokio::test]
async fn no_source_is_asked_and_nothing_of_sources_is_told() {
    let gateway = Gateway::over(few()).await;
    gateway.release(&PERIODS).await.expect("all sources answer");
    let questions = [
        "groupBy: REGION",
        "groupBy: REGION, openOn: \"2025-12-31\"",
        "release: \"2025\"",
        "groupBy: [URGENT, REGION], orderBy: { rows: DESC }",
    ];
    let mut before = Vec::new();
    for question in questions {
        let reply = table(&gateway, question).await;
        assert!(reply.text.contains("\"suppressed\":false"), "{question} shows something: {}", reply.text);
        assert!(!reply.text.contains("almata") && !reply.text.contains("horizon"), "{}", reply.text);
        before.push(reply.text);
    }
    for name in ["almata", "horizon", "jhf", "elker"] {
        fs::remove_file(gateway.file(name)).expect("files can be removed");
    }
    for (question, before) in questions.into_iter().zip(before) {
        assert_eq!(table(&gateway, question).await.text, before, "{question}");
    }
}

#[tokio::test]
async fn a_released_table_is_asked_for_by_get_too() {
    let gateway = Gateway::over(few()).await;
    gateway.release(&["2025"]).await.expect("all sources answer");
    let asked = query(placement(), "groupBy: REGION, first: 3", "regionCode regionLabel rows");
    let posted = gateway.ask(&As::public(), &asked).await;
    let got = gateway.send(gateway.client().get(gateway.url()).query(&[("query", &asked)])).await;
    assert_eq!((got.status, &got.text), (200, &posted.text));
    assert_eq!(got.data()["table"]["groups"].as_array().map(Vec::len), Some(3));
}

#[tokio::test]
async fn a_release_is_seen_as_soon_as_it_is_made() {
    let gateway = Gateway::over(few()).await;
    let none = table(&gateway, "groupBy: REGION").await;
    assert!(
        none.message().contains("no release of Placement") && none.message().contains("\"releases\""),
        "{}",
        none.text
    );
    let list = async || gateway.ask(&As::public(), "{ releases { period } }").await.data()["releases"].clone();
    assert_eq!(list().await, json!([]));
    gateway.release(&["2025Q3"]).await.expect("all sources answer");
    assert_eq!(table(&gateway, "").await.data()["table"]["release"]["period"], "2025Q3");
    gateway.release(&["2025Q4"]).await.expect("all sources answer");
    assert_eq!(table(&gateway, "").await.data()["table"]["release"]["period"], "2025Q4");
    assert_eq!(list().await, json!([{ "period": "2025Q4" }, { "period": "2025Q3" }]));
    let year = table(&gateway, "groupBy: STARTED_ON_YEAR").await;
    assert!(year.message().contains("no release of Placement"), "{}", year.text);
    let day = table(&gateway, "openOn: \"2024-12-31\"").await;
    assert!(day.message().contains("\"openOn\"") && day.message().contains("\"releases\""), "{}", day.text);
}

#[tokio::test]
async fn a_release_of_other_sources_is_refused_by_its_name_and_still_listed() {
    let gateway = Gateway::over(few()).await;
    gateway.release(&["2025"]).await.expect("all sources answer");
    let mut more = few();
    more.push(SourceSetup::of_provider("levvel", "LEVVEL"));
    let mut fewer = few();
    fewer.pop();
    let mut moved = few();
    moved[0] = SourceSetup::of_provider("almata", "LEVVEL");
    let before = table(&gateway, "groupBy: REGION").await;
    for sources in [more, fewer, moved] {
        let other = Setup::of(sources).store_of(&gateway).start().await;
        for arguments in ["groupBy: REGION", "release: \"2025\""] {
            let reply = table(&other, arguments).await;
            assert_eq!(reply.code(), "BAD_USER_INPUT", "{}", reply.text);
            assert!(reply.message().contains("2025") && reply.message().contains("other sources"), "{}", reply.text);
            assert!(reply.message().contains("\"releases\""), "{}", reply.text);
            assert_eq!(reply.body["data"]["table"], Value::Null);
        }
        let list = other.ask(&As::public(), "{ releases { period } }").await;
        assert_eq!(list.data()["releases"], json!([{ "period": "2025" }]));
    }
    let same = Setup::of(few().into_iter().rev()).store_of(&gateway).start().await;
    assert_eq!(table(&same, "groupBy: REGION").await.text, before.text, "their order is nothing");
}

#[tokio::test]
async fn the_rows_that_came_in_later_change_nothing() {
    let gateway = Gateway::over(sources()).await;
    gateway.release(&["2025"]).await.expect("all sources answer");
    let before = table(&gateway, "groupBy: REGION").await.text;
    regiograph_tests::row::clear(&gateway.file("almata"), placement());
    assert_eq!(table(&gateway, "groupBy: REGION").await.text, before);
}
