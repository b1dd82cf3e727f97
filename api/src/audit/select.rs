//! Events as their reader asks for them: some of them, the newest first, a page at a time.

use std::sync::{Arc, Mutex, PoisonError};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use sea_orm::{DbBackend, DbErr, Value};

use super::{
    Settings, Unopened,
    chain::{Cell, Log},
    store::{Store, Stored},
};

/// Which events are asked for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Those from this moment on.
    pub from: Option<DateTime<Utc>>,
    /// Those before this moment.
    pub until: Option<DateTime<Utc>>,
    /// Those of this role.
    pub role: Option<String>,
    /// Those of this organisation.
    pub organisation: Option<String>,
    /// Those with this outcome.
    pub outcome: Option<String>,
    /// Those of whom the token is about, as its issuer calls it.
    pub subject: Option<String>,
    /// Those of the program that asked for the token.
    pub client: Option<String>,
    /// Those that asked for this dataset.
    pub dataset: Option<String>,
    /// Those of this trace.
    pub trace: Option<String>,
    /// At most so many.
    pub first: usize,
    /// Those after the one with this cursor.
    pub after: Option<String>,
}

/// A page of events.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The newest first.
    pub events: Vec<Listed>,
    /// Are there more?
    pub has_next: bool,
}

/// An event as it stands in the log.
#[derive(Clone, Debug)]
pub struct Listed(Stored);

impl Listed {
    /// A text of it.
    #[must_use]
    pub fn text(&self, column: &str) -> Option<&str> {
        text(&self.0, Log::Event, column)
    }

    /// A number of it.
    #[must_use]
    pub fn number(&self, column: &str) -> Option<i64> {
        match self.0.record.cells.get(Log::Event.place(column)) {
            Some(Cell::Number(number)) => Some(*number),
            _ => None,
        }
    }

    /// When it was.
    #[must_use]
    pub fn at(&self) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp_millis(self.number("at")?)
    }

    /// Where it stands.
    #[must_use]
    pub fn cursor(&self) -> String {
        let at = self.number("at").unwrap_or_default();
        URL_SAFE_NO_PAD.encode(format!("{at}:{}:{}", self.0.record.number, self.0.writer))
    }
}

/// A text of a record.
pub(super) fn text<'s>(stored: &'s Stored, log: Log, column: &str) -> Option<&'s str> {
    match stored.record.cells.get(log.place(column)) {
        Some(Cell::Text(text)) => Some(text),
        _ => None,
    }
}

/// Why there is no page of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unlisted {
    /// What it is to begin after is no event of the log.
    #[error("that is no cursor of the audit log")]
    NoCursor,
    /// The log cannot be read.
    #[error("the audit log cannot be read")]
    Unread,
}

/// Reads the log for those who ask, over one connection that stays open and can only read.
#[derive(Debug, Default)]
pub(super) struct Reader(Mutex<Option<Arc<Store>>>);

impl Reader {
    /// Events as they stand, the newest first.
    pub(super) async fn events(&self, settings: &Settings, wanted: &Wanted) -> Result<Page, Unlisted> {
        let unread = |error: &dyn std::fmt::Display| {
            // Its connection may be what is wrong.
            self.put(None);
            tracing::error!(%error, "the audit log cannot be read");
            Unlisted::Unread
        };
        let store = self.store(settings).await.map_err(|error| unread(&error))?;
        let after = match wanted.after.as_deref().map(position) {
            None => None,
            Some(None) => return Err(Unlisted::NoCursor),
            Some(Some(after)) => match stands(&store, &after).await {
                Ok(true) => Some(after),
                Ok(false) => return Err(Unlisted::NoCursor),
                Err(error) => return Err(unread(&error)),
            },
        };
        page(&store, wanted, after).await.map_err(|error| unread(&error))
    }

    /// The open store; opened where it is not.
    async fn store(&self, settings: &Settings) -> Result<Arc<Store>, Unopened> {
        let open = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(open) = open {
            return Ok(open);
        }
        let store = Arc::new(Store::look(&settings.place).await?);
        // A log that is not up to date yet will be soon.
        self.put(Some(&store).filter(|it| it.is_current()).map(Arc::clone));
        Ok(store)
    }

    fn put(&self, store: Option<Arc<Store>>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = store;
    }
}

/// Where an event stands in the order of pages: its moment, its number and its writer.
type Position = (i64, i64, String);

/// Is it a cursor of an event?
fn position(cursor: &str) -> Option<Position> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let mut parts = text.splitn(3, ':');
    let (at, number) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    Some((at, number, parts.next()?.to_owned()))
}

/// Does an event stand there?
async fn stands(store: &Store, (at, number, writer): &Position) -> Result<bool, DbErr> {
    let sql = format!("SELECT 1 FROM {} WHERE writer = $1 AND number = $2 AND at = $3", Log::Event.table());
    let found = store.all(&sql, vec![writer.as_str().into(), (*number).into(), (*at).into()]).await?;
    Ok(!found.is_empty())
}

async fn page(store: &Store, wanted: &Wanted, after: Option<Position>) -> Result<Page, DbErr> {
    let (mut conditions, mut values): (Vec<String>, Vec<Value>) = (Vec::new(), Vec::new());
    let mut also = |condition: &str, value: Value| {
        values.push(value);
        conditions.push(condition.replace('?', &format!("${}", values.len())));
    };
    for (condition, moment) in [("at >= ?", wanted.from), ("at < ?", wanted.until)] {
        if let Some(moment) = moment {
            also(condition, moment.timestamp_millis().into());
        }
    }
    // One of several, with commas between.
    let of_datasets = match store.connection.get_database_backend() {
        DbBackend::Postgres => "position(', ' || ? || ',' in ', ' || datasets || ',') > 0",
        _ => "instr(', ' || datasets || ',', ', ' || ? || ',') > 0",
    };
    let texts = [
        ("role = ?", &wanted.role),
        ("organisation = ?", &wanted.organisation),
        ("outcome = ?", &wanted.outcome),
        ("subject = ?", &wanted.subject),
        ("client = ?", &wanted.client),
        ("trace = ?", &wanted.trace),
        (of_datasets, &wanted.dataset),
    ];
    for (condition, text) in texts {
        if let Some(text) = text {
            also(condition, text.as_str().into());
        }
    }
    if let Some((at, number, writer)) = after {
        let first = values.len() + 1;
        conditions.push(format!("(at, number, writer) < (${first}, ${}, ${})", first + 1, first + 2));
        values.extend([Value::from(at), Value::from(number), Value::from(writer)]);
    }
    let filter = if conditions.is_empty() { String::new() } else { format!("WHERE {} ", conditions.join(" AND ")) };
    let rest = format!("{filter}ORDER BY at DESC, number DESC, writer DESC LIMIT {}", wanted.first.saturating_add(1));
    let found = store.stored(Log::Event, &rest, values).await?;
    let has_next = found.len() > wanted.first;
    Ok(Page { events: found.into_iter().take(wanted.first).map(Listed).collect(), has_next })
}
