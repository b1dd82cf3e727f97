//! The gateway's own store: made and filled through migrations where that is not done yet, then read into memory once.

use std::{fmt, io, path::PathBuf, sync::Arc, time::Duration};

use entities::reference;
use migration::Standing;
use rusqlite::{Connection, OpenFlags, OptionalExtension, TransactionBehavior};
use sea_orm_migration::sea_orm::{Database, DatabaseConnection, DbErr, SqlxPostgresConnector};
use sha2::{Digest, Sha256};
use sqlx::{ConnectOptions, Connection as _, postgres::PgPoolOptions};

use crate::{
    query::Holder,
    reference::Reference,
    secret_file,
    source::{self, Failure, Kept, Refused, Select, Server, Settings},
};

/// More rows than any reference table has.
const ROWS_MOST: usize = 1_000_000;

/// How long to wait while another process writes.
const PATIENCE: Duration = Duration::from_secs(30);

/// The lock that gateways hold one after another while they prepare a store that they share.
const LOCK: i64 = 0x7265_6769_6f67_7261;

/// Why there is no store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder cannot be made.
    #[error("the store's folder {} cannot be made: {cause}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The database refused.
    #[error("the store {store} cannot be prepared: {cause}")]
    Database {
        /// The store's file, or that it is in PostgreSQL.
        store: String,
        /// What the database says.
        cause: DbErr,
    },
    /// It cannot be written, and does not hold what is needed.
    #[error(
        "{cause}. It does not hold what this program needs yet: start once where it can be written (the right to write, room \
         on the disk, no read-only file system or server), or put back a copy that this version of the program made"
    )]
    Unwritable {
        /// What the database says.
        cause: Box<StoreError>,
    },
    /// The server refused.
    #[error("the store in PostgreSQL cannot be prepared: {0}")]
    Server(#[from] Refused),
    /// Its releases cannot be looked after.
    #[error("the store {}, releases: {cause}", path.display())]
    Releases {
        /// The store's file.
        path: PathBuf,
        /// What the database says.
        cause: rusqlite::Error,
    },
    /// The reference data of the program are wrong.
    #[error(transparent)]
    Reference(#[from] reference::LoadError),
    /// What was written cannot be read again.
    #[error("the store {store}, table {table}: {cause}")]
    Unreadable {
        /// The store's file, or that it is in PostgreSQL.
        store: String,
        /// The table's type.
        table: &'static str,
        /// Why not.
        cause: Failure,
    },
}

/// What is said of where the store is.
fn said(store: &source::Database) -> String {
    match store {
        source::Database::Sqlite(path) => path.display().to_string(),
        source::Database::Postgres(_) => "in PostgreSQL".to_owned(),
    }
}

/// Forgets the releases of a demonstration, whichever.
const FORGET: &str = "DELETE FROM release_cell; DELETE FROM \"release\"; DELETE FROM demonstration";
/// The demonstration whose releases there are.
const MARKED: &str = "SELECT version FROM demonstration";
/// Says whose releases there will be, where there are none yet.
const MARK: &str = "INSERT INTO demonstration (version) SELECT $1 WHERE NOT EXISTS (SELECT 1 FROM \"release\") \
     AND NOT EXISTS (SELECT 1 FROM demonstration)";
/// Is it this one?
const IS_MARKED: &str = "SELECT EXISTS (SELECT 1 FROM demonstration WHERE version = $1)";

/// Removes releases of a demonstration that is not this one: their rows were made up, and are others by now. Of a
/// gateway that is no demonstration, those of every one. Releases of real sources stay, always.
pub(super) async fn forget_demonstrations(store: &source::Database, but: Option<&str>) -> Result<(), StoreError> {
    let path = match store {
        source::Database::Sqlite(path) => path,
        source::Database::Postgres(server) => return Ok(forget_shared(server, but).await.map_err(Refused::from)?),
    };
    let forget = || -> rusqlite::Result<()> {
        let mut connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.busy_timeout(PATIENCE)?;
        let marked = connection.query_row(MARKED, [], |row| row.get::<_, String>(0)).optional()?;
        if marked.is_none_or(|version| Some(&*version) == but) {
            return Ok(());
        }
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(FORGET)?;
        transaction.commit()
    };
    forget().map_err(|cause| StoreError::Releases { path: path.clone(), cause })
}

async fn forget_shared(server: &Server, but: Option<&str>) -> Result<(), sqlx::Error> {
    let mut connection = server.to_write().connect().await?;
    let marked: Option<String> = sqlx::query_scalar(MARKED).fetch_optional(&mut connection).await?;
    if marked.is_some_and(|version| Some(&*version) != but) {
        let mut transaction = connection.begin().await?;
        sqlx::raw_sql(FORGET).execute(&mut *transaction).await?;
        transaction.commit().await?;
    }
    connection.close().await
}

/// Says that the store's releases are those of a demonstration, where it holds none yet. Does it?
pub(super) async fn mark_demonstration(store: &source::Database, version: &str) -> Result<bool, StoreError> {
    let path = match store {
        source::Database::Sqlite(path) => path,
        source::Database::Postgres(server) => return Ok(mark_shared(server, version).await.map_err(Refused::from)?),
    };
    let mark = || -> rusqlite::Result<bool> {
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.busy_timeout(PATIENCE)?;
        connection.execute(MARK, [version])?;
        connection.query_row(IS_MARKED, [version], |row| row.get(0))
    };
    mark().map_err(|cause| StoreError::Releases { path: path.clone(), cause })
}

async fn mark_shared(server: &Server, version: &str) -> Result<bool, sqlx::Error> {
    let mut connection = server.to_write().connect().await?;
    sqlx::query(MARK).bind(version).execute(&mut connection).await?;
    let marked = sqlx::query_scalar(IS_MARKED).bind(version).fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(marked)
}

/// Brings the store up to date where it is not, and reads its reference data. A store that cannot be written is served
/// as it stands, where it holds what this program needs.
pub(super) async fn prepare(store: &source::Database) -> Result<Reference, StoreError> {
    let refused = |cause| StoreError::Database { store: said(store), cause };
    let reference = reference::load()?;
    let digest = digest(&reference);
    let connection = match store {
        source::Database::Sqlite(path) => {
            if let Some(folder) = path.parent() {
                let cannot = |cause| StoreError::Folder { path: folder.to_owned(), cause };
                std::fs::create_dir_all(folder).map_err(cannot)?;
            }
            // It holds nothing about anyone, but others have no business with it. One that cannot be written is borne with.
            if let Err(reason) = secret_file::keep_to_owner(path) {
                tracing::debug!(%reason, "the store stays as it is");
            }
            Database::connect(format!("sqlite://{}?mode=rwc", path.display())).await.map_err(refused)?
        }
        source::Database::Postgres(server) => {
            let pool = PgPoolOptions::new().max_connections(1).connect_with(server.to_write()).await;
            SqlxPostgresConnector::from_sqlx_postgres_pool(pool.map_err(Refused::from)?)
        }
    };
    let standing = migration::standing(&connection, &digest).await.map_err(refused)?;
    let written = match standing {
        Standing::Current => migration::try_to_write(&connection).await.map_err(refused),
        Standing::OtherReference | Standing::Unprepared => write(store, &connection, reference, &digest).await,
    };
    connection.close().await.map_err(refused)?;
    if let Err(cause) = written {
        bear_with(store, standing, cause)?;
    }
    read(store).await
}

/// Makes the tables and puts the reference data there.
async fn write(
    store: &source::Database,
    connection: &DatabaseConnection,
    reference: entities::reference::Reference,
    digest: &str,
) -> Result<(), StoreError> {
    let refused = |cause| StoreError::Database { store: said(store), cause };
    let lock = match store {
        source::Database::Sqlite(_) => None,
        // Two gateways that start at once do not change tables at the same time. Closed, the lock is given back.
        source::Database::Postgres(server) => {
            let mut lock = server.to_write().connect().await.map_err(Refused::from)?;
            sqlx::query("SELECT pg_advisory_lock($1)").bind(LOCK).execute(&mut lock).await.map_err(Refused::from)?;
            Some(lock)
        }
    };
    migration::create_store(connection).await.map_err(refused)?;
    migration::fill_store(connection, reference, digest).await.map_err(refused)?;
    if let Some(lock) = lock {
        lock.close().await.map_err(Refused::from)?;
    }
    Ok(())
}

/// Goes on with a store that cannot be written, where it holds what is needed.
fn bear_with(store: &source::Database, standing: Standing, cause: StoreError) -> Result<(), StoreError> {
    let (store, cause) = (said(store), Box::new(cause));
    let held = match standing {
        Standing::Unprepared => return Err(StoreError::Unwritable { cause }),
        Standing::Current => "the reference data of this program",
        Standing::OtherReference => "the reference data of another version of the program",
    };
    tracing::warn!(
        store,
        %cause,
        "the store cannot be written: questions are answered with what it holds, {held}; releases cannot be made"
    );
    Ok(())
}

/// What tells these reference data from any others.
fn digest(reference: &entities::reference::Reference) -> String {
    struct Hashed(Sha256);
    impl fmt::Write for Hashed {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0.update(text);
            Ok(())
        }
    }
    let mut hashed = Hashed(Sha256::new());
    fmt::write(&mut hashed, format_args!("{reference:?}")).expect("hashing takes every text");
    hashed.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads all reference tables, as any source is read.
async fn read(store: &source::Database) -> Result<Reference, StoreError> {
    let nobody = Holder::Region("".into());
    let settings = Settings::new("store", nobody, "", reference::tables().iter().collect());
    let opened = source::open(Settings { kept: Kept::Database(store.clone()), ..settings });
    let mut tables = Vec::new();
    for table in reference::tables() {
        let records = opened.rows(Arc::new(Select::whole(table, ROWS_MOST))).await;
        let unreadable = |cause| StoreError::Unreadable { store: said(store), table: table.name, cause };
        tables.push((table, records.map_err(unreadable)?.all.into_iter().map(|record| record.values).collect()));
    }
    Ok(Reference::new(tables))
}
