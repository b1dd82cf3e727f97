//! No source has more questions at a time than it may; and a file that another one replaces is read anew.

use std::{
    fs,
    time::{Duration, Instant},
};

use regiograph::source::resilient::{Health, Kind as Failed, Limits};
use regiograph_tests::{fault::Sqlite, gateway::Gateway, leaks::Quiet, row, row::dataset, trouble};
use serde_json::json;

use super::{LIST, guardian, of, others, placement, source, told};

/// Far longer than the test.
const LONG: Duration = Duration::from_secs(25);

#[tokio::test]
async fn a_source_with_as_many_questions_as_it_may_have_is_not_asked_one_more_and_the_others_answer() {
    let [alpha, gamma] = others();
    let patience = Limits { in_flight: 1, ..Limits::default() };
    let gateway = Gateway::over([alpha, source(&Sqlite, "beta", 2).deadline(LONG).patience(patience), gamma]).await;
    // Without a number, so that each source is asked once.
    let list = LIST.replace("totalCount ", "");
    let beta = || -> &Health {
        let health = gateway.sources().by_name("beta").and_then(|(_, source)| source.health());
        health.expect("configured sources are borne with")
    };
    let whole = gateway.ask(&guardian(), &list).await;
    assert_eq!(whole.data()["placements"]["completeness"]["complete"], true, "{}", whole.text);
    let quiet = Quiet::now();
    trouble::make_slow(&gateway.file("beta"), dataset("Placement"));
    let asking = tokio::spawn(gateway.post(&guardian()).json(&json!({ "query": list })).send());
    let end = Instant::now() + Duration::from_secs(10);
    while beta().in_flight() == 0 {
        assert!(Instant::now() < end && !asking.is_finished(), "the source is never asked");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }

    let began = Instant::now();
    let busy = gateway.ask(&guardian(), &list).await;
    assert!(began.elapsed() < LONG / 2, "it is not waited for");
    let placements = &busy.data()["placements"];
    assert_eq!(of(placements), ["alpha", "gamma", "alpha", "gamma", "alpha", "gamma"], "{}", busy.text);
    assert_eq!(told(placements, "beta")["status"], "TIMED_OUT", "{}", busy.text);
    assert_eq!((beta().failures(Failed::Busy), beta().in_flight(), beta().opened()), (1, 1, 0));

    asking.abort();
    quiet.returns(&gateway).await;
    trouble::make_fast(&gateway.file("beta"), dataset("Placement"));
    let after = gateway.ask(&guardian(), &list).await;
    assert_eq!(after.body["data"], whole.body["data"], "who leaves makes room");
    quiet.returns(&gateway).await;
}

#[tokio::test]
async fn a_file_that_another_one_replaces_while_running_is_read_anew_by_the_next_question() {
    let [alpha, gamma] = others();
    let gateway = Gateway::over([alpha, source(&Sqlite, "beta", 2), gamma]).await;
    let before = gateway.ask(&guardian(), LIST).await;
    assert_eq!(before.data()["placements"]["totalCount"], 9, "{}", before.text);
    let quiet = Quiet::now();
    let file = gateway.file("beta");
    for more in 1..=3_i64 {
        let other = file.with_extension("other");
        fs::copy(&file, &other).expect("the folder takes files");
        row::insert(&other, &[placement(more + 10, format!("2024-12-0{more}"))]);
        fs::rename(&other, &file).expect("files can be moved");
        let after = gateway.ask(&guardian(), LIST).await;
        let list = &after.data()["placements"];
        assert_eq!((&list["totalCount"], &list["completeness"]["complete"]), (&json!(9 + more), &json!(true)));
        assert_eq!(of(list).iter().filter(|it| **it == "beta").count(), usize::try_from(3 + more).unwrap_or(0));
    }
    quiet.returns(&gateway).await;
}
