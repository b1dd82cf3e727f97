//! The audit key can be changed: what the one of before signed and encrypted is still read, and it signs nothing any more.

use std::time::Duration;

use regiograph::audit::{
    self, Audit, AuditKey, Entry, Event, Kind, Processing, Retention, Settings, Subjects, activity, seen, verify,
};
use regiograph_tests::gateway::Gateway;

use super::{analyst, answered, records, tampering::asked};

/// The same log with a newer key beside the gateway's.
fn rotated(gateway: &Gateway) -> Settings {
    let old = std::fs::read_to_string(gateway.folder().join("audit.key")).expect("there is a key");
    let text = format!("2 2026-11-22 {}\n1 {} until 2040-01-01\n", "5a17".repeat(16), old.trim());
    let key = AuditKey::from_text(&text, "the test").expect("they are keys");
    Settings { key, ..gateway.log().clone() }
}

/// An answer with a row about this youth.
fn answer(gateway: &Gateway, youth: &str) -> Entry {
    let processing = Processing {
        activity: activity("monitoring", "Placement"),
        dataset: "Placement",
        sources: ["almata".into()].into(),
        released: None,
        subjects: Subjects::Each(vec![youth.into()]),
    };
    Entry { event: Event::new(Kind::Operation, gateway.now(), "1"), processings: vec![processing] }
}

#[tokio::test]
async fn a_log_goes_on_under_a_new_key_and_all_of_it_is_read() {
    let gateway = asked(2).await;
    let (old, settings) = (gateway.log().key.id().to_owned(), rotated(&gateway));
    assert_ne!(old, settings.key.id());
    let before = seen(&settings, "raw-bo", &[]).await.expect("the log can be read").len();
    assert_eq!(before, 2, "what was encrypted under the key of before is found");
    let audit = Audit::start(settings.clone());
    audit.write(answer(&gateway, "raw-bo")).await.expect("it is written");
    audit.sign().await.expect("it is signed");
    assert_eq!(seen(&settings, "raw-bo", &[]).await.expect("the log can be read").len(), 3);
    assert_eq!(verify(&settings).await.expect("the log can be read").faults, []);
    let mut heads = records(&gateway, "head", &["log", "number", "kind", "key"]);
    heads.retain(|it| it[2] == "rotated");
    let new = settings.key.id();
    assert_eq!(heads, [["event", "2", "rotated", new], ["processing", "2", "rotated", new]]);
    let without = audit::verify(gateway.log()).await.expect("the log can be read").faults;
    assert!(!without.is_empty(), "who knows only the key of before does not take the rest for good");
}

#[tokio::test]
async fn a_key_of_before_signs_nothing_any_more() {
    let gateway = asked(2).await;
    let settings = rotated(&gateway);
    let audit = Audit::start(settings.clone());
    audit.write(answer(&gateway, "raw-bo")).await.expect("it is written");
    assert_eq!(verify(&settings).await.expect("the log can be read").faults, []);
    let old = Audit::start(gateway.log().clone());
    old.write(answer(&gateway, "raw-bo")).await.expect("whoever has the key can write");
    let faults = verify(&settings).await.expect("the log can be read").faults;
    assert!(faults.iter().any(|it| it.to_string().contains("another had taken the place of")), "{faults:?}");
}

#[tokio::test]
async fn a_key_of_before_may_go_once_all_that_it_signed_has_expired() {
    let gateway = asked(2).await;
    gateway.wait(20 * 86_400);
    answered(&gateway.ask(&analyst(), "{ placements { nodes { startedOn } } }").await);
    let both = rotated(&gateway);
    let audit = Audit::start(both.clone());
    audit.write(answer(&gateway, "raw-bo")).await.expect("it is written");
    gateway.wait(70 * 86_400);
    audit.write(answer(&gateway, "raw-bo")).await.expect("it is written");
    let month = Duration::from_secs(31 * 86_400);
    let retention = Retention { events: month, processings: month };
    let gone = audit::expire(&Settings { retention, ..both.clone() }).await.expect("the log can be tidied");
    assert_eq!((gone.segments, gone.records), (4, 8));
    assert_eq!(verify(&both).await.expect("the log can be read").faults, []);
    let key = AuditKey::from_text(&format!("2 2026-11-22 {}\n", "5a17".repeat(16)), "the test").expect("it is a key");
    let newest = Settings { key, ..both };
    assert_eq!(verify(&newest).await.expect("the log can be read").faults, []);
}
