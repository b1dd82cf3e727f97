//! Whom a question names is written down whatever comes of it: a number, a table, an empty list tell of them as a row would.

use std::collections::BTreeSet;

use entities::{Dataset, Datum, by_name};

use super::{Task, fetch::refuse_failures};
use crate::{
    federation,
    graphql::error::Problem,
    query::{Among, Named, Predicate},
    source::Source,
};

/// Puts those whom a filter over rows of a dataset names into the account: youths, and whoever rows that are named by their
/// ids are about, where the caller is granted those.
///
/// # Errors
/// Where a source does not say whom such rows are about: then nothing may be told of them.
pub(super) async fn note(task: &Task, dataset: &'static Dataset, filter: &Predicate) -> Result<(), Problem> {
    if !task.gateway.parts().audit.is_kept() {
        return Ok(());
    }
    let Named { mut youths, rows } = Named::by(dataset, filter);
    for ((name, among), ids) in &rows {
        if let Some(dataset) = by_name(name) {
            youths.extend(about(task, dataset, (among, ids)).await?);
        }
    }
    if !youths.is_empty() {
        task.progress().account.names(dataset.name, youths);
    }
    Ok(())
}

/// Whom rows of a dataset are about.
async fn about(
    task: &Task,
    dataset: &'static Dataset,
    (among, ids): (&Among, &BTreeSet<Datum>),
) -> Result<BTreeSet<Box<str>>, Problem> {
    let Some(grant) = task.granted.grant(dataset).await? else { return Ok(BTreeSet::new()) };
    let sources = &task.gateway.parts().sources;
    let can_be_of = |place: &usize| {
        let name = sources.get(*place).map(Source::name);
        among.as_ref().is_none_or(|among| name.is_some_and(|name| among.contains(name)))
    };
    let ids = (0..sources.len()).filter(can_be_of).flat_map(|place| ids.iter().map(move |id| (place, id.clone())));
    let found = federation::find(dataset, &[], &ids.collect::<Vec<_>>(), &grant.live(), sources).await;
    refuse_failures(&task.gateway, &found.outcomes)?;
    // With no field asked for, what stands last is whom the row is about.
    Ok(found.rows.iter().filter_map(|row| row.values.last()?.as_text().map(Into::into)).collect())
}
