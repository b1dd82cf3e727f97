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
    gateway::{Gateway, Setup},
    leaks::Held,
    matrix::POLICY,
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
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let minutes: f64 = std::env::args().nth(1).as_deref().unwrap_or("10").parse().context("how many minutes?")?;
    let began = Instant::now();
    let length = Duration::from_secs_f64(minutes * 60.0);
    let gateway = Arc::new(gateway().await);
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
        let befallen = Arc::clone(&gateway);
        // Faults block: files are written and locked.
        let mend = tokio::task::block_in_place(|| kind.befall(&befallen, source, dataset("Placement"), fault));
        sleep(Duration::from_secs(2)).await;
        tokio::task::block_in_place(mend);
        gateway.wait(2);
        sleep(Duration::from_secs(2)).await;
        if began.elapsed() >= next {
            next += EVERY.min(length / 4);
            let reading = read(&gateway, began);
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
    let end = read(&gateway, began);
    end.say("at rest");
    judge(&readings, end)
}

impl Reading {
    fn say(&self, when: &str) {
        let Held { tasks, in_flight, files } = self.held;
        let (seconds, kb) = (self.at.as_secs(), self.resident_kb);
        println!("{seconds:>5} s, {when}: {kb} kB, {tasks} tasks, {in_flight} questions, {files} files");
    }
}

async fn gateway() -> Gateway {
    let role = "name = \"certified_institution\"\n";
    let policy = POLICY.replace(role, &format!("{role}stale = \"1m\"\n"));
    let sources = SOURCES.into_iter().enumerate().map(|(place, name)| {
        let rows = (1..=2_000_i64).map(move |id| {
            let day = format!("2025-{:02}-{:02}", 1 + id % 12, 1 + id % 28);
            let youth = format!("youth {}", id * 3 + i64::try_from(place).unwrap_or(0));
            let row = Row::of(dataset("Placement")).with("id", id).with("started_on", day);
            row.with("institution", "GI01".to_owned()).with("youth", youth)
        });
        KINDS[0].source(name, "ALMATA").deadline(DEADLINE).rows(rows)
    });
    Setup::of(sources.collect::<Vec<_>>()).policy(policy).start().await
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

fn read(gateway: &Gateway, began: Instant) -> Reading {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let resident_kb = resident.and_then(|it| it.trim().trim_end_matches("kB").trim().parse().ok()).unwrap_or(0);
    Reading { at: began.elapsed(), held: Held::by(gateway), resident_kb }
}

/// What is held in the second half is no more than in the first, but for what memory goes up and down by; and at rest
/// there is no question and no more tasks than there are connections and the server.
fn judge(readings: &[Reading], end: Reading) -> anyhow::Result<()> {
    let (first, second) = readings.split_at(readings.len() / 2);
    let most = |of: &[Reading], what: fn(&Reading) -> u64| of.iter().map(what).max().unwrap_or(0);
    let memory: fn(&Reading) -> u64 = |it| it.resident_kb;
    let (before, after) = (most(first, memory), most(second, memory));
    ensure!(after <= before + before / 4 + 16 * 1024, "memory grows: {before} kB, then {after} kB");
    let files: fn(&Reading) -> u64 = |it| it.held.files as u64;
    ensure!(most(second, files) <= (SOURCES.len() * 4 + 4) as u64, "open files grow");
    ensure!(end.held.in_flight == 0, "questions are left behind");
    ensure!(end.held.tasks <= 4 + 4 * CLIENTS, "tasks are left behind");
    println!("nothing grows");
    Ok(())
}
