//! Rows by their ids: one statement per source, however many ids, under the same grant as any other question.

use std::sync::Arc;

use entities::{Dataset, Datum, FieldId};
use futures_util::future::join_all;

use super::{Outcome, Sources, Status, fan_out::fetch, lacks, plan::Shape};
use crate::{
    policy::Grant,
    query::{Predicate, Query, Row, Test},
};

/// The rows that were found. What is absent and what is not granted are the same: not here.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// In the order of source and id.
    pub rows: Vec<Row>,
    /// The sources that were asked, in their order.
    pub outcomes: Vec<Outcome>,
}

impl Found {
    /// The row of a source with that id.
    #[must_use]
    pub fn get(&self, source: usize, id: &Datum) -> Option<&Row> {
        let place = self.rows.binary_search_by(|row| (row.source, &row.id).cmp(&(source, id))).ok()?;
        self.rows.get(place)
    }
}

/// Finds rows by source (its place) and id at that source; their values are `fields`, as the caller is shown them.
pub async fn find(
    dataset: &'static Dataset,
    fields: &[FieldId],
    ids: &[(usize, Datum)],
    grant: &Grant,
    sources: &Sources,
) -> Found {
    let query =
        Query { dataset, fields: fields.to_vec(), filter: Predicate::All, order: Vec::new(), page: None, count: false };
    let shape = Shape::new(&query, grant);
    let questions = by_source(ids).into_iter().filter_map(|(place, ids)| {
        let source = sources.get(place).filter(|source| source.holds(dataset))?;
        let limit = ids.len();
        let mut select = shape.select(source, &Predicate::is(dataset.key(), Test::In(ids.into())))?;
        select.limit = limit;
        Some(async move { (place, fetch(source, Arc::new(select), source.deadline()).await) })
    });
    let mut found = Found::default();
    for (source, batch) in join_all(questions).await {
        found.rows.extend(batch.records.into_iter().map(|it| Row { source, id: it.id, values: it.values }));
        let status = batch.failure.or_else(|| lacks(batch.lacking)).map_or(Status::Answered, Status::Failed);
        found.outcomes.push(Outcome { source, status });
    }
    found
}

/// The ids of each source, none twice.
fn by_source(ids: &[(usize, Datum)]) -> Vec<(usize, Vec<Datum>)> {
    let mut sorted: Vec<_> = ids.iter().collect();
    sorted.sort_unstable();
    sorted.dedup();
    let groups = sorted.chunk_by(|a, b| a.0 == b.0);
    groups.map(|group| (group[0].0, group.iter().map(|(_, id)| id.clone()).collect())).collect()
}
