//! The audit log of a program that ends, and the command that holds it against its chains.

use std::{fs, path::Path};

use regiograph::demo::{Generate, generate};
use rusqlite::Connection;

use crate::{printing::run, running::start_in};

/// Cuts the last event off, as whoever owns the file can.
fn cut(log: &Path) {
    let connection = Connection::open(log).unwrap();
    let sql = "DROP TRIGGER audit_event_is_kept;
        DELETE FROM audit_event WHERE rowid = (SELECT max(rowid) FROM audit_event)";
    connection.execute_batch(sql).unwrap();
}

#[tokio::test]
async fn nothing_can_be_cut_off_unseen_what_was_written_before_the_program_was_stopped() {
    let (folder, kept) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let made = generate(Generate { dir: folder.path(), sources: 1, rows: 40, whole: false }).unwrap();
    let text = fs::read_to_string(&made.config).unwrap();
    let file = |name: &str| kept.path().join(name);
    let section = format!(
        "listen = \"127.0.0.1:0\"\n[audit]\nfile = {:?}\nheads_file = {:?}\nkey_file = {:?}\n\n",
        file("audit.sqlite"),
        file("heads"),
        file("audit.key")
    );
    let text = section + &text[text.find("[[source]]").unwrap()..];
    fs::write(&made.config, &text).unwrap();
    let again = file("regiograph.toml");
    fs::write(&again, text).unwrap();

    let running = start_in(folder, &[]).await;
    for _ in 0..3 {
        running.ask("{ viewer { role } }").await;
    }
    running.signal("TERM");
    let (status, log) = running.end();
    assert_eq!(status.code(), Some(0), "{log}");
    let verified = run(&again, &["audit", "verify"], true);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));

    cut(&file("audit.sqlite"));
    let verified = run(&again, &["audit", "verify"], true);
    let said = String::from_utf8_lossy(&verified.stdout);
    assert_eq!(verified.status.code(), Some(1), "{said}{}", String::from_utf8_lossy(&verified.stderr));
    assert!(said.contains("event"), "{said}");
}
