//! Appends entries to a writer's chains, many in one transaction: all of them stand on the disk, or none. A month that is
//! over is closed with a signed head; now and then the running head is signed too, so that a cut end shows.

use chrono::{DateTime, Utc};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, QueryResult, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait, Value,
};

use super::{Store, all, hash};
use crate::audit::{
    chain::{BEGINNING, CLOSED, Cell, Hash, Head, Log, RUNNING, Record, link},
    key::AuditKey,
    record::{self, Ready},
};

/// The most values of one statement; SQLite takes 32,766.
const VALUES_MOST: usize = 16_000;

/// Whose chains are appended to, with which key, and when.
pub(in crate::audit) struct Hand<'h> {
    pub(in crate::audit) writer: &'h str,
    pub(in crate::audit) key: &'h AuditKey,
    pub(in crate::audit) now: DateTime<Utc>,
}

/// The end of a chain within a transaction.
struct Tail<'h> {
    hand: &'h Hand<'h>,
    log: Log,
    number: i64,
    segment: String,
    hash: Hash,
    /// The values of records that are not inserted yet.
    rows: Vec<Vec<Value>>,
    /// Heads that were signed in this transaction.
    heads: Vec<Head>,
    /// Is there a signed head of the last record?
    is_signed: bool,
}

/// The month of a moment, in UTC.
pub(in crate::audit) fn month(millis: i64) -> String {
    DateTime::from_timestamp_millis(millis).unwrap_or_default().format("%Y-%m").to_string()
}

impl Store {
    /// Appends entries; with `sign` the ends of both chains are signed too. The heads that were signed.
    pub(in crate::audit) async fn append(
        &self,
        hand: &Hand<'_>,
        entries: Vec<Ready>,
        sign: bool,
    ) -> Result<Vec<Head>, DbErr> {
        let transaction = self.begin().await?;
        let [mut events, mut processings] = Tail::find(&transaction, hand).await?;
        for Ready { event, processings: all } in entries {
            let operation = format!("{}-{}", hand.writer, events.number + 1);
            for (processing, people) in all {
                processings.push(record::processing(&event, &processing, people, &operation));
            }
            events.push(record::event(&event, &operation));
        }
        let mut signed = Vec::new();
        for tail in [events, processings] {
            signed.extend(tail.write(&transaction, sign).await?);
        }
        transaction.commit().await?;
        Ok(signed)
    }

    /// A transaction in which no other program appends to the same chains.
    pub(in crate::audit) async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        if self.connection.get_database_backend() != DbBackend::Sqlite {
            return self.connection.begin().await;
        }
        self.connection.begin_with_options(options).await
    }
}

impl<'h> Tail<'h> {
    /// The ends of the writer's chains, of each log in the order of [`Log::ALL`]. One question, as each costs its way.
    async fn find(transaction: &DatabaseTransaction, hand: &'h Hand<'_>) -> Result<[Self; 2], DbErr> {
        if transaction.get_database_backend() == DbBackend::Postgres {
            let lock = "SELECT pg_advisory_xact_lock(hashtext($1))";
            all(transaction, lock, vec![format!("regiograph audit {}", hand.writer).into()]).await?;
        }
        let ends = Log::ALL.map(|log| {
            let (name, table) = (log.name(), log.table());
            format!(
                "SELECT * FROM (SELECT '{name}' AS log, number, segment, hash, 0 AS signed FROM {table} WHERE writer = $1 \
                 ORDER BY number DESC LIMIT 1) AS {name}_record UNION ALL SELECT * FROM (SELECT log, number, segment, hash, 1 \
                 FROM audit_head WHERE log = '{name}' AND writer = $1 ORDER BY segment DESC, number DESC LIMIT 1) AS \
                 {name}_head"
            )
        });
        let ends = all(transaction, &ends.join(" UNION ALL "), vec![hand.writer.into()]).await?;
        let mut tails = Log::ALL.map(|log| Self {
            hand,
            log,
            number: 0,
            segment: String::new(),
            hash: BEGINNING,
            rows: Vec::new(),
            heads: Vec::new(),
            is_signed: true,
        });
        for end in &ends {
            let log: String = end.try_get_by_index(0)?;
            if let Some(tail) = tails.iter_mut().find(|tail| tail.log.name() == log) {
                tail.reach(end)?;
            }
        }
        Ok(tails)
    }

