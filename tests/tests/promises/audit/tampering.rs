//! Whoever changes the log is found out, and where: with all rights on its file, but without the audit key.

use regiograph::audit::{self, AuditKey, Settings};
use regiograph_tests::gateway::Gateway;

use super::{analyst, answered, faults, gateway, open, records};

/// A gateway that was asked so often, all of it signed.
pub(super) async fn asked(times: usize) -> Gateway {
    let gateway = gateway().await;
    for _ in 0..times {
        answered(&gateway.ask(&analyst(), "{ placements { nodes { startedOn } } }").await);
    }
    gateway
}

/// Signs the ends of all chains, as a gateway does at its start.
pub(super) async fn signed(gateway: &Gateway) {
    let other = audit::Audit::start(gateway.log().clone());
    other.sign().await.expect("the log can be signed");
}

/// Does something to the log that its triggers would refuse.
pub(super) fn tamper(gateway: &Gateway, statement: &str) {
    let connection = open(gateway);
    let triggers: Vec<String> = {
        let mut all =
            connection.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'").expect("it is SQLite");
        let names = all.query_map([], |row| row.get(0)).and_then(Iterator::collect);
        names.expect("there are triggers")
    };
    for trigger in triggers {
        connection.execute_batch(&format!("DROP TRIGGER {trigger}")).expect("it can be dropped");
    }
    connection.execute_batch(statement).expect("the log can be tampered with");
}

/// The log is whole until it is tampered with, and then it shows where it is not.
pub(super) async fn assert_shows(gateway: &Gateway, statement: &str, expected: &str) {
    assert_eq!(faults(gateway).await, Vec::<String>::new());
    tamper(gateway, statement);
    let found = faults(gateway).await;
    assert!(found.iter().any(|it| it.starts_with(expected)), "{statement}: {found:?}");
}

#[tokio::test]
async fn a_log_that_nobody_touched_verifies() {
    let gateway = asked(3).await;
    signed(&gateway).await;
    let verified = super::verified(&gateway).await;
    assert_eq!((verified.faults.len(), verified.chains), (0, 2), "{:?}", verified.faults);
    assert_eq!((verified.records["event"], verified.records["processing"]), (3, 3));
    assert!(verified.heads >= 2);
}

#[tokio::test]
async fn the_log_itself_refuses_to_be_changed() {
    let gateway = asked(1).await;
    for statement in [
        "UPDATE audit_event SET role = 'public'",
        "DELETE FROM audit_event",
        "UPDATE audit_processing SET people = NULL",
        "DELETE FROM audit_processing",
        "DELETE FROM audit_head",
        "INSERT OR REPLACE INTO audit_event SELECT * FROM audit_event",
        "INSERT OR REPLACE INTO audit_processing SELECT * FROM audit_processing",
        "UPDATE audit_end SET number = 0",
        "DELETE FROM audit_end",
    ] {
        let refused = open(&gateway).execute_batch(statement);
        let nothing = statement.ends_with("audit_head") && records(&gateway, "head", &["number"]).is_empty();
        assert!(refused.is_err() || nothing, "{statement}");
    }
}

#[tokio::test]
async fn what_is_changed_taken_out_moved_or_cut_off_shows_and_where() {
    let swap = "UPDATE audit_event SET number = -2 WHERE number = 2; UPDATE audit_event SET number = 2 WHERE number = 3; \
                UPDATE audit_event SET number = 3 WHERE number = -2";
    let cases = [
        ("UPDATE audit_event SET role = 'public' WHERE number = 2", "event log, writer test, record 2: "),
        ("UPDATE audit_event SET status = 200 WHERE number = 3", "event log, writer test, record 3: "),
        ("UPDATE audit_processing SET people = NULL WHERE number = 2", "processing log, writer test, record 2: "),
        ("DELETE FROM audit_event WHERE number = 2", "event log, writer test, record 3: "),
        ("DELETE FROM audit_event WHERE number = 1", "event log, writer test, record 2: "),
        (swap, "event log, writer test, record 2: "),
        ("DELETE FROM audit_event WHERE number >= 4", "event log, writer test, record 5: "),
        ("DELETE FROM audit_processing", "processing log, writer test, record 5: "),
        (
            "DELETE FROM audit_event WHERE number = 5; DELETE FROM audit_head WHERE log = 'event'",
            "event log, writer test, record 5: ",
        ),
        ("DELETE FROM audit_event; DELETE FROM audit_head WHERE log = 'event'", "event log, writer test, record 5: "),
        ("UPDATE audit_head SET number = 4 WHERE log = 'event'", "event log, writer test, record "),
    ];
    for (statement, expected) in cases {
        let gateway = asked(5).await;
        signed(&gateway).await;
        assert_shows(&gateway, statement, expected).await;
    }
}

#[tokio::test]
async fn a_log_that_is_signed_anew_with_another_key_shows() {
    let gateway = asked(2).await;
    signed(&gateway).await;
    let key = AuditKey::from_text(&"5a17".repeat(16), "the test").expect("it is a key");
    let other = Settings { key, ..gateway.log().clone() };
    let found = audit::verify(&other).await.expect("the log can be read").faults;
    assert!(found.iter().any(|it| it.to_string().contains("does not verify with the audit key")), "{found:?}");
}

#[tokio::test]
async fn a_file_of_heads_that_is_cut_or_gone_shows() {
    let gateway = asked(2).await;
    signed(&gateway).await;
    let path = gateway.folder().join("audit.heads");
    let text = std::fs::read_to_string(&path).expect("heads were signed");
    let first = text.lines().next().expect("there is one").to_owned() + "\n";
    std::fs::write(&path, first).expect("it can be cut");
    assert!(!faults(&gateway).await.is_empty());
    std::fs::remove_file(&path).expect("it can go");
    assert!(faults(&gateway).await.iter().any(|it| it.contains("the file of signed heads is not there")));
}

#[tokio::test]
async fn months_that_have_expired_go_and_the_log_verifies_all_the_same() {
    let gateway = asked(2).await;
    gateway.wait(20 * 86_400);
    answered(&gateway.ask(&analyst(), "{ placements { nodes { startedOn } } }").await);
    assert_eq!(faults(&gateway).await, Vec::<String>::new());
    let month = std::time::Duration::from_secs(31 * 86_400);
    let retention = audit::Retention { events: month, ..gateway.log().retention };
    let settings = Settings { retention, ..gateway.log().clone() };
    let kept = audit::expire(&settings).await.expect("the log can be tidied");
    assert_eq!(kept.records, 0, "the month has not been over for a month");
    gateway.wait(31 * 86_400);
    let gone = audit::expire(&settings).await.expect("the log can be tidied");
    assert_eq!((gone.segments, gone.records), (1, 2));
    assert_eq!(records(&gateway, "event", &["number"]), [["3"]]);
    assert_eq!(records(&gateway, "processing", &["number"]), [["1"], ["2"], ["3"]]);
    assert_eq!(faults(&gateway).await, Vec::<String>::new());
    answered(&gateway.ask(&analyst(), "{ placements { nodes { startedOn } } }").await);
    assert_eq!(faults(&gateway).await, Vec::<String>::new());
    tamper(&gateway, "UPDATE audit_event SET role = 'public' WHERE number = 3");
    assert!(!faults(&gateway).await.is_empty());
}
