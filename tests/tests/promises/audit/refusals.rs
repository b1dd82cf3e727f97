//! Nobody fills the log by being refused, and nothing goes missing from it unsaid.

use regiograph::{
    audit::{Audit, Event, Kind},
    config::Http,
};
use regiograph_tests::{gateway::Gateway, socket::Socket};
use serde_json::json;

use super::{analyst, answered, faults, gateway, open, records, setup};

const PLACEMENTS: &str = "{ placements { nodes { startedOn } } }";
/// How many refusals of one sender are written one by one in a minute.
const EACH: usize = 100;

/// Asks with a token that is none.
async fn forge(gateway: &Gateway, address: &str) -> u16 {
    let request = gateway.client().post(gateway.url()).bearer_auth("forged").header("x-forwarded-for", address);
    gateway.send(request.body("{}")).await.status
}

/// The events that stand for several: what happened, how often, with which codes, and what came of it.
fn told(gateway: &Gateway) -> Vec<Vec<String>> {
    let mut all = records(gateway, "event", &["event", "rows", "codes", "outcome"]);
    all.retain(|it| it[0] == "REFUSALS" || it[0] == "MISSING");
    all
}

#[tokio::test]
async fn a_flood_of_refusals_is_counted_and_takes_the_log_from_nobody() {
    let proxies = vec!["127.0.0.0/8".parse().expect("it is a network")];
    let gateway = setup().http(Http { trusted_proxies: proxies, ..Http::default() }).start().await;
    for _ in 0..EACH + 150 {
        assert_eq!(forge(&gateway, "192.0.2.1").await, 401);
    }
    assert_eq!(records(&gateway, "event", &["number"]).len(), EACH, "the log stays small");
    answered(&gateway.ask(&analyst(), PLACEMENTS).await);
    assert_eq!(forge(&gateway, "192.0.2.2").await, 401);
    let last = records(&gateway, "event", &["event", "role"]).split_off(EACH);
    assert_eq!(last, [["OPERATION", "region_analyst"], ["REQUEST", "-"]], "others have their events");
    gateway.wait(61);
    answered(&gateway.ask(&analyst(), PLACEMENTS).await);
    assert_eq!(told(&gateway), [["REFUSALS", "150", "UNAUTHENTICATED", "REFUSED"]]);
    assert_eq!(forge(&gateway, "192.0.2.1").await, 401);
    assert_eq!(records(&gateway, "event", &["number"]).len(), EACH + 5, "a minute later it is heard again");
    assert_eq!(faults(&gateway).await, Vec::<String>::new());
}

#[tokio::test]
async fn operations_that_are_refused_again_and_again_are_counted_too() {
    let gateway = gateway().await;
    for _ in 0..EACH + 20 {
        assert_eq!(gateway.ask(&analyst(), "{ unheardOf }").await.code(), "GRAPHQL_VALIDATION_FAILED");
    }
    assert_eq!(gateway.ask(&super::follower(), "{").await.code(), "GRAPHQL_PARSE_FAILED");
    answered(&gateway.ask(&analyst(), PLACEMENTS).await);
    assert_eq!(records(&gateway, "event", &["number"]).len(), EACH + 2, "what is answered is always written");
    gateway.wait(61);
    answered(&gateway.ask(&analyst(), PLACEMENTS).await);
    assert_eq!(told(&gateway), [["REFUSALS", "20", "GRAPHQL_VALIDATION_FAILED", "REFUSED"]]);
}

#[tokio::test]
async fn refusals_on_sockets_are_those_of_their_address() {
    let gateway = gateway().await;
    for place in 0..EACH + 10 {
        let forged = [("authorization", "Bearer forged"), ("x-forwarded-for", "192.0.2.1")];
        let mut socket = Socket::open(&gateway, &forged).await.expect("it is opened");
        socket.say(&json!({ "type": "connection_init" })).await;
        assert!(socket.hear().await.is_err(), "{place} is closed");
        let written = records(&gateway, "event", &["number"]).len();
        assert_eq!(written, EACH.min(place + 1), "its event is written before it is told");
    }
    assert_eq!(forge(&gateway, "192.0.2.2").await, 401);
    gateway.wait(61);
    answered(&gateway.ask(&analyst(), PLACEMENTS).await);
    assert_eq!(told(&gateway), [["REFUSALS", "11", "UNAUTHENTICATED", "REFUSED"]], "no stranger says where it is");
}

#[tokio::test]
async fn what_could_not_be_written_is_told_once_it_can() {
    let gateway = gateway().await;
    let broken = "CREATE TRIGGER broken BEFORE INSERT ON audit_event BEGIN SELECT RAISE(ABORT, 'full'); END";
    open(&gateway).execute_batch(broken).expect("the log can be broken");
    for _ in 0..3 {
        assert_eq!(forge(&gateway, "192.0.2.1").await, 401);
    }
    assert_eq!(gateway.ask(&analyst(), PLACEMENTS).await.status, 503);
    open(&gateway).execute_batch("DROP TRIGGER broken").expect("it can be mended");
    gateway.wait(61);
    answered(&gateway.ask(&analyst(), PLACEMENTS).await);
    let missing = |times, codes, outcome| ["MISSING", times, codes, outcome].map(ToOwned::to_owned).to_vec();
    let expected = [missing("3", "UNAUTHENTICATED", "REFUSED"), missing("1", "", "ANSWERED")];
    let told = told(&gateway);
    assert!(told.len() == 2 && expected.iter().all(|it| told.contains(it)), "{told:?}");
    assert_eq!(faults(&gateway).await, Vec::<String>::new());
}

#[tokio::test]
async fn what_nobody_waits_for_and_has_no_room_is_counted() {
    let gateway = gateway().await;
    let audit = Audit::start(gateway.log().clone());
    // The writer is of the same thread, and does not come to write before this one waits.
    for _ in 0..3_000 {
        audit.note(Event::new(Kind::Request, gateway.now(), "1").into());
    }
    // A disk that is busy may take longer than one who waits does.
    for _ in 0..10 {
        if audit.sign().await.is_ok() {
            break;
        }
    }
    let written = records(&gateway, "event", &["event"]).iter().filter(|it| it[0] == "REQUEST").count();
    let told: usize = told(&gateway).iter().map(|it| it[1].parse::<usize>().expect("it is a number")).sum();
    assert!(written < 3_000 && written + told == 3_000, "{written} are written and {told} told");
}