    /// Goes on to a record, or to a signed head. That may be of a record that has expired since, or that somebody has cut
    /// off: numbers never come again.
    fn reach(&mut self, end: &QueryResult) -> Result<(), DbErr> {
        let number: i64 = end.try_get_by_index(1)?;
        let is_head = end.try_get_by_index::<i32>(4)? == 1;
        if number > self.number {
            (self.number, self.segment) = (number, end.try_get_by_index(2)?);
            self.hash = hash(end, 3)?.unwrap_or(BEGINNING);
            self.is_signed = is_head;
        } else if number == self.number {
            self.is_signed = true;
        }
        Ok(())
    }

    /// Takes a record in; its moment is its first value.
    fn push(&mut self, cells: Vec<Cell>) {
        let at = match cells.first() {
            Some(Cell::Number(at)) => *at,
            _ => self.hand.now.timestamp_millis(),
        };
        // A clock that is set back opens no month again.
        let segment = month(at).max(self.segment.clone());
        if segment != self.segment && self.number > 0 {
            self.sign(CLOSED);
        }
        let record = Record { number: self.number + 1, segment, cells };
        self.hash = link(&self.hash, (self.log, self.hand.writer), &record);
        let Record { number, segment, cells } = record;
        (self.number, self.is_signed) = (number, false);
        self.segment.clone_from(&segment);
        let fixed = [self.hand.writer.into(), number.into(), segment.into(), Value::Bytes(Some(self.hash.to_vec()))];
        let columns = self.log.columns().iter().zip(cells).map(|((_, holds), cell)| holds.value(cell));
        self.rows.push(fixed.into_iter().chain(columns).collect());
    }

    fn sign(&mut self, kind: &str) {
        let head = Head {
            log: self.log.name().to_owned(),
            writer: self.hand.writer.to_owned(),
            segment: self.segment.clone(),
            number: self.number,
            kind: kind.to_owned(),
            hash: self.hash,
            at: self.hand.now.timestamp_millis(),
            key: String::new(),
            signature: String::new(),
        };
        self.heads.push(self.hand.key.sign(head));
    }

    /// Inserts what was taken in; the heads that were signed.
    async fn write(mut self, transaction: &DatabaseTransaction, sign: bool) -> Result<Vec<Head>, DbErr> {
        let columns = self.log.columns().iter().map(|(name, _)| *name);
        let columns: Vec<&str> = ["writer", "number", "segment", "hash"].into_iter().chain(columns).collect();
        insert(transaction, (self.log.table(), ""), &columns, std::mem::take(&mut self.rows)).await?;
        if sign && !self.is_signed {
            self.sign(RUNNING);
        }
        keep(transaction, &self.heads).await?;
        Ok(self.heads)
    }
}

/// Puts signed heads into the store.
pub(in crate::audit) async fn keep(transaction: &DatabaseTransaction, heads: &[Head]) -> Result<(), DbErr> {
    let row = |it: &Head| {
        let texts = [&it.log, &it.writer, &it.segment].map(|text| Value::from(text.as_str()));
        let rest = [
            it.number.into(),
            it.kind.as_str().into(),
            Value::Bytes(Some(it.hash.to_vec())),
            it.at.into(),
            it.key.as_str().into(),
            it.signature.as_str().into(),
        ];
        texts.into_iter().chain(rest).collect()
    };
    let columns = ["log", "writer", "segment", "number", "kind", "hash", "at", "key", "signature"];
    // A month that was closed by another program is closed.
    let table = ("audit_head", " ON CONFLICT DO NOTHING");
    insert(transaction, table, &columns, heads.iter().map(row).collect()).await
}

/// Inserts rows, as many at a time as one statement takes.
async fn insert(
    transaction: &DatabaseTransaction,
    (table, rest): (&str, &str),
    columns: &[&str],
    mut rows: Vec<Vec<Value>>,
) -> Result<(), DbErr> {
    let names: Vec<String> = columns.iter().map(|name| format!("\"{name}\"")).collect();
    let width = columns.len();
    while !rows.is_empty() {
        let chunk: Vec<_> = rows.drain(..rows.len().min(VALUES_MOST / width)).collect();
        let tuple = |row: usize| {
            let places: Vec<String> = (1..=width).map(|place| format!("${}", row * width + place)).collect();
            format!("({})", places.join(", "))
        };
        let tuples: Vec<String> = (0..chunk.len()).map(tuple).collect();
        let sql = format!("INSERT INTO {table} ({}) VALUES {}{rest}", names.join(", "), tuples.join(", "));
        let values: Vec<Value> = chunk.into_iter().flatten().collect();
        transaction
            .execute_raw(Statement::from_sql_and_values(transaction.get_database_backend(), sql, values))
            .await?;
    }
    Ok(())
}
