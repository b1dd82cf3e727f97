//! Events as their reader asks for them: some of them, the newest first, a page at a time.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use sea_orm::Value;

use super::{
    Settings, Unwritten,
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

/// Is it a cursor of an event?
fn position(cursor: &str) -> Option<(i64, i64, String)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let mut parts = text.splitn(3, ':');
    let (at, number) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    Some((at, number, parts.next()?.to_owned()))
}

pub(super) async fn events(settings: &Settings, wanted: &Wanted) -> Result<Page, Unwritten> {
    let unread = |error: &dyn std::fmt::Display| {
        tracing::error!(%error, "the audit log cannot be read");
        Unwritten
    };
    let store = Store::read(&settings.place).await.map_err(|error| unread(&error))?;
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
    let texts =
        [("role = ?", &wanted.role), ("organisation = ?", &wanted.organisation), ("outcome = ?", &wanted.outcome)];
    for (condition, text) in texts {
        if let Some(text) = text {
            also(condition, text.as_str().into());
        }
    }
    if let Some(after) = &wanted.after {
        let Some((at, number, writer)) = position(after) else { return Ok(Page::default()) };
        let (at, number, writer) = (Value::from(at), Value::from(number), Value::from(writer));
        let first = values.len() + 1;
        conditions.push(format!("(at, number, writer) < (${first}, ${}, ${})", first + 1, first + 2));
        values.extend([at, number, writer]);
    }
    let filter = if conditions.is_empty() { String::new() } else { format!("WHERE {} ", conditions.join(" AND ")) };
    let rest = format!("{filter}ORDER BY at DESC, number DESC, writer DESC LIMIT {}", wanted.first.saturating_add(1));
    let found = store.stored(Log::Event, &rest, values).await.map_err(|error| unread(&error))?;
    let has_next = found.len() > wanted.first;
    let events = found.into_iter().take(wanted.first).map(Listed).collect();
    let _ = store.connection.close().await;
    Ok(Page { events, has_next })
}
