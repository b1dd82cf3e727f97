//! What each source is asked for a table: planned as rows are, so that a table rests on the same rows and the same
//! values. Does no IO.

use std::sync::Arc;

use entities::{Dataset, Date};

use crate::{
    federation::{Fate, Sources, plan::Shape},
    policy::Grant,
    query::{Predicate, Table},
    source::{OpenOn, Select, Tabulate},
};

/// The most groups of one source, before they are gathered by what their parts lead to: many municipalities make few
/// regions. Ten times what a table may have, and some tens of megabytes at most.
pub(in crate::federation) const GROUPS_MOST: usize = 10 * super::GROUPS_MOST;

/// The most youths of all groups, and the most values of a measure: enough for every youth in care in the country in
/// ten groups, and some 100 megabytes at most.
pub(in crate::federation) const ENTRIES_MOST: usize = 5_000_000;

/// What each source is asked for a table. Prints as text for people to read: statements without values.
pub struct TablePlan {
    /// The dataset.
    pub dataset: &'static Dataset,
    /// What becomes of each source, in the order of the sources; none is missed.
    pub fates: Vec<Fate<Tabulate>>,
    pub(in crate::federation) table: Table,
    pub(in crate::federation) sources: Sources,
}

/// Plans a table.
#[must_use]
pub fn plan_table(table: &Table, grant: &Grant, sources: &Sources) -> TablePlan {
    let shape = Shape::of_table(table, grant);
    let days = table.open_on.as_deref().map(|days| {
        let mut days = days.to_vec();
        days.sort_unstable();
        days.dedup();
        Arc::from(days)
    });
    let fates = sources.iter().map(|source| {
        if !source.holds(table.dataset) {
            return Fate::DoesNotHold;
        }
        let select = shape.select(source, &Predicate::All);
        let asked = select.and_then(|select| tabulate(table, select, days.as_ref()));
        asked.map_or(Fate::CannotMatch, |tabulate| Fate::Asked(Arc::new(tabulate)))
    });
    TablePlan { dataset: table.dataset, fates: fates.collect(), table: table.clone(), sources: sources.clone() }
}

/// What one source is asked; nothing where rows are counted on days and none there has a first one.
fn tabulate(table: &Table, mut select: Select, days: Option<&Arc<[Date]>>) -> Option<Tabulate> {
    let mut ends = select.columns.split_off(table.dimensions.len() + table.measures.len()).into_iter();
    let open_on = match days {
        Some(days) => {
            let from = ends.next()??;
            Some(OpenOn { days: Arc::clone(days), from, until: ends.next().flatten() })
        }
        None => None,
    };
    Some(Tabulate {
        select,
        groups: table.dimensions.len(),
        open_on,
        youths: table.youths && table.dataset.youth().is_some(),
        values: table.measures.iter().map(|it| it.percentiles).collect(),
        groups_most: GROUPS_MOST,
        entries_most: ENTRIES_MOST,
    })
}
