//! The log says whose token it was, and goes on where an older program began it.

use regiograph::{
    audit::{Audit, seen, verify},
    auth::DEMO_ISSUER,
};
use regiograph_tests::{
    caller::As,
    gateway::{Gateway, Setup, SourceSetup},
    issuer::{Issuer, Key},
    row::{Row, dataset},
};
use rusqlite::Connection;
use serde_json::json;

const STAYS: &str = "{ placements { nodes { startedOn } } }";

fn setup() -> Setup {
    let stay = Row::of(dataset("Placement")).with("id", 1).with("youth", "raw-anna".to_owned());
    let stay = stay.with("region", "JZ36".to_owned()).with("started_on", "2025-03-01".to_owned());
    Setup::of([SourceSetup::of_provider("almata", "ALMATA").rows([stay])]).audited()
}

fn open(gateway: &Gateway) -> Connection {
    let connection = Connection::open(gateway.folder().join("audit.sqlite")).expect("the log has a file");
    connection.busy_timeout(std::time::Duration::from_secs(5)).expect("it can wait");
    connection
}

/// Whose tokens the events are of, in the order in which they were written.
fn issuers(gateway: &Gateway) -> Vec<Option<String>> {
    let connection = open(gateway);
    let mut all = connection.prepare("SELECT issuer FROM audit_event ORDER BY number").expect("events have issuers");
    let rows = all.query_map([], |row| row.get(0)).and_then(Iterator::collect);
    rows.expect("the log can be read")
}

async fn faults(gateway: &Gateway) -> Vec<String> {
    let verified = verify(gateway.log()).await.expect("the log can be read");
    verified.faults.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn one_name_given_by_two_issuers_is_two_people_in_the_log() {
    let key = Key::ed25519("1", 1);
    let (first, second) = (Issuer::showing(&[&key]).await, Issuer::showing(&[&key]).await);
    let officer = "[issuer.claims]\nacr = \"level\"\n";
    let sections = first.section("roles = [\"region_analyst\"]")
        + &second.section(&format!("roles = [\"region_analyst\", \"privacy_officer\"]\n{officer}"));
    let gateway = setup().trusting(sections).start().await;
    let ask = async |token: String, query: &str| {
        let request = gateway.client().post(gateway.url()).bearer_auth(token).json(&json!({ "query": query }));
        gateway.send(request).await
    };
    for issuer in [&first, &second] {
        let reply = ask(key.sign(&issuer.claims(gateway.now())), STAYS).await;
        assert_eq!(reply.data()["placements"]["nodes"].as_array().map(Vec::len), Some(1));
    }
    assert_eq!(issuers(&gateway), [first.url(), second.url()].map(|it| Some(it.to_owned())));
    let mut claims = second.claims(gateway.now());
    (claims["role"], claims["organisation"], claims["level"]) =
        (json!("privacy_officer"), json!("FG"), json!("two-factor"));
    let read = ask(key.sign(&claims), "{ auditEvents { nodes { issuer subject } } }").await;
    let of = |issuer: &Issuer| json!({ "issuer": issuer.url(), "subject": "someone" });
    assert_eq!(read.data()["auditEvents"]["nodes"], json!([of(&second), of(&first)]));
    let seen = seen(gateway.log(), "raw-anna", &[]).await.expect("the log can be read");
    let told: Vec<_> = seen.iter().map(|it| it.issuer.as_deref()).collect();
    assert_eq!(told, [Some(first.url()), Some(second.url())], "and whom it concerns is told so");
}

#[tokio::test]
async fn who_changes_the_issuer_of_an_event_is_found_out() {
    for change in ["issuer = 'https://elsewhere.example'", "issuer = NULL"] {
        let gateway = setup().start().await;
        gateway.ask(&As::role("region_analyst").of("JZ36"), STAYS).await;
        assert_eq!(faults(&gateway).await, Vec::<String>::new());
        let change = format!("DROP TRIGGER audit_event_stays; UPDATE audit_event SET {change}");
        open(&gateway).execute_batch(&change).expect("the log can be tampered with");
        assert!(faults(&gateway).await.iter().any(|it| it.contains("is not as it was written")));
    }
}

#[tokio::test]
async fn a_log_that_an_older_program_wrote_verifies_and_is_written_on() {
    let before = setup().start().await;
    for _ in 0..2 {
        before.ask(&As::public(), "{ capacityReports { totalCount } }").await;
    }
    Audit::start(before.log().clone()).sign().await.expect("the log can be signed");
    let older = "ALTER TABLE audit_event DROP COLUMN issuer; DELETE FROM audit_migrations WHERE version LIKE '%issuer'; \
                 PRAGMA wal_checkpoint(TRUNCATE)";
    open(&before).execute_batch(older).expect("what came later can be taken out");
    assert_eq!(faults(&before).await, Vec::<String>::new(), "it is read as it stands");
    let after = setup().log_of(&before).start().await;
    after.ask(&As::role("region_analyst").of("JZ36"), STAYS).await;
    assert_eq!(issuers(&after), [None, None, Some(DEMO_ISSUER.to_owned())]);
    assert_eq!(faults(&after).await, Vec::<String>::new());
}
