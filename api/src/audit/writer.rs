//! The one that writes: entries of all answers come to it through a bounded queue, and it writes as many as wait in one
//! transaction, so that a disk that takes its time is asked once for all of them. Each answer waits for its own.

mod filing;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use sea_orm::DbErr;
use tokio::{
    sync::{
        mpsc::{Receiver, Sender, channel},
        oneshot,
    },
    time::{timeout, timeout_at},
};

use self::filing::Filing;
use super::{
    Entry, Event, Settings, Unwritten, expire,
    export::{self, Export},
    record::Ready,
    select::Reader,
    store::{Hand, Store},
    untold::Untold,
};

/// The most entries that wait to be written.
const QUEUE: usize = 1_024;
/// The most entries of one transaction.
const BATCH: usize = 256;
/// How long an answer waits until its entry is written.
const PATIENCE: Duration = Duration::from_secs(15);
/// How often the writer looks whether there is anything to tell of what was counted.
const TELL_PAUSE: Duration = Duration::from_secs(60);
/// How long a store that could not be opened is left alone.
const OPEN_PAUSE: Duration = Duration::from_millis(500);

/// What goes to the writer.
struct Letter {
    /// What is to be written; none where the end is to be signed.
    entry: Option<Ready>,
    /// Who waits, where anybody does.
    done: Option<oneshot::Sender<bool>>,
}

/// How the writer is reached.
#[derive(Debug)]
pub(super) struct Handle {
    settings: Arc<Settings>,
    letters: Sender<Letter>,
    untold: Arc<Untold>,
    reader: Reader,
}

/// Starts the writer. It ends once nobody can reach it any more and all has been written.
pub(super) fn start(settings: Settings) -> Handle {
    begin(settings, None)
}

/// The same, but that nothing is taken out that has expired.
pub(super) fn beside(settings: Settings) -> Handle {
    let month = month_over(settings.clock.now());
    begin(settings, Some(month))
}

fn begin(settings: Settings, expired: Option<String>) -> Handle {
    let settings = Arc::new(settings);
    let (letters, received) = channel(QUEUE);
    let untold = Arc::new(Untold::default());
    // Its owner is the handle: when that goes, the queue ends, and the writer after it.
    let writer = Writer { expired, ..Writer::new(Arc::clone(&settings), Arc::clone(&untold)) };
    tokio::spawn(writer.run(received));
    Handle { settings, letters, untold, reader: Reader::default() }
}

/// The month that was the last to be over, with the time in which it is closed, in UTC: another one with each month's end.
fn month_over(now: DateTime<Utc>) -> String {
    (now - expire::GRACE).format("%Y-%m").to_string()
}

impl Handle {
    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(super) fn reader(&self) -> &Reader {
        &self.reader
    }

    pub(super) async fn write(&self, entry: Entry) -> Result<(), Unwritten> {
        self.send(Some(Ready::new(entry, &self.settings.key))).await
    }

    /// Signs what stands there once all that waits does.
    pub(super) async fn sign(&self) -> Result<(), Unwritten> {
        self.send(None).await
    }

    async fn send(&self, entry: Option<Ready>) -> Result<(), Unwritten> {
        let until = tokio::time::Instant::now() + PATIENCE;
        let mut unsent = Unsent { entry, untold: &self.untold };
        let Ok(Ok(room)) = timeout_at(until, self.letters.reserve()).await else { return Err(Unwritten) };
        let (done, written) = oneshot::channel();
        room.send(Letter { entry: unsent.entry.take(), done: Some(done) });
        match timeout_at(until, written).await {
            Ok(Ok(true)) => Ok(()),
            _ => Err(Unwritten),
        }
    }

    pub(super) fn note(&self, entry: Entry) {
        let entry = Ready::new(entry, &self.settings.key);
        match self.letters.try_reserve() {
            Ok(room) => room.send(Letter { entry: Some(entry), done: None }),
            Err(_) => self.untold.missing(&entry.event),
        }
    }

    pub(super) fn count(&self, refused: &Event) {
        self.untold.refused(refused);
    }
}

/// An entry that the writer does not have yet: counted where it never gets it, be it that nobody waits for it any more.
struct Unsent<'h> {
    entry: Option<Ready>,
    untold: &'h Untold,
}

impl Drop for Unsent<'_> {
    fn drop(&mut self) {
        if let Some(entry) = &self.entry {
            self.untold.missing(&entry.event);
        }
    }
}

/// The writer's own.
struct Writer {
    settings: Arc<Settings>,
    untold: Arc<Untold>,
    export: Option<Export>,
    store: Option<Store>,
    tried: Option<Instant>,
    /// What goes to the file of heads.
    filing: Filing,
    /// At the end of which month it was last looked for what has expired.
    expired: Option<String>,
    /// Did the last attempt fail? Each row of failures is logged once.
    fails: bool,
}

