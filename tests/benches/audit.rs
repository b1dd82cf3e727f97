//! The benchmark of the audit log: a list of 1,000 placements with the log and without it, two gateways over the same
//! sources in one process, asked in turn, so that the ratio holds on a noisy machine.
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use regiograph::{
    app::{
        App, Foundation, World,
        commands::{self, Who},
    },
    demo::{Generate, generate},
    http,
};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::net::TcpListener;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Rows of each of the sources.
const ROWS: u64 = 30_000;
/// Rounds in which both gateways are asked in turn.
const ROUNDS: usize = 200;
/// Rounds before those.
const WARM_UP: usize = 20;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let made = generate(Generate { dir: folder.path(), sources: 3, rows: ROWS, whole: false })?;
    let who = Who { institution: Some("GI01".to_owned()), ..Who::new("certified_institution") };
    let token = commands::token(&foundation(&made.config)?, &who, Duration::from_secs(86_400)).await?;
    let (with, without) = (serve(&made.config, true).await?, serve(&made.config, false).await?);
    let client = Client::builder().timeout(Duration::from_secs(60)).build()?;
    let question = json!({ "query": "{ placements(first: 1000, orderBy: [{ startedOn: DESC }]) { nodes { id startedOn endedOn \
        urgent authorisation closedDays ageBand youth { pseudonym } unit { code name } } } }" });
    let ask = async |address: &str| -> anyhow::Result<(Duration, usize)> {
        let asked = Instant::now();
        let reply = client.post(address).bearer_auth(&token).json(&question).send().await?.bytes().await?;
        let took = asked.elapsed();
        let reply: Value = serde_json::from_slice(&reply)?;
        Ok((took, reply["data"]["placements"]["nodes"].as_array().context("the list is answered")?.len()))
    };
    let (mut of_with, mut of_without) = (Vec::new(), Vec::new());
    for round in 0..WARM_UP + ROUNDS {
        for (address, times) in [(&with, &mut of_with), (&without, &mut of_without)] {
            let (took, rows) = ask(address).await?;
            ensure!(rows == 1_000, "the list has {rows} rows");
            if round >= WARM_UP {
                times.push(took);
            }
        }
    }
    let (with, without) = (middle(&mut of_with), middle(&mut of_without));
    let ratio = with.as_secs_f64() / without.as_secs_f64();
    println!(
        "a list of 1,000: {with:?} with the audit log, {without:?} without: {ratio:.3} times (middle of {ROUNDS})"
    );
    Ok(())
}

fn middle(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn foundation(config: &Path) -> anyhow::Result<Foundation> {
    Ok(Foundation::read(Some(config), World::real())?)
}

/// Serves the configuration's gateway, with its audit log or without it; its address.
async fn serve(config: &Path, audited: bool) -> anyhow::Result<String> {
    let mut setup = foundation(config)?.setup()?;
    setup.audit = setup.audit.filter(|_| audited);
    let app = App::start(setup).await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}/graphql", listener.local_addr()?);
    let router = http::router(app as Arc<dyn http::Gateway>);
    tokio::spawn(http::serve(listener, router, std::future::pending()));
    Ok(address)
}
