//! A source that is slow, gone or changed is reported and does not hide the others, unless the caller asked for that.

use std::time::{Duration, Instant};

use regiograph_tests::{
    caller::As,
    gateway::{Gateway, SourceSetup},
    row::{self, Row, dataset},
    trouble,
};
use serde_json::{Value, json};

const LIST: &str = "query($after: String, $fail: SourceFailure) { viewer { role } \
    placements(first: 2, after: $after, orderBy: [{ startedOn: ASC }], onSourceFailure: $fail) { \
      totalCount nodes { startedOn source { name } } pageInfo { hasNextPage endCursor } \
      completeness { complete sources { source { name } status reason asOf } } } }";

/// Sees days, at every provider; rests on no care relation.
fn guardian() -> As {
    As::role("certified_institution").of("GI01")
}

/// Three sources of one provider, each with a placement on the first, second or third of three days a month.
fn sources() -> [SourceSetup; 3] {
    let rows = |place: i64| {
        (1..=3_i64).map(move |month| {
            Row::of(dataset("Placement"))
                .with("id", month)
                .with("started_on", format!("2025-0{month}-0{place}"))
                .with("institution", "GI01".to_owned())
        })
    };
    let source = |name, place| SourceSetup::of_provider(name, "ALMATA").rows(rows(place));
    [source("alpha", 1), source("beta", 2).deadline(Duration::from_secs(2)), source("gamma", 3)]
}

fn statuses(list: &Value) -> Vec<(String, String)> {
    let sources = list["completeness"]["sources"].as_array().into_iter().flatten();
    let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
    sources.map(|it| (text(&it["source"]["name"]), text(&it["status"]))).collect()
}

/// Which sources a page's rows are of.
fn of(list: &Value) -> Vec<&str> {
    list["nodes"].as_array().into_iter().flatten().filter_map(|it| it["source"]["name"].as_str()).collect()
}

fn names(list: [(&str, &str); 3]) -> Vec<(String, String)> {
    list.map(|(name, status)| (name.to_owned(), status.to_owned())).to_vec()
}

#[tokio::test]
async fn a_slow_source_is_reported_and_does_not_hide_the_others() {
    let gateway = Gateway::over(sources()).await;
    trouble::make_slow(&gateway.file("beta"), dataset("Placement"));
    let began = Instant::now();
    let reply = gateway.ask(&guardian(), LIST).await;
    assert!(began.elapsed() < Duration::from_secs(10), "the deadline holds");
    let list = &reply.data()["placements"];
    assert_eq!(of(list), ["alpha", "gamma"]);
    assert_eq!(list["totalCount"], Value::Null);
    assert_eq!(list["completeness"]["complete"], false);
    assert_eq!(statuses(list), names([("alpha", "ANSWERED"), ("beta", "TIMED_OUT"), ("gamma", "ANSWERED")]));
    let partial = json!([{ "path": ["placements"], "source": "beta", "status": "TIMED_OUT" }]);
    assert_eq!(reply.body["extensions"]["partial"], partial);
}

#[tokio::test]
async fn a_source_that_was_missed_stays_missed_on_later_pages() {
    let gateway = Gateway::over(sources()).await;
    trouble::make_slow(&gateway.file("beta"), dataset("Placement"));
    let first = gateway.ask(&guardian(), LIST).await;
    trouble::make_fast(&gateway.file("beta"), dataset("Placement"));
    let after = &first.data()["placements"]["pageInfo"]["endCursor"];
    let second = gateway.ask_with(&guardian(), LIST, json!({ "after": after })).await;
    let list = &second.data()["placements"];
    assert_eq!(of(list), ["alpha", "gamma"], "the list stays the one that was begun");
    assert_eq!(statuses(list), names([("alpha", "ANSWERED"), ("beta", "MISSED"), ("gamma", "ANSWERED")]));
    assert_eq!((&list["totalCount"], &list["completeness"]["complete"]), (&Value::Null, &json!(false)));
    assert_eq!(second.body["extensions"]["partial"][0]["status"], "MISSED");
    let failing = gateway.ask_with(&guardian(), LIST, json!({ "after": after, "fail": "FAIL" })).await;
    assert_eq!(failing.code(), "SOURCE_UNAVAILABLE");
    let anew = gateway.ask(&guardian(), LIST).await;
    assert_eq!(of(&anew.data()["placements"]), ["alpha", "beta"]);
}

