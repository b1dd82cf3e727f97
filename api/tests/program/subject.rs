//! The commands that read the audit log, beside a gateway that serves: what they tell, and that it is written down.

use std::{
    fs,
    io::Write as _,
    path::Path,
    process::{Command, Output, Stdio},
};

use regiograph::demo::{Generate, generate};
use rusqlite::Connection;

use crate::{
    printing::run,
    running::{Running, start_in},
};

const QUERY: &str = "{ placements(first: 1000) { nodes { id } } }";

/// A youth of two sources, its holders, and a gateway that has shown a row about it.
struct Asked {
    running: Running,
    youth: String,
    holders: [String; 2],
}

async fn asked() -> Asked {
    let folder = tempfile::tempdir().unwrap();
    let made = generate(Generate { dir: folder.path(), sources: 2, rows: 300, whole: false }).unwrap();
    let text = fs::read_to_string(&made.config).unwrap();
    let holders: Vec<String> = text
        .lines()
        .filter_map(|line| line.strip_prefix("holder = { provider = \"")?.split('"').next())
        .map(ToOwned::to_owned)
        .collect();
    let sources = &text[text.find("[[source]]").unwrap()..];
    fs::write(&made.config, format!("listen = \"127.0.0.1:0\"\n{sources}")).unwrap();
    let connection = Connection::open(&made.sources[0]).unwrap();
    // The token of these tests is of this institution, which sees its wards.
    let sql = "SELECT youth FROM placement WHERE institution = 'GI01' ORDER BY id LIMIT 1";
    let youth = connection.query_row(sql, [], |row| row.get(0)).unwrap();
    let running = start_in(folder, &[]).await;
    let answer = running.ask(QUERY).await;
    assert!(answer["data"]["placements"]["nodes"].as_array().is_some_and(|it| !it.is_empty()), "{answer}");
    Asked { running, youth, holders: holders.try_into().unwrap() }
}

fn subject(config: &Path, youth: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_regiograph"));
    command.args(["audit", "subject"]).args(arguments).arg("--config").arg(config).env_remove("RUST_LOG");
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "{youth}").unwrap();
    child.wait_with_output().unwrap()
}

fn told(config: &Path, youth: &str, arguments: &[&str]) -> String {
    let ended = subject(config, youth, arguments);
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    String::from_utf8(ended.stdout).unwrap()
}

fn log(config: &Path) -> Connection {
    let connection = Connection::open(config.parent().unwrap().join("data/audit.sqlite")).unwrap();
    connection.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
    connection
}

fn texts(config: &Path, sql: &str) -> Vec<String> {
    let log = log(config);
    let mut statement = log.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

/// Without when it was, and with other words for what is made up anew.
fn fixed(told: &str, asked: &Asked) -> String {
    let line = |line: &str| {
        let moment = ["Op ", "On "].iter().find_map(|it| line.find(&format!(". {it}")).filter(|at| *at < 4));
        moment.map_or(line.to_owned(), |at| format!("{}. MOMENT", &line[..at]))
    };
    let lines: Vec<String> = told.lines().map(line).collect();
    assert!(!told.contains(&asked.youth), "a pseudonym is told");
    lines.join("\n")
}

#[tokio::test]
async fn two_holders_are_told_in_both_languages_who_saw_a_youth_in_plain_words() {
    let asked = asked().await;
    let config = &asked.running.config;
    let [one, other] = &asked.holders;
    assert_ne!(one, other);
    let dutch = told(config, &asked.youth, &["--holder", one]);
    insta::assert_snapshot!("dutch", fixed(&dutch, &asked));
    let english = told(config, &asked.youth, &["--holder", other, "--language", "en"]);
    insta::assert_snapshot!("english", fixed(&english, &asked));
    let technical = ["certified_institution", "monitoring", "Placement", "generated-", "pseudonymous", " 1 times"];
    for text in [&dutch, &english, &told(config, &asked.youth, &["--holder", other])] {
        assert!(technical.iter().all(|it| !text.contains(it)), "{text}");
    }
    assert!(told(config, "nobody", &["--holder", one]).starts_with("Nergens"));
}

#[tokio::test]
async fn whoever_reads_the_log_by_command_is_in_it_while_a_gateway_writes() {
    let asked = asked().await;
    let config = &asked.running.config;
    let first = told(config, &asked.youth, &["--language", "en"]);
    assert!(first.contains("once"), "{first}");
    for _ in 0..3 {
        asked.running.ask(QUERY).await;
        told(config, &asked.youth, &[]);
    }
    let commands = "SELECT event || ' ' || action || ' ' || name || ' ' || datasets || ' ' || rows FROM audit_event \
                    WHERE event = 'COMMAND' ORDER BY number LIMIT 2";
    assert_eq!(
        texts(config, commands),
        ["COMMAND READ audit_subject AuditEvent 1", "COMMAND READ audit_subject AuditEvent 3"]
    );
    let whose = "SELECT DISTINCT subject FROM audit_event WHERE event = 'COMMAND'";
    assert!(texts(config, whose)[0].starts_with("user "));
    let activity =
        "SELECT activity || ' ' || dataset FROM audit_processing WHERE dataset = 'AuditEvent' AND people IS NOT NULL";
    assert_eq!(texts(config, activity), vec!["urn:regiograph:processing:subject-access AuditEvent"; 4]);
    let expired = run(config, &["audit", "expire"], true);
    assert!(expired.status.success(), "{}", String::from_utf8_lossy(&expired.stderr));
    let expiring = "SELECT action || ' ' || name FROM audit_event WHERE name = 'audit_expire'";
    assert_eq!(texts(config, expiring), ["DELETE audit_expire"]);
    asked.running.ask(QUERY).await;
    let verified = run(config, &["audit", "verify"], true);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
    assert_eq!(texts(config, "SELECT DISTINCT writer FROM audit_event").len(), 1, "one chain for both");
}

#[tokio::test]
async fn nothing_is_told_or_taken_out_where_it_cannot_be_written_down() {
    let asked = asked().await;
    let config = asked.running.config.clone();
    let broken = "CREATE TRIGGER broken BEFORE INSERT ON audit_event BEGIN SELECT RAISE(ABORT, 'full'); END";
    log(&config).execute_batch(broken).unwrap();
    let refused = subject(&config, &asked.youth, &[]);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && refused.stdout.is_empty(), "{said}");
    assert!(said.contains("nothing is told or done that cannot be written down"), "{said}");
    assert!(!said.contains(&asked.youth));
    let refused = run(&config, &["audit", "expire"], true);
    assert!(!refused.status.success() && refused.stdout.is_empty());
}
