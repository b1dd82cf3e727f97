//! The log's files are for nobody but the user that the program runs as.

use std::{fs, os::unix::fs::PermissionsExt};

use regiograph::audit::Audit;

use super::{analyst, answered, gateway};

#[tokio::test]
async fn the_files_of_the_log_and_the_store_are_their_owners_alone() {
    let gateway = gateway().await;
    answered(&gateway.ask(&analyst(), "{ placements { nodes { startedOn } } }").await);
    let signing = Audit::start(gateway.log().clone());
    signing.sign().await.expect("the log can be signed");
    let mode = |name: &str| fs::metadata(gateway.folder().join(name)).map(|it| it.permissions().mode() & 0o777);
    for name in ["audit.sqlite", "audit.sqlite-wal", "audit.sqlite-shm", "audit.heads", "audit.key", "store.sqlite"] {
        assert_eq!(mode(name).expect(name), 0o600, "{name}");
    }
}

#[tokio::test]
async fn a_log_that_others_could_read_is_taken_from_them() {
    let gateway = gateway().await;
    answered(&gateway.ask(&analyst(), "{ viewer { role } }").await);
    Audit::start(gateway.log().clone()).sign().await.expect("the log can be signed");
    let names = ["audit.sqlite", "audit.sqlite-wal", "audit.sqlite-shm", "audit.heads"];
    for path in names.map(|name| gateway.folder().join(name)) {
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("its owner may");
    }
    // What is signed is put into the file of heads, which is looked at then.
    answered(&gateway.ask(&analyst(), "{ viewer { role } }").await);
    let again = Audit::start(gateway.log().clone());
    again.sign().await.expect("the log can be signed");
    for name in names {
        let mode = fs::metadata(gateway.folder().join(name)).map(|it| it.permissions().mode() & 0o777);
        assert_eq!(mode.expect(name), 0o600, "{name}");
    }
}
