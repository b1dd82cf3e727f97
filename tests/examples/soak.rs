//! Asks mixed questions for some minutes while faults come and go, says every half minute what the gateway holds, and fails
//! where that grows: `cargo run -p regiograph-tests --example soak -- 10`.
#![expect(clippy::print_stdout, reason = "it is run by hand, and says what it measures")]

use std::{
    fs,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use regiograph_tests::{
    caller::As,
    fault::{DEADLINE, KINDS},
    gateway::{Gateway, Setup, SourceSetup},
    leaks::Held,
    matrix::POLICY,
    place, postgres,
    row::{Row, dataset},
};
use serde_json::json;
use tokio::{task::JoinSet, time::sleep};

/// How often it is said what is held.
const EVERY: Duration = Duration::from_secs(30);

/// How many clients ask at the same time.
const CLIENTS: usize = 4;

/// The sources that faults befall; the last one is spared.
const SOURCES: [&str; 4] = ["alpha", "beta", "gamma", "sound"];

/// As many connections as a source has by default.
const CONNECTIONS: i64 = 4;

/// Mixed questions; by `$first` no two clients ask quite the same.
const QUESTIONS: [&str; 5] = [
    "query($first: Int) { placements(first: $first, orderBy: [{ startedOn: DESC }]) { totalCount nodes { id startedOn \
       unit { name placements(first: 3) { totalCount nodes { id } } } } completeness { complete } } }",
    "query($first: Int) { placements(last: $first, filter: { urgent: { eq: false } }) { nodes { id } \
       completeness { sources { status reason asOf } } } }",
    "{ placementStatistics(groupBy: STARTED_ON_MONTH, onSourceFailure: PARTIAL) { groups { startedOnMonth rows youths } } }",
    "query($first: Int) { capacityReports(first: $first) { nodes { id } } }",
    "query($first: Int) { placements(first: $first, onSourceFailure: FAIL) { nodes { id youth { pseudonym } } } }",
];

/// What is held at a moment.
#[derive(Clone, Copy, Debug)]
struct Reading {
    at: Duration,
    held: Held,
    resident_kb: u64,
    /// Connections at the PostgreSQL server, where there is one.
    connections: i64,
}

/// A source in PostgreSQL, of which connections are counted.
struct Counted {
    server: &'static postgres::Server,
    database: String,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let minutes: f64 = std::env::args().nth(1).as_deref().unwrap_or("10").parse().context("how many minutes?")?;
    let began = Instant::now();
    let length = Duration::from_secs_f64(minutes * 60.0);
    let counted = counted().await;
    let gateway = Arc::new(gateway(counted.as_ref()).await);
    let mut work = JoinSet::new();
    for client in 0..CLIENTS {
        let gateway = Arc::clone(&gateway);
        work.spawn(async move { ask(&gateway, client, began + length).await });
    }
    let mut readings = Vec::new();
    let mut asked = 0;
    let (mut next, mut turn) = (EVERY.min(length / 4), 0);
    while began.elapsed() < length {
        let (kind, source) = (KINDS[turn % KINDS.len()], SOURCES[turn % 3]);
        let fault = kind.faults()[turn % kind.faults().len()];
        turn += 1;
        if let Some(counted) = &counted {
            counted.break_off().await;
        }
        let befallen = Arc::clone(&gateway);
        // Faults block: files are written and locked.
        let mend = tokio::task::block_in_place(|| kind.befall(&befallen, source, dataset("Placement"), fault));
        sleep(Duration::from_secs(2)).await;
        tokio::task::block_in_place(mend);
        // A source that rests does not rest for the whole of the soak.
        gateway.wait(8);
        sleep(Duration::from_secs(2)).await;
        if began.elapsed() >= next {
            next += EVERY.min(length / 4);
            let reading = read(&gateway, began, counted.as_ref()).await;
            reading.say("asked");
            readings.push(reading);
        }
    }
    while let Some(done) = work.join_next().await {
        asked += done.context("a client stopped")?;
    }
    println!("{asked} questions, {turn} faults in {:?}", began.elapsed());
    gateway.wait(120);
    sleep(DEADLINE * 3).await;
    let end = read(&gateway, began, counted.as_ref()).await;
    end.say("at rest");
    judge(&readings, end)
}

impl Reading {
    fn say(&self, when: &str) {
        let Held { tasks, in_flight, files } = self.held;
        let (seconds, kb) = (self.at.as_secs(), self.resident_kb);
        let connections = self.connections;
        println!(
            "{seconds:>5} s, {when}: {kb} kB, {tasks} tasks, {in_flight} questions, {files} files, {connections} connections"
        );
    }
}

impl Counted {
    /// Ends all connections of the gateway to the source.
    async fn break_off(&self) {
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND application_name = 'regiograph'";
        self.server.execute(&self.database, end).await;
    }
}

/// The rows of a source; no two have the same.
fn rows(place: i64) -> impl Iterator<Item = Row> {
    (1..=2_000_i64).map(move |id| {
        let row = Row::of(dataset("Placement")).with("id", id).with("institution", "GI01".to_owned());
        let day = format!("2025-{:02}-{:02}", 1 + id % 12, 1 + id % 28);
        row.with("started_on", day).with("youth", format!("youth {}", id * 5 + place))
    })
}

async fn counted() -> Option<Counted> {
    let server = postgres::server()?;
    let database = place::database_on(server).await;
    server.execute(&database, place::statements(&rows(4).collect::<Vec<_>>())).await;
    Some(Counted { server, database })
}

async fn gateway(counted: Option<&Counted>) -> Gateway {
    let role = "name = \"certified_institution\"\n";
    let policy = POLICY.replace(role, &format!("{role}stale = \"1m\"\n"));
    let files = SOURCES.into_iter().zip(0..);
    let files = files.map(|(name, place)| KINDS[0].source(name, "ALMATA").deadline(DEADLINE).rows(rows(place)));
    let served = counted.map(|it| {
        let source = SourceSetup::of_provider("served", "ALMATA").deadline(DEADLINE * 3);
        source.reached_by(it.server.address(&it.database))
    });
    Setup::of(files.chain(served).collect::<Vec<_>>()).policy(policy).start().await
}

/// Asks until the end; every tenth time it does not wait for the answer.
async fn ask(gateway: &Gateway, client: usize, end: Instant) -> u64 {
    let guardian = As::role("certified_institution").of("GI01");
    let mut asked = 0_u64;
    while Instant::now() < end {
        let question = QUESTIONS[usize::try_from(asked).unwrap_or(0) % QUESTIONS.len()];
        let first = 10 + (usize::try_from(asked).unwrap_or(0) + client) % 90;
        let body = json!({ "query": question, "variables": { "first": first } });
        let request = gateway.post(&guardian).json(&body);
        if asked % 10 == 9 {
            let _ = request.timeout(Duration::from_millis(5)).send().await;
        } else {
            gateway.send(request).await;
        }
        asked += 1;
    }
    asked
}

async fn read(gateway: &Gateway, began: Instant, counted: Option<&Counted>) -> Reading {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let resident_kb = resident.and_then(|it| it.trim().trim_end_matches("kB").trim().parse().ok()).unwrap_or(0);
    let connections = match counted {
        Some(counted) => counted.server.connections(&counted.database).await,
        None => 0,
    };
    Reading { at: began.elapsed(), held: Held::by(gateway), resident_kb, connections }
}

/// What is held in the second half is no more than in the first, but for what goes up and down with the questions under
/// way; no source has more files or connections than it may; and at rest there is no question and no more tasks than
/// there are connections and the server.
fn judge(readings: &[Reading], end: Reading) -> anyhow::Result<()> {
    let (first, second) = readings.split_at(readings.len() / 2);
    let most = |of: &[Reading], what: fn(&Reading) -> u64| of.iter().map(what).max().unwrap_or(0);
    let memory: fn(&Reading) -> u64 = |it| it.resident_kb;
    let (before, after) = (most(first, memory), most(second, memory));
    ensure!(after <= before + before / 4 + 16 * 1024, "memory grows: {before} kB, then {after} kB");
    let tasks: fn(&Reading) -> u64 = |it| it.held.tasks as u64;
    let (before, after) = (most(first, tasks), most(second, tasks));
    ensure!(after <= before + 8 * CLIENTS as u64, "tasks grow: {before}, then {after}");
    let files: fn(&Reading) -> u64 = |it| it.held.files as u64;
    ensure!(most(second, files) <= (SOURCES.len() * 4 + 4) as u64, "open files grow");
    let connections = readings.iter().chain([&end]).map(|it| it.connections).max().unwrap_or(0);
    // Those that the server ends are counted until it has.
    ensure!(connections <= 2 * CONNECTIONS && end.connections <= CONNECTIONS, "{connections} connections at a server");
    ensure!(end.held.in_flight == 0, "questions are left behind");
    ensure!(end.held.tasks <= 4 + 4 * CLIENTS, "tasks are left behind");
    println!("nothing grows");
    Ok(())
}
