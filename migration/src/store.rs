//! The changes of the gateway's own store.

mod m20261122_000001_areas;
mod m20261122_000002_care;
mod m20261122_000003_education;
mod m20261122_000004_networks;
mod m20261122_000005_demonstration;
mod m20261122_000006_figures;
mod m20261122_000007_plans;
mod m20261122_000008_releases;
mod m20261122_000009_release_versions;
mod m20261122_000010_reference_state;

use sea_orm_migration::prelude::MigrationTrait;

/// All changes, in the order of time.
pub(crate) fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(m20261122_000001_areas::Migration),
        Box::new(m20261122_000002_care::Migration),
        Box::new(m20261122_000003_education::Migration),
        Box::new(m20261122_000004_networks::Migration),
        Box::new(m20261122_000005_demonstration::Migration),
        Box::new(m20261122_000006_figures::Migration),
        Box::new(m20261122_000007_plans::Migration),
        Box::new(m20261122_000008_releases::Migration),
        Box::new(m20261122_000009_release_versions::Migration),
        Box::new(m20261122_000010_reference_state::Migration),
    ]
}
