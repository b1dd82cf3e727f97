//! Another configuration comes into force while requests run: none fails, the next one meets the new rules, and a
//! configuration in which anything is wrong changes nothing.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use regiograph::{
    app::{
        App, Foundation, Served, World,
        commands::{self, Who},
    },
    demo::{Generate, generate},
    http,
};
use regiograph_tests::{log::Log, matrix::POLICY};
use reqwest::Client;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::{net::TcpListener, task::JoinHandle};

const LIST: &str =
    "{ placements(first: 5) { totalCount nodes { id municipality { name } } completeness { complete } } }";

/// A gateway as `serve` runs it, over two sources of forty placements each.
struct Running {
    _folder: tempfile::TempDir,
    config: PathBuf,
    policy: PathBuf,
    served: Arc<Served>,
    url: String,
    token: String,
    client: Client,
}

async fn run() -> Running {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let wanted = Generate { dir: folder.path(), sources: 2, rows: 40, whole: false };
    let config = generate(wanted).expect("the folder takes files").config;
    let policy = folder.path().join("policy.toml");
    fs::write(&policy, POLICY).expect("the folder takes files");
    let text = fs::read_to_string(&config).expect("the configuration was written");
    fs::write(&config, format!("{text}\n[policy]\nfile = \"policy.toml\"\n")).expect("the folder takes files");
    let foundation = Foundation::read(Some(&config), World::real()).expect("the configuration holds");
    let app = App::start(foundation.setup().expect("keys can be made")).await.expect("the gateway starts");
    let served = Served::new(app, &foundation);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
    let url = format!("http://{}/graphql", listener.local_addr().expect("a listener has an address"));
    let router = http::router(Arc::clone(&served) as Arc<dyn http::Gateway>);
    tokio::spawn(async move { http::serve(listener, router, std::future::pending()).await });
    let who = Who { institution: Some("GI01".to_owned()), ..Who::new("certified_institution") };
    let token = commands::token(&foundation, &who, Duration::from_secs(600)).await.expect("the role is one of tokens");
    let client = Client::builder().timeout(Duration::from_secs(60)).build().expect("there is an HTTP client");
    Running { _folder: folder, config, policy, served, url, token, client }
}

impl Running {
    async fn ask(&self) -> Value {
        let request = self.client.post(&self.url).bearer_auth(&self.token).json(&json!({ "query": LIST }));
        request.send().await.expect("the gateway answers").json().await.expect("answers are JSON")
    }

    fn metrics(&self) -> String {
        http::Gateway::telemetry(&*self.served).metrics.text(regiograph::telemetry::Format::Text)
    }
}

