//! A source that answers as a test says, for what no database does: to stop in the middle, to repeat itself, to give what
//! was not asked for.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use entities::{Date, Datum};
use futures_util::{FutureExt, future::BoxFuture};
use regiograph::{
    policy::OnBehalf,
    query::{Direction, Facts, Holder},
    source::{
        Failure, Inspected, Partial, Record, Records, Select, Source, Tabulate, Terms, Ties,
        resilient::{Limits, Means, Resilient},
    },
};

use crate::{fault::DEADLINE, row::dataset};

/// What it gives to a question, by how many it was asked before.
type Script = Box<dyn Fn(&Select, usize) -> Option<Result<Vec<Record>, Failure>> + Send + Sync>;

/// A source of a provider that is made of a script. Where the script gives nothing, it hangs.
pub struct Scripted {
    terms: Terms,
    asked: AtomicUsize,
    script: Script,
}

impl Scripted {
    /// Makes one that is borne with as configured sources are.
    pub fn source(
        name: &str,
        script: impl Fn(&Select, usize) -> Option<Result<Vec<Record>, Failure>> + Send + Sync + 'static,
    ) -> impl FnOnce(Means) -> Arc<dyn Source> {
        let held = vec![(dataset("Placement"), Facts::default())];
        let scripted = Self {
            terms: Terms::new(name, Holder::Provider("ALMATA".into()), DEADLINE, held),
            asked: AtomicUsize::new(0),
            script: Box::new(script),
        };
        move |means| Arc::new(Resilient::new(Arc::new(scripted), Limits::default(), means))
    }
}

/// A row by its id and its first day, with nothing else.
#[must_use]
pub fn record(select: &Select, id: i64, started_on: &str) -> Record {
    let day: Date = started_on.parse().expect("tests write days");
    let value = |field: usize| match select.dataset.fields[field].column {
        "started_on" => Datum::Date(day),
        _ => Datum::Null,
    };
    let values = select.columns.iter().map(|it| it.as_ref().map_or(Datum::Null, |it| value(it.field())));
    Record { id: Datum::Int(id), values: values.collect() }
}

/// The rows that a question asks for of these, which stand in the order of day and id, upwards.
#[must_use]
pub fn answer(select: &Select, rows: &[(i64, &str)]) -> Vec<Record> {
    assert!(select.order.iter().all(|(_, direction)| *direction == Direction::Ascending), "scripts go upwards");
    let after = |record: &Record| {
        let Some(bound) = &select.after else { return true };
        let keys: Vec<_> = select.order.iter().map(|(place, _)| record.values[*place].clone()).collect();
        keys > bound.keys
            || keys == bound.keys
                && match &bound.ties {
                    Ties::Within => true,
                    Ties::Without => false,
                    Ties::Beyond(id) => record.id > *id,
                }
    };
    rows.iter().map(|(id, day)| record(select, *id, day)).filter(after).take(select.limit).collect()
}

impl Source for Scripted {
    fn terms(&self) -> &Terms {
        &self.terms
    }

    fn rows(&self, select: Arc<Select>) -> BoxFuture<'_, Result<Records, Failure>> {
        let asked = self.asked.fetch_add(1, Ordering::Relaxed);
        let answer = (self.script)(&select, asked);
        async move {
            match answer {
                Some(answer) => answer.map(Records::from),
                None => std::future::pending().await,
            }
        }
        .boxed()
    }

    fn count(&self, _: Arc<Select>) -> BoxFuture<'_, Result<u64, Failure>> {
        std::future::ready(Ok(0)).boxed()
    }

    fn counts(&self, _: Arc<Select>) -> BoxFuture<'_, Result<Vec<(Datum, u64)>, Failure>> {
        std::future::ready(Ok(Vec::new())).boxed()
    }

    fn table(&self, _: Arc<Tabulate>) -> BoxFuture<'_, Result<Partial, Failure>> {
        std::future::ready(Err(Failure::Unreachable)).boxed()
    }

    fn explain(&self, _: &Select) -> String {
        String::new()
    }

    fn check(&self, _: OnBehalf) -> BoxFuture<'_, Result<Vec<Inspected>, Failure>> {
        std::future::ready(Ok(Vec::new())).boxed()
    }
}
