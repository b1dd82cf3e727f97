//! The audit log of a program that ends, the command that holds it against its chains, and the collector that it sends
//! processings to.

use std::{
    fs,
    path::Path,
    process::{ExitStatus, Output},
};

use regiograph::demo::{Generate, generate};
use rusqlite::Connection;

use crate::{
    collector::{Collector, attribute},
    printing::run,
    running::start_in,
};

/// Cuts the last event off, as whoever owns the file can.
fn cut(log: &Path) {
    let connection = Connection::open(log).unwrap();
    let sql = "DROP TRIGGER audit_event_is_kept;
        DELETE FROM audit_event WHERE rowid = (SELECT max(rowid) FROM audit_event)";
    connection.execute_batch(sql).unwrap();
}

/// Sources, served with a log in another folder; the same configuration stands there too.
fn prepared(kept: &Path) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let made = generate(Generate { dir: folder.path(), sources: 1, rows: 40, whole: false }).unwrap();
    let text = fs::read_to_string(&made.config).unwrap();
    let file = |name: &str| kept.join(name);
    let section = format!(
        "listen = \"127.0.0.1:0\"\n[audit]\nfile = {:?}\nheads_file = {:?}\nkey_file = {:?}\nwriter = \"one\"\n\n",
        file("audit.sqlite"),
        file("heads"),
        file("audit.key")
    );
    let text = section + &text[text.find("[[source]]").unwrap()..];
    fs::write(&made.config, &text).unwrap();
    fs::write(file("regiograph.toml"), text).unwrap();
    folder
}

/// Serves so many requests, and is stopped.
async fn serve(folder: tempfile::TempDir, requests: usize) {
    let running = start_in(folder, &[]).await;
    for _ in 0..requests {
        running.ask("{ viewer { role } }").await;
    }
    running.signal("TERM");
    let (status, log) = running.end();
    assert_eq!(status.code(), Some(0), "{log}");
}

/// How a command ended, and what it said.
fn said(kept: &Path, arguments: &[&str]) -> (ExitStatus, String) {
    let Output { status, stdout, stderr } = run(&kept.join("regiograph.toml"), arguments, true);
    (status, [stdout, stderr].map(|it| String::from_utf8_lossy(&it).into_owned()).concat())
}

#[tokio::test]
async fn nothing_can_be_cut_off_unseen_what_was_written_before_the_program_was_stopped() {
    let kept = tempfile::tempdir().unwrap();
    serve(prepared(kept.path()), 3).await;
    let (status, verified) = said(kept.path(), &["audit", "verify"]);
    assert!(status.success(), "{verified}");

    cut(&kept.path().join("audit.sqlite"));
    let (status, verified) = said(kept.path(), &["audit", "verify"]);
    assert_eq!(status.code(), Some(1), "{verified}");
    assert!(verified.contains("event"), "{verified}");
}

#[tokio::test]
async fn a_log_that_is_gone_or_was_begun_anew_is_found_by_who_keeps_its_ends() {
    let kept = tempfile::tempdir().unwrap();
    let ends = tempfile::tempdir().unwrap();
    let ends = ends.path().join("ends");
    let verify = ["audit", "verify", "--ends", ends.to_str().unwrap()];
    let folder = prepared(kept.path());
    let (status, none) = said(kept.path(), &verify);
    assert!(status.code() == Some(1) && none.contains("there is no audit log"), "{none}");
    serve(folder, 0).await;
    let (status, none) = said(kept.path(), &verify);
    assert!(status.code() == Some(1) && none.contains("there is no log") && !ends.exists(), "{none}");

    serve(prepared(kept.path()), 2).await;
    let (status, first) = said(kept.path(), &verify);
    assert!(status.success() && first.contains("nothing was kept before"), "{first}");
    serve(prepared(kept.path()), 1).await;
    let (status, second) = said(kept.path(), &verify);
    assert!(status.success() && second.contains("all that was kept stands in the log"), "{second}");
    let before = fs::read(&ends).unwrap();

    for name in ["audit.sqlite", "audit.sqlite-wal", "audit.sqlite-shm", "heads"] {
        let _ = fs::remove_file(kept.path().join(name));
    }
    serve(prepared(kept.path()), 4).await;
    assert!(said(kept.path(), &["audit", "verify"]).0.success(), "in itself the new log is whole");
    let (status, anew) = said(kept.path(), &verify);
    assert!(status.code() == Some(1) && anew.contains("record 3: a signed head says otherwise"), "{anew}");
    assert_eq!(fs::read(&ends).unwrap(), before, "what was kept stays until all is well");
}

