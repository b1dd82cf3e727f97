//! `[[source]]`: one holder's data, how it is opened, and what it holds.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use entities::Dataset;
use serde::Deserialize;
use toml::Spanned;

use super::bounds::{text, within, within_time};
use crate::place::Place;

/// `[[source]]`
#[derive(Clone, Debug)]
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
    pub datasets: Vec<&'static Dataset>,
    /// How long it may take to answer.
    pub deadline: Duration,
    /// How many of its rows can be read at once, each by a thread of its own.
    pub readers: usize,
    /// How often a question is put again where the source could not be reached, within its deadline.
    pub retries: usize,
    /// After how many failures in a row it is left alone for a while; 0 for never.
    pub breaker_failures: usize,
    /// For how long it is left alone at first.
    pub breaker_pause: Duration,
    /// The most questions that it may have at the same time, those that wait for a reader among them.
    pub in_flight: usize,
    /// Where all this stands.
    pub places: Places,
}

/// Where a source stands in the file, for what is found to be wrong with it later.
#[derive(Clone, Debug)]
pub struct Places {
    /// Its section.
    pub section: Place,
    /// The value of its key `path`.
    pub path: Place,
    /// The value of its key `holder`.
    pub holder: Place,
    /// The value of its key `datasets`.
    pub datasets: Place,
}

/// A source as it stands in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Section {
    pub(super) name: Box<str>,
    kind: SourceKind,
    path: Spanned<PathBuf>,
    holder: Spanned<Holder>,
    datasets: Spanned<Datasets>,
    #[serde(default = "default_deadline", deserialize_with = "within_time::<1, 25_000, _>")]
    deadline: Duration,
    #[serde(default = "default_readers", deserialize_with = "within::<1, 64, _>")]
    readers: usize,
    #[serde(default = "default_retries", deserialize_with = "within::<0, 5, _>")]
    retries: usize,
    #[serde(default = "default_breaker_failures", deserialize_with = "within::<0, 32, _>")]
    breaker_failures: usize,
    #[serde(default = "default_breaker_pause", deserialize_with = "within_time::<100, 60_000, _>")]
    breaker_pause: Duration,
    #[serde(default = "default_in_flight", deserialize_with = "within::<1, 10_000, _>")]
    in_flight: usize,
}

#[derive(Deserialize)]
#[serde(transparent)]
struct Datasets(#[serde(deserialize_with = "datasets")] Vec<&'static Dataset>);

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

impl Section {
    /// The source of a section. Its path is relative to the folder; `place` says where a byte of the text stands.
    pub(super) fn into_source(section: Spanned<Self>, folder: &Path, place: impl Fn(usize) -> Place) -> Source {
        let start = section.span().start;
        let it = section.into_inner();
        let places = Places {
            section: place(start),
            path: place(it.path.span().start),
            holder: place(it.holder.span().start),
            datasets: place(it.datasets.span().start),
        };
        Source {
            name: it.name,
            kind: it.kind,
            path: folder.join(it.path.into_inner()),
            holder: it.holder.into_inner(),
            datasets: it.datasets.into_inner().0,
            deadline: it.deadline,
            readers: it.readers,
            retries: it.retries,
            breaker_failures: it.breaker_failures,
            breaker_pause: it.breaker_pause,
            in_flight: it.in_flight,
            places,
        }
    }
}

/// Two sources are equal if they say the same, wherever they stand.
impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        let patience = |it: &Self| (it.retries, it.breaker_failures, it.breaker_pause, it.in_flight);
        let names = |it: &Self| it.datasets.iter().map(|dataset| dataset.name).collect::<Vec<_>>();
        (&self.name, self.kind, &self.path, &self.holder) == (&other.name, other.kind, &other.path, &other.holder)
            && (names(self), self.deadline, self.readers) == (names(other), other.deadline, other.readers)
            && patience(self) == patience(other)
    }
}

impl Eq for Source {}

fn default_deadline() -> Duration {
    Duration::from_secs(2)
}

fn default_readers() -> usize {
    4
}

fn default_retries() -> usize {
    2
}

fn default_breaker_failures() -> usize {
    5
}

fn default_breaker_pause() -> Duration {
    Duration::from_secs(1)
}

fn default_in_flight() -> usize {
    256
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
