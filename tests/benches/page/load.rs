//! Connections that ask as fast as they are answered.

use std::{
    net::SocketAddr,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use futures_util::future::try_join_all;

use super::client::Client;

const WARM_UP: Duration = Duration::from_millis(200);

/// How many connections ask, and for how long in one round.
#[derive(Clone, Copy)]
pub(crate) struct Load {
    pub(crate) connections: usize,
    pub(crate) length: Duration,
}

/// Of pages, which take milliseconds.
pub(crate) const PAGES: Load = Load { connections: 16, length: Duration::from_secs(1) };

/// Of tables, which read every row.
pub(crate) const TABLES: Load = Load { connections: 2, length: Duration::from_secs(2) };

/// The times of single answers, and how long they took in all.
#[derive(Default)]
pub(crate) struct Measured {
    times: Vec<Duration>,
    length: Duration,
    /// Answers per second, round by round.
    rounds: Vec<f64>,
}

/// Asks one server for a while: each time the question of the next number.
pub(crate) async fn measure(
    Load { connections, length }: Load,
    address: SocketAddr,
    question: impl Fn(u64) -> String,
    token: &str,
) -> anyhow::Result<Measured> {
    // Goes on from one round to the next, so that no question comes twice where each is a new one.
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let next = || question(NUMBER.fetch_add(1, Ordering::Relaxed));
    let clients = (0..connections).map(|_| async {
        let mut client = Client::connect(address, token).await?;
        let warm = Instant::now() + WARM_UP;
        while Instant::now() < warm {
            client.ask(&next()).await?;
        }
        let mut times = Vec::new();
        let start = Instant::now();
        while start.elapsed() < length {
            let question = next();
            let asked = Instant::now();
            client.ask(&question).await?;
            times.push(asked.elapsed());
        }
        anyhow::Ok(times)
    });
    let times: Vec<Duration> = try_join_all(clients).await?.into_iter().flatten().collect();
    let rate = times.len() as f64 / length.as_secs_f64();
    Ok(Measured { times, length, rounds: vec![rate] })
}

impl Measured {
    pub(crate) fn add(&mut self, other: Self) {
        self.times.extend(other.times);
        self.length += other.length;
        self.rounds.extend(other.rounds);
    }

    /// The median, over the rounds, of this rate to that of the same round.
    pub(crate) fn ratio(&self, other: &Self) -> f64 {
        let mut ratios: Vec<f64> = self.rounds.iter().zip(&other.rounds).map(|(a, b)| a / b).collect();
        ratios.sort_by(f64::total_cmp);
        ratios[ratios.len() / 2]
    }

    pub(crate) fn print(&mut self, name: &str, memory: u64) {
        self.times.sort_unstable();
        let at = |share: f64| {
            let place = (self.times.len() as f64 * share) as usize;
            self.times[place.min(self.times.len() - 1)].as_secs_f64() * 1_000.0
        };
        let rate = self.times.len() as f64 / self.length.as_secs_f64();
        println!(
            "{name:34} {rate:7.0} requests/s   p50 {:6.2} ms   p99 {:6.2} ms   {:5} MiB",
            at(0.5),
            at(0.99),
            memory / 1024
        );
    }
}
