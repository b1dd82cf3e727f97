//! What befalls a PostgreSQL server, and the network to it: the others' rows are there, within the deadline; it recovers by
//! itself, and no connection is left behind, neither here nor at the server.

use std::time::{Duration, Instant};

use regiograph_tests::{
    fault::DEADLINE,
    gateway::{Gateway, Reply, SourceSetup},
    leaks::Quiet,
    place,
    postgres::{self, Server},
    proxy::Network,
};
use serde_json::json;

use super::{LIST, guardian, of, others, rows, told};

/// As many connections as a source has by default.
const CONNECTIONS: i64 = 4;

/// A gateway with `beta` in a database of this server, and that database's name.
async fn over(server: &Server, deadline: Duration, address: impl Fn(&str) -> String) -> (Gateway, String) {
    let database = place::database_on(server).await;
    server.execute(&database, place::statements(&rows(2))).await;
    // The tests' servers do not wait for their disk, and would lose these in a crash.
    server.execute(&database, "CHECKPOINT").await;
    let beta = SourceSetup::of_provider("beta", "ALMATA").deadline(deadline).reached_by(address(&database));
    let [alpha, gamma] = others();
    (Gateway::over([alpha, beta, gamma]).await, database)
}

async fn whole(gateway: &Gateway) -> Reply {
    let whole = gateway.ask(&guardian(), LIST).await;
    assert_eq!(whole.data()["placements"]["totalCount"], 9, "{}", whole.text);
    whole
}

/// The others' rows, and why there are none of `beta`.
fn holds_others(reply: &Reply, status: &str) {
    let list = &reply.data()["placements"];
    assert_eq!(of(list), ["alpha", "gamma", "alpha", "gamma", "alpha", "gamma"], "{}", reply.text);
    assert_eq!((&list["completeness"]["complete"], &told(list, "beta")["status"]), (&json!(false), &json!(status)));
    assert_eq!(
        (&told(list, "alpha")["status"], &told(list, "gamma")["status"]),
        (&json!("ANSWERED"), &json!("ANSWERED"))
    );
    for hidden in ["postgres", "SELECT", "127.0.0.1", "/tmp"] {
        assert!(!reply.text.contains(hidden), "{}", reply.text);
    }
}

/// Asks while `beta` does not answer: nobody waits longer than its deadline, and what a busy machine takes beside it.
async fn bears(gateway: &Gateway, status: &str) {
    let began = Instant::now();
    let reply = gateway.ask(&guardian(), LIST).await;
    assert!(began.elapsed() < DEADLINE * 6, "{:?}", began.elapsed());
    holds_others(&reply, status);
}

/// The next question is answered whole, and neither side holds more than it may.
async fn recovers(gateway: &Gateway, before: &Reply, quiet: Quiet, (server, database): (&Server, &str)) {
    let after = gateway.ask(&guardian(), LIST).await;
    assert_eq!(after.body["data"], before.body["data"], "it recovers by itself");
    quiet.returns(gateway).await;
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        let open = server.connections(database).await;
        if (1..=CONNECTIONS).contains(&open) {
            return;
        }
        assert!(Instant::now() < end, "{open} connections at the server");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_server_that_is_killed_in_the_middle_takes_only_its_own_rows_and_comes_back() {
    let Some(mut server) = postgres::own() else { return };
    let (gateway, database) = over(&server, Duration::from_secs(5), |it| server.address(it)).await;
    let before = whole(&gateway).await;
    let quiet = Quiet::now();
    let (mut holder, mut watcher) = (server.connect(&database).await, server.connect(&database).await);
    let lock = "BEGIN; LOCK TABLE placement IN ACCESS EXCLUSIVE MODE";
    sqlx::raw_sql(lock).execute(&mut holder).await.expect("nobody else has the table");
    let killed = async {
        let waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
        while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&mut watcher).await.is_ok_and(|it| it == 0) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        server.stop_at_once();
    };
    let caller = guardian();
    let (reply, ()) = tokio::join!(gateway.ask(&caller, LIST), killed);
    holds_others(&reply, "UNREACHABLE");
    quiet.returns(&gateway).await;
    bears(&gateway, "UNREACHABLE").await;

    server.start_again();
    gateway.wait(60);
    recovers(&gateway, &before, quiet, (&server, &database)).await;
}

#[tokio::test]
async fn a_server_that_hangs_is_waited_for_until_the_deadline_and_answers_when_it_goes_on() {
    let Some(server) = postgres::own() else { return };
    let (gateway, database) = over(&server, DEADLINE, |it| server.address(it)).await;
    let before = whole(&gateway).await;
    let quiet = Quiet::now();
    server.freeze();
    bears(&gateway, "TIMED_OUT").await;
    // Also where a connection must be opened first.
    bears(&gateway, "TIMED_OUT").await;
    quiet.returns(&gateway).await;
    server.thaw();
    recovers(&gateway, &before, quiet, (&server, &database)).await;
}

#[tokio::test]
async fn a_network_that_is_cut_takes_only_its_own_rows_and_heals() {
    let Some(server) = postgres::server() else { return };
    let network = Network::to(server.port());
    let address = |it: &str| format!("postgres://test@127.0.0.1:{}/{it}", network.port());
    let (gateway, database) = over(server, DEADLINE, address).await;
    let before = whole(&gateway).await;
    let quiet = Quiet::now();
    network.cut();
    bears(&gateway, "TIMED_OUT").await;
    bears(&gateway, "TIMED_OUT").await;
    quiet.returns(&gateway).await;
    network.heal();
    recovers(&gateway, &before, quiet, (server, &database)).await;
}
