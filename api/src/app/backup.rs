//! A copy of the gateway's own store, taken while gateways run.

use std::{
    fs::OpenOptions,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail, ensure};
use rusqlite::{Connection, OpenFlags};

use super::Foundation;
use crate::source::Database;

/// `backup`: copies the store as it stands at one moment into a new file, and says what is in it. Keys are not copied: who
/// has both has everything.
///
/// # Errors
/// Where the store or the new file cannot be read or written, or the copy is not whole. Then there is no new file.
pub fn backup(foundation: &Foundation, to: &Path) -> anyhow::Result<String> {
    let Database::Sqlite(store) = foundation.store()? else {
        bail!("the store is in PostgreSQL: copy it with `pg_dump`");
    };
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let open = |path: &Path| Connection::open_with_flags(path, flags).with_context(|| format!("{}", path.display()));
    let connection = open(&store)?;
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to);
    made.with_context(|| format!("cannot make {}", to.display()))?;
    let copied = copy(&connection, to).and_then(|()| look_at(&open(to)?));
    let Ok((releases, change)) = copied else {
        // An unfinished copy must not be taken for one.
        let _ = std::fs::remove_file(to);
        return copied.map(|_| String::new()).with_context(|| format!("cannot copy {}", store.display()));
    };
    let keys: Vec<_> = keys(foundation).iter().map(|it| it.display().to_string()).collect();
    Ok(format!(
        "{}: {releases} releases, last change {change}\nnot in it, and without them of no use: {}\n",
        to.display(),
        keys.join(", ")
    ))
}

fn copy(connection: &Connection, to: &Path) -> anyhow::Result<()> {
    let Some(to) = to.to_str() else { bail!("the name of the new file is no text") };
    connection.execute("VACUUM INTO ?1", [to])?;
    Ok(())
}

/// How many releases a copy holds, and the last change of its tables.
fn look_at(copy: &Connection) -> anyhow::Result<(i64, String)> {
    let sound: String = copy.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
    ensure!(sound == "ok", "the copy is damaged");
    let releases = copy.query_row("SELECT count(*) FROM \"release\"", [], |row| row.get(0))?;
    let change = copy.query_row("SELECT max(version) FROM seaql_migrations", [], |row| row.get(0))?;
    Ok((releases, change))
}

/// The files of keys that belong to the store.
fn keys(foundation: &Foundation) -> [PathBuf; 3] {
    let beside = |name: &str| foundation.config.data_dir.join(name);
    [foundation.config.keys.master_file.clone(), beside("disclosure.key"), beside("release.pem")]
}
