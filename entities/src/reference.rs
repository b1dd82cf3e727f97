//! Reference data: the gateway's own tables, open to everyone, one file each; [`load`] reads them from `entities/data`.

pub mod budget_line;
pub mod contradiction;
pub mod coverage;
pub mod expertise_network;
pub mod figure;
mod figures;
pub mod institution;
mod load;
pub mod location;
pub mod membership;
pub mod milestone;
pub mod municipality;
pub mod network_region;
pub mod partnership;
pub mod plan;
pub mod plan_action;
pub mod plan_action_year;
pub mod plan_part;
mod plans;
pub mod postcode;
mod printed;
pub mod provider;
pub mod province;
pub mod region;
mod rows;
pub mod school;
pub mod supra_region;
pub mod target;
pub mod unit;

use std::sync::LazyLock;

pub use self::{
    load::{Reference, load},
    plans::Plans,
    rows::LoadError,
};
use crate::dataset::Dataset;

static TABLES: LazyLock<Vec<Dataset>> = LazyLock::new(|| {
    vec![
        supra_region::table(),
        region::table(),
        province::table(),
        municipality::table(),
        membership::table(),
        provider::table(),
        location::table(),
        unit::table(),
        partnership::table(),
        postcode::table(),
        coverage::table(),
        school::table(),
        expertise_network::table(),
        network_region::table(),
        institution::table(),
        plan::table(),
        target::table(),
        plan_action::table(),
        plan_action_year::table(),
        milestone::table(),
        budget_line::table(),
        figure::table(),
        contradiction::table(),
        plan_part::table(),
    ]
});

/// All reference tables; the only list of them in the project.
#[must_use]
pub fn tables() -> &'static [Dataset] {
    &TABLES
}
