//! The log that an auditor can check: for every answer and every refusal one event (NEN 7513: who, what, when, by which
//! rule), and of every data subject in it one processing (Logboek Dataverwerkingen: whose data, for which activity, and no
//! user). Appended to and never changed, chained by hashes, signed. Knows no GraphQL, no HTTP and no source; never keeps a
//! value of a row or a filter, and pseudonyms only encrypted.

mod chain;
mod ends;
mod event;
mod expire;
mod export;
mod heads;
mod key;
mod record;
mod seen;
mod select;
mod store;
mod trail;
mod untold;
mod verify;
mod writer;

use std::{path::PathBuf, sync::Arc, time::Duration};

use sqlx::postgres::PgConnectOptions;

pub use self::{
    chain::Log,
    ends::{Ends, Unkept},
    event::{
        Action, Entry, Event, Kind, LOG_DATASET, Outcome, Processing, SUBJECT_ACCESS, Subjects, activity, hash_of,
    },
    expire::{Expired, due, expire},
    export::Collector,
    key::{AuditKey, key_id},
    seen::{Sighting, seen},
    select::{Listed, Page, Unlisted, Wanted},
    store::Unopened,
    trail::{leave_mark, tracked},
    verify::{Fault, Verified, verify, verify_with},
};
use crate::clock::Clock;

/// Where the log is kept, and for how long.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Its tables.
    pub place: Place,
    /// The file that signed heads are appended to.
    pub heads: PathBuf,
    /// Whose chain this program appends to; programs that share a store have one each.
    pub writer: Box<str>,
    /// Signs heads, and encrypts data subjects.
    pub key: AuditKey,
    /// What time it is.
    pub clock: Clock,
    /// How long each log is kept.
    pub retention: Retention,
    /// The collector that processings are sent to as well, where there is one.
    pub collector: Option<Collector>,
}

/// Where the tables of the log are.
#[derive(Clone, Debug)]
pub enum Place {
    /// In a SQLite file.
    File(PathBuf),
    /// In a PostgreSQL database.
    Server(Box<PgConnectOptions>),
}

/// How long records are kept, at least; they go by whole months.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Events.
    pub events: Duration,
    /// Processings.
    pub processings: Duration,
}

/// The log as those who answer know it: one that is written, or none.
#[derive(Clone, Debug, Default)]
pub struct Audit(Option<Arc<writer::Handle>>);

/// An entry could not be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the audit log cannot be written")]
pub struct Unwritten;

impl Audit {
    /// No log: for tests and commands that answer nobody.
    #[must_use]
    pub fn none() -> Self {
        Self(None)
    }

    /// Begins to write, and tidies up what has expired. A store that cannot be opened now is tried again with every entry;
    /// until then nothing is written. Within the runtime.
    #[must_use]
    pub fn start(settings: Settings) -> Self {
        Self(Some(Arc::new(writer::start(settings))))
    }

    /// Begins to write beside a gateway, to the same chains: for a command, which takes nothing out but what it says. Each
    /// batch finds the end of its chain within its own transaction, in which no other program writes. Within the runtime.
    #[must_use]
    pub fn beside(settings: Settings) -> Self {
        Self(Some(Arc::new(writer::beside(settings))))
    }

    /// Is there a log?
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.0.is_some()
    }

    /// Writes an entry; done once it stands on the disk.
    ///
    /// # Errors
    /// Where it was not written, or not in time.
    pub async fn write(&self, entry: Entry) -> Result<(), Unwritten> {
        match &self.0 {
            Some(handle) => handle.write(entry).await,
            None => Ok(()),
        }
    }

    /// Signs the ends of the log, once all that waits stands there: nothing can be cut off it unseen any more.
    ///
    /// # Errors
    /// Where it was not signed, or not in time.
    pub async fn sign(&self) -> Result<(), Unwritten> {
        match &self.0 {
            Some(handle) => handle.sign().await,
            None => Ok(()),
        }
    }

    /// Counts a refusal that is not written by itself: within a minute or two an event says how many there were.
    pub fn count(&self, refused: &Event) {
        if let Some(handle) = &self.0 {
            handle.count(refused);
        }
    }

    /// Writes an entry and waits for nothing: of what nobody waits for any more. Where there is no room for it, it is
    /// counted, and an event says so later.
    pub fn note(&self, entry: Entry) {
        if let Some(handle) = &self.0 {
            handle.note(entry);
        }
    }

    /// Events as they stand, the newest first.
    ///
    /// # Errors
    /// Where the log cannot be read, or the page is to begin after what is no event of it.
    pub async fn events(&self, wanted: &Wanted) -> Result<Page, Unlisted> {
        match &self.0 {
            Some(handle) => handle.reader().events(handle.settings(), wanted).await,
            None => Ok(Page::default()),
        }
    }
}
