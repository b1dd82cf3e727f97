//! How many rows of a source break which rule of quality: reads all of them, a batch at a time. Says no value.

use std::{collections::BTreeMap, sync::Arc};

use entities::{Dataset, datasets};
use tokio::time::timeout;

use super::THOROUGH;
use crate::{
    policy::OnBehalf,
    quality::{Note, notes},
    reference::Reference,
    source::{Bound, Select, Source, Ties},
};

/// How many rows are read at a time.
const BATCH: usize = 2_000;

/// One line per dataset, rule and field that rows break. A source that does not answer has said so already.
pub(super) async fn count(source: &dyn Source, reference: &Reference) -> Vec<String> {
    let mut lines = Vec::new();
    for dataset in datasets().iter().filter(|dataset| source.holds(dataset)) {
        for (note, rows) in of_dataset(source, dataset, reference).await {
            let (rule, field) = (note.rule.name(), dataset.fields[note.field].column);
            let rows = format!("{rows} row{}", if rows == 1 { "" } else { "s" });
            lines.push(format!("source `{}`: {}.{field}: {rows} of {rule}", source.name(), dataset.table));
        }
    }
    lines
}

async fn of_dataset(source: &dyn Source, dataset: &'static Dataset, reference: &Reference) -> BTreeMap<Note, u64> {
    let mut counted = BTreeMap::new();
    let mut select = Select { on_behalf: OnBehalf::inspection(), ..Select::whole(dataset, BATCH) };
    loop {
        let Ok(Ok(records)) = timeout(THOROUGH, source.rows(Arc::new(select.clone()))).await else { return counted };
        for record in &records.all {
            for note in notes(dataset, reference, |field| &record.values[field], |_| true) {
                *counted.entry(note).or_insert(0) += 1;
            }
        }
        match records.all.into_iter().last() {
            Some(last) => select.after = Some(Bound { keys: Vec::new(), ties: Ties::Beyond(last.id) }),
            None => return counted,
        }
    }
}
