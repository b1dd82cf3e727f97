//! Appends entries to a writer's chains, many in one transaction: all of them stand on the disk, or none. A month that is
//! over is closed with a signed head; the end of each chain is signed with every batch, so that a cut end shows.

use chrono::{DateTime, Utc};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, QueryResult, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait, Value,
};

use super::{Store, all, hash};
use crate::audit::{
    chain::{BEGINNING, CLOSED, Cell, END, Hash, Head, Log, ROTATED, RUNNING, Record, link},
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

/// What was signed within a transaction.
#[derive(Debug, Default)]
pub(in crate::audit) struct Signed {
    /// Heads that stay.
    pub(in crate::audit) heads: Vec<Head>,
    /// The ends of the chains that went on.
    pub(in crate::audit) ends: Vec<Head>,
}

/// What says how far a chain goes.
const RECORD_ROW: i32 = 0;
const HEAD_ROW: i32 = 1;
const END_ROW: i32 = 2;

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
    /// The key that the end was signed with before; none where it was not.
    signed_by: Option<String>,
}

/// The month of a moment, in UTC.
pub(in crate::audit) fn month(millis: i64) -> String {
    DateTime::from_timestamp_millis(millis).unwrap_or_default().format("%Y-%m").to_string()
}

impl Store {
    /// Appends entries, and signs the ends of the chains; with `sign` heads that stay are made of them too.
    pub(in crate::audit) async fn append(
        &self,
        hand: &Hand<'_>,
        entries: Vec<Ready>,
        sign: bool,
    ) -> Result<Signed, DbErr> {
        let transaction = self.begin().await?;
        let [mut events, mut processings] = Tail::find(&transaction, hand).await?;
        events.hand_over();
        processings.hand_over();
        for Ready { event, processings: all } in entries {
            let operation = format!("{}-{}", hand.writer, events.number + 1);
            for (processing, people) in all {
                processings.push(record::processing(&event, &processing, people, &operation));
            }
            events.push(record::event(&event, &operation));
        }
        let mut signed = Signed::default();
        for tail in [events, processings] {
            tail.write(&transaction, sign, &mut signed).await?;
        }
        keep(&transaction, &signed.heads).await?;
        keep_ends(&transaction, &signed.ends).await?;
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
                "SELECT * FROM (SELECT '{name}' AS log, number, segment, hash, {RECORD_ROW} AS signed, '' AS key FROM {table} \
                 WHERE writer = $1 ORDER BY number DESC LIMIT 1) AS {name}_record UNION ALL SELECT * FROM (SELECT log, \
                 number, segment, hash, {HEAD_ROW}, key FROM audit_head WHERE log = '{name}' AND writer = $1 ORDER BY \
                 segment DESC, number DESC LIMIT 1) AS {name}_head UNION ALL SELECT log, number, segment, hash, {END_ROW}, \
                 key FROM audit_end WHERE log = '{name}' AND writer = $1"
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
            signed_by: None,
        });
        for end in &ends {
            let log: String = end.try_get_by_index(0)?;
            if let Some(tail) = tails.iter_mut().find(|tail| tail.log.name() == log) {
                tail.reach(end)?;
            }
        }
        Ok(tails)
    }

    /// Goes on to a record, or to a signed head or end. That may be of a record that has expired since, or that somebody has cut
    /// off: numbers never come again.
    fn reach(&mut self, end: &QueryResult) -> Result<(), DbErr> {
        let number: i64 = end.try_get_by_index(1)?;
        let of: i32 = end.try_get_by_index(4)?;
        if of == END_ROW {
            self.signed_by = Some(end.try_get_by_index(5)?);
        }
        if number > self.number {
            (self.number, self.segment) = (number, end.try_get_by_index(2)?);
            self.hash = hash(end, 3)?.unwrap_or(BEGINNING);
            self.is_signed = of == HEAD_ROW;
        } else if number == self.number && of == HEAD_ROW {
            self.is_signed = true;
        }
        Ok(())
    }

    /// Where another key signed before, this one signs that it goes on from here.
    fn hand_over(&mut self) {
        let is_other = self.signed_by.as_deref().is_some_and(|key| key != self.hand.key.id());
        if is_other && self.number > 0 {
            self.sign(ROTATED);
        }
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
        self.heads.push(self.signed(kind));
    }

    fn signed(&self, kind: &str) -> Head {
        self.hand.key.sign(Head {
            log: self.log.name().to_owned(),
            writer: self.hand.writer.to_owned(),
            segment: self.segment.clone(),
            number: self.number,
            kind: kind.to_owned(),
            hash: self.hash,
            at: self.hand.now.timestamp_millis(),
            key: String::new(),
            signature: String::new(),
        })
    }

    /// Inserts what was taken in, and adds to what was signed.
    async fn write(mut self, transaction: &DatabaseTransaction, sign: bool, signed: &mut Signed) -> Result<(), DbErr> {
        let is_other = self.signed_by.as_deref() != Some(self.hand.key.id());
        let goes_on = !self.rows.is_empty() || is_other;
        let columns = self.log.columns().iter().map(|(name, _)| *name);
        let columns: Vec<&str> = ["writer", "number", "segment", "hash"].into_iter().chain(columns).collect();
        insert(transaction, (self.log.table(), ""), &columns, std::mem::take(&mut self.rows)).await?;
        if sign && !self.is_signed {
            self.sign(RUNNING);
        }
        signed.ends.extend((goes_on && self.number > 0).then(|| self.signed(END)));
        signed.heads.append(&mut self.heads);
        Ok(())
    }
}

/// Puts the ends of chains in place of those of before.
async fn keep_ends(transaction: &DatabaseTransaction, ends: &[Head]) -> Result<(), DbErr> {
    let row = |it: &Head| {
        vec![
            it.log.as_str().into(),
            it.writer.as_str().into(),
            it.segment.as_str().into(),
            it.number.into(),
            Value::Bytes(Some(it.hash.to_vec())),
            it.at.into(),
            it.key.as_str().into(),
            it.signature.as_str().into(),
        ]
    };
    let columns = ["log", "writer", "segment", "number", "hash", "at", "key", "signature"];
    let rest = " ON CONFLICT (log, writer) DO UPDATE SET segment = excluded.segment, number = excluded.number, hash = \
                excluded.hash, at = excluded.at, key = excluded.key, signature = excluded.signature";
    insert(transaction, ("audit_end", rest), &columns, ends.iter().map(row).collect()).await
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
