//! Which signed heads and ends go to their file, and when: heads that stay at once, ends of chains every few seconds.

use std::{
    collections::HashSet,
    io,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use crate::audit::{
    Settings,
    chain::{END, Head, Log},
    heads,
    store::{Signed, Store},
};

/// At most so often the ends of chains go there, where anything was written.
const END_PAUSE: Duration = Duration::from_secs(5);
/// After so many lines of ends those that others have followed are taken out: some megabytes.
const LINES_MOST: usize = 20_000;

/// What goes to the file.
pub(super) struct Filing {
    settings: Arc<Settings>,
    /// Heads that are not there yet.
    heads: Vec<Head>,
    /// The ends of chains that are not there yet, and when some went there last.
    ends: Vec<Head>,
    at: Option<Instant>,
    /// How many went there since those that others have followed were taken out.
    lines: usize,
    /// Did the last attempt fail? Each row of failures is logged once.
    fails: bool,
}

impl Filing {
    pub(super) fn new(settings: Arc<Settings>) -> Self {
        Self { settings, heads: Vec::new(), ends: Vec::new(), at: None, lines: 0, fails: false }
    }

    /// Takes in what was signed. Heads that stay go to the file now, and ends with them where everything is to be there.
    pub(super) async fn take(&mut self, signed: Signed, with_ends: bool) {
        let Signed { heads, ends } = signed;
        self.heads.extend(heads);
        self.ends.retain(|it| ends.iter().all(|end| end.log != it.log));
        self.ends.extend(ends);
        if with_ends || !self.heads.is_empty() {
            self.put(with_ends).await;
        }
    }

    /// How long ends may wait, where any do.
    pub(super) fn pause(&self) -> Option<Duration> {
        let since = self.at.map_or(END_PAUSE, |at| at.elapsed());
        (!self.ends.is_empty()).then(|| END_PAUSE.saturating_sub(since))
    }

    /// Puts ends there that have waited long enough.
    pub(super) async fn put_ends(&mut self, store: Option<&Store>) {
        if self.pause().is_some_and(|it| it.is_zero()) {
            self.put(true).await;
        }
        if self.lines >= LINES_MOST
            && let Some(store) = store
        {
            self.compact(store).await;
        }
    }

    async fn put(&mut self, with_ends: bool) {
        let ends: &[Head] = if with_ends { &self.ends } else { &[] };
        let lines = [&self.heads, ends].concat();
        if !ends.is_empty() {
            self.at = Some(Instant::now());
        }
        let put = self.on_disk(move |path| heads::append(path, &lines)).await;
        match &put {
            Ok(()) => {
                self.heads.clear();
                if with_ends {
                    self.lines += self.ends.len();
                    self.ends.clear();
                }
            }
            Err(error) if !self.fails => {
                tracing::error!(%error, "signed heads of the audit log cannot be put into their file yet");
            }
            Err(_) => {}
        }
        self.fails = put.is_err();
    }

    /// Takes the ends out of the file that others have followed, where the log still says the same of them.
    pub(super) async fn compact(&mut self, store: &Store) {
        self.lines = 0;
        if let Err(error) = self.try_compact(store).await {
            tracing::debug!(%error, "the file of signed heads stays as long as it is");
        }
    }

    async fn try_compact(&self, store: &Store) -> Result<(), String> {
        let writer = &self.settings.writer;
        let followed = self.on_disk(heads::followed).await.map_err(|error| error.to_string())?;
        let mut holding = HashSet::new();
        for log in Log::ALL {
            let of = |it: &&Head| it.log == log.name() && *it.writer == **writer && it.kind == END;
            let numbers: Vec<i64> = followed.iter().filter(of).map(|it| it.number).collect();
            let hashes = store.hashes(log, writer, &numbers).await.map_err(|error| error.to_string())?;
            holding.extend(hashes.into_iter().map(|(number, hash)| (log.name(), number, hash)));
        }
        let writer = writer.clone();
        let holds = move |it: &Head| {
            let is_found = |log: Log| log.name() == it.log && holding.contains(&(log.name(), it.number, it.hash));
            *it.writer == *writer && Log::ALL.into_iter().any(is_found)
        };
        let compacted = self.on_disk(move |path| heads::compact(path, &holds)).await;
        compacted.map(|_| ()).map_err(|error| error.to_string())
    }

    /// Works on the file where a slow disk, or another program that has the file for itself, holds up nobody's answer.
    async fn on_disk<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Path) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let settings = Arc::clone(&self.settings);
        let done = tokio::task::spawn_blocking(move || work(&settings.heads)).await;
        done.unwrap_or_else(|cut| Err(io::Error::other(cut)))
    }
}
