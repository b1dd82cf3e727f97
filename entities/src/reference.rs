//! Reference data: the gateway's own tables, open to everyone.

use std::sync::LazyLock;

use crate::dataset::Dataset;

static TABLES: LazyLock<Vec<Dataset>> = LazyLock::new(|| vec![]);

/// All reference tables; the only list of them in the project.
#[must_use]
pub fn tables() -> &'static [Dataset] {
    &TABLES
}
