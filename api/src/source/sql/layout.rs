//! How a source lays out its rows: the database that it is, and where its schema is its own, what that means.

use entities::Dataset;

use super::Dialect;
use crate::{mapping::Mapping, youth_key::YouthKey};

/// What a source says of its own schema.
#[derive(Clone, Debug, Default)]
pub struct Mappings {
    /// The datasets that do not stand there as the contract says.
    pub datasets: Vec<Mapping>,
    /// What keys of youths are made with, where the source has none.
    pub youth_key: Option<YouthKey>,
}

/// How statements are written for a source.
#[derive(Clone, Copy, Debug)]
pub(in crate::source) struct Layout<'m> {
    /// The database.
    pub(in crate::source) dialect: Dialect,
    /// Its own schema.
    pub(in crate::source) mappings: &'m Mappings,
}

impl Mappings {
    /// The dataset's, where it does not stand there as the contract says.
    #[must_use]
    pub fn of(&self, dataset: &Dataset) -> Option<&Mapping> {
        self.datasets.iter().find(|mapping| mapping.dataset == dataset)
    }
}

#[cfg(test)]
impl Layout<'_> {
    /// A source that lays out its rows as the contract says.
    pub(in crate::source) fn plain(dialect: Dialect) -> Self {
        const NONE: &Mappings = &Mappings { datasets: Vec::new(), youth_key: None };
        Self { dialect, mappings: NONE }
    }
}

impl<'m> Layout<'m> {
    pub(in crate::source) fn mapping(self, dataset: &Dataset) -> Option<&'m Mapping> {
        self.mappings.of(dataset)
    }

    /// What makes the keys of a dataset's youths, where the source gives their pseudonyms instead.
    pub(in crate::source) fn youth_key(self, dataset: &Dataset) -> Option<&'m YouthKey> {
        let makes = self.mapping(dataset).is_some_and(|mapping| !mapping.has_youth_key());
        self.mappings.youth_key.as_ref().filter(|_| makes)
    }
}
