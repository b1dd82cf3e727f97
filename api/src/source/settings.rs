//! How a source is opened, whatever kind of database it is in.

use std::{path::PathBuf, time::Duration};

use entities::Dataset;

use super::{Server, Terms, node::Node, resilient, sql::Mappings};
use crate::{
    mapping::Mapping,
    query::{Facts, Holder},
};

/// How to open one source.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The configured name, unique.
    pub name: Box<str>,
    /// Who holds it.
    pub holder: Holder,
    /// The datasets that it holds.
    pub datasets: Vec<&'static Dataset>,
    /// How long it may take to answer.
    pub deadline: Duration,
    /// The most questions that it answers at the same time.
    pub concurrency: usize,
    /// How much patience it is given.
    pub patience: resilient::Limits,
    /// What is known of all its rows: per dataset (by type name) its facts.
    pub facts: Vec<(&'static str, Facts)>,
    /// How they stand there, where that is not as the contract says.
    pub mappings: Mappings,
    /// Where its rows are.
    pub kept: Kept,
}

/// Where the rows of a source are.
#[derive(Clone, Debug)]
pub enum Kept {
    /// In a database.
    Database(Database),
    /// At another Regiograph.
    Node(Node),
}

/// A database.
#[derive(Clone, Debug)]
pub enum Database {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A database of a PostgreSQL server.
    Postgres(Server),
}

impl Settings {
    /// The usual of a SQLite file: five seconds, four questions at the same time, nothing known beforehand.
    #[must_use]
    pub fn new(name: &str, holder: Holder, path: impl Into<PathBuf>, datasets: Vec<&'static Dataset>) -> Self {
        Self {
            name: name.into(),
            holder,
            datasets,
            deadline: Duration::from_secs(5),
            concurrency: 4,
            patience: resilient::Limits::default(),
            facts: Vec::new(),
            mappings: Mappings::default(),
            kept: Kept::Database(Database::Sqlite(path.into())),
        }
    }

    /// What is told to every kind alike, and where the rows are.
    pub(super) fn into_parts(self) -> (Terms, Kept) {
        let Self { name, holder, datasets, deadline, concurrency, mut facts, mappings, kept, .. } = self;
        let mut known = |name: &str| {
            let place = facts.iter().position(|(dataset, _)| *dataset == name);
            place.map(|place| facts.swap_remove(place).1).unwrap_or_default()
        };
        let datasets = datasets.into_iter().map(|dataset| {
            let facts = known(dataset.name);
            match mappings.of(dataset) {
                Some(mapping) => (dataset, with_mapping(facts, mapping)),
                None => (dataset, facts),
            }
        });
        let terms = Terms::new(name, holder, deadline, datasets.collect());
        (terms.kept(concurrency, mappings), kept)
    }
}

/// What is known of rows, and what their mapping makes of them besides.
fn with_mapping(mut facts: Facts, mapping: &Mapping) -> Facts {
    for field in 0..mapping.dataset.fields.len() {
        let Some(values) = mapping.values(field) else { continue };
        match facts.values.iter_mut().find(|(known, _)| *known == field) {
            Some((_, known)) => known.retain(|value| values.contains(value)),
            None => facts.values.push((field, values)),
        }
    }
    facts
}
