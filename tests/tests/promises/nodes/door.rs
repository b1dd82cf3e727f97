//! Only the gateways that a node lists may ask it, only for what it lists of each, and each question once.

use std::sync::Arc;

use regiograph::source::{
    Select,
    node::{
        link::As,
        wire::{Ask, PROTOCOL_HEADER, QUESTION_MOST, Told},
    },
};
use regiograph_tests::{
    caller::As as Who,
    gateway::{Gateway, Listing, Setup, SourceSetup},
    node::{Asking, KEY, key_file},
    row::{self, Row},
};

/// A node with two sources of which the gateway `national` may ask one.
async fn node(releases: bool) -> (Gateway, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let listing = Listing {
        name: "national".to_owned(),
        key: key_file(folder.path(), KEY),
        sources: vec!["almata".to_owned()],
        vouches: false,
        releases,
    };
    let row = || Row::of(row::dataset("Placement")).with("region", "JZ36".to_owned());
    let sources = ["almata", "other"].map(|name| SourceSetup::of_provider(name, "ALMATA").rows([row()]));
    (Setup::of(sources).listing([listing]).start().await, folder)
}

fn rows() -> Ask {
    Ask::Rows(Arc::new(Select::whole(row::dataset("Placement"), 10)))
}

#[tokio::test]
async fn a_gateway_that_is_listed_is_answered_and_each_question_once() {
    let (node, _folder) = node(false).await;
    let asking = Asking::of(&node);
    let bearer = format!("Bearer {}", node.token(&Who::role("region_analyst").of("JZ36")).unwrap());
    let told = asking.rows("almata", Select::whole(row::dataset("Placement"), 10), Some(&bearer)).await.unwrap();
    let Told::Rows(records) = told else { panic!("rows were asked for") };
    assert_eq!(records.len(), 1);
    let body = asking.question("almata", rows());
    let credential = asking.credential(&body, Some(&bearer), As::Someone);
    let ask = || async { node.send(asking.request(&body, Some(&bearer), &credential)).await.status };
    assert_eq!((ask().await, ask().await), (200, 401), "a question holds once");
}

#[tokio::test]
async fn whoever_may_not_ask_learns_that_and_nothing_else() {
    let (node, _folder) = node(false).await;
    let asking = Asking::of(&node);
    let other = Asking::with(&node, &KEY.replace("f0", "e0"));
    let bearer = format!("Bearer {}", node.token(&Who::role("region_analyst").of("JZ36")).unwrap());
    let bearer = Some(&*bearer);
    let (body, unlisted) = (asking.question("almata", rows()), asking.question("other", rows()));
    let check = asking.question("almata", Ask::Check(vec![row::dataset("Placement")]));
    let good = || asking.credential(&body, bearer, As::Someone);
    let unknown = Asking { name: "elsewhere", ..Asking::of(&node) };
    let forged = "Bearer eyJhbGciOiJFZERTQSJ9.e30.AAAA";
    let mut replies = vec![
        node.send(asking.request(&body, bearer, "no credential")).await,
        node.send(asking.request(&body, bearer, &other.credential(&body, bearer, As::Someone))).await,
        node.send(asking.request(&body, bearer, &unknown.credential(&body, bearer, As::Someone))).await,
        node.send(asking.request(&unlisted, bearer, &good())).await,
        node.send(asking.request(&body, None, &good())).await,
        asking.ask(&unlisted, bearer, As::Someone).await,
        asking.ask(&asking.question("nowhere", rows()), bearer, As::Someone).await,
        asking.ask(&check, bearer, As::Someone).await,
        asking.ask(&body, None, As::Release).await,
        asking.ask(&body, bearer, As::Release).await,
        asking.ask(&body, Some(forged), As::Someone).await,
    ];
    let late = good();
    node.wait(100);
    replies.push(node.send(asking.request(&body, bearer, &late)).await);
    for (place, reply) in replies.iter().enumerate() {
        assert_eq!((reply.status, &reply.text), (401, &replies[0].text), "{place}");
    }
}

#[tokio::test]
async fn who_sends_too_much_and_who_is_unknown_are_told_the_same() {
    let (node, _folder) = node(false).await;
    let asking = Asking::of(&node);
    let long = vec![b' '; QUESTION_MOST + 1];
    let body = asking.question("almata", rows());
    let unknown = Asking { name: "elsewhere", ..Asking::of(&node) };
    let replies = [
        node.send(asking.request(&long, None, &asking.credential(&long, None, As::Someone))).await,
        node.send(asking.request(&body, None, &unknown.credential(&body, None, As::Someone))).await,
        node.send(asking.request(&body, None, "no credential")).await,
    ];
    for reply in &replies {
        assert_eq!((reply.status, &reply.text), (401, &replies[0].text));
    }
}

#[tokio::test]
async fn what_was_made_for_one_node_is_good_at_no_other() {
    // Both know a gateway of that name, each by a key of its own.
    let (node, _folder) = node(false).await;
    let asking = Asking::of(&node);
    let other = Asking::with(&node, &KEY.replace("f0", "e0"));
    let body = asking.question("almata", rows());
    let audience = |asking: &Asking<'_>| {
        let credential = asking.credential(&body, None, As::Someone);
        let claims = jsonwebtoken::dangerous::insecure_decode_claims::<serde_json::Value>(&credential);
        claims.expect("a credential has claims")["aud"].clone()
    };
    assert!(audience(&asking) != audience(&other) && audience(&asking) == audience(&Asking::of(&node)));
    let refused = node.send(asking.request(&body, None, &other.credential(&body, None, As::Someone))).await;
    assert_eq!(refused.status, 401);
    assert_eq!(asking.ask(&body, None, As::Someone).await.status, 200);
}

#[tokio::test]
async fn a_gateway_of_another_version_is_told_so_once_it_is_known() {
    let (node, _folder) = node(false).await;
    let asking = Asking::of(&node);
    let body = asking.question("almata", rows());
    let other = |credential: String| {
        let mut request = asking.request(&body, None, &credential).build().expect("it is a request");
        request.headers_mut().insert(PROTOCOL_HEADER, "2".parse().unwrap());
        request
    };
    let known = node.client().execute(other(asking.credential(&body, None, As::Someone))).await.unwrap();
    let unknown = node.client().execute(other("none".to_owned())).await.unwrap();
    assert_eq!((known.status().as_u16(), unknown.status().as_u16()), (501, 401));
}

#[tokio::test]
async fn nothing_is_found_there_where_no_gateway_is_listed() {
    let alone = Gateway::over([SourceSetup::of_provider("almata", "ALMATA")]).await;
    let asking = Asking::of(&alone);
    let reply = asking.ask(&asking.question("almata", rows()), None, As::Someone).await;
    assert_eq!(reply.status, 404);
    let get = alone.send(alone.client().get(alone.url().replace("/graphql", "/node"))).await;
    assert_eq!(get.status, 404);
}

#[tokio::test]
async fn rows_for_releases_are_read_only_where_the_node_says_so() {
    for releases in [false, true] {
        let (node, _folder) = node(releases).await;
        let asking = Asking::of(&node);
        let reply = asking.ask(&asking.question("almata", rows()), None, As::Release).await;
        assert_eq!(reply.status, if releases { 200 } else { 401 });
    }
}
