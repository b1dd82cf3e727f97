//! The end of each chain is signed with every answer: no change of the log waits unseen for a head to be signed.

use std::time::{Duration, Instant};

use regiograph::audit::{self, Ends};
use regiograph_tests::gateway::Gateway;

use super::{
    analyst, answered, faults, open,
    tampering::{asked, assert_shows, signed, tamper},
};

/// Waits until the file of heads holds the end of a chain of events of this length.
async fn filed(gateway: &Gateway, length: usize) {
    let wanted = [format!("\"number\":{length},"), "\"log\":\"event\"".to_owned(), "\"kind\":\"end\"".to_owned()];
    let (path, began) = (gateway.folder().join("audit.heads"), Instant::now());
    loop {
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        if text.lines().any(|line| wanted.iter().all(|it| line.contains(it.as_str()))) {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "the end is not in the file:\n{text}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn what_was_done_to_the_newest_answers_shows_at_once() {
    let swap = "UPDATE audit_event SET number = -2 WHERE number = 2; UPDATE audit_event SET number = 2 WHERE number = 3; \
                UPDATE audit_event SET number = 3 WHERE number = -2";
    let cases = [
        ("UPDATE audit_event SET role = 'public' WHERE number = 3", "event log, writer test, record 3: "),
        ("UPDATE audit_processing SET people = NULL WHERE number = 3", "processing log, writer test, record 3: "),
        ("DELETE FROM audit_event WHERE number = 2", "event log, writer test, record 3: "),
        (swap, "event log, writer test, record 2: "),
        ("DELETE FROM audit_event WHERE number = 3", "event log, writer test, record 3: a signed head says"),
        ("DELETE FROM audit_processing WHERE number > 1", "processing log, writer test, record 3: a signed head says"),
        (
            "DELETE FROM audit_event WHERE number = 3; DELETE FROM audit_end",
            "event log, writer test, record 2: the chain has no",
        ),
        ("UPDATE audit_end SET number = 2", "event log, writer test, record 2: its signed head does not verify"),
        (
            "INSERT INTO audit_event (writer, number, segment, hash) SELECT writer, 4, segment, hash FROM audit_event WHERE \
             number = 3",
            "event log, writer test, record 4: ",
        ),
    ];
    for (statement, expected) in cases {
        let gateway = asked(3).await;
        assert_shows(&gateway, statement, expected).await;
    }
}

#[tokio::test]
async fn an_older_end_that_is_put_back_shows_from_the_file_seconds_later() {
    let gateway = asked(1).await;
    open(&gateway).execute_batch("CREATE TABLE kept AS SELECT * FROM audit_end").expect("it can be copied");
    for _ in 0..2 {
        answered(&gateway.ask(&analyst(), "{ placements { nodes { startedOn } } }").await);
    }
    filed(&gateway, 3).await;
    tamper(
        &gateway,
        "DELETE FROM audit_event WHERE number > 1; DELETE FROM audit_processing WHERE number > 1; DELETE FROM audit_end; \
         INSERT INTO audit_end SELECT * FROM kept",
    );
    let found = faults(&gateway).await;
    assert!(found.iter().any(|it| it.starts_with("event log, writer test, record 3: a signed head says")), "{found:?}");
}

#[tokio::test]
async fn the_log_goes_on_after_a_cut_and_the_cut_is_still_told() {
    let gateway = asked(3).await;
    tamper(&gateway, "DELETE FROM audit_event WHERE number = 3");
    answered(&gateway.ask(&analyst(), "{ placements { nodes { startedOn } } }").await);
    signed(&gateway).await;
    let found = faults(&gateway).await;
    assert!(found.iter().any(|it| it.starts_with("event log, writer test, record 4: records before")), "{found:?}");
}

#[tokio::test]
async fn a_log_that_was_begun_anew_is_not_the_one_whose_ends_an_auditor_kept() {
    let gateway = asked(3).await;
    let kept = audit::verify(gateway.log()).await.expect("the log can be read").ends;
    let file = gateway.folder().join("kept.ends");
    kept.write(&file).expect("they can be kept");
    let kept = Ends::read(&file).expect("they can be read").expect("they are there");
    answered(&gateway.ask(&analyst(), "{ viewer { role } }").await);
    let verified = audit::verify_with(gateway.log(), &kept).await.expect("the log can be read");
    assert_eq!(verified.faults, [], "a log that went on holds what was kept");
    tamper(
        &gateway,
        "DELETE FROM audit_event; DELETE FROM audit_processing; DELETE FROM audit_end; DELETE FROM audit_head",
    );
    std::fs::remove_file(gateway.folder().join("audit.heads")).expect("it can go");
    let gone = audit::verify_with(gateway.log(), &kept).await.expect("the log can be read");
    assert!(gone.faults.iter().any(|it| it.number == 3), "{:?}", gone.faults);
    for _ in 0..4 {
        answered(&gateway.ask(&analyst(), "{ placements { nodes { startedOn } } }").await);
    }
    signed(&gateway).await;
    assert_eq!(faults(&gateway).await, Vec::<String>::new(), "in itself the new log is whole");
    let anew = audit::verify_with(gateway.log(), &kept).await.expect("the log can be read");
    let is_told = anew.faults.iter().any(|it| it.to_string().contains("record 3: a signed head says otherwise"));
    assert!(is_told, "{:?}", anew.faults);
    std::fs::write(&file, "").expect("it can be emptied");
    assert!(Ends::read(&file).is_err(), "what was emptied is not taken for nothing kept");
}

#[tokio::test]
async fn what_was_kept_of_months_that_have_expired_since_is_not_missed() {
    let gateway = asked(2).await;
    let kept = audit::verify(gateway.log()).await.expect("the log can be read").ends;
    gateway.wait(100 * 86_400);
    let month = Duration::from_secs(31 * 86_400);
    let retention = audit::Retention { events: month, processings: month };
    let settings = audit::Settings { retention, ..gateway.log().clone() };
    let gone = audit::expire(&settings).await.expect("the log can be tidied");
    assert_eq!((gone.segments, gone.records), (2, 4));
    let verified = audit::verify_with(gateway.log(), &kept).await.expect("the log can be read");
    assert_eq!(verified.faults, []);
}
