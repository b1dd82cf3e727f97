//! `[[source]]`: one holder's data, how it is opened, and what it holds.

use std::{
    ops::Range,
    path::{Path, PathBuf},
    time::Duration,
};

use entities::Dataset;
use serde::Deserialize;
use toml::Spanned;

use super::{
    bounds::{text, within, within_time},
    database::{Database, Hidden, Keys, Kind, Name},
    mapping,
    node::{Called, NodeKeys, TokenExchange},
};
use crate::{mapping::Mapping, place::Place};

/// `[[source]]`
#[derive(Clone, Debug)]
pub struct Source {
    /// The source's name: unique, shown to clients, second key of every order. Lower-case letters, digits and hyphens.
    pub name: Box<str>,
    /// Where its rows are.
    pub database: Database,
    /// Who holds it: `{ region = "JZ36" }`, or `provider`, `partnership`, `network`.
    pub holder: Holder,
    /// What it holds, by type name: `["Placement", "CapacityReport"]`.
    pub datasets: Vec<&'static Dataset>,
    /// How long it may take to answer.
    pub deadline: Duration,
    /// The most questions that it answers at the same time.
    pub concurrency: usize,
    /// How datasets stand there that do not stand as the contract says.
    pub mappings: Vec<Mapping>,
    /// How often a question is put again where the source could not be reached, within its deadline.
    pub retries: usize,
    /// After how many failures in a row it is left alone for a while; 0 for never.
    pub breaker_failures: usize,
    /// For how long it is left alone at first.
    pub breaker_pause: Duration,
    /// The most questions that it may have at the same time, those that wait for their turn among them.
    pub in_flight: usize,
    /// Where all this stands.
    pub places: Places,
}

/// Where a source stands in the file, for what is found to be wrong with it later.
#[derive(Clone, Debug)]
pub struct Places {
    /// Its section.
    pub section: Place,
    /// The key that says where its rows are: `path`, `url`, `url_file` or `url_env`.
    pub database_key: &'static str,
    /// The value of that key.
    pub database: Place,
    /// The values of its keys `key_file` and `ca_file`; its section, where there are none.
    pub node_files: [Place; 2],
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
    pub(super) kind: Kind,
    path: Option<Spanned<PathBuf>>,
    url: Option<Spanned<Hidden>>,
    url_file: Option<Spanned<PathBuf>>,
    url_env: Option<Spanned<Box<str>>>,
    schema: Option<Spanned<Name>>,
    remote: Option<Spanned<Called>>,
    gateway: Option<Spanned<Called>>,
    key_file: Option<Spanned<PathBuf>>,
    ca_file: Option<Spanned<PathBuf>>,
    token_exchange: Option<Spanned<TokenExchange>>,
    holder: Spanned<Holder>,
    datasets: Spanned<Datasets>,
    #[serde(default = "default_deadline", deserialize_with = "within_time::<1, 25_000, _>")]
    deadline: Duration,
    #[serde(default = "default_concurrency", deserialize_with = "within::<1, 64, _>")]
    concurrency: usize,
    #[serde(default = "default_retries", deserialize_with = "within::<0, 5, _>")]
    retries: usize,
    #[serde(default = "default_breaker_failures", deserialize_with = "within::<0, 32, _>")]
    breaker_failures: usize,
    #[serde(default = "default_breaker_pause", deserialize_with = "within_time::<100, 60_000, _>")]
    breaker_pause: Duration,
    #[serde(default = "default_in_flight", deserialize_with = "within::<1, 10_000, _>")]
    in_flight: usize,
    #[serde(default)]
    mapping: Vec<Spanned<mapping::Section>>,
}

#[derive(Deserialize)]
#[serde(transparent)]
struct Datasets(#[serde(deserialize_with = "datasets")] Vec<&'static Dataset>);

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
    /// The keys that say where its rows are.
    pub(super) fn keys(&self) -> Keys {
        let node = NodeKeys {
            remote: self.remote.clone(),
            gateway: self.gateway.clone(),
            key_file: self.key_file.clone(),
            ca_file: self.ca_file.clone(),
            token_exchange: self.token_exchange.clone(),
        };
        Keys {
            path: self.path.clone(),
            url: self.url.clone(),
            url_file: self.url_file.clone(),
            url_env: self.url_env.clone(),
            schema: self.schema.clone(),
            node,
        }
    }

    /// What is wrong with its mappings.
    pub(super) fn check_mappings(&self, has_youth_key: bool) -> Result<(), (Range<usize>, String)> {
        let mappings = mapping::resolve(&self.mapping, &self.datasets.get_ref().0)?;
        let keyless = |it: &&Mapping| it.dataset.youth().is_some() && !it.has_youth_key() && !has_youth_key;
        match (mappings.iter().find(keyless), self.mapping.first()) {
            (Some(mapping), Some(section)) => Err((
                section.span(),
                format!(
                    "mapping of {}: columns.youth_key: nothing is said of it, and there is no keys.youth_key_file to \
                     make it with",
                    mapping.dataset.name
                ),
            )),
            _ => Ok(()),
        }
    }

    /// The source of a section whose keys were checked. Its path is relative to the folder; `place` says where a byte of the text stands.
    pub(super) fn into_source(section: Spanned<Self>, folder: &Path, place: impl Fn(usize) -> Place) -> Source {
        let start = section.span().start;
        let it = section.into_inner();
        let keys = it.keys();
        let (database_key, named) = keys.named().unwrap_or(("path", start));
        let places = Places {
            section: place(start),
            database_key,
            database: place(named),
            node_files: [&it.key_file, &it.ca_file]
                .map(|file| place(file.as_ref().map_or(start, |it| it.span().start))),
            holder: place(it.holder.span().start),
            datasets: place(it.datasets.span().start),
        };
        Source {
            name: it.name,
            database: keys.into_database(it.kind, folder, folder),
            holder: it.holder.into_inner(),
            mappings: mapping::resolve(&it.mapping, &it.datasets.get_ref().0).unwrap_or_default(),
            datasets: it.datasets.into_inner().0,
            deadline: it.deadline,
            concurrency: it.concurrency,
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
        (&self.name, &self.database, &self.holder) == (&other.name, &other.database, &other.holder)
            && self.mappings == other.mappings
            && (names(self), self.deadline, self.concurrency) == (names(other), other.deadline, other.concurrency)
            && patience(self) == patience(other)
    }
}

impl Eq for Source {}

fn default_deadline() -> Duration {
    Duration::from_secs(2)
}

fn default_concurrency() -> usize {
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