fn replace(file: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(file).expect("the file can be read");
    assert!(text.contains(from), "{from} is not in {text}");
    fs::write(file, text.replace(from, to)).expect("the file can be written");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_fails_while_the_configuration_is_read_twenty_times() {
    let running = Arc::new(run().await);
    let first = running.ask().await;
    assert_eq!(first["data"]["placements"]["completeness"]["complete"], true, "{first}");
    let (over, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let clients = (0..4).map(|_| {
        let (running, over, asked, first) = (Arc::clone(&running), over.clone(), asked.clone(), first.clone());
        tokio::spawn(async move {
            while !over.load(Ordering::Relaxed) {
                assert_eq!(running.ask().await, first, "the same keys give the same ids");
                asked.fetch_add(1, Ordering::Relaxed);
            }
        })
    });
    let clients: Vec<_> = clients.collect();
    for _ in 0..20 {
        let before = asked.load(Ordering::Relaxed);
        assert!(running.served.reload().await);
        while asked.load(Ordering::Relaxed) < before + 4 && !clients.iter().any(JoinHandle::is_finished) {
            tokio::task::yield_now().await;
        }
    }
    over.store(true, Ordering::Relaxed);
    for client in clients {
        client.await.expect("no request failed");
    }
    assert!(asked.load(Ordering::Relaxed) >= 80);
    assert!(running.metrics().contains("regiograph_config_reloads_total{outcome=\"applied\"} 20\n"));
}

#[tokio::test]
async fn a_policy_that_closes_a_field_holds_from_the_next_request_on() {
    let running = run().await;
    assert!(running.ask().await["errors"].is_null());
    let old = Arc::downgrade(&running.served.app());
    let cell = "placement = \"own wards/pseudonymous\"";
    replace(&running.policy, cell, "placement = \"own wards/open\"");
    assert!(running.ask().await["errors"].is_null(), "not before it is read");
    assert!(running.served.reload().await);
    let refused = running.ask().await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED", "{refused}");
    assert!(old.upgrade().is_none(), "the old gateway goes with its last request, and its sources with it");
    replace(&running.policy, "placement = \"own wards/open\"", cell);
    assert!(running.served.reload().await);
    assert!(running.ask().await["errors"].is_null());
}

#[tokio::test]
async fn a_source_comes_and_goes() {
    let running = run().await;
    let all = running.ask().await["data"]["placements"]["totalCount"].as_u64().unwrap_or_default();
    let text = fs::read_to_string(&running.config).expect("the file can be read");
    let (start, second) = text.split_at(text.rfind("[[source]]").expect("there are sources"));
    let tail = second.find("[policy]").map_or("", |place| &second[place..]);
    fs::write(&running.config, format!("{start}{tail}")).expect("the file can be written");
    assert!(running.served.reload().await);
    let fewer = running.ask().await["data"]["placements"]["totalCount"].as_u64().unwrap_or_default();
    assert!(0 < fewer && fewer < all, "{fewer} of {all}");
    fs::write(&running.config, text).expect("the file can be written");
    assert!(running.served.reload().await);
    assert_eq!(running.ask().await["data"]["placements"]["totalCount"], all);
}

#[tokio::test]
async fn a_broken_configuration_changes_nothing_and_is_named() {
    let lines = Log::listen();
    let running = run().await;
    let before = running.ask().await;
    let cases = [
        (&running.config, "[policy]", "[polity]", "regiograph.toml:"),
        (&running.config, "kind = \"sqlite\"", "kind = \"oracle\"", "regiograph.toml:"),
        (&running.policy, "version = ", "vision = ", "policy.toml:"),
        (&running.config, "file = \"policy.toml\"", "file = \"nowhere.toml\"", "policy.file: cannot read"),
    ];
    for (place, (file, good, wrong, said)) in cases.into_iter().enumerate() {
        let text = fs::read_to_string(file).expect("the file can be read");
        replace(file, good, wrong);
        assert!(!running.served.reload().await, "{wrong}");
        assert_eq!(running.ask().await, before);
        let log = lines.text();
        let mut named = log.lines().filter(|it| it.contains("the configuration stays as it was"));
        assert!(named.any(|line| line.contains(said)), "{said}");
        let refused = format!("regiograph_config_reloads_total{{outcome=\"refused\"}} {}\n", place + 1);
        assert!(running.metrics().contains(&refused));
        fs::write(file, text).expect("the file can be written");
    }
    assert!(running.served.reload().await);
    assert_eq!(running.ask().await, before);
}

#[tokio::test]
async fn what_holds_until_the_end_of_the_program_is_named_where_it_differs() {
    let lines = Log::listen();
    let running = run().await;
    let before = running.ask().await;
    let text = fs::read_to_string(&running.config).expect("the file can be read");
    let other =
        format!("listen = \"127.0.0.1:7\"\ndata_dir = \"elsewhere\"\n{}", without(&text, &["listen", "data_dir"]));
    fs::write(&running.config, other).expect("the file can be written");
    assert!(running.served.reload().await);
    assert_eq!(running.ask().await, before, "the same store, the same keys");
    let log = lines.text();
    for key in ["listen", "data_dir", "keys.master_file"] {
        let line = format!("a key has changed that holds from the next start on key=\"{key}\"");
        assert!(log.contains(&line), "{line}");
    }
}

/// A configuration without these keys.
fn without(text: &str, keys: &[&str]) -> String {
    let is_one = |line: &&str| keys.iter().any(|key| line.starts_with(&format!("{key} =")));
    text.lines().filter(|line| !is_one(line)).map(|line| format!("{line}\n")).collect()
}

#[tokio::test]
async fn documents_come_with_the_next_configuration_and_what_was_asked_is_not_forgotten() {
    let running = run().await;
    let hash: String = Sha256::digest(LIST).iter().map(|byte| format!("{byte:02x}")).collect();
    let by_hash = async || {
        let request = running.client.post(&running.url).bearer_auth(&running.token);
        let reply = request.json(&json!({ "documentId": hash })).send().await.expect("the gateway answers");
        reply.json::<Value>().await.expect("answers are JSON")
    };
    let code = |reply: &Value| reply["errors"][0]["extensions"]["code"].clone();
    assert_eq!(code(&by_hash().await), "PERSISTED_QUERY_NOT_FOUND");
    let folder = running.config.parent().expect("it is in a folder").join("documents");
    fs::create_dir(&folder).expect("the folder takes folders");
    fs::write(folder.join("list.graphql"), LIST).expect("the folder takes files");
    let text = fs::read_to_string(&running.config).expect("the file can be read");
    let with = |more: &str| fs::write(&running.config, format!("{text}\n{more}")).expect("the file can be written");
    with("[documents]\ndir = \"documents\"\n[limits]\nminute_cost = 1000\n");
    assert!(running.served.reload().await);
    assert_eq!(by_hash().await["data"]["placements"]["completeness"]["complete"], true);
    while code(&by_hash().await) != "RATE_LIMITED" {}
    assert!(running.served.reload().await);
    assert_eq!(code(&by_hash().await), "RATE_LIMITED", "a new configuration is no new minute");
    with("[limits.roles.nobody]\nminute_cost = 1000\n");
    assert!(!running.served.reload().await, "a role that is misspelt is not held to other limits than were meant");
    fs::write(folder.join("list.graphql"), "{ no").expect("the folder takes files");
    with("[documents]\ndir = \"documents\"\n");
    assert!(!running.served.reload().await, "what is no document is not trusted");
}
