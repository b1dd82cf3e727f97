//! The changes of a source's tables, each with the table that it changes.

mod m20261122_000001_referral;
mod m20261122_000002_ret_case;
mod m20261122_000003_placement;
mod m20261122_000004_capacity_report;
mod m20261122_000005_education_arrangement;
mod m20261122_000006_restraint_measure;
mod m20261122_000007_incident;

use sea_orm_migration::prelude::MigrationTrait;

/// All changes, in the order of time.
pub(crate) fn migrations() -> Vec<(&'static str, Box<dyn MigrationTrait>)> {
    vec![
        ("referral", Box::new(m20261122_000001_referral::Migration)),
        ("ret_case", Box::new(m20261122_000002_ret_case::Migration)),
        ("placement", Box::new(m20261122_000003_placement::Migration)),
        ("capacity_report", Box::new(m20261122_000004_capacity_report::Migration)),
        ("education_arrangement", Box::new(m20261122_000005_education_arrangement::Migration)),
        ("restraint_measure", Box::new(m20261122_000006_restraint_measure::Migration)),
        ("incident", Box::new(m20261122_000007_incident::Migration)),
    ]
}
