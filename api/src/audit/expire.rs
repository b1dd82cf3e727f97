//! What has been kept long enough goes, whole months at a time. Its signed head stays, so that the months after it are
//! still chained to it.

use std::collections::HashSet;

use chrono::{DateTime, Months, NaiveDate, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, DbErr, Statement};

use super::{
    Settings, Unopened,
    chain::{CLOSED, EXPIRED, Hash, Head, Log},
    event::{Action, Event, Kind, LOG_DATASET, Outcome},
    heads,
    store::{Store, keep},
};

/// For so long after its end a month is left to its writer to be closed.
pub(super) const GRACE: TimeDelta = TimeDelta::days(1);

/// What went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Expired {
    /// Months of chains.
    pub segments: u64,
    /// Records.
    pub records: u64,
}

impl Expired {
    /// What is written down before it goes.
    pub(super) fn event(self, now: DateTime<Utc>) -> Event {
        // The policy has no say in it.
        let event = Event::new(Kind::Expiry, now, "");
        Event {
            action: Action::Delete,
            datasets: [LOG_DATASET].into(),
            rows: self.records,
            outcome: Outcome::Answered,
            ..event
        }
    }
}

/// A month of a chain.
struct Segment {
    log: Log,
    writer: String,
    month: String,
    number: i64,
    hash: Hash,
}

/// What would go now.
///
/// # Errors
/// Where the store cannot be read.
pub async fn due(settings: &Settings) -> Result<Expired, Unopened> {
    let store = Store::read(&settings.place).await?;
    let due = due_in(&store, settings, settings.clock.now()).await;
    let _ = store.connection.close().await;
    Ok(due?)
}

pub(super) async fn due_in(store: &Store, settings: &Settings, now: DateTime<Utc>) -> Result<Expired, DbErr> {
    let mut due = Expired::default();
    for log in Log::ALL {
        for segment in segments(store, log).await?.iter().filter(|it| it.has_expired(settings, now)) {
            let sql = format!("SELECT COUNT(*) FROM {} WHERE writer = $1 AND segment = $2", log.table());
            let found = store.all(&sql, vec![segment.writer.as_str().into(), segment.month.as_str().into()]).await?;
            let records: i64 = found.first().map_or(Ok(0), |row| row.try_get_by_index(0))?;
            due.segments += 1;
            due.records += u64::try_from(records).unwrap_or_default();
        }
    }
    Ok(due)
}

/// Takes out what has expired, and closes months that are over.
///
/// # Errors
/// Where the store cannot be opened or written.
pub async fn expire(settings: &Settings) -> Result<Expired, Unopened> {
    let store = Store::open(&settings.place).await?;
    Ok(expire_in(&store, settings, settings.clock.now()).await?)
}

pub(super) async fn expire_in(store: &Store, settings: &Settings, now: DateTime<Utc>) -> Result<Expired, DbErr> {
    let mut expired = Expired::default();
    for log in Log::ALL {
        let heads = store.heads(log).await?;
        let closed: HashSet<(String, String)> =
            heads.into_iter().filter(|it| it.kind == CLOSED).map(|it| (it.writer, it.segment)).collect();
        for segment in segments(store, log).await? {
            if end_of(&segment.month).is_none_or(|end| end + GRACE > now) {
                continue;
            }
            let goes = segment.has_expired(settings, now);
            let is_closed = closed.contains(&(segment.writer.clone(), segment.month.clone()));
            let records = settle(store, settings, &segment, (is_closed, goes)).await?;
            expired.segments += u64::from(goes);
            expired.records += records;
        }
    }
    Ok(expired)
}

impl Segment {
    /// Has it been over for as long as its log is kept?
    fn has_expired(&self, settings: &Settings, now: DateTime<Utc>) -> bool {
        let kept = match self.log {
            Log::Event => settings.retention.events,
            Log::Processing => settings.retention.processings,
        };
        let end = end_of(&self.month).filter(|end| *end + GRACE <= now);
        let goes = end.zip(TimeDelta::from_std(kept).ok()).and_then(|(end, kept)| end.checked_add_signed(kept));
        goes.is_some_and(|at| at <= now)
    }
}

/// Closes a month that is over; where it goes, marks it as expired and takes its records out. How many went.
async fn settle(
    store: &Store,
    settings: &Settings,
    segment: &Segment,
    (is_closed, goes): (bool, bool),
) -> Result<u64, DbErr> {
    let sign = |kind: &str| {
        settings.key.sign(Head {
            log: segment.log.name().to_owned(),
            writer: segment.writer.clone(),
            segment: segment.month.clone(),
            number: segment.number,
            kind: kind.to_owned(),
            hash: segment.hash,
            at: settings.clock.now().timestamp_millis(),
            key: String::new(),
            signature: String::new(),
        })
    };
    let mut signed = Vec::new();
    if !is_closed {
        signed.push(sign(CLOSED));
    }
    if goes {
        signed.push(sign(EXPIRED));
    }
    if signed.is_empty() {
        return Ok(0);
    }
    let transaction = store.begin().await?;
    keep(&transaction, &signed).await?;
    let mut gone = 0;
    if goes {
        let sql = format!("DELETE FROM {} WHERE writer = $1 AND segment = $2", segment.log.table());
        let values = [segment.writer.as_str().into(), segment.month.as_str().into()];
        let backend = transaction.get_database_backend();
        gone = transaction.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?.rows_affected();
    }
    transaction.commit().await?;
    if let Err(error) = heads::append(&settings.heads, &signed) {
        tracing::error!(%error, "signed heads of the audit log cannot be put into their file");
    }
    Ok(gone)
}

/// The months of all chains of a log that have records, in order.
async fn segments(store: &Store, log: Log) -> Result<Vec<Segment>, DbErr> {
    let table = log.table();
    let sql = format!(
        "SELECT a.writer, a.segment, a.number, a.hash FROM {table} a JOIN (SELECT writer, segment, MAX(number) AS number \
         FROM {table} GROUP BY writer, segment) b ON a.writer = b.writer AND a.number = b.number ORDER BY a.writer, a.number"
    );
    let rows = store.all(&sql, Vec::new()).await?;
    let segment = |row: &sea_orm::QueryResult| {
        let hash: Vec<u8> = row.try_get_by_index(3)?;
        Ok(Segment {
            log,
            writer: row.try_get_by_index(0)?,
            month: row.try_get_by_index(1)?,
            number: row.try_get_by_index(2)?,
            hash: hash.try_into().unwrap_or_default(),
        })
    };
    rows.iter().map(segment).collect()
}

/// The moment at which a month is over, in UTC.
fn end_of(month: &str) -> Option<DateTime<Utc>> {
    let first: NaiveDate = format!("{month}-01").parse().ok()?;
    Some(first.checked_add_months(Months::new(1))?.and_hms_opt(0, 0, 0)?.and_utc())
}