#[tokio::test]
async fn the_audit_key_is_changed_by_a_command_and_the_log_verifies_all_the_same() {
    let kept = tempfile::tempdir().unwrap();
    serve(prepared(kept.path()), 2).await;
    let (status, refused) = said(kept.path(), &["keys", "rotate", "audit", "--overlap", "90d"]);
    assert!(!status.success() && refused.contains("takes no `--overlap`"), "{refused}");
    let (status, rotated) = said(kept.path(), &["keys", "rotate", "audit"]);
    assert!(status.success() && rotated.contains("version 2 is used from the next start on"), "{rotated}");
    serve(prepared(kept.path()), 2).await;
    let (status, verified) = said(kept.path(), &["audit", "verify"]);
    assert!(status.success() && verified.starts_with("4 events"), "{verified}");

    let keys = said(kept.path(), &["keys"]).1;
    let lines: Vec<Vec<&str>> = keys.lines().map(|it| it.split_whitespace().collect()).collect();
    let ids: Vec<&str> = lines.iter().filter(|it| it[0] == "audit").map(|it| it[2]).collect();
    let heads = fs::read_to_string(kept.path().join("heads")).unwrap();
    let named = |id: &str| heads.lines().any(|it| it.contains(&format!("\"key\":\"{id}\"")));
    assert!(ids.len() == 2 && ids.iter().all(|id| named(id)), "heads name keys as `keys` does: {keys}{heads}");
    assert!(keys.contains("in use") && keys.contains("opens until"), "{keys}");
}

#[tokio::test]
async fn a_collector_is_sent_each_processing_and_neither_who_asked_nor_a_pseudonym() {
    let (collector, address) = Collector::start().await;
    let folder = tempfile::tempdir().unwrap();
    let made = generate(Generate { dir: folder.path(), sources: 1, rows: 2_000, whole: false }).unwrap();
    let text = fs::read_to_string(&made.config).unwrap();
    let before = format!(
        "listen = \"127.0.0.1:0\"\n[telemetry]\notlp = \"{address}\"\nservice = \"gateway-zw\"\n[audit]\nexport = true\n"
    );
    fs::write(&made.config, before + &text[text.find("[[source]]").unwrap()..]).unwrap();
    let source = Connection::open(&made.sources[0]).unwrap();
    let mut youths = source.prepare("SELECT DISTINCT youth FROM placement").unwrap();
    let youths: Vec<String> = youths.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let running = start_in(folder, &[]).await;
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let query = serde_json::json!({ "query": "{ placements(first: 5) { nodes { startedOn } } }" });
    let request = running.post().header("traceparent", format!("00-{trace}-00f067aa0ba902b7-01"));
    let answer: serde_json::Value = request.json(&query).send().await.unwrap().json().await.unwrap();
    assert!(!answer["data"]["placements"]["nodes"].as_array().unwrap().is_empty(), "{answer}");
    collector.wait_for("regiograph.processing").await;
    let mut spans = collector.spans();
    spans.retain(|it| it.name == "regiograph.processing");
    for span in &spans {
        let of = |key: &str| attribute(&span.attributes, key).unwrap_or_default();
        let activity = of("dpl.core.processing_activity_id");
        assert!(activity.starts_with("urn:regiograph:processing:") && activity.ends_with(":Placement"), "{activity}");
        assert_eq!(of("dpl.core.data_subject_id_type"), "encrypted-pseudonym");
        assert!(of("dpl.core.data_subject_id").len() > 20);
        let id: String = span.trace_id.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(id, trace, "a processing belongs to the trace of its request");
    }
    let all = format!("{spans:?}");
    for words in ["GI01", "certified_institution", "dpl.core.user", "enduser"] {
        assert!(!all.contains(words), "{words} is in {all}");
    }
    assert!(!youths.is_empty() && youths.iter().all(|it| !all.contains(it.as_str())), "a pseudonym is sent");
}
