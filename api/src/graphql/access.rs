//! What one caller can do here: its grants, the schema that they make, and its encryption. Made once per caller and kept.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use async_graphql::dynamic::Schema;
use entities::{
    Dataset, Kind,
    code::{CODE_LISTS, CodeList},
    datasets,
};

use serde_json::Value as Json;

use super::{
    model::Model,
    schema::{Tabled, Visible},
};
use crate::{
    opaque::Opaque,
    policy::{Caller, Grant, Relation},
    source::Source,
};

/// A caller, exchanged for what it may do.
pub struct Access {
    /// Who asks.
    pub caller: Caller,
    /// The schema that it sees.
    pub schema: Arc<RoleSchema>,
    /// Its ids, cursors and pseudonyms.
    pub opaque: Arc<Opaque>,
    grants: Grants,
    /// The care relations that the grants rest on, none twice.
    pub(super) relations: Vec<Relation>,
    /// All sources as they are shown to it, by place; made when the first is asked for.
    shown_sources: OnceLock<Box<[Json]>>,
}

/// What one caller is granted, by dataset.
pub(super) struct Grants {
    /// The rows that it may see.
    pub(super) rows: HashMap<&'static str, Grant>,
    /// The rows that its exact tables are made of: the same, and those of agreements on tables.
    pub(super) tables: HashMap<&'static str, Grant>,
    /// Does it see releases?
    pub(super) releases: bool,
    /// Does it read the audit log?
    pub(super) audit: bool,
}

/// The schema of one set of visible fields.
pub struct RoleSchema {
    /// A number of its own.
    pub number: u64,
    /// For execution.
    pub model: Model,
    /// For parsing, validation, limits and introspection.
    pub schema: Schema,
    /// What `_service` says of it, once it was asked for; none where it cannot be written.
    pub(super) subgraph: OnceLock<Option<String>>,
}

impl Access {
    pub(super) fn new(caller: Caller, schema: Arc<RoleSchema>, opaque: Arc<Opaque>, grants: Grants) -> Self {
        let mut relations: Vec<Relation> = Vec::new();
        for relation in grants.rows.values().chain(grants.tables.values()).flat_map(Grant::relations) {
            if !relations.contains(relation) {
                relations.push(relation.clone());
            }
        }
        Self { caller, schema, opaque, grants, relations, shown_sources: OnceLock::new() }
    }

    /// What it may see of a dataset.
    #[must_use]
    pub fn grant(&self, dataset: &Dataset) -> Option<&Grant> {
        self.grants.rows.get(dataset.name)
    }

    /// The rows that its exact tables of a dataset are made of.
    #[must_use]
    pub fn table(&self, dataset: &Dataset) -> Option<&Grant> {
        self.grants.tables.get(dataset.name)
    }

    /// All it may see, in the order of the datasets.
    pub fn grants(&self) -> impl Iterator<Item = &Grant> {
        datasets().iter().filter_map(|dataset| self.grant(dataset))
    }

    /// All that its exact tables are made of, in the order of the datasets.
    pub fn tables(&self) -> impl Iterator<Item = &Grant> {
        datasets().iter().filter_map(|dataset| self.table(dataset))
    }

    /// Does it see releases?
    pub(super) fn sees_releases(&self) -> bool {
        self.grants.releases
    }

    /// How far it sees.
    pub(super) fn visible(&self) -> Visible {
        visible(&self.grants)
    }

    /// Does it see the youth of a dataset's rows?
    pub(super) fn sees_youth(&self, dataset: &Dataset) -> bool {
        let sees = |grant: &Grant| grant.dataset().youth().is_some_and(|youth| grant.sees(youth));
        self.grant(dataset).is_some_and(sees)
    }

    /// The datasets whose rows tell it of which youth they are.
    pub(super) fn about_youths(&self) -> impl Iterator<Item = &'static Dataset> {
        self.grants().map(Grant::dataset).filter(|dataset| self.sees_youth(dataset))
    }

    /// All sources as they are shown to it, by place.
    pub(super) fn shown_sources(&self, show: impl FnOnce() -> Box<[Json]>) -> &[Json] {
        self.shown_sources.get_or_init(show)
    }

    /// The datasets of which a source may hold rows for this caller.
    #[must_use]
    pub fn datasets_of(&self, source: &dyn Source) -> Vec<&'static Dataset> {
        held(source, self.grants())
    }

    /// The datasets of which a source may hold rows that this caller's exact tables are made of.
    #[must_use]
    pub fn tables_of(&self, source: &dyn Source) -> Vec<&'static Dataset> {
        held(source, self.tables())
    }
}

/// The datasets of which a source may hold rows that are granted.
fn held<'g>(source: &dyn Source, grants: impl Iterator<Item = &'g Grant>) -> Vec<&'static Dataset> {
    let may_match = |grant: &&Grant| {
        let dataset = grant.dataset();
        let known = (source.name(), source.holder());
        source.holds(dataset) && grant.may_be_held_by(known, source.facts(dataset), |it| source.holds(it))
    };
    grants.filter(may_match).map(Grant::dataset).collect()
}

/// How far a caller's grants see.
pub(super) fn visible(grants: &Grants) -> Visible {
    let months = |grant: &Grant| grant.clauses().iter().any(|clause| clause.months);
    Visible::new(
        |dataset| grants.rows.get(dataset.name).map(Grant::tier),
        |dataset| grants.tables.get(dataset.name).map(|it| Tabled { tier: it.tier(), months: months(it) }),
        grants.releases,
    )
    .with_audit(grants.audit)
}

/// All published code lists, and those of our own behind the fields that are seen.
pub(super) fn code_lists(visible: &Visible) -> Vec<&'static CodeList> {
    let tables = visible.datasets().chain(entities::reference::tables());
    let fields = tables.flat_map(|dataset| visible.fields(dataset));
    let fields = fields.chain(visible.tabled().flat_map(|dataset| visible.table_fields(dataset)));
    let seen: Vec<_> = fields.filter_map(|(_, field)| Kind::codes(field.kind)).collect();
    CODE_LISTS.into_iter().filter(|list| list.origin.is_some() || seen.contains(list)).collect()
}
