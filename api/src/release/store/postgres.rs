//! Releases in a PostgreSQL database, which several gateways may share: what is written is written in one transaction,
//! and what is read is of one state.

use std::{sync::Arc, time::Duration};

use futures_util::TryStreamExt;
use sqlx::{
    ConnectOptions, Connection, PgConnection, PgPool, Row,
    postgres::{PgPoolOptions, PgRow},
};

use super::{Draft, NotStored, NotWritten};
use crate::{
    release::{
        Released, Releases,
        read::Tables,
        record::{Digesting, Header, Line},
        sign::{Signer, Verifier},
    },
    source::{Refused, Server},
};

/// How many cells are written at a time.
const CHUNK: usize = 1_000;

/// How long to wait for a connection.
const PATIENCE: Duration = Duration::from_secs(3);

/// What was read last, and by what to see that it is still so.
#[derive(Clone)]
pub(in crate::release) struct Known {
    pub(in crate::release) state: String,
    pub(in crate::release) releases: Arc<Releases>,
}

/// Changes whenever a release comes or goes, or is signed anew.
const STATE: &str = "SELECT coalesce(md5(string_agg(id || ' ' || signature, ',' ORDER BY id)), '') FROM \"release\"";

const HEADERS: &str = "SELECT id, period, first_day::text, last_day::text, cut_off::text, \
     to_char(made_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), program_version, sources, datasets, key_id, \
     signature, format::bigint, version::bigint, areas, code_lists FROM \"release\" \
     ORDER BY \"release\".last_day DESC, \"release\".first_day DESC, \"release\".version DESC";

const LINES: &str = "SELECT dataset, counted, area_kind, area_code, month::text, dimension, value, youths::bigint, \
     \"rows\"::bigint, measures FROM release_cell WHERE \"release\" = $1 ORDER BY place";

const INSERT_LINES: &str = "INSERT INTO release_cell (\"release\", place, dataset, counted, area_kind, area_code, month, \
     dimension, value, youths, \"rows\", measures) \
     SELECT $1, u.place::int, u.dataset, u.counted, u.area_kind, u.area_code, u.month::date, u.dimension, u.value, \
     u.youths::int, u.counted_rows::int, u.measures \
     FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], \
     $10::bigint[], $11::bigint[], $12::text[]) AS u(place, dataset, counted, area_kind, area_code, month, dimension, \
     value, youths, counted_rows, measures)";

const INSERT_HEADER: &str = "INSERT INTO \"release\" (id, period, first_day, last_day, cut_off, made_at, program_version, \
     sources, datasets, key_id, signature, format, version, areas, code_lists) \
     VALUES ($1, $2, $3::text::date, $4::text::date, $5::text::date, $6::text::timestamptz, $7, $8, $9, $10, $11, \
     $12::bigint::int, $13::bigint::int, $14, $15)";

/// Connections for those who look whether the releases are still the same. Opens none yet.
pub(in crate::release) fn pool(server: &Server) -> PgPool {
    let options = PgPoolOptions::new().max_connections(2).idle_timeout(None).max_lifetime(None);
    options.acquire_timeout(PATIENCE).connect_lazy_with(server.to_write())
}

/// Writes and signs all of them, or none.
pub(super) async fn write(server: &Server, drafts: &[Draft], signer: &Signer) -> Result<(), NotWritten> {
    let mut connection = server.to_write().connect().await?;
    let mut transaction = connection.begin().await?;
    for draft in drafts {
        write_one(&mut transaction, draft, signer).await?;
    }
    transaction.commit().await?;
    connection.close().await?;
    Ok(())
}

/// The cells, then the signature over them.
async fn write_one(connection: &mut PgConnection, draft: &Draft, signer: &Signer) -> Result<(), NotWritten> {
    let Draft { header, tables } = draft;
    let mut digesting = Digesting::new(header).ok_or_else(|| NotWritten::Formless(header.id.clone()))?;
    let lines = tables.iter().flat_map(|(vocabulary, cells)| {
        cells.iter().map(|(id, shown)| Line::of(vocabulary.dataset, &vocabulary.measures, id, shown))
    });
    let lines: Vec<_> = lines.inspect(|line| digesting.line(line)).collect();
    let mut place = 0_i64;
    for chunk in lines.chunks(CHUNK) {
        let end = place + i64::try_from(chunk.len()).unwrap_or_default();
        insert(connection, &header.id, (place..end).collect(), chunk).await.map_err(|error| standing(header, error))?;
        place = end;
    }
    let signature = signer.sign(&digesting.done());
    let texts = [&header.id, &header.period, &header.first_day, &header.last_day, &header.cut_off, &header.made_at];
    let mut query = sqlx::query(INSERT_HEADER);
    for text in texts.into_iter().chain([&header.program_version, &header.sources, &header.datasets, &header.key_id]) {
        query = query.bind(text);
    }
    let query = query.bind(signature).bind(header.format).bind(header.version);
    let inserted = query.bind(&header.areas).bind(&header.code_lists).execute(connection).await;
    inserted.map_err(|error| standing(header, error))?;
    Ok(())
}

