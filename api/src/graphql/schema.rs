//! From datasets to the schema that one set of visible fields makes. Knows no caller, only how far each dataset is seen.

mod audit;
mod common;
mod entity;
mod inputs;
mod links;
mod objects;
mod reach;
mod registry;
mod releases;
mod root;
mod subgraph;
mod tables;

use std::collections::BTreeSet;

use entities::{Bucket, Dataset, FieldId, Kind, Tier, by_name, datasets, reference};

pub use self::{
    registry::{sdl, to_schema},
    subgraph::{Audience, own_sdl, union_sdl},
};
use super::{
    axis::{self, Axis},
    model::Model,
};

/// How far each dataset is seen. Equal sets have equal schemas.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Visible {
    /// Of rows the highest tier shown; none where no row is.
    rows: Vec<Option<Tier>>,
    tables: Vec<Option<Tabled>>,
    /// Are releases seen?
    releases: bool,
    /// Is the audit log seen?
    audit: bool,
}

/// How far tables over a dataset are seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tabled {
    /// The highest tier.
    pub tier: Tier,
    /// Are indirect dates shown as months?
    pub months: bool,
}

impl Visible {
    /// Asks for each dataset how far its rows and its tables are seen.
    #[must_use]
    pub fn new(
        rows: impl Fn(&'static Dataset) -> Option<Tier>,
        tables: impl Fn(&'static Dataset) -> Option<Tabled>,
        releases: bool,
    ) -> Self {
        let (rows, tables) = (datasets().iter().map(rows).collect(), datasets().iter().map(tables).collect());
        Self { rows, tables, releases, audit: false }
    }

    /// The same, and the audit log where that is seen.
    #[must_use]
    pub fn with_audit(self, audit: bool) -> Self {
        Self { audit, ..self }
    }

    /// Is the audit log seen?
    #[must_use]
    pub fn audit(&self) -> bool {
        self.audit
    }

    /// Everything: the union of all roles.
    #[must_use]
    pub fn everything() -> Self {
        Self::new(|_| Some(Tier::Sensitive), |_| Some(Tabled { tier: Tier::Sensitive, months: false }), true)
            .with_audit(true)
    }

    /// The datasets of which rows are seen.
    pub fn datasets(&self) -> impl Iterator<Item = &'static Dataset> {
        datasets().iter().zip(&self.rows).filter(|(_, tier)| tier.is_some()).map(|(dataset, _)| dataset)
    }

    /// The datasets of which tables are seen, over own rows or released.
    pub fn tabled(&self) -> impl Iterator<Item = &'static Dataset> {
        datasets().iter().filter(|dataset| self.tables_of(dataset).is_some() || self.is_released(dataset))
    }

    /// Are releases seen of a dataset? They are of rows about persons.
    #[must_use]
    pub fn is_released(&self, dataset: &Dataset) -> bool {
        self.releases && dataset.youth().is_some()
    }

    /// Are releases seen at all?
    #[must_use]
    pub fn releases(&self) -> bool {
        self.releases
    }

    /// The fields that tables are made of, over own rows or released.
    pub fn table_fields(&self, dataset: &'static Dataset) -> impl Iterator<Item = (FieldId, &'static entities::Field)> {
        let tier = self.tables_of(dataset).map(|tabled| tabled.tier);
        let is_released = self.is_released(dataset);
        let released = move |field: FieldId| {
            let axis = axis::axes(dataset).iter().find(|axis| axis.field == field && axis.bucket.is_none());
            let is_measured = dataset.fields[field].kind == Kind::Int && dataset.fields[field].tier <= Tier::Indirect;
            is_released && (is_measured || axis.is_some_and(|axis| axis.is_released(dataset)))
        };
        let fields = dataset.fields.iter().enumerate();
        fields.filter(move |(id, field)| tier.is_some_and(|tier| field.tier <= tier) || released(*id))
    }

    /// What tables can be grouped by. Where months are shown, they are the finest.
    pub fn axes(&self, dataset: &'static Dataset) -> impl Iterator<Item = &'static Axis> {
        let (tabled, is_released) = (self.tables_of(dataset), self.is_released(dataset));
        let finest = move |axis: &Axis| match tabled {
            Some(Tabled { months: true, .. }) if dataset.fields[axis.field].tier == Tier::Indirect => Bucket::Month,
            _ => Bucket::Day,
        };
        axis::axes(dataset).iter().filter(move |axis| {
            let is_own = tabled.is_some_and(|tabled| axis.tier(dataset) <= tabled.tier)
                && axis.bucket.is_none_or(|bucket| bucket >= finest(axis));
            is_own || is_released && axis.is_released(dataset)
        })
    }

    /// The fields that rows, or where none are seen tables, are filtered by. Of rows that are not seen nobody knows the
    /// ids or the youths.
    fn filtered(&self, dataset: &'static Dataset) -> Vec<(FieldId, &'static entities::Field)> {
        let is_known = |kind| !matches!(kind, Kind::Id | Kind::Youth | Kind::Row(_));
        let of_rows: Vec<FieldId> = self.fields(dataset).map(|(field, _)| field).collect();
        let of_tables = self.table_fields(dataset).filter(|(_, field)| is_known(field.kind)).map(|(field, _)| field);
        let all: BTreeSet<FieldId> = of_rows.iter().copied().chain(of_tables).collect();
        all.into_iter().map(|field| (field, &dataset.fields[field])).collect()
    }

    fn tables_of(&self, dataset: &Dataset) -> Option<Tabled> {
        let place = datasets().iter().position(|it| it.name == dataset.name)?;
        self.tables[place]
    }

    /// The fields of a type that are seen.
    pub fn fields(&self, dataset: &'static Dataset) -> impl Iterator<Item = (FieldId, &'static entities::Field)> {
        let tier = self.tier(dataset);
        let shown = move |field: &entities::Field| tier.is_some_and(|tier| field.tier <= tier);
        // A link to rows that are not seen leads nowhere.
        let leads = |field: &entities::Field| match field.kind {
            Kind::Row(target) => by_name(target).is_some_and(|target| self.tier(target).is_some()),
            _ => true,
        };
        dataset.fields.iter().enumerate().filter(move |(_, field)| shown(field) && leads(field))
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
        self.rows[place]
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
    for dataset in visible.tabled() {
        tables::add(&mut model, dataset, visible);
    }
    if visible.releases() {
        releases::add(&mut model);
    }
    if visible.audit() {
        audit::add(&mut model);
    }
    common::add(&mut model, visible);
    entity::add(&mut model);
    reach::prune(&mut model);
    entity::unite(&mut model);
    model
}

/// Does this reference table only join two others? Then it has no root fields and no id of its own.
fn joins(dataset: &Dataset) -> bool {
    reference::tables()
        .iter()
        .flat_map(|it| &it.lists)
        .any(|list| list.target == dataset.name && list.through.is_some())
}
