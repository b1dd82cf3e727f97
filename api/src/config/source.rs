//! `[[source]]`: one holder's data, how it is opened, and what it holds.

use std::{path::PathBuf, time::Duration};

use entities::Dataset;
use serde::Deserialize;

use super::bounds::{text, within, within_time};

/// `[[source]]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The source's name: unique, shown to clients, second key of every order. Lower-case letters, digits and hyphens.
    pub name: Box<str>,
    /// What it is: `sqlite`.
    pub kind: SourceKind,
    /// The SQLite file.
    pub path: PathBuf,
    /// Who holds it: `{ region = "JZ36" }`, or `provider`, `partnership`, `network`.
    pub holder: Holder,
    /// What it holds, by type name: `["Placement", "CapacityReport"]`.
    #[serde(deserialize_with = "datasets")]
    pub datasets: Vec<&'static Dataset>,
    /// How long it may take to answer.
    #[serde(default = "default_deadline", deserialize_with = "within_time::<1, 60_000, _>")]
    pub deadline: Duration,
    /// How many of its rows can be read at once, each by a thread of its own.
    #[serde(default = "default_readers", deserialize_with = "within::<1, 64, _>")]
    pub readers: usize,
}

/// What a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// A SQLite file, opened for reading only.
    Sqlite,
}

/// Who holds a source, by code.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Holder {
    /// A region: its dashboard or its expert team's monitor.
    Region(#[serde(deserialize_with = "text")] Box<str>),
    /// A provider.
    Provider(#[serde(deserialize_with = "text")] Box<str>),
    /// An education partnership.
    Partnership(#[serde(deserialize_with = "text")] Box<str>),
    /// An expertise network.
    Network(#[serde(deserialize_with = "text")] Box<str>),
}

impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        let names = |it: &Self| it.datasets.iter().map(|dataset| dataset.name).collect::<Vec<_>>();
        (&self.name, self.kind, &self.path, &self.holder) == (&other.name, other.kind, &other.path, &other.holder)
            && (names(self), self.deadline, self.readers) == (names(other), other.deadline, other.readers)
    }
}

impl Eq for Source {}

fn default_deadline() -> Duration {
    Duration::from_secs(2)
}

fn default_readers() -> usize {
    4
}

fn datasets<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<&'static Dataset>, D::Error> {
    use serde::de::Error;
    let names = Vec::<String>::deserialize(deserializer)?;
    if names.is_empty() {
        return Err(D::Error::custom("it holds no dataset"));
    }
    let mut found: Vec<&'static Dataset> = Vec::new();
    for name in names {
        let Some(dataset) = entities::datasets().iter().find(|it| it.name == name) else {
            let known = entities::datasets().iter().map(|it| it.name).collect::<Vec<_>>().join(", ");
            return Err(D::Error::custom(format!("unknown dataset `{name}`, expected one of {known}")));
        };
        if found.iter().any(|it| it.name == name) {
            return Err(D::Error::custom(format!("`{name}` stands there twice")));
        }
        found.push(dataset);
    }
    Ok(found)
}
