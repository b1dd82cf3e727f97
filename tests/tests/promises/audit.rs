//! Who was answered what can be found out by an auditor, and by nobody else: every answer and every refusal leaves one
//! event, every person in an answer one processing, and nothing in them says what was asked for or what was in it.

mod asked;
mod by_rule;
mod ends;
mod made;
mod months;
mod named;
mod officer;
mod owner;
mod people;
mod refusals;
mod rotation;
mod shared;
mod subject;
mod tampering;
mod unwritten;
mod ways;
mod ways_given_up;
mod ways_preflights;
mod ways_sockets;
mod ways_unwritten;
mod ways_words;

use std::path::Path;

use regiograph::audit::{Verified, verify};
use regiograph_tests::{
    caller::As,
    gateway::{Gateway, Reply, Setup, SourceSetup},
    matrix::POLICY,
    row::{Row, dataset},
};
use rusqlite::{Connection, types::Value as Stored};

/// A role that sees youths.
const FOLLOWER: &str = "\n[[role]]\nname = \"follower\"\npurposes = [\"monitoring\"]\n[role.cells]\n\
    placement = \"A/sensitive\"\nincident = \"A/sensitive\"\nretCase = \"A/pseudonymous\"\nreferral = \"A/indirect\"\n";

fn follower() -> As {
    As::role("follower")
}

fn analyst() -> As {
    As::role("region_analyst").of("JZ36")
}

fn stay(id: i64, youth: &str) -> Row {
    let row = Row::of(dataset("Placement")).with("id", id).with("youth", youth.to_owned());
    row.with("region", "JZ36".to_owned()).with("started_on", "2025-03-01".to_owned())
}

/// A row about a youth.
fn of(name: &str, id: i64, youth: &str) -> Row {
    Row::of(dataset(name)).with("id", id).with("youth", youth.to_owned()).with("region", "JZ36".to_owned())
}

fn setup() -> Setup {
    setup_of([
        SourceSetup::of_provider("almata", "ALMATA").rows([
            stay(1, "raw-anna"),
            stay(2, "raw-bo"),
            stay(3, "raw-anna"),
            of("Referral", 1, "raw-anna"),
        ]),
        SourceSetup::of_provider("horizon", "HORIZON").rows([
            stay(1, "raw-anna"),
            stay(2, "raw-cas"),
            of("RetCase", 1, "raw-bo"),
        ]),
    ])
}

/// With an audit log, and a role that sees youths.
fn setup_of(sources: impl IntoIterator<Item = SourceSetup>) -> Setup {
    Setup::of(sources).policy(POLICY.to_owned() + FOLLOWER).audited()
}

async fn gateway() -> Gateway {
    setup().start().await
}

/// There is an answer, and nothing went wrong.
fn answered(reply: &Reply) {
    assert!(reply.data().is_object());
}

fn open(gateway: &Gateway) -> Connection {
    let connection = Connection::open(gateway.folder().join("audit.sqlite")).expect("the log has a file");
    connection.busy_timeout(std::time::Duration::from_secs(5)).expect("it can wait");
    connection
}

/// The columns of all records of a log, as text, in the order in which they were written.
fn records(gateway: &Gateway, log: &str, columns: &[&str]) -> Vec<Vec<String>> {
    let columns: Vec<_> = columns.iter().map(|name| format!("\"{name}\"")).collect();
    let sql = format!("SELECT {} FROM audit_{log} ORDER BY writer, number", columns.join(", "));
    let connection = open(gateway);
    let mut statement = connection.prepare(&sql).expect("the log has its tables");
    let cell = |value: Stored| match value {
        Stored::Null => "-".to_owned(),
        Stored::Integer(number) => number.to_string(),
        Stored::Text(text) => text,
        Stored::Real(_) | Stored::Blob(_) => "bytes".to_owned(),
    };
    let rows = statement.query_map([], |row| (0..columns.len()).map(|it| row.get(it).map(cell)).collect());
    rows.and_then(Iterator::collect).expect("the log can be read")
}

/// How many people stand in the log, answer by answer.
fn people(gateway: &Gateway) -> Vec<usize> {
    let connection = open(gateway);
    let mut statement = connection
        .prepare("SELECT people FROM audit_processing WHERE people IS NOT NULL ORDER BY number")
        .expect("the log has its tables");
    let count = |bytes: Vec<u8>| {
        let (mut rest, mut all) = (&bytes[..], std::collections::BTreeSet::new());
        while let [high, low, after @ ..] = rest {
            let (one, left) = after.split_at(usize::from(u16::from_be_bytes([*high, *low])));
            all.insert(one.to_vec());
            rest = left;
        }
        all.len()
    };
    let rows = statement.query_map([], |row| row.get(0).map(count)).and_then(Iterator::collect);
    rows.expect("the log can be read")
}

async fn verified(gateway: &Gateway) -> Verified {
    verify(gateway.log()).await.expect("the log can be read")
}

/// The faults that are found, in words.
async fn faults(gateway: &Gateway) -> Vec<String> {
    verified(gateway).await.faults.iter().map(ToString::to_string).collect()
}

/// Does any file of the log hold these bytes?
fn holds(folder: &Path, bytes: &[u8]) -> bool {
    ["audit.sqlite", "audit.sqlite-wal", "audit.heads"].iter().any(|name| {
        let found = std::fs::read(folder.join(name)).unwrap_or_default();
        found.windows(bytes.len()).any(|window| window == bytes)
    })
}
