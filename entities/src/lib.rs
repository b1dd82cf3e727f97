//! The contract between Regiograph and its sources: every dataset, every reference table, what each column means and
//! how telling it is. Does no IO, and knows neither HTTP nor GraphQL.

pub mod capacity_report;
pub mod care_episode;
pub mod code;
pub mod consultation;
pub mod dataset;
pub mod datum;
pub mod education_agreement;
pub mod education_arrangement;
pub mod explanatory_analysis;
pub mod incident;
pub mod kind;
pub mod placement;
pub mod recurring_pattern;
pub mod reference;
pub mod referral;
pub mod restraint_measure;
pub mod ret_case;
pub mod waiting_time;

use std::sync::LazyLock;

pub use self::{
    dataset::{Closed, Dataset, Field, FieldId, Held, List, Period, Told},
    datum::{Date, Datum},
    kind::{Bucket, Kind, Tier},
};

static DATASETS: LazyLock<Vec<Dataset>> = LazyLock::new(|| {
    vec![
        referral::dataset(),
        care_episode::dataset(),
        waiting_time::dataset(),
        ret_case::dataset(),
        consultation::dataset(),
        explanatory_analysis::dataset(),
        capacity_report::dataset(),
        placement::dataset(),
        restraint_measure::dataset(),
        incident::dataset(),
        education_arrangement::dataset(),
        education_agreement::dataset(),
        recurring_pattern::dataset(),
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
