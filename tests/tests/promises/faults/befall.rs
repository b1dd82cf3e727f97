//! Every fault of every kind of source, while the gateway runs.

use std::time::Instant;

use regiograph_tests::{
    fault::{DEADLINE, Fault, KINDS, Kind},
    gateway::Gateway,
    leaks::Quiet,
    row::dataset,
};
use serde_json::{Value, json};

use super::{LIST, guardian, of, others, source, told};

/// What all of them promise.
async fn weathers(kind: &dyn Kind, fault: Fault) {
    let [alpha, gamma] = others();
    let gateway = Gateway::over([alpha, source(kind, "beta", 2), gamma]).await;
    let whole = gateway.ask(&guardian(), LIST).await;
    assert_eq!(whole.data()["placements"]["completeness"]["complete"], true, "{fault:?}: {}", whole.text);
    let quiet = Quiet::now();

    let mend = kind.befall(&gateway, "beta", dataset("Placement"), fault);
    let began = Instant::now();
    let reply = gateway.ask(&guardian(), LIST).await;
    // The deadline, and what a busy machine takes beside it.
    assert!(began.elapsed() < DEADLINE * 6, "{fault:?}: {:?}", began.elapsed());
    let list = &reply.data()["placements"];
    assert_eq!(of(list), ["alpha", "gamma", "alpha", "gamma", "alpha", "gamma"], "{fault:?}: {}", reply.text);
    assert_eq!((&list["totalCount"], &list["completeness"]["complete"]), (&Value::Null, &json!(false)), "{fault:?}");
    assert_eq!(told(list, "beta")["status"], fault.status(), "{fault:?}: {}", reply.text);
    assert_eq!(told(list, "alpha")["status"], "ANSWERED", "{fault:?}");
    for hidden in ["sqlite", "SELECT", "+02:00", "/tmp"] {
        assert!(!reply.text.contains(hidden), "{fault:?}: {}", reply.text);
    }
    quiet.returns(&gateway).await;

    mend();
    let after = gateway.ask(&guardian(), LIST).await;
    assert_eq!(after.body["data"], whole.body["data"], "{fault:?}: it recovers by itself");
    quiet.returns(&gateway).await;
}

async fn every_kind_weathers(fault: Fault) {
    for kind in KINDS.into_iter().filter(|kind| kind.faults().contains(&fault)) {
        weathers(kind, fault).await;
    }
}

#[tokio::test]
async fn a_source_that_goes_away_takes_only_its_own_rows_and_comes_back() {
    every_kind_weathers(Fault::Gone).await;
}

#[tokio::test]
async fn a_source_that_hangs_is_waited_for_until_its_deadline_and_no_longer() {
    every_kind_weathers(Fault::Hanging).await;
}

#[tokio::test]
async fn a_source_that_someone_else_has_locked_is_waited_for_until_its_deadline() {
    every_kind_weathers(Fault::Locked).await;
}

#[tokio::test]
async fn a_source_that_turns_into_garbage_is_out_of_reach_until_it_is_whole() {
    every_kind_weathers(Fault::Garbage).await;
}

#[tokio::test]
async fn a_source_that_is_cut_off_is_out_of_reach_until_it_is_whole() {
    every_kind_weathers(Fault::Truncated).await;
}

#[tokio::test]
async fn a_column_dropped_while_running_is_drift_until_it_is_put_back() {
    every_kind_weathers(Fault::ColumnDropped).await;
}

#[tokio::test]
async fn a_moment_with_its_offset_in_the_place_of_a_day_is_malformed_and_not_shown() {
    every_kind_weathers(Fault::OtherTimeZone).await;
}

#[tokio::test]
async fn a_column_that_is_added_again_by_hand_is_read_again_by_statements_that_stood() {
    let [alpha, gamma] = others();
    let gateway = Gateway::over([alpha, gamma]).await;
    let file = gateway.file("gamma");
    let before = gateway.ask(&guardian(), LIST).await;
    regiograph_tests::trouble::drop_column(&file, dataset("Placement"), "started_on");
    let without = gateway.ask(&guardian(), LIST).await;
    let told = told(&without.data()["placements"], "gamma").clone();
    assert_eq!(told["status"], "DRIFTED");
    assert!(told["reason"].as_str().is_some_and(|it| it.contains("placement.started_on")), "{told}");
    regiograph_tests::row::execute(
        &file,
        "ALTER TABLE placement ADD COLUMN started_on date_text; \
         UPDATE placement SET started_on = '2025-0' || id || '-03'",
    );
    let after = gateway.ask(&guardian(), LIST).await;
    assert_eq!(after.body["data"], before.body["data"]);
}
