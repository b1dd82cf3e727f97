//! The contract between Regiograph and its sources: every dataset, every reference table, what each column means and
//! how telling it is. Does no IO, and knows neither HTTP nor GraphQL.

pub mod capacity_report;
pub mod code;
pub mod dataset;
pub mod datum;
pub mod education_arrangement;
pub mod incident;
pub mod kind;
pub mod placement;
pub mod reference;
pub mod referral;
pub mod restraint_measure;
pub mod ret_case;

use std::sync::LazyLock;

pub use self::{
    dataset::{Dataset, Field, FieldId, Held, List},
    datum::{Date, Datum},
    kind::{Kind, Tier},
};

static DATASETS: LazyLock<Vec<Dataset>> = LazyLock::new(|| {
    vec![
        referral::dataset(),
        ret_case::dataset(),
        placement::dataset(),
        restraint_measure::dataset(),
        incident::dataset(),
        capacity_report::dataset(),
        education_arrangement::dataset(),
    ]
});

/// All datasets that sources may hold; the only list of them in the project.
#[must_use]
pub fn datasets() -> &'static [Dataset] {
    &DATASETS
}

/// The dataset or reference table of that type name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Dataset> {
    datasets().iter().chain(reference::tables()).find(|it| it.name == name)
}