#[tokio::test]
async fn with_fail_the_field_alone_is_null_and_says_which_source() {
    let gateway = Gateway::over(sources()).await;
    trouble::make_slow(&gateway.file("beta"), dataset("Placement"));
    let query = "{ a: placements(onSourceFailure: FAIL) { nodes { id } } b: capacityReports { totalCount } \
                 c: placements(onSourceFailure: FAIL, filter: { source: { name: { ne: \"beta\" } } }) { totalCount } }";
    let reply = gateway.ask(&guardian(), query).await;
    assert_eq!(reply.status, 200);
    let data = json!({ "a": null, "b": { "totalCount": 0 }, "c": { "totalCount": 6 } });
    assert_eq!(reply.body["data"], data);
    assert_eq!(reply.errors().len(), 1);
    assert_eq!((reply.code(), &reply.errors()[0]["path"]), ("SOURCE_UNAVAILABLE", &json!(["a"])));
    assert!(reply.message().contains("\"beta\""), "{}", reply.message());
    assert_eq!(reply.body["extensions"]["partial"], Value::Null);
}

#[tokio::test]
async fn a_missing_file_and_a_dropped_column_are_told_apart_and_name_no_path() {
    let gateway = Gateway::over(sources()).await;
    trouble::take_away(&gateway.file("alpha"));
    trouble::drop_column(&gateway.file("gamma"), dataset("Placement"), "started_on");
    let reply = gateway.ask(&guardian(), LIST).await;
    let list = &reply.data()["placements"];
    assert_eq!(of(list), ["beta", "beta"]);
    assert_eq!(statuses(list), names([("alpha", "UNREACHABLE"), ("beta", "ANSWERED"), ("gamma", "DRIFTED")]));
    let reasons: Vec<_> = (0..3).map(|place| &list["completeness"]["sources"][place]["reason"]).collect();
    assert!(reasons[2].as_str().is_some_and(|it| it.contains("placement.started_on")), "{reasons:?}");
    assert_eq!(reasons[1], &Value::Null);
    assert!(!reply.text.contains("sqlite") && !reply.text.contains("SELECT"), "{}", reply.text);
    let others = gateway.ask(&guardian(), "{ placements { nodes { urgent } completeness { complete } } }").await;
    assert_eq!(
        others.data()["placements"]["nodes"].as_array().map(Vec::len),
        Some(6),
        "what is not asked for is not missed"
    );
}

#[tokio::test]
async fn a_source_that_comes_back_answers_at_the_next_request() {
    let gateway = Gateway::over(sources()).await;
    trouble::take_away(&gateway.file("alpha"));
    let without = gateway.ask(&guardian(), LIST).await;
    assert_eq!(of(&without.data()["placements"]), ["beta", "gamma"]);
    trouble::bring_back(&gateway.file("alpha"));
    let with = gateway.ask(&guardian(), LIST).await;
    let list = &with.data()["placements"];
    assert_eq!((of(list), &list["totalCount"]), (vec!["alpha", "beta"], &json!(9)));
    assert_eq!(with.body["extensions"]["partial"], Value::Null);
}

#[tokio::test]
async fn a_value_that_cannot_be_read_is_the_sources_fault_and_not_shown() {
    let gateway = Gateway::over(sources()).await;
    row::execute(&gateway.file("gamma"), "UPDATE placement SET started_on = '20230600' WHERE id = 2");
    let reply = gateway.ask(&guardian(), LIST).await;
    let list = &reply.data()["placements"];
    assert_eq!(statuses(list), names([("alpha", "ANSWERED"), ("beta", "ANSWERED"), ("gamma", "MALFORMED")]));
    assert!(!reply.text.contains("20230600"));
}
