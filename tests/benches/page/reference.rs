//! What the gateway is measured against: one database with all rows, and one SQL statement that makes the whole JSON
//! answer inside SQLite, behind the same HTTP library and as many readers.

use std::{path::Path, sync::Arc};

use anyhow::Context;
use axum::{Router, extract::State, routing::post};
use rusqlite::{Connection, OpenFlags, config::DbConfig};
use tokio::sync::{Mutex, Semaphore};

/// As many readers as the gateway has for three sources.
const READERS: usize = 12;

/// The same rows, fields, order and links as the gateway's question; the caller's predicate stands in it.
const SQL: &str = "
SELECT json_object('data', json_object('placements', json_object('nodes', json_group_array(json(node))))) FROM (
  SELECT json_object(
    'id', p.source || ':' || p.id, 'startedOn', p.started_on, 'endedOn', p.ended_on,
    'urgent', json(iif(p.urgent, 'true', 'false')), 'authorisation', p.authorisation, 'closedDays', p.closed_days,
    'ageBand', p.age_band, 'previousPlacement', p.previous_placement, 'outflow', p.outflow,
    'consultationHeld', json(CASE p.consultation_held WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END),
    'outsideRegion', json(iif(p.outside_region, 'true', 'false')),
    'mentorPresent', json(CASE p.mentor_present WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END),
    'housingPerspectiveOn', p.housing_perspective_on, 'updatedAt', p.updated_on,
    'unit', json_object('code', u.code, 'name', u.name),
    'municipality', iif(m.code IS NULL, NULL, json_object('code', m.code, 'name', m.name))) AS node
  FROM placement p LEFT JOIN store.unit u ON u.code = p.unit LEFT JOIN store.municipality m ON m.code = p.municipality
  WHERE p.institution = ?1 AND p.urgent = 0 AND p.started_on >= '2020-01-01'
  ORDER BY p.started_on DESC, p.source, p.id DESC LIMIT 100)";

/// The same table as the gateway's question.
const TABLE: &str = "
SELECT json_object('data', json_object('placementStatistics', json_object('groups', json_group_array(json_object(
  'authorisation', authorisation, 'startedOnYear', year, 'rows', rows, 'youths', youths,
  'closedDays', json_object('average', average)))))) FROM (
  SELECT authorisation, substr(started_on, 1, 4) || '-01-01' AS year, count(*) AS rows,
    count(DISTINCT youth_key) AS youths, avg(closed_days) AS average
  FROM placement WHERE institution = ?1 AND urgent = 0 GROUP BY 1, 2 ORDER BY 1, 2)";

struct Readers {
    free: Mutex<Vec<Connection>>,
    permits: Semaphore,
}

/// Serves until it is stopped.
pub(crate) async fn serve(file: &Path) -> anyhow::Result<()> {
    // The index that serves the very order of the question.
    Connection::open(file)?.execute_batch(
        "CREATE INDEX IF NOT EXISTS placement_page ON placement (started_on DESC, source, id DESC); ANALYZE;",
    )?;
    let store = file.with_file_name("data").join("store.sqlite");
    let open = || {
        let connection =
            Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.execute("ATTACH ? AS store", [store.to_string_lossy()])?;
        // As the gateway opens its files.
        connection.execute_batch("PRAGMA query_only = 1; PRAGMA mmap_size = 0; PRAGMA cache_size = -8192;")?;
        anyhow::Ok(connection)
    };
    let free = (0..READERS).map(|_| open()).collect::<anyhow::Result<Vec<_>>>()?;
    let readers = Arc::new(Readers { free: Mutex::new(free), permits: Semaphore::new(READERS) });
    let router = Router::new().route("/graphql", post(answer)).with_state(readers);
    super::servers::announce_and_serve(router).await
}

async fn answer(State(readers): State<Arc<Readers>>, question: bytes::Bytes) -> Result<String, String> {
    let _permit = readers.permits.acquire().await.map_err(|error| error.to_string())?;
    let connection =
        readers.free.lock().await.pop().context("a permit is a reader").map_err(|error| error.to_string())?;
    let sql = if question.windows(19).any(|window| window == b"placementStatistics") { TABLE } else { SQL };
    let read = tokio::task::spawn_blocking(move || {
        let json = connection.prepare_cached(sql).and_then(|mut statement| {
            statement.query_row([super::servers::INSTITUTION], |row| row.get::<_, String>(0))
        });
        (connection, json)
    });
    let (connection, json) = read.await.map_err(|error| error.to_string())?;
    readers.free.lock().await.push(connection);
    json.map_err(|error| error.to_string())
}
