//! Several gateways keep one log in PostgreSQL, each in chains of its own, and it holds together as in a file.

use regiograph::audit::{self, Audit, Event, Kind, Settings, seen, verify};
use regiograph_tests::{caller::As, postgres};
use sqlx::Executor;

use super::{analyst, answered, setup};

#[tokio::test]
async fn two_gateways_share_a_log_in_postgresql() {
    let Some(server) = postgres::server() else { return };
    let database = server.database().await;
    let one = setup().audited_in(&database, "one", None).start().await;
    let other = setup().audited_in(&database, "other", Some(&one)).start().await;
    let (caller, query) = (analyst(), "{ placements { nodes { startedOn } } }");
    for _ in 0..3 {
        let (first, second) = tokio::join!(one.ask(&caller, query), other.ask(&caller, query));
        answered(&first);
        answered(&second);
    }
    let verified = verify(one.log()).await.expect("the log can be read");
    assert_eq!((verified.records["event"], verified.records["processing"], verified.chains), (6, 6, 4));
    assert_eq!(verified.faults, []);
    let sightings = seen(one.log(), "raw-bo", &[]).await.expect("the log can be read");
    assert_eq!(sightings.len(), 6);
    let is_analyst = |it: &audit::Sighting| {
        (it.organisation.as_deref(), it.role.as_deref()) == (Some("JZ36"), Some("region_analyst"))
    };
    assert!(sightings.iter().all(is_analyst), "{sightings:?}");
    let log =
        other.ask(&As::role("privacy_officer"), "{ auditEvents(role: \"region_analyst\") { nodes { at } } }").await;
    assert_eq!(log.data()["auditEvents"]["nodes"].as_array().map(Vec::len), Some(6));
    let by_dataset = "{ auditEvents(dataset: \"Placement\", role: \"region_analyst\") { nodes { at } } }";
    let log = other.ask(&As::role("privacy_officer"), by_dataset).await;
    assert_eq!(log.data()["auditEvents"]["nodes"].as_array().map(Vec::len), Some(6));
    let forged = other.ask(&As::role("privacy_officer"), "{ auditEvents(after: \"MToxOng\") { nodes { at } } }").await;
    assert_eq!(forged.code(), "BAD_USER_INPUT");
    let mut connection = server.connect(&database).await;
    for statement in ["UPDATE audit_event SET role = 'public'", "DELETE FROM audit_event", "TRUNCATE audit_head"] {
        assert!(connection.execute(statement).await.is_err(), "{statement}");
    }
    one.wait(70 * 86_400);
    let month = std::time::Duration::from_secs(31 * 86_400);
    let retention = audit::Retention { events: month, processings: month };
    let gone = audit::expire(&Settings { retention, ..one.log().clone() }).await.expect("the log can be tidied");
    assert_eq!((gone.segments, gone.records), (4, 15));
    let tampering = "ALTER TABLE audit_event DISABLE TRIGGER ALL; UPDATE audit_event SET role = 'public'";
    answered(&one.ask(&analyst(), "{ viewer { role } }").await);
    assert_eq!(verify(one.log()).await.expect("the log can be read").faults, []);
    connection.execute(tampering).await.expect("the owner may do anything");
    assert!(!verify(one.log()).await.expect("the log can be read").faults.is_empty());
}

#[tokio::test]
async fn programs_that_start_at_once_over_an_empty_database_all_write() {
    let Some(server) = postgres::server() else { return };
    let database = server.database().await;
    let gateway = setup().audited_in(&database, "first", None).start().await;
    for _ in 0..5 {
        let mut connection = server.connect(&database).await;
        connection
            .execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
            .await
            .expect("the owner may do anything");
        let start = |writer: &str| Audit::start(Settings { writer: writer.into(), ..gateway.log().clone() });
        let [one, two, three] = ["one", "two", "three"].map(start);
        let entry = || Event::new(Kind::Operation, gateway.log().clock.now(), "1").into();
        let written = tokio::join!(one.write(entry()), two.write(entry()), three.write(entry()));
        assert_eq!(written, (Ok(()), Ok(()), Ok(())));
    }
}
