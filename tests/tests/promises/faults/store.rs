//! A store that cannot be written, any more or from the start: the gateway answers rows all the same, and says what it
//! cannot do.

use std::{env, fs, process::Command};

use regiograph_tests::{
    fault::Sqlite,
    gateway::{Gateway, Setup},
    log::Log,
    postgres, row,
};

use super::{LIST, guardian, of, others, source};

/// Where a SQLite file says which version of the format may write it; a version that is not known makes it read-only, for
/// everyone and on every machine.
const WRITE_VERSION: usize = 18;

/// Tells a process that the test started that it is that process.
const FULL: &str = "REGIOGRAPH_TESTS_FULL_DISK";

/// Answers rows, and makes no release.
async fn answers_rows_and_makes_no_release(gateway: &Gateway, says: &[&str]) {
    let reply = gateway.ask(&guardian(), LIST).await;
    assert_eq!(of(&reply.data()["placements"]).len(), 6, "{}", reply.text);
    let refused = gateway.release(&["2025Q4"]).await.expect_err("the store takes nothing");
    assert!(refused.starts_with("the store of releases cannot be written"), "{refused}");
    assert!(says.iter().any(|it| refused.contains(it)), "{refused}");
    let after = gateway.ask(&guardian(), LIST).await;
    assert_eq!(after.body["data"]["placements"], reply.body["data"]["placements"]);
}

/// Makes a store's file read-only, for everyone and on every machine.
fn make_read_only(gateway: &Gateway) {
    let mut store = fs::read(gateway.store()).expect("the store is there");
    store[WRITE_VERSION] = 9;
    fs::write(gateway.store(), store).expect("the test may write the store");
}

#[tokio::test]
async fn with_a_store_that_is_read_only_from_the_start_rows_are_answered_and_it_is_said_once() {
    let log = Log::listen();
    let first = Gateway::over(others()).await;
    make_read_only(&first);
    let said =
        || log.text().lines().filter(|it| it.contains("the store cannot be written") && names(it, &first)).count();
    let gateway = Setup::of(others()).on_store_of(&first).start().await;
    assert_eq!(said(), 1, "one warning");
    answers_rows_and_makes_no_release(&gateway, &["readonly"]).await;
}

fn names(line: &str, gateway: &Gateway) -> bool {
    line.contains(&*gateway.store().to_string_lossy())
}

#[tokio::test]
async fn a_read_only_store_with_the_reference_data_of_another_version_is_served_as_it_stands() {
    let log = Log::listen();
    let first = Gateway::over(others()).await;
    row::execute(&first.store(), "UPDATE reference_state SET digest = 'other'; UPDATE region SET name = 'As it was'");
    make_read_only(&first);
    let gateway = Setup::of(others()).on_store_of(&first).start().await;
    let reply = gateway.ask(&guardian(), "{ regions { name } }").await;
    assert!(reply.text.contains("As it was"), "{}", reply.text);
    let text = log.text();
    assert!(text.lines().any(|it| names(it, &first) && it.contains("of another version of the program")));
}

/// Makes the store what the program made before it wrote down which reference data it holds.
const BEFORE: &str =
    "DROP TABLE reference_state; DELETE FROM seaql_migrations WHERE version = 'm20261122_000010_reference_state'";

#[tokio::test]
async fn a_read_only_store_without_what_is_needed_stops_the_start_and_says_what_to_do() {
    for emptied in ["DELETE FROM reference_state", BEFORE] {
        let first = Gateway::over(others()).await;
        row::execute(&first.store(), emptied);
        make_read_only(&first);
        let refused = Setup::of(others()).on_store_of(&first).attempt().await.err().map(|it| it.to_string());
        let refused = refused.unwrap_or_default();
        let words = ["readonly", "does not hold what this program needs yet", "start once where"];
        assert!(words.iter().all(|it| refused.contains(it)), "{emptied}: {refused}");
    }
}

#[tokio::test]
async fn gateways_that_share_a_store_do_not_rewrite_what_stands_there() {
    let first = Gateway::over(others()).await;
    let before = fs::read(first.store()).expect("the store is there");
    let second = Setup::of(others()).on_store_of(&first).start().await;
    assert_eq!(of(&second.ask(&guardian(), LIST).await.data()["placements"]).len(), 6);
    assert!(fs::read(first.store()).is_ok_and(|after| after == before), "not one byte is written");
}

/// The newest change of any reference row, as PostgreSQL counts changes.
const NEWEST: &str = "SELECT max(xmin::text::bigint) FROM region";

