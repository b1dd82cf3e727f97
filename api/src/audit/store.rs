//! The log's tables, in SQLite or PostgreSQL: opened, made where they are not there yet, appended to and read.

mod append;

use std::{
    collections::HashMap,
    io,
    path::{Path, PathBuf},
};

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbErr, QueryResult, SqlxPostgresConnector,
    Statement, Value,
};
use sqlx::postgres::PgPoolOptions;

pub(super) use self::append::{Hand, Signed, keep};
use super::{
    Place,
    chain::{Cell, END, Hash, Head, Log, Record},
    record::Holds,
};
use crate::secret_file::{self, SecretFile};

/// Why the log's store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum Unopened {
    /// The folder cannot be made.
    #[error("the audit log's folder {} cannot be made: {cause}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// Others than its owner may read it.
    #[error("the audit log cannot be kept to its owner: {0}")]
    Exposed(#[from] SecretFile),
    /// The database refused.
    #[error("the audit log cannot be opened: {0}")]
    Database(#[from] DbErr),
}

/// An open store.
#[derive(Debug)]
pub(super) struct Store {
    pub(super) connection: DatabaseConnection,
    /// Columns that came later, and that a log of before does not have yet.
    lacks: Vec<&'static str>,
}

/// What a connection is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    /// To write, and to make the file where there is none.
    Make,
    /// To write what is there.
    Write,
    /// To read.
    Read,
}

/// A record as it stands there.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) writer: String,
    pub(super) record: Record,
    /// None where it is no hash.
    pub(super) hash: Option<Hash>,
}

/// How many records are read at a time.
const CHUNK: u64 = 1_000;

impl Store {
    /// Opens it to be written, and makes its tables where they are not there yet.
    pub(super) async fn open(place: &Place) -> Result<Self, Unopened> {
        if let Place::File(path) = place
            && let Some(folder) = path.parent()
        {
            std::fs::create_dir_all(folder).map_err(|cause| Unopened::Folder { path: folder.to_owned(), cause })?;
            secret_file::keep_to_owner(path)?;
            // What SQLite puts beside it has the same rights, but where it stood there before.
            for beside in ["-wal", "-shm"].map(|it| with(path, it)).iter().filter(|it| it.exists()) {
                secret_file::keep_to_owner(beside)?;
            }
        }
        let store = Self::connect(place, Use::Make).await?;
        // Brings a log of before up to date, too.
        migration::create_audit(&store.connection).await?;
        Ok(store)
    }

    /// Opens it to be read, as it stands.
    pub(super) async fn read(place: &Place) -> Result<Self, Unopened> {
        Self::connect(place, Use::Write).await?.looked_over().await
    }

    /// The same, over a connection that can only read.
    pub(super) async fn look(place: &Place) -> Result<Self, Unopened> {
        Self::connect(place, Use::Read).await?.looked_over().await
    }

    /// Does it have all columns?
    pub(super) fn is_current(&self) -> bool {
        self.lacks.is_empty()
    }

    async fn looked_over(self) -> Result<Self, Unopened> {
        let mut store = self;
        for log in Log::ALL {
            let later = (0..log.columns().len()).filter_map(|place| log.later(place));
            for column in later {
                if !migration::audit_has(&store.connection, log.table(), column).await? {
                    store.lacks.push(column);
                }
            }
        }
        Ok(store)
    }

    async fn connect(place: &Place, to: Use) -> Result<Self, Unopened> {
        let connection = match place {
            Place::File(path) => {
                let mode = if to == Use::Make { "rwc" } else { "rw" };
                let mut options = ConnectOptions::new(format!("sqlite://{}?mode={mode}", path.display()));
                options.max_connections(1).sqlx_logging(false);
                // What was written is on the disk before anybody is told.
                options.map_sqlx_sqlite_opts(move |it| {
                    let it = it.pragma("journal_mode", "WAL").pragma("synchronous", "FULL");
                    if to == Use::Read { it.pragma("query_only", "ON") } else { it }
                });
                Database::connect(options).await?
            }
            Place::Server(server) => {
                let server = (**server).clone();
                let server = match to {
                    Use::Read => server.options([("default_transaction_read_only", "on")]),
                    Use::Make | Use::Write => server,
                };
                let pool = PgPoolOptions::new().max_connections(1).connect_with(server).await;
                let pool = pool.map_err(|cause| DbErr::Custom(cause.to_string()))?;
                SqlxPostgresConnector::from_sqlx_postgres_pool(pool)
            }
        };
        Ok(Self { connection, lacks: Vec::new() })
    }

    /// All rows of a question.
    pub(super) async fn all(&self, sql: &str, values: Vec<Value>) -> Result<Vec<QueryResult>, DbErr> {
        all(&self.connection, sql, values).await
    }

