//! Where the log cannot be written, nothing about persons is told over a WebSocket either, nor to another gateway.

use regiograph::source::{
    Select,
    node::{link::As, wire::Ask},
};
use regiograph_tests::{
    gateway::{Gateway, Listing, Setup, SourceSetup},
    node::{Asking, KEY, key_file},
    row::dataset,
    socket::Socket,
};

use super::{analyst, gateway, open, records, stay};

const BROKEN: &str = "CREATE TRIGGER broken BEFORE INSERT ON audit_event BEGIN SELECT RAISE(ABORT, 'full'); END";
const MENDED: &str = "DROP TRIGGER broken";

#[tokio::test]
async fn nothing_about_persons_is_told_on_a_websocket_while_the_log_cannot_be_written() {
    let gateway = gateway().await;
    let mut socket = Socket::with_token(&gateway, gateway.token(&analyst()).as_deref()).await;
    let query = "{ placements { nodes { startedOn } } }";
    open(&gateway).execute_batch(BROKEN).expect("the log can be broken");
    socket.subscribe("1", query).await;
    let told = socket.hear().await.expect("it stays open");
    assert_eq!((&told["type"], &told["payload"][0]["extensions"]["code"]), (&"error".into(), &"INTERNAL".into()));
    assert!(!told.to_string().contains("2025-03"), "{told}");
    open(&gateway).execute_batch(MENDED).expect("it can be mended");
    socket.subscribe("1", query).await;
    let told = socket.hear().await.expect("it stays open");
    assert!(told["type"] == "next" && told.to_string().contains("2025-03"), "{told}");
    assert_eq!(records(&gateway, "event", &["outcome"]), [["ANSWERED"]]);
}

/// A node with an audit log that the gateway `national` may ask, also for releases.
async fn node() -> (Gateway, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let listing = Listing {
        name: "national".to_owned(),
        key: key_file(folder.path(), KEY),
        sources: vec!["almata".to_owned()],
        vouches: false,
        releases: true,
    };
    let source = SourceSetup::of_provider("almata", "ALMATA").rows([stay(1, "raw-anna")]);
    (Setup::of([source]).listing([listing]).audited().start().await, folder)
}

#[tokio::test]
async fn a_node_tells_nothing_while_its_log_cannot_be_written() {
    let (node, _folder) = node().await;
    let asking = Asking::of(&node);
    let bearer = format!("Bearer {}", node.token(&analyst()).expect("the role has a token"));
    let rows = || asking.question("almata", Ask::Rows(std::sync::Arc::new(Select::whole(dataset("Placement"), 10))));
    for (kind, authorization) in [(As::Someone, Some(&*bearer)), (As::Release, None)] {
        let good = asking.ask(&rows(), authorization, kind).await;
        assert!(good.status == 200 && good.text.contains("2025-03-01"), "{} {}", good.status, good.text);
        open(&node).execute_batch(BROKEN).expect("the log can be broken");
        let told = asking.ask(&rows(), authorization, kind).await;
        assert!(!told.text.contains("2025-03") && !told.text.contains("JZ36"), "{} {}", told.status, told.text);
        open(&node).execute_batch(MENDED).expect("it can be mended");
    }
    assert_eq!(records(&node, "event", &["event", "outcome"]), [["QUESTION", "ANSWERED"], ["QUESTION", "ANSWERED"]]);
}