/// What PostgreSQL says where its disk is full, for every release.
const FILLED: &str = "CREATE FUNCTION filled() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION \
    'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$; \
    CREATE TRIGGER filled BEFORE INSERT ON release FOR EACH ROW EXECUTE FUNCTION filled()";

#[tokio::test]
async fn with_a_store_in_postgresql_that_cannot_be_written_rows_are_answered_before_and_after_a_start() {
    let Some(server) = postgres::server() else { return };
    let log = Log::listen();
    let store = server.database().await;
    let first = Setup::of(others()).shared_store(&store, None).start().await;
    let newest = async || -> i64 {
        let mut connection = server.connect(&store).await;
        sqlx::query_scalar(NEWEST).fetch_one(&mut connection).await.expect("the store has regions")
    };
    let before = newest().await;
    let second = Setup::of(others()).shared_store(&store, Some(&first)).start().await;
    assert_eq!(newest().await, before, "what stands is not written again");

    server.execute(&store, FILLED).await;
    answers_rows_and_makes_no_release(&second, &["disk", "53100", "it refuses"]).await;
    server.execute(&store, "DROP TRIGGER filled ON release").await;

    server.execute(&store, format!("ALTER DATABASE {store} SET default_transaction_read_only = on")).await;
    assert_eq!(of(&second.ask(&guardian(), LIST).await.data()["placements"]).len(), 6);
    let third = Setup::of(others()).shared_store(&store, Some(&first)).start().await;
    answers_rows_and_makes_no_release(&third, &["25006", "read-only", "it refuses"]).await;
    let said = |it: &str| it.contains("the store cannot be written") && it.contains("PostgreSQL");
    assert!(log.text().lines().any(said), "there is a warning");
    server.execute("postgres", format!("ALTER DATABASE {store} RESET default_transaction_read_only")).await;
    assert!(third.release(&["2025Q4"]).await.is_ok(), "it recovers by itself");
}

#[tokio::test]
async fn a_read_only_store_in_postgresql_without_tables_stops_the_start_and_says_what_to_do() {
    let Some(server) = postgres::server() else { return };
    let store = server.database().await;
    server.execute(&store, format!("ALTER DATABASE {store} SET default_transaction_read_only = on")).await;
    let refused = Setup::of(others()).shared_store(&store, None).attempt().await.err().map(|it| it.to_string());
    let refused = refused.unwrap_or_default();
    assert!(refused.contains("does not hold what this program needs yet"), "{refused}");
    assert!(refused.contains("start once where"), "{refused}");
}

#[tokio::test]
async fn with_a_store_that_became_read_only_rows_are_answered_and_no_release_is_made() {
    let gateway = Gateway::over(others()).await;
    let before = fs::read(gateway.store()).expect("the store is there");
    let mut store = before.clone();
    store[WRITE_VERSION] = 9;
    fs::write(gateway.store(), &store).expect("the test may write the store");
    answers_rows_and_makes_no_release(&gateway, &["readonly"]).await;
    assert_eq!(gateway.releases().await.list().len(), 0, "nothing is left behind");
    fs::write(gateway.store(), before).expect("the test may write the store");
    assert!(gateway.release(&["2025Q4"]).await.is_ok(), "it recovers by itself");
}

/// In a process of its own, because what a process may write is bounded for all of it.
#[test]
fn on_a_full_disk_rows_are_answered_and_no_release_is_made() {
    let tests = env::current_exe().expect("this is a program");
    // The signal that comes with the bound is ignored, so that writing fails as on a full disk.
    let ran = Command::new("sh")
        .args(["-c", "trap '' XFSZ; exec \"$@\"", "sh"])
        .arg(tests)
        .args(["--exact", "faults::store::in_a_process_that_can_write_no_more", "--nocapture"])
        .env(FULL, "1")
        .output()
        .expect("there is a shell");
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success() && said.contains("1 passed"), "{said}\n{}", String::from_utf8_lossy(&ran.stderr));
}

#[tokio::test]
async fn in_a_process_that_can_write_no_more() {
    if env::var_os(FULL).is_none() {
        // Only where the test above has started it.
        return;
    }
    let gateway = Gateway::over(others()).await;
    let bound = Command::new("prlimit").args(["--fsize=4096", "--pid", &std::process::id().to_string()]).status();
    assert!(bound.is_ok_and(|it| it.success()), "prlimit bounds what a process writes");
    answers_rows_and_makes_no_release(&gateway, &["full", "disk I/O error"]).await;
    let sources = [("alpha", 1), ("gamma", 3)].map(|(name, day)| source(&Sqlite, name, day).at(gateway.place(name)));
    let again = Setup::of(sources).on_store_of(&gateway).start().await;
    answers_rows_and_makes_no_release(&again, &["full", "disk I/O error"]).await;
}
