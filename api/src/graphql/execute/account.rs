//! What of an operation goes into the audit log: the datasets, sources and rules of what was found, and about whom the
//! rows are. Adds up as fields are found, whichever way their rows come: lists, links, ids, youths and tables alike.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use entities::Dataset;

use super::{Task, collect::Selected, fetch::Found, page::Page, table::Statistics};
use crate::{
    audit::{Event, Processing, Subjects, activity},
    federation::Outcome,
    graphql::{error::Problem, model::Resolve},
    policy::Grant,
    query::Row,
    source::Source,
};

/// Whose rows were given for which dataset, and of which sources.
#[derive(Debug, Default)]
struct People {
    sources: BTreeSet<usize>,
    youths: HashSet<Box<str>>,
}

/// A table that was given.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Table {
    dataset: &'static str,
    source: Option<usize>,
    released: Option<String>,
}

/// What was found for one operation.
#[derive(Debug, Default)]
pub(in crate::graphql) struct Account {
    datasets: BTreeSet<&'static str>,
    sources: BTreeSet<usize>,
    rules: BTreeSet<String>,
    rows: u64,
    people: BTreeMap<&'static str, People>,
    tables: BTreeSet<Table>,
}

/// The youth itself is no dataset; what is told is that it has rows.
const YOUTH: &str = "Youth";

impl Account {
    /// Takes in what was found for a field.
    pub(super) fn take<'f>(
        &mut self,
        task: &Task,
        field: &Selected<'_>,
        found: impl Iterator<Item = &'f Result<Found, Problem>>,
    ) {
        for found in found.filter_map(|it| it.as_ref().ok()) {
            match found {
                Found::Page(page) => {
                    self.dataset(task.access.grant(page.dataset), page.dataset);
                    self.asked(&page.answer.outcomes);
                    page.answer.rows.iter().for_each(|row| self.row(page, row));
                }
                Found::Row(page, place) => {
                    self.dataset(task.access.grant(page.dataset), page.dataset);
                    if let Some(row) = page.answer.rows.get(*place) {
                        self.row(page, row);
                    }
                }
                Found::Table(table) => {
                    if let Some(Resolve::Statistics(dataset)) = field.resolve() {
                        self.table(task, dataset, table);
                    }
                }
                Found::Youth(pseudonym) => self.person(YOUTH, None, pseudonym),
                Found::List(items) => self.take(task, field, items.iter()),
                Found::Failed(outcome) => _ = self.sources.insert(outcome.source),
                Found::Made(_) | Found::Reference(..) | Found::Source(_) | Found::Nothing => {}
            }
        }
    }

    /// The log itself was read, and so many of its events were given.
    pub(super) fn reads_log(&mut self, events: usize) {
        self.datasets.insert("AuditEvent");
        self.rules.insert("AuditEvent: reads the audit log".to_owned());
        self.rows += events as u64;
    }

    fn dataset(&mut self, grant: Option<&Grant>, dataset: &'static Dataset) {
        if self.datasets.insert(dataset.name) {
            let clauses = grant.into_iter().flat_map(Grant::clauses);
            self.rules.extend(clauses.map(|clause| format!("{}: {}", dataset.name, clause.rule)));
        }
    }

    fn asked(&mut self, outcomes: &[Outcome]) {
        self.sources.extend(outcomes.iter().map(|outcome| outcome.source));
    }

    fn row(&mut self, page: &Page, row: &Row) {
        self.rows += 1;
        self.sources.insert(row.source);
        if let Some(pseudonym) = page.about(row) {
            self.person(page.dataset.name, Some(row.source), pseudonym);
        }
    }

    fn person(&mut self, dataset: &'static str, source: Option<usize>, pseudonym: &str) {
        let people = self.people.entry(dataset).or_default();
        people.sources.extend(source);
        if !people.youths.contains(pseudonym) {
            people.youths.insert(pseudonym.into());
        }
    }

    fn table(&mut self, task: &Task, dataset: &'static Dataset, table: &Statistics) {
        self.dataset(task.access.table(dataset).filter(|_| table.release.is_none()), dataset);
        let released = table
            .release
            .as_ref()
            .and_then(|release| Some(format!("{} version {}", release["period"].as_str()?, release["version"])));
        let outcomes = table.outcomes.as_deref().unwrap_or_default();
        self.asked(outcomes);
        self.rows += table.lines.len() as u64;
        let dataset = dataset.name;
        if outcomes.is_empty() {
            self.tables.insert(Table { dataset, source: None, released });
        } else {
            let of = |outcome: &Outcome| Table { dataset, source: Some(outcome.source), released: released.clone() };
            self.tables.extend(outcomes.iter().map(of));
        }
    }

    /// Are there rows about anybody?
    pub(in crate::graphql) fn names_people(&self) -> bool {
        !self.people.is_empty()
    }

    /// Tells it: what goes into the event, and the processings. `name` says how a source is called.
    pub(in crate::graphql) fn tell<'s>(
        self,
        event: &mut Event,
        source: impl Fn(usize) -> Option<&'s dyn Source>,
    ) -> Vec<Processing> {
        let named = |places: &BTreeSet<usize>| -> BTreeSet<Box<str>> {
            places.iter().filter_map(|place| Some(source(*place)?.name().into())).collect()
        };
        event.datasets = self.datasets;
        event.sources = named(&self.sources);
        event.rules = self.rules;
        event.rows = self.rows;
        let purpose = event.purpose.as_deref().unwrap_or("public");
        let people = self.people.into_iter().map(|(dataset, People { sources, youths })| Processing {
            activity: activity(purpose, dataset),
            dataset,
            sources: named(&sources),
            released: None,
            subjects: Subjects::Each(youths.into_iter().collect()),
        });
        let tables = self.tables.into_iter().map(|Table { dataset, source, released }| Processing {
            activity: activity(purpose, dataset),
            dataset,
            sources: named(&source.into_iter().collect()),
            released: released.map(Into::into),
            subjects: Subjects::Table,
        });
        people.chain(tables).collect()
    }
}