    /// The writers of a log, in order.
    pub(super) async fn writers(&self, log: Log) -> Result<Vec<String>, DbErr> {
        let sql = format!(
            "SELECT writer FROM {table} UNION SELECT writer FROM audit_head WHERE log = '{name}' UNION SELECT writer FROM \
             audit_end WHERE log = '{name}' ORDER BY writer",
            table = log.table(),
            name = log.name()
        );
        self.all(&sql, Vec::new()).await?.iter().map(|row| row.try_get_by_index(0)).collect()
    }

    /// The records of a chain after one, in order; none where there are no more.
    pub(super) async fn records(&self, log: Log, writer: &str, after: i64) -> Result<Vec<Stored>, DbErr> {
        let rest = format!("WHERE writer = $1 AND number > $2 ORDER BY number LIMIT {CHUNK}");
        self.stored(log, &rest, vec![writer.into(), after.into()]).await
    }

    /// The records that a question finds.
    pub(super) async fn stored(&self, log: Log, rest: &str, values: Vec<Value>) -> Result<Vec<Stored>, DbErr> {
        let columns = log.columns().iter().map(|(name, _)| {
            let is_lacking = self.lacks.contains(name);
            if is_lacking { ", NULL".to_owned() } else { format!(", \"{name}\"") }
        });
        let columns: String = columns.collect();
        let sql = format!("SELECT writer, number, segment, hash{columns} FROM {} {rest}", log.table());
        self.all(&sql, values).await?.iter().map(|row| stored(log, row)).collect()
    }

    /// All signed heads of a log, chain by chain in the order of their records.
    pub(super) async fn heads(&self, log: Log) -> Result<Vec<Head>, DbErr> {
        let sql = "SELECT log, writer, segment, number, kind, hash, at, key, signature FROM audit_head WHERE log = $1 \
                   ORDER BY writer, number, kind";
        self.all(sql, vec![log.name().into()]).await?.iter().map(head).collect()
    }

    /// The signed ends of all chains.
    pub(super) async fn ends(&self) -> Result<Vec<Head>, DbErr> {
        let sql = format!(
            "SELECT log, writer, segment, number, '{END}' AS kind, hash, at, key, signature FROM audit_end ORDER BY log, writer"
        );
        self.all(&sql, Vec::new()).await?.iter().map(head).collect()
    }

    /// The hashes of those of these records that there are.
    pub(super) async fn hashes(&self, log: Log, writer: &str, numbers: &[i64]) -> Result<HashMap<i64, Hash>, DbErr> {
        let mut found = HashMap::new();
        for some in numbers.chunks(usize::try_from(CHUNK).unwrap_or(usize::MAX)) {
            let places: Vec<String> = (2..some.len() + 2).map(|place| format!("${place}")).collect();
            let places = places.join(", ");
            let sql = format!("SELECT number, hash FROM {} WHERE writer = $1 AND number IN ({places})", log.table());
            let values = std::iter::once(writer.into()).chain(some.iter().map(|it| (*it).into())).collect();
            for row in self.all(&sql, values).await? {
                found.insert(row.try_get_by_index(0)?, hash(&row, 1)?.unwrap_or_default());
            }
        }
        Ok(found)
    }
}

/// The file of this name with something after it.
fn with(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

async fn all<C: ConnectionTrait>(connection: &C, sql: &str, values: Vec<Value>) -> Result<Vec<QueryResult>, DbErr> {
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    connection.query_all_raw(statement).await
}

fn hash(row: &QueryResult, place: usize) -> Result<Option<Hash>, DbErr> {
    let bytes: Option<Vec<u8>> = row.try_get_by_index(place)?;
    Ok(bytes.and_then(|it| it.try_into().ok()))
}

fn stored(log: Log, row: &QueryResult) -> Result<Stored, DbErr> {
    let cell = |(place, (_, holds)): (usize, &(&str, Holds))| {
        let place = place + 4;
        Ok(match holds {
            Holds::Number => row.try_get_by_index::<Option<i64>>(place)?.map_or(Cell::Null, Cell::Number),
            Holds::Text => row.try_get_by_index::<Option<String>>(place)?.map_or(Cell::Null, Cell::Text),
            Holds::Bytes => row.try_get_by_index::<Option<Vec<u8>>>(place)?.map_or(Cell::Null, Cell::Bytes),
        })
    };
    let cells: Result<Vec<Cell>, DbErr> = log.columns().iter().enumerate().map(cell).collect();
    let record = Record { number: row.try_get_by_index(1)?, segment: row.try_get_by_index(2)?, cells: cells? };
    Ok(Stored { writer: row.try_get_by_index(0)?, record, hash: hash(row, 3)? })
}

fn head(row: &QueryResult) -> Result<Head, DbErr> {
    Ok(Head {
        log: row.try_get_by_index(0)?,
        writer: row.try_get_by_index(1)?,
        segment: row.try_get_by_index(2)?,
        number: row.try_get_by_index(3)?,
        kind: row.try_get_by_index(4)?,
        // What is no hash is signed by nobody.
        hash: hash(row, 5)?.unwrap_or_default(),
        at: row.try_get_by_index(6)?,
        key: row.try_get_by_index(7)?,
        signature: row.try_get_by_index(8)?,
    })
}
