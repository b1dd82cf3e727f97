//! A store that cannot be written any more: the gateway answers rows all the same, and says what it cannot do.

use std::{env, fs, process::Command};

use regiograph_tests::gateway::Gateway;

use super::{LIST, guardian, of, others};

/// Where a SQLite file says which version of the format may write it; a version that is not known makes it read-only, for
/// everyone and on every machine.
const WRITE_VERSION: usize = 18;

/// Tells a process that the test started that it is that process.
const FULL: &str = "REGIOGRAPH_TESTS_FULL_DISK";

/// Answers rows, and makes no release.
async fn answers_rows_and_makes_no_release(gateway: &Gateway, says: &[&str]) {
    let reply = gateway.ask(&guardian(), LIST).await;
    assert_eq!(of(&reply.data()["placements"]).len(), 6, "{}", reply.text);
    let refused = gateway.release(&["2025"]).await.expect_err("the store takes nothing");
    assert!(refused.starts_with("the store of releases cannot be written"), "{refused}");
    assert!(says.iter().any(|it| refused.contains(it)), "{refused}");
    let after = gateway.ask(&guardian(), LIST).await;
    assert_eq!(after.body["data"]["placements"], reply.body["data"]["placements"]);
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
    assert!(gateway.release(&["2025"]).await.is_ok(), "it recovers by itself");
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
}
