//! Nodes that lead in a circle, or too far, are no source of rows: it is said so, and nobody asks on and on.

use regiograph_tests::{
    gateway::{Gateway, Listing, Reply, Setup, SourceSetup},
    node::{KEY, Listener, key_file},
};

use super::{follower, policy, sources};

const LIST: &str = "{ placements { nodes { source { name } } \
    completeness { complete sources { source { name } status reason } } } }";

/// The master keys of two gateways: each is another.
const MASTERS: [&str; 2] = [
    "b00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
    "c00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
];

/// How a source is said to have answered, and why.
fn told<'r>(reply: &'r Reply, name: &str) -> (&'r str, &'r str) {
    let sources = reply.data()["placements"]["completeness"]["sources"].as_array();
    let one = sources.into_iter().flatten().find(|it| it["source"]["name"] == name).expect("the source is told of");
    (one["status"].as_str().unwrap_or_default(), one["reason"].as_str().unwrap_or_default())
}

fn listing(folder: &tempfile::TempDir) -> Listing {
    Listing {
        name: "national".to_owned(),
        key: key_file(folder.path(), KEY),
        sources: vec!["almata".to_owned()],
        vouches: true,
        releases: true,
    }
}

/// A gateway whose source is at another gateway, whose source is at the first.
async fn circle() -> (Gateway, Gateway, Listener) {
    let (folder, back) = (tempfile::tempdir().expect("there is room for a folder"), Listener::before_any().await);
    let source = || SourceSetup::of_provider("almata", "ALMATA");
    let there = Setup::of([source().at_node(&back.url)]).master(MASTERS[0]).listing([listing(&folder)]);
    let there = there.policy(policy()).start().await;
    let [_, horizon, _] = sources();
    let here = Setup::of([source().at_node(&there.url().replace("/graphql", "")), horizon]).master(MASTERS[1]);
    let here = here.listing([listing(&folder)]).issuer(there.folder().join("issuer.pem"));
    let here = here.policy(policy()).start().await;
    back.lead_to(&here);
    (here, there, back)
}

#[tokio::test]
async fn nodes_that_lead_back_to_who_asks_are_asked_once_and_said_to_lead_in_a_circle() {
    let (here, _there, back) = circle().await;
    let reply = here.ask(&follower(), LIST).await;
    let (status, reason) = told(&reply, "almata");
    assert_eq!(status, "UNREACHABLE");
    assert!(reason.contains("nodes lead in a circle"), "{reason}");
    assert_eq!((told(&reply, "horizon").0, back.heard().len()), ("ANSWERED", 1));
    let refused = here.release(&["2025Q4"]).await.unwrap_err();
    assert!(refused.contains("nodes lead in a circle"), "{refused}");
    assert_eq!(back.heard().len(), 2, "what compares sources with the contract goes no further either");
}

#[tokio::test]
async fn three_nodes_behind_each_other_are_asked_and_a_fourth_is_not() {
    for (nodes, expected) in [(3, "ANSWERED"), (4, "UNREACHABLE")] {
        let [almata, ..] = sources();
        let far = (0..nodes).fold(almata, |source, _| source.behind_node());
        let gateway = Setup::of([far]).policy(policy()).start().await;
        let reply = gateway.ask(&follower(), LIST).await;
        assert_eq!(told(&reply, "almata").0, expected);
    }
}
