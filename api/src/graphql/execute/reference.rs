//! Which reference rows a field names. Asks no source.

use async_graphql_value::ConstValue;
use entities::{Dataset, List};

use super::{Task, Values};
use crate::{
    graphql::{
        ask::{Asking, rows_of_reference},
        error::Problem,
        name,
    },
    query::Predicate,
    reference::Table,
};

/// The places of the rows of a reference table that a filter asks for.
pub(super) fn rows(task: &Task, dataset: &'static Dataset, args: &Values) -> Result<Vec<usize>, Problem> {
    let parts = task.gateway.parts();
    let asking = Asking::new(parts, &task.access);
    let filter = match args.get("filter") {
        Some(ConstValue::Object(members)) => asking.filter(&name::filter(dataset.name), dataset, members)?,
        _ => Predicate::All,
    };
    Ok(parts.reference.table(dataset.name).map_or_else(Vec::new, |table| rows_of_reference(table, &filter)))
}

/// The table and the places of the rows that a reference row lists.
pub(super) fn list<'t>(
    task: &'t Task,
    (list, args): (&'static List, &Values),
    (table, place): (&Table, usize),
) -> Option<(&'t Table, Vec<usize>)> {
    let key = table.row(place)[table.dataset.key()].as_text().unwrap_or_default();
    let on = match args.get("on") {
        Some(ConstValue::String(day)) => day.parse().unwrap_or(task.today),
        _ => task.today,
    };
    task.gateway.parts().reference.list(list, key, on)
}
