//! A gateway and a node as two programs, each with a configuration of its own: what is asked, what `check` and `explain` say,
//! and what becomes of it when the node changes its mind or is started again.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::Path,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    printing::run,
    running::{Running, start, start_in},
};

const KEY: &str = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff000102030405060708090a0b0c0d0e0f";

const QUERY: &str = "{ placements(first: 3) { totalCount nodes { startedOn } \
    completeness { complete sources { source { name } status reason } } } }";

/// A file with the key, which only its owner may read.
fn write_key(path: &Path) {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).unwrap();
    file.write_all(KEY.as_bytes()).unwrap();
}

/// What makes a program a node of a gateway; its data stand in this folder.
fn listing(folder: &Path) -> String {
    let folder = folder.display();
    format!(
        "data_dir = \"{folder}\"\n[[gateway]]\nname = \"national\"\nkey_file = \"{folder}/link.key\"\n\
         sources = [\"generated-1\"]\nreleases = true\n"
    )
}

/// A gateway over one source of a node, which takes the same tokens.
async fn over(node: &Running, data: &Path) -> Running {
    let folder = tempfile::tempdir().unwrap();
    let (here, url) = (folder.path().display().to_string(), &node.url);
    fs::copy(data.join("issuer.pem"), folder.path().join("issuer.pem")).unwrap();
    write_key(&folder.path().join("link.key"));
    let config = format!(
        "listen = \"127.0.0.1:0\"\ndata_dir = \"{here}\"\n[[source]]\nname = \"almata\"\nkind = \"node\"\nurl = \"{url}\"\n\
         remote = \"generated-1\"\ngateway = \"national\"\nkey_file = \"link.key\"\nholder = {{ provider = \"ALMATA\" }}\n\
         datasets = [\"Placement\"]\n"
    );
    fs::write(folder.path().join("regiograph.toml"), config).unwrap();
    start_in(folder, &[]).await
}

async fn placements(running: &Running) -> Value {
    running.ask(QUERY).await["data"]["placements"].take()
}

/// Asks until the source has this status.
async fn wait_for(gateway: &Running, status: &str) -> Value {
    let began = Instant::now();
    loop {
        let list = placements(gateway).await;
        if list["completeness"]["sources"][0]["status"] == status {
            return list;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{status} does not come: {list}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn said(gateway: &Running, arguments: &[&str]) -> String {
    String::from_utf8(run(&gateway.config, arguments, true).stdout).unwrap()
}

#[tokio::test]
async fn two_programs_are_a_gateway_and_its_node() {
    let data = tempfile::tempdir().unwrap();
    write_key(&data.path().join("link.key"));
    let node = start(&listing(data.path()), &[]).await;
    let gateway = over(&node, data.path()).await;
    let (here, there) = (wait_for(&gateway, "ANSWERED").await, placements(&node).await);
    assert!(there["totalCount"].as_u64() > Some(0), "{there}");
    assert_eq!((&here["totalCount"], &here["nodes"]), (&there["totalCount"], &there["nodes"]));
    let checked = said(&gateway, &["check"]);
    assert!(checked.contains("source `almata`: Placement: 40 rows"), "{checked}");
    assert!(checked.contains("| Placement | almata | 40 | 20"), "the first day is told too: {checked}");
    let explained = said(&gateway, &["explain", "--role", "certified_institution", "--institution", "GI01", QUERY]);
    assert!(explained.contains("almata") && explained.contains("Placement"), "{explained}");
    for text in [&checked, &explained] {
        assert!(!text.contains(KEY) && !text.contains("127.0.0.1"), "{text}");
    }

    // It changes its mind.
    let listed = fs::read_to_string(&node.config).unwrap();
    fs::write(&node.config, listed.replace("releases = true\n", "")).unwrap();
    node.signal("HUP");
    node.logged("the configuration was read again").await;
    let checked = said(&gateway, &["check"]);
    assert!(checked.contains("source `almata`: answers, and does not let this gateway check it"), "{checked}");
    assert_eq!(wait_for(&gateway, "ANSWERED").await["totalCount"], there["totalCount"]);
    fs::write(&node.config, listed.replace("\"national\"", "\"another\"")).unwrap();
    node.signal("HUP");
    let refused = wait_for(&gateway, "UNREACHABLE").await;
    let why = &refused["completeness"]["sources"][0]["reason"];
    assert_eq!(why, "does not let this gateway ask, or not for this caller");
    assert_eq!((&refused["totalCount"], &refused["completeness"]["complete"]), (&Value::Null, &Value::Bool(false)));

    // It is killed, and started again where it was.
    let address = node.url.trim_start_matches("http://").to_owned();
    drop(node);
    wait_for(&gateway, "UNREACHABLE").await;
    let again = start(&listing(data.path()), &[("REGIOGRAPH_LISTEN", &address)]).await;
    assert_eq!(again.url, format!("http://{address}"));
    let back = wait_for(&gateway, "ANSWERED").await;
    assert_eq!(back["nodes"], there["nodes"]);
    assert!(!gateway.log().contains(KEY));
}
