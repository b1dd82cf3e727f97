//! A gateway that runs for years takes out what has been kept long enough at each month's end, and the log says so.

use std::time::Duration;

use regiograph::audit::{Audit, Event, Kind, Retention, Settings};

use super::{analyst, answered, faults, gateway, open, records};

#[tokio::test]
async fn what_has_expired_goes_at_a_months_end_without_a_start_and_leaves_an_event() {
    let gateway = gateway().await;
    for _ in 0..2 {
        answered(&gateway.ask(&analyst(), "{ placements { nodes { startedOn } } }").await);
    }
    let month = Duration::from_secs(31 * 86_400);
    let settings = Settings { retention: Retention { events: month, processings: month }, ..gateway.log().clone() };
    let log = Audit::start(settings.clone());
    let write = || log.write(Event::new(Kind::Operation, settings.clock.now(), "1").into());
    write().await.expect("the log can be written");
    gateway.wait(20 * 86_400);
    write().await.expect("the log can be written");
    assert_eq!(records(&gateway, "event", &["number"]).len(), 4, "nothing has been over for a month");
    gateway.wait(40 * 86_400);
    write().await.expect("the log can be written");
    // What is signed after that is signed when the month's end has been seen to.
    log.sign().await.expect("the log can be signed");
    let events = records(&gateway, "event", &["event", "action", "rows", "datasets"]);
    let told = ["EXPIRY", "DELETE", "5", "AuditEvent"].map(str::to_owned);
    assert!(events.iter().any(|it| *it == told), "{events:?}");
    assert_eq!(events.len(), 3, "{events:?}");
    assert_eq!(records(&gateway, "processing", &["number"]), Vec::<Vec<String>>::new());
    assert_eq!(faults(&gateway).await, Vec::<String>::new());
    // Where it cannot be said, nothing goes.
    let broken = "CREATE TRIGGER broken BEFORE INSERT ON audit_event WHEN NEW.event = 'EXPIRY' BEGIN SELECT RAISE(ABORT, \
                  'full'); END";
    open(&gateway).execute_batch(broken).expect("the log can be broken");
    gateway.wait(70 * 86_400);
    write().await.expect("the log can be written");
    log.sign().await.expect("the log can be signed");
    assert_eq!(records(&gateway, "event", &["number"]).len(), 4);
}
