//! Step 0 of a plan that rests on a care relation: which youths stand in it now. Asked anew for every request, so that a
//! change at the holder takes effect at the next one.

use std::{fmt::Write, sync::Arc};

use entities::{Dataset, Date, Datum};
use futures_util::future::join_all;

use super::{Sources, fan_out::fetch, plan::Shape};
use crate::{
    policy::{OnBehalf, Related, Relation},
    query::{Direction, Operand, Predicate},
    source::{Failure, Select, Source},
};

/// The most rows of one source that make a relation, and the most youths that stand in it.
pub const YOUTHS_MOST: usize = 5_000;

/// Why it is not known who stands in a relation. Never an empty list: that would look like nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unrelated {
    /// A source, by place, did not answer.
    Failed(usize, Failure),
    /// There are more than [`YOUTHS_MOST`].
    TooMany,
}

/// The youths that stand in a relation today, by the pseudonyms that sources know, in order.
pub async fn youths(
    relation: &Relation,
    today: Date,
    on_behalf: &OnBehalf,
    sources: &Sources,
) -> Result<Arc<[Datum]>, Unrelated> {
    let asked = questions(relation, today, &on_behalf.relating(), sources);
    let questions = asked.into_iter().map(|(place, source, select)| async move {
        let batch = fetch(source, Arc::new(select), source.deadline()).await;
        match batch.failure {
            Some(failure) => Err(Unrelated::Failed(place, failure)),
            None if batch.records.len() > YOUTHS_MOST => Err(Unrelated::TooMany),
            None => Ok(batch.records),
        }
    });
    let mut youths = Vec::new();
    for records in join_all(questions).await {
        let of_source = records?.into_iter().filter_map(|record| record.values.into_iter().next());
        youths.extend(of_source.filter(|youth| !youth.is_null()));
    }
    youths.sort_unstable();
    youths.dedup();
    if youths.len() > YOUTHS_MOST { Err(Unrelated::TooMany) } else { Ok(youths.into()) }
}

/// How it is found out who stands in a relation: statements without values.
#[must_use]
pub fn explain(relation: &Relation, today: Date, sources: &Sources) -> String {
    let mut out = format!("step 0: {}\n", relation.name);
    for (_, source, select) in questions(relation, today, &OnBehalf::default(), sources) {
        let _ = writeln!(out, "source {}: asked for {}", source.name(), select.dataset.name);
        for line in source.explain(&select).lines() {
            let _ = writeln!(out, "  {line}");
        }
    }
    out
}

/// What each source that can hold a row of the relation is asked.
fn questions<'s>(
    relation: &Relation,
    today: Date,
    on_behalf: &OnBehalf,
    sources: &'s Sources,
) -> Vec<(usize, &'s dyn Source, Select)> {
    let of = |shape: Shape| {
        let asked = sources.iter().enumerate().filter(|(_, source)| source.holds(shape.dataset));
        let asked = asked.filter_map(|(place, source)| {
            let mut select = shape.select(source, &Predicate::All)?;
            select.limit = YOUTHS_MOST + 1;
            Some((place, source, select))
        });
        asked.collect::<Vec<_>>()
    };
    let shapes = |related: &Related| {
        let open = related.open_on(today).into_iter();
        open.filter_map(|rows| shape(related.dataset, rows, on_behalf)).collect::<Vec<_>>()
    };
    relation.rows.iter().flat_map(shapes).flat_map(of).collect()
}

/// The youths of rows, in the order of their ends: an index that serves the condition gives them in order.
fn shape(dataset: &'static Dataset, rows: Predicate, on_behalf: &OnBehalf) -> Option<Shape> {
    let period = dataset.period?;
    let (youth, until) = dataset.youth().zip(period.until)?;
    Some(Shape {
        dataset,
        links: rows.has_links(),
        rows,
        filter: Predicate::All,
        // The days are read as well, so that a row whose days cannot be read is a failure and grants nothing.
        columns: [youth, until, period.from].map(Operand::Field).into(),
        order: vec![(1, Direction::Ascending)],
        source_direction: Direction::Ascending,
        id_direction: Direction::Ascending,
        on_behalf: on_behalf.clone(),
    })
}
