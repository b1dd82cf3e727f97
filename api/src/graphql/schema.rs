//! From datasets to the schema that one set of visible fields makes. Knows no caller, only how far each dataset is seen.

mod common;
mod inputs;
mod objects;
mod reach;
mod registry;
mod root;

use entities::{Dataset, FieldId, Kind, Tier, datasets, reference};

pub use self::registry::{sdl, subgraph_sdl, to_schema};
use super::model::Model;

/// How far each dataset is seen: the highest tier shown, or not at all. Equal sets have equal schemas.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Visible(Vec<Option<Tier>>);

impl Visible {
    /// Asks for each dataset how far it is seen.
    #[must_use]
    pub fn new(tier: impl Fn(&'static Dataset) -> Option<Tier>) -> Self {
        Self(datasets().iter().map(tier).collect())
    }

    /// Everything: the union of all roles.
    #[must_use]
    pub fn everything() -> Self {
        Self::new(|_| Some(Tier::Sensitive))
    }

    /// The datasets of which anything is seen.
    pub fn datasets(&self) -> impl Iterator<Item = &'static Dataset> {
        datasets().iter().zip(&self.0).filter(|(_, tier)| tier.is_some()).map(|(dataset, _)| dataset)
    }

    /// The fields of a type that are seen.
    pub fn fields(&self, dataset: &'static Dataset) -> impl Iterator<Item = (FieldId, &'static entities::Field)> {
        let tier = self.tier(dataset);
        let shown = move |field: &entities::Field| tier.is_some_and(|tier| field.tier <= tier);
        // Links to rows cannot be followed yet.
        dataset.fields.iter().enumerate().filter(move |(_, it)| shown(it) && !matches!(it.kind, Kind::Row(_)))
    }

    /// Are youths seen at all?
    #[must_use]
    pub fn youths(&self) -> bool {
        self.datasets_about_youths().next().is_some()
    }

    /// The datasets whose rows name their youth.
    pub fn datasets_about_youths(&self) -> impl Iterator<Item = &'static Dataset> {
        self.datasets().filter(|dataset| self.fields(dataset).any(|(_, field)| field.kind == Kind::Youth))
    }

    fn tier(&self, dataset: &Dataset) -> Option<Tier> {
        if dataset.is_reference() {
            return Some(Tier::Open);
        }
        let place = datasets().iter().position(|it| it.name == dataset.name)?;
        self.0[place]
    }
}

/// The schema of what is visible.
#[must_use]
pub fn model(visible: &Visible) -> Model {
    let mut model = Model::default();
    root::add(&mut model, visible);
    for dataset in visible.datasets().chain(reference::tables()) {
        objects::add(&mut model, dataset, visible);
        inputs::add(&mut model, dataset, visible);
    }
    common::add(&mut model, visible);
    reach::prune(&mut model);
    model
}

/// Does this reference table only join two others? Then it has no root fields and no id of its own.
fn joins(dataset: &Dataset) -> bool {
    reference::tables()
        .iter()
        .flat_map(|it| &it.lists)
        .any(|list| list.target == dataset.name && list.through.is_some())
}
