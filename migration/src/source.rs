//! The changes of a source's tables, each with the table that it changes.

mod m20261122_000001_referral;
mod m20261122_000002_ret_case;
mod m20261122_000003_placement;
mod m20261122_000004_capacity_report;
mod m20261122_000005_education_arrangement;
mod m20261122_000006_restraint_measure;
mod m20261122_000007_incident;
mod m20261122_000008_care_episode;
mod m20261122_000009_waiting_time;
mod m20261122_000010_consultation;
mod m20261122_000011_explanatory_analysis;
mod m20261122_000012_education_agreement;
mod m20261122_000013_recurring_pattern;

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
        ("care_episode", Box::new(m20261122_000008_care_episode::Migration)),
        ("waiting_time", Box::new(m20261122_000009_waiting_time::Migration)),
        ("consultation", Box::new(m20261122_000010_consultation::Migration)),
        ("explanatory_analysis", Box::new(m20261122_000011_explanatory_analysis::Migration)),
        ("education_agreement", Box::new(m20261122_000012_education_agreement::Migration)),
        ("recurring_pattern", Box::new(m20261122_000013_recurring_pattern::Migration)),
    ]
}
