//! What every kind of source is told alike, and says of itself without being asked anything.

use std::{sync::Arc, time::Duration};

use entities::Dataset;

use super::sql::Mappings;
use crate::query::{Facts, Holder};

/// What a source is told of itself.
#[derive(Debug)]
pub struct Terms {
    name: Box<str>,
    holder: Holder,
    deadline: Duration,
    /// The datasets that it holds, each with what is known of its rows.
    pub(super) datasets: Vec<(&'static Dataset, Facts)>,
    /// The most questions that it answers at the same time.
    pub(super) concurrency: usize,
    /// How they stand there, where that is not as the contract says.
    pub(super) mappings: Arc<Mappings>,
}

impl Terms {
    /// Of a source of this name and holder, with this deadline, and these datasets with what is known of their rows. It
    /// answers one question at a time, of rows that stand there as the contract says.
    #[must_use]
    pub fn new(
        name: impl Into<Box<str>>,
        holder: Holder,
        deadline: Duration,
        datasets: Vec<(&'static Dataset, Facts)>,
    ) -> Self {
        Self { name: name.into(), holder, deadline, datasets, concurrency: 1, mappings: Arc::default() }
    }

    /// The same, of a source that answers so many questions at the same time, of rows that stand there so.
    pub(super) fn kept(self, concurrency: usize, mappings: Mappings) -> Self {
        Self { concurrency, mappings: Arc::new(mappings), ..self }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn holder(&self) -> &Holder {
        &self.holder
    }

    pub(super) fn deadline(&self) -> Duration {
        self.deadline
    }

    pub(super) fn holds(&self, dataset: &Dataset) -> bool {
        self.datasets.iter().any(|(held, _)| held.name == dataset.name)
    }

    pub(super) fn facts(&self, dataset: &Dataset) -> &Facts {
        const NOTHING: &Facts = &Facts { values: Vec::new() };
        self.datasets.iter().find(|(held, _)| held.name == dataset.name).map_or(NOTHING, |(_, facts)| facts)
    }
}