impl Writer {
    fn new(settings: Arc<Settings>, untold: Arc<Untold>) -> Self {
        let export = settings.collector.as_ref().and_then(Export::start);
        Self {
            filing: Filing::new(Arc::clone(&settings)),
            settings,
            untold,
            export,
            store: None,
            tried: None,
            expired: None,
            fails: false,
        }
    }

    async fn run(mut self, mut letters: Receiver<Letter>) {
        self.tidy().await;
        let mut batch = Vec::new();
        loop {
            let wait = self.pause();
            let received = timeout(wait, letters.recv_many(&mut batch, BATCH)).await.unwrap_or(usize::MAX);
            let is_over = received == 0;
            let is_asked = batch.iter().any(|letter| letter.entry.is_none());
            self.write(&mut batch, is_over || is_asked).await;
            if is_over {
                return;
            }
            self.filing.put_ends(self.store.as_ref()).await;
            self.expire().await;
        }
    }

    /// How long the writer waits for something to write, at most.
    fn pause(&self) -> Duration {
        self.filing.pause().map_or(TELL_PAUSE, |it| it.min(TELL_PAUSE))
    }

    /// At the start: signs what a program that ended before left unsigned, and takes out what has expired.
    async fn tidy(&mut self) {
        self.write(&mut Vec::new(), true).await;
        self.expire().await;
    }

    /// Takes out what has expired, at the start and at each month's end, once an event says so.
    async fn expire(&mut self) {
        let (settings, now) = (Arc::clone(&self.settings), self.settings.clock.now());
        let month = month_over(now);
        let Some(store) = self.store.as_ref().filter(|_| self.expired.as_ref() != Some(&month)) else { return };
        self.expired = Some(month);
        let stays = |error: &dyn std::fmt::Display| {
            tracing::warn!(%error, "segments of the audit log that have expired stay for now");
        };
        let due = match expire::due_in(store, &settings, now).await {
            Ok(due) => due,
            Err(error) => return stays(&error),
        };
        if due.segments > 0 {
            let event = Ready { event: due.event(now), processings: Vec::new() };
            if let Err(error) = self.append(vec![event], true).await {
                return stays(&error);
            }
            tracing::info!(segments = due.segments, records = due.records, "segments of the audit log expire");
        }
        let Some(store) = &self.store else { return };
        if let Err(error) = expire::expire_in(store, &settings, now).await {
            stays(&error);
        }
        self.filing.compact(store).await;
    }

    /// Writes a batch with what was counted, and tells each who waits.
    async fn write(&mut self, batch: &mut Vec<Letter>, sign: bool) {
        let (entries, waiting): (Vec<_>, Vec<_>) = batch.drain(..).map(|it| (it.entry, it.done)).unzip();
        let told = self.untold.take(self.settings.clock.now(), sign);
        let told = told.into_iter().map(|event| Ready { event, processings: Vec::new() });
        let entries: Vec<_> = entries.into_iter().flatten().chain(told).collect();
        if entries.is_empty() && !sign {
            return;
        }
        let spans = self.export.is_some().then(|| export::prepare(&entries));
        let briefs: Vec<Event> = entries.iter().map(|it| it.event.brief()).collect();
        let written = self.append(entries, sign).await;
        match &written {
            Ok(()) => {
                if let Some((export, spans)) = self.export.as_ref().zip(spans) {
                    export.send(spans);
                }
                if self.fails {
                    tracing::info!("the audit log is written again");
                }
            }
            Err(error) => {
                briefs.iter().for_each(|it| self.untold.missing(it));
                if !self.fails {
                    tracing::error!(%error, "the audit log cannot be written: data about persons are refused until it can");
                }
            }
        }
        self.fails = written.is_err();
        for done in waiting.into_iter().flatten() {
            // Who does not wait any more need not be told.
            let _ = done.send(written.is_ok());
        }
    }

    async fn append(&mut self, entries: Vec<Ready>, sign: bool) -> Result<(), String> {
        let settings = Arc::clone(&self.settings);
        let store = self.opened().await?;
        let hand = Hand { writer: &settings.writer, key: &settings.key, now: settings.clock.now() };
        let signed = store.append(&hand, entries, sign).await.map_err(|error: DbErr| error.to_string());
        let signed = match signed {
            Ok(signed) => signed,
            Err(error) => {
                // Its connection may be what is wrong.
                self.store = None;
                return Err(error);
            }
        };
        self.filing.take(signed, sign).await;
        Ok(())
    }

    /// The open store; one that could not be opened just now is not tried again at once.
    async fn opened(&mut self) -> Result<&Store, String> {
        if self.store.is_none() {
            if self.tried.is_some_and(|at| at.elapsed() < OPEN_PAUSE) {
                return Err("it could not be opened just now".to_owned());
            }
            match Store::open(&self.settings.place).await {
                Ok(store) => (self.store, self.tried) = (Some(store), None),
                Err(error) => {
                    self.tried = Some(Instant::now());
                    return Err(error.to_string());
                }
            }
        }
        self.store.as_ref().ok_or_else(|| "it is not open".to_owned())
    }
}
