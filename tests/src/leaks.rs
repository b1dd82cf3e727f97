//! What a gateway holds while it answers nothing: tasks, questions under way and open files. A test looks before and
//! after, so that what a fault leaves behind is seen.

use std::{
    fs,
    time::{Duration, Instant},
};

use regiograph::source::Source;
use tokio::runtime::Handle;

use crate::gateway::Gateway;

/// The most files that a source has open: one for each of its readers.
const FILES_OF_SOURCE: usize = 4;

/// What was held when nothing was asked.
#[derive(Clone, Copy, Debug)]
pub struct Quiet {
    tasks: usize,
}

/// What is held now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// Tasks of this runtime: gateway, its connections, and the test's client.
    pub tasks: usize,
    /// Questions that sources have.
    pub in_flight: usize,
    /// Open files in the gateway's folder.
    pub files: usize,
}

impl Held {
    /// What a gateway holds, and the runtime that it shares with its test.
    #[must_use]
    pub fn by(gateway: &Gateway) -> Self {
        let health = gateway.sources().iter().filter_map(Source::health);
        let in_flight = health.map(regiograph::source::resilient::Health::in_flight).sum();
        let open = fs::read_dir("/proc/self/fd").into_iter().flatten().flatten();
        let open = open.filter_map(|it| fs::read_link(it.path()).ok());
        let files = open.filter(|it| it.starts_with(gateway.folder())).count();
        Self { tasks: Handle::current().metrics().num_alive_tasks(), in_flight, files }
    }
}

impl Quiet {
    /// What is held now, while nothing is asked.
    #[must_use]
    pub fn now() -> Self {
        Self { tasks: Handle::current().metrics().num_alive_tasks() }
    }

    /// Waits until no more is held than then, and no source holds a question or more files than readers.
    pub async fn returns(&self, gateway: &Gateway) {
        let files = FILES_OF_SOURCE * gateway.sources().len();
        let end = Instant::now() + Duration::from_secs(10);
        loop {
            let held = Held::by(gateway);
            if held.tasks <= self.tasks && held.in_flight == 0 && held.files <= files {
                return;
            }
            assert!(Instant::now() < end, "{held:?} is left behind, where there were {self:?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}
