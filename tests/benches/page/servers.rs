//! The servers that are measured, each a process of its own, and the question that they are asked.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use axum::Router;
use regiograph::{
    app::{
        App, Foundation, World,
        commands::{self, Who},
    },
    http,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::client;

/// The caller's institution: it sees the placements of its wards, at every provider.
pub(crate) const INSTITUTION: &str = "GI01";

/// The day of the question that is asked again and again.
pub(crate) const SINCE: &str = "2020-01-01";

/// A server under way; stopped when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    pub(crate) fn start(mode: &str, file: &Path) -> anyhow::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?).arg(mode).arg(file).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("its output is ours")?).read_line(&mut line)?;
        let address = line.trim().parse().with_context(|| format!("{mode} did not start"))?;
        Ok(Self { child, address })
    }

    /// Resident memory, in KiB.
    pub(crate) fn memory(&self) -> anyhow::Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no memory is told")?;
        Ok(line.trim().trim_end_matches(" kB").parse()?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Serves the gateway of a configuration, as the program does.
pub(crate) async fn gateway(config: &Path) -> anyhow::Result<()> {
    let app = App::start(foundation(config)?.setup()?).await?;
    announce_and_serve(http::router(app as Arc<dyn http::Gateway>)).await
}

fn foundation(config: &Path) -> anyhow::Result<Foundation> {
    let mut foundation = Foundation::read(Some(config), World::real())?;
    // What is measured is how fast answers come, not how many one may ask for.
    foundation.config.limits.minute_cost = 1_000_000_000_000;
    Ok(foundation)
}

/// Prints the address, then serves until it is stopped.
pub(crate) async fn announce_and_serve(router: Router) -> anyhow::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    http::serve(listener, router, std::future::pending()).await?;
    Ok(())
}

/// A token of the institution; also makes the store that the reference joins with.
pub(crate) async fn token(config: &Path) -> anyhow::Result<String> {
    let who = Who { institution: Some(INSTITUTION.to_owned()), ..Who::new("certified_institution") };
    commands::token(&foundation(config)?, &who, Duration::from_secs(86_400)).await
}

/// Lets one gateway accept the other's tokens.
pub(crate) fn share_keys(from: &Path, to: &Path) -> anyhow::Result<()> {
    let (from, to) = (from.with_file_name("data"), to.with_file_name("data"));
    std::fs::create_dir_all(&to)?;
    std::fs::copy(from.join("issuer.pem"), to.join("issuer.pem"))?;
    Ok(())
}

/// A day long before the page, another for each number: the page is the same, and the question is not.
pub(crate) fn day(number: u64) -> String {
    let (year, month, day) = (1900 + number / 336 % 100, number / 28 % 12 + 1, number % 28 + 1);
    format!("{year}-{month:02}-{day:02}")
}

/// The question: a page of 100 rows × 14 fields, with filter, order and two links.
pub(crate) fn question(after: Option<&str>, since: &str) -> String {
    let query = "query Page($after: String, $since: Date!) {
      placements(first: 100, after: $after, orderBy: [{ startedOn: DESC }],
                 filter: { urgent: { eq: false }, startedOn: { gte: $since } }) {
        nodes {
          id startedOn endedOn urgent authorisation closedDays ageBand previousPlacement outflow consultationHeld
          outsideRegion mentorPresent housingPerspectiveOn updatedAt
          unit { code name } municipality { code name }
        }
      }
    }";
    json!({ "query": query, "variables": { "after": after, "since": since } }).to_string()
}

/// The question for a table.
pub(crate) fn table() -> String {
    let query = "{ placementStatistics(view: OWN, filter: { urgent: { eq: false } }, groupBy: [AUTHORISATION, STARTED_ON_YEAR]) {
        groups { authorisation startedOnYear rows youths closedDays { average } } } }";
    json!({ "query": query }).to_string()
}

/// The numbers of a table, in an order of their own: codes are written by each in its own way.
pub(crate) fn groups(answer: &Value) -> anyhow::Result<Vec<String>> {
    let groups = answer["data"]["placementStatistics"]["groups"].as_array().context("there are no groups")?;
    let told = |group: &Value| {
        let average = group["closedDays"]["average"].as_f64().map(|it| (it * 1e6).round());
        format!("{} {} {} {average:?}", group["startedOnYear"], group["rows"], group["youths"])
    };
    let mut told: Vec<_> = groups.iter().map(told).collect();
    told.sort_unstable();
    Ok(told)
}

/// The rows of an answer, without what each writes in its own way: ids, and codes by their names.
pub(crate) fn rows(answer: &Value) -> anyhow::Result<Vec<Value>> {
    let nodes = answer["data"]["placements"]["nodes"].as_array().context("there are no rows")?;
    let comparable = nodes.iter().map(|node| {
        let mut node = node.clone();
        for own in ["id", "authorisation", "ageBand", "previousPlacement", "outflow"] {
            node[own] = Value::Null;
        }
        node
    });
    Ok(comparable.collect())
}

/// The cursor before a page, found by turning pages of 1,000.
pub(crate) async fn cursor_of_page(address: SocketAddr, page: usize, token: &str) -> anyhow::Result<String> {
    let mut cursor: Option<String> = None;
    for _ in 0..((page - 1) * 100).div_ceil(1_000) {
        let question = question(cursor.as_deref(), SINCE).replace("first: 100", "first: 1000").replacen(
            "nodes {",
            "pageInfo { endCursor } nodes {",
            1,
        );
        let answer = client::once(address, &question, token).await?;
        let end = answer["data"]["placements"]["pageInfo"]["endCursor"].as_str();
        cursor = Some(end.context("the list ends before that page")?.to_owned());
    }
    cursor.context("the first page has no cursor before it")
}
