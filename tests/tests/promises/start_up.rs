//! A source that cannot be opened does not stop a start: the others answer, and it is told of. Put right, it answers too.

use std::{fs, path::Path, sync::Arc, time::Duration};

use regiograph::{
    app::{
        App, Foundation, World,
        commands::{self, Who},
    },
    demo::{Generate, generate},
    http,
};
use regiograph_tests::{log::Log, row::dataset, trouble};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::net::TcpListener;

const MISSING: &str = "
[[source]]
name = \"missing\"
kind = \"sqlite\"
path = \"missing.sqlite\"
holder = { provider = \"ALMATA\" }
datasets = [\"Placement\"]
";

const LIST: &str =
    "{ placements { totalCount nodes { source { name } } completeness { complete sources { status } } } }";

/// A configuration of one source of a provider, with forty placements, and one whose file is not there.
fn configured(folder: &Path) -> Foundation {
    let made = generate(Generate { dir: folder, sources: 1, rows: 40, whole: false }).expect("the folder takes files");
    let text = fs::read_to_string(&made.config).expect("the configuration was written");
    fs::write(&made.config, text + MISSING).expect("the folder takes files");
    Foundation::read(Some(&made.config), World::real()).expect("the configuration holds")
}

/// Starts as `serve` does, and gives the address.
async fn start(foundation: &Foundation) -> String {
    let app = App::start(foundation.setup().expect("keys can be made")).await.expect("the gateway starts");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
    let address = format!("http://{}", listener.local_addr().expect("a listener has an address"));
    let router = http::router(Arc::clone(&app) as Arc<dyn http::Gateway>);
    tokio::spawn(async move { http::serve(listener, router, std::future::pending()).await });
    commands::warn(foundation, &app).await;
    address
}

#[tokio::test]
async fn a_missing_source_does_not_stop_the_others_and_needs_no_new_start() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let foundation = configured(folder.path());
    let address = start(&foundation).await;
    let client = Client::builder().timeout(Duration::from_secs(60)).build().expect("there is an HTTP client");
    let who = Who { institution: Some("GI01".to_owned()), ..Who::new("certified_institution") };
    let token = commands::token(&foundation, &who, Duration::from_secs(60)).await.expect("the role is one of tokens");
    let ask = async || -> Value {
        let request = client.post(format!("{address}/graphql")).bearer_auth(&token).json(&json!({ "query": LIST }));
        request.send().await.expect("the gateway answers").json().await.expect("answers are JSON")
    };

    let ready = client.get(format!("{address}/health/ready")).send().await.expect("the gateway answers");
    assert_eq!(ready.status(), 200);
    let partial = ask().await;
    let list = &partial["data"]["placements"];
    let rows = list["nodes"].as_array().map_or(0, Vec::len);
    assert!(rows > 0, "{partial}");
    let statuses = json!([{ "status": "ANSWERED" }, { "status": "UNREACHABLE" }]);
    assert_eq!(list["completeness"], json!({ "complete": false, "sources": statuses }));

    let (good, missing) = (folder.path().join("generated-1.sqlite"), folder.path().join("missing.sqlite"));
    fs::copy(good, missing).expect("the folder takes files");
    let whole = ask().await;
    assert_eq!(whole["data"]["placements"]["totalCount"], 2 * rows, "{whole}");
    assert_eq!(whole["data"]["placements"]["completeness"]["complete"], true);
}

#[tokio::test]
async fn a_source_that_lacks_a_column_is_named_with_it_at_the_start_and_the_others_go_on() {
    let log = Log::listen();
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let foundation = configured(folder.path());
    let lagging = folder.path().join("missing.sqlite");
    fs::copy(folder.path().join("generated-1.sqlite"), &lagging).expect("the folder takes files");
    trouble::drop_column(&lagging, dataset("Placement"), "outside_region");
    let address = start(&foundation).await;
    let words = "source `missing`: does not have placement.outside_region as the contract asks";
    assert!(log.text().contains(words), "the log lacks \"{words}\"");
    let checked = commands::check(&foundation).await.expect("the gateway can be made");
    let line = checked.report.lines().find(|line| line.contains("placement.outside_region"));
    assert!(line.is_some_and(|it| it.contains("source `missing`") && it.contains("regiograph.toml:")), "{line:?}");

    let client = Client::builder().timeout(Duration::from_secs(60)).build().expect("there is an HTTP client");
    let who = Who { institution: Some("GI01".to_owned()), ..Who::new("certified_institution") };
    let token = commands::token(&foundation, &who, Duration::from_secs(60)).await.expect("the role is one of tokens");
    let list = LIST.replace("nodes {", "nodes { outsideRegion");
    let request = client.post(format!("{address}/graphql")).bearer_auth(&token).json(&json!({ "query": list }));
    let answer: Value = request.send().await.expect("the gateway answers").json().await.expect("answers are JSON");
    let list = &answer["data"]["placements"];
    assert!(list["nodes"].as_array().is_some_and(|it| !it.is_empty()), "{answer}");
    assert_eq!(list["completeness"]["sources"], json!([{ "status": "ANSWERED" }, { "status": "DRIFTED" }]));
}
