//! What is wrong with a source, in words that name file, line, key and source: for those who run the gateway. Clients are
//! told less.

use std::{
    fmt::Display,
    fs,
    io::{self, Read},
    path::Path,
    time::Duration,
};

use entities::dataset::Held;
use tokio::task::spawn_blocking;

use super::App;
use crate::{
    config::{self, Config, Holder, Places},
    place::Place,
    reference::Reference,
    source::{Database, Failure, Kept},
};

/// How long to look for a server that is absent.
const PATIENCE: Duration = Duration::from_secs(5);

/// What every SQLite database begins with.
const SQLITE: &[u8; 16] = b"SQLite format 3\0";

/// Where a source comes from.
pub(super) struct Origin<'a> {
    name: &'a str,
    kept: Option<&'a Kept>,
    places: Option<&'a Places>,
}

impl<'a> Origin<'a> {
    /// The origin of a source of this gateway.
    pub(super) fn of(name: &'a str, app: &'a App, config: &'a Config) -> Self {
        let configured = config.sources.iter().find(|source| *source.name == *name);
        Self { name, kept: app.databases.get(name), places: configured.map(|source| &source.places) }
    }

    /// Words on the source as a whole.
    pub(super) fn say(&self, words: impl Display) -> String {
        let place = self.places.map(|places| &places.section);
        say(place, self.name, words)
    }

    /// Words on its failure.
    pub(super) async fn say_failure(&self, failure: &Failure) -> String {
        if !matches!(failure, Failure::Unreachable | Failure::Unconnected) {
            return self.say(failure);
        }
        let (what, reason) = match self.kept {
            None => return self.say(failure),
            Some(Kept::Database(Database::Sqlite(file))) => return self.say_closed(file).await,
            Some(Kept::Database(Database::Postgres(server))) => ("server", server.why_unreachable(PATIENCE).await),
            Some(Kept::Node(node)) => ("node", node.why_unreachable(PATIENCE).await),
        };
        let (place, key) = self.places.map(|places| (&places.database, places.database_key)).unzip();
        let key = key.map_or_else(String::new, |key| format!("{key}: "));
        say(place, self.name, format_args!("{key}the {what} cannot be reached: {reason}"))
    }

    /// Words on a file that cannot be opened.
    async fn say_closed(&self, file: &Path) -> String {
        let path = file.to_owned();
        let reason = spawn_blocking(move || why_closed(&path)).await;
        let reason = reason.unwrap_or_else(|_| "it cannot be looked at".to_owned());
        let place = self.places.map(|places| &places.database);
        say(place, self.name, format_args!("path: {} cannot be opened: {reason}", file.display()))
    }
}

/// What is wrong with a source before anything is opened: who is said to hold it, and what.
pub(super) fn say_misfits(source: &config::Source, reference: &Reference) -> Vec<String> {
    let mut said = Vec::new();
    let (kind, table, code) = match &source.holder {
        Holder::Region(code) => ("region", "Region", code),
        Holder::Provider(code) => ("provider", "Provider", code),
        Holder::Partnership(code) => ("partnership", "Partnership", code),
        Holder::Network(code) => ("network", "ExpertiseNetwork", code),
    };
    if reference.table(table).is_none_or(|table| table.place(code).is_none()) {
        let words = format!("holder: the reference data know no {kind} `{code}`");
        said.push(say(Some(&source.places.holder), &source.name, words));
    }
    for dataset in &source.datasets {
        // An expertise network also holds what it keeps for the expert teams of its regions.
        let (held, kinds) = match dataset.held {
            Held::Region => ("a region", &["region", "network"][..]),
            Held::Provider => ("a provider", &["provider"][..]),
            Held::Partnership => ("a partnership", &["partnership"][..]),
            Held::RegionOrNetwork => ("a region or a network", &["region", "network"][..]),
            Held::Reference => ("nobody", &[][..]),
        };
        if !kinds.contains(&kind) {
            let words = format!("datasets: {} is held by {held}, and the holder is a {kind}", dataset.name);
            said.push(say(Some(&source.places.datasets), &source.name, words));
        }
    }
    said
}

fn say(place: Option<&Place>, name: &str, words: impl Display) -> String {
    let place = place.map_or_else(String::new, |place| format!("{place}: "));
    format!("{place}source `{name}`: {words}")
}

/// Why a file cannot be opened as a database. Blocks.
fn why_closed(path: &Path) -> String {
    let reason = |error: &io::Error| match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        kind => kind.to_string(),
    };
    match fs::metadata(path) {
        Err(error) => return reason(&error),
        Ok(found) if !found.is_file() => return "it is no file".to_owned(),
        Ok(_) => {}
    }
    let mut start = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(SQLITE.len() as u64).read_to_end(&mut start));
    match read {
        Err(error) => reason(&error),
        Ok(_) if start == SQLITE => "SQLite cannot read it".to_owned(),
        Ok(_) => "it is no SQLite database".to_owned(),
    }
}