async fn insert(
    connection: &mut PgConnection,
    release: &str,
    places: Vec<i64>,
    lines: &[Line<'_>],
) -> Result<(), sqlx::Error> {
    let texts = |text: fn(&Line<'_>) -> Option<String>| lines.iter().map(text).collect::<Vec<_>>();
    let mut query = sqlx::query(INSERT_LINES).bind(release).bind(places);
    for column in [
        texts(|it| Some(it.dataset.to_owned())),
        texts(|it| Some(it.counted.to_owned())),
        texts(|it| Some(it.area_kind.to_owned())),
        texts(|it| Some(it.area_code.to_owned())),
        texts(|it| it.month.as_deref().map(ToOwned::to_owned)),
        texts(|it| it.dimension.map(ToOwned::to_owned)),
        texts(|it| it.value.as_deref().map(ToOwned::to_owned)),
    ] {
        query = query.bind(column);
    }
    let query = query.bind(lines.iter().map(|it| it.youths).collect::<Vec<_>>());
    let query = query.bind(lines.iter().map(|it| it.rows).collect::<Vec<_>>());
    query.bind(texts(|it| Some(it.measures.as_ref().to_owned()))).execute(connection).await?;
    Ok(())
}

fn standing(header: &Header, error: sqlx::Error) -> NotWritten {
    if error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation) {
        return NotWritten::Standing(header.id.clone());
    }
    error.into()
}

/// All releases that verify, as they stand now: those that were read before, where nothing has changed since.
pub(in crate::release) async fn current(
    pool: &PgPool,
    before: Option<Known>,
    verifier: &Verifier,
) -> Result<Known, Refused> {
    if let Some(known) = before {
        let state: String = sqlx::query_scalar(STATE).fetch_one(pool).await?;
        if state == known.state {
            return Ok(known);
        }
    }
    let mut connection = pool.acquire().await?;
    // One moment of the store: what is written meanwhile is seen the next time.
    let mut transaction = connection.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
    let state = sqlx::query_scalar(STATE).fetch_one(&mut *transaction).await?;
    let releases = Arc::new(load(&mut transaction, verifier).await?);
    transaction.rollback().await?;
    Ok(Known { state, releases })
}

async fn load(connection: &mut PgConnection, verifier: &Verifier) -> Result<Releases, sqlx::Error> {
    let (mut all, mut unverified) = (Vec::new(), Vec::new());
    for row in sqlx::query(HEADERS).fetch_all(&mut *connection).await? {
        let header = header(&row)?;
        match released(connection, &header, row.try_get(10)?, verifier).await? {
            Some(release) => all.push(Arc::new(release)),
            None => {
                tracing::error!(release = header.id, "a release does not verify, and is not served");
                unverified.push(header.id.into());
            }
        }
    }
    Ok(Releases::new(all, unverified))
}

fn header(row: &PgRow) -> Result<Header, sqlx::Error> {
    Ok(Header {
        id: row.try_get(0)?,
        period: row.try_get(1)?,
        first_day: row.try_get(2)?,
        last_day: row.try_get(3)?,
        cut_off: row.try_get(4)?,
        made_at: row.try_get(5)?,
        program_version: row.try_get(6)?,
        sources: row.try_get(7)?,
        datasets: row.try_get(8)?,
        key_id: row.try_get(9)?,
        format: row.try_get(11)?,
        version: row.try_get(12)?,
        areas: row.try_get(13)?,
        code_lists: row.try_get(14)?,
    })
}

/// One release with its cells; none where it does not verify.
async fn released(
    connection: &mut PgConnection,
    header: &Header,
    signature: String,
    verifier: &Verifier,
) -> Result<Option<Released>, sqlx::Error> {
    let Some(mut digesting) = Digesting::new(header) else { return Ok(None) };
    let mut tables = Tables::default();
    let mut rows = sqlx::query(LINES).bind(&header.id).fetch(connection);
    while let Some(row) = rows.try_next().await? {
        let line = line(&row)?;
        digesting.line(&line);
        tables.add(&line);
    }
    let verifies = verifier.verifies(&digesting.done(), &signature);
    Ok(if verifies { Released::new(header, signature, tables.done()) } else { None })
}

fn line(row: &PgRow) -> Result<Line<'_>, sqlx::Error> {
    Ok(Line {
        dataset: row.try_get(0)?,
        counted: row.try_get(1)?,
        area_kind: row.try_get(2)?,
        area_code: row.try_get(3)?,
        month: row.try_get::<Option<&str>, _>(4)?.map(Into::into),
        dimension: row.try_get(5)?,
        value: row.try_get::<Option<&str>, _>(6)?.map(Into::into),
        youths: row.try_get(7)?,
        rows: row.try_get(8)?,
        measures: row.try_get::<&str, _>(9)?.into(),
    })
}

impl From<sqlx::Error> for NotWritten {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(NotStored::Server(error.into()))
    }
}
