//! What of an operation goes into the audit log: the datasets, sources and rules of what was found, about whom the rows
//! are, and of whom it was asked for what came back empty or as a number. Adds up as fields are asked and found, whichever
//! way: lists, links, ids, youths and tables alike.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use entities::{Dataset, Datum, FieldId, Kind};

use super::{Task, below::Of, collect::Selected, fetch::Found, page::Page, table::Statistics};
use crate::{
    audit::{Event, LOG_DATASET, Processing, Subjects, activity},
    federation::{Outcome, Sources},
    graphql::{error::Problem, model::Resolve},
    policy::Grant,
    query::Row,
};

/// Whose data were given of a dataset, and of which sources.
#[derive(Debug, Default)]
struct People {
    sources: BTreeSet<usize>,
    youths: HashSet<Box<str>>,
}

/// Whom rows are about that fields are asked of: by dataset, source and id.
type About = HashMap<(&'static str, usize, Datum), Box<str>>;

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
    /// Of whom it was asked, whatever came of it.
    named: BTreeMap<&'static str, HashSet<Box<str>>>,
    /// The sources that were asked for each dataset.
    asked: BTreeMap<&'static str, BTreeSet<usize>>,
    /// The datasets of fields whose sources were asked and have not all answered yet, by the field's number.
    open: HashMap<usize, &'static Dataset>,
    about: About,
    tables: BTreeSet<Table>,
}

/// The youth itself is no dataset; what is told is that it has rows.
const YOUTH: &str = "Youth";

impl Account {
    /// Sources are about to be asked for rows of a dataset, for a field: whatever comes of it.
    pub(super) fn begins(&mut self, field: &Selected<'_>, dataset: &'static Dataset, grant: Option<&Grant>) {
        self.dataset(grant, dataset);
        self.open.insert(field.id, dataset);
    }

    /// The same for rows that link to each of these: it is asked of whom they are about, and perhaps only for their number.
    pub(super) fn begins_each<'o>(
        &mut self,
        (field, dataset, link): (&Selected<'_>, &'static Dataset, FieldId),
        grant: Option<&Grant>,
        of: impl IntoIterator<Item = &'o Of>,
    ) {
        self.begins(field, dataset, grant);
        of.into_iter().for_each(|of| self.parent((dataset, link), of));
    }

    /// These sources are about to be asked for rows of a dataset by their ids.
    pub(super) fn begins_at(
        &mut self,
        sources: impl IntoIterator<Item = usize>,
        dataset: &'static Dataset,
        grant: Option<&Grant>,
    ) {
        self.dataset(grant, dataset);
        self.sources.extend(sources);
    }

    /// Takes in what was found for a field, of each of its parents.
    pub(super) fn take(&mut self, task: &Task, field: &Selected<'_>, found: &[(Of, Result<Found, Problem>)]) {
        if found.iter().all(|(_, found)| found.is_ok()) {
            self.open.remove(&field.id);
        }
        let leads = leads_to_rows(field);
        for found in found.iter().filter_map(|(_, found)| found.as_ref().ok()) {
            self.found((task, field), found, leads);
        }
    }

    fn found(&mut self, (task, field): (&Task, &Selected<'_>), found: &Found, leads: bool) {
        match found {
            Found::Page(page) => {
                self.asked(page.dataset, &page.answer.outcomes);
                page.answer.rows.iter().for_each(|row| self.row(page, row, leads));
            }
            Found::Row(page, place) => {
                if let Some(row) = page.answer.rows.get(*place) {
                    self.row(page, row, leads);
                }
            }
            Found::Table(table) => {
                if let Some(Resolve::Statistics(dataset)) = field.resolve() {
                    self.table(task, dataset, table);
                }
            }
            Found::Youth(pseudonym) => self.person(YOUTH, None, pseudonym),
            Found::List(items) => {
                items.iter().flatten().for_each(|item| self.found((task, field), item, leads));
            }
            Found::Failed(outcome) => _ = self.sources.insert(outcome.source),
            Found::Made(_) | Found::Reference(..) | Found::Source(_) | Found::Nothing => {}
        }
    }

    /// Rows of a dataset are asked for that link to this.
    fn parent(&mut self, (dataset, link): (&'static Dataset, FieldId), of: &Of) {
        let youth = match (dataset.fields[link].kind, of) {
            (Kind::Youth, Of::Key(pseudonym)) => Some(pseudonym),
            (Kind::Row(target), Of::Row(source, id)) => self.about.get(&(target, *source, id.clone())),
            _ => None,
        };
        if let Some(youth) = youth.cloned() {
            self.names(dataset.name, [youth]);
        }
    }

    /// It was asked for rows of a dataset, or for their number, that are about these.
    pub(super) fn names(&mut self, dataset: &'static str, youths: impl IntoIterator<Item = Box<str>>) {
        self.named.entry(dataset).or_default().extend(youths);
    }

    /// It is asked whether there is anything about this youth, of these sources.
    pub(super) fn names_youth(&mut self, pseudonym: &str, sources: impl IntoIterator<Item = usize>) {
        self.datasets.insert(YOUTH);
        self.sources.extend(sources);
        self.names(YOUTH, [pseudonym.into()]);
    }

    /// The log itself was read, and so many of its events were given.
    pub(super) fn reads_log(&mut self, events: usize) {
        self.datasets.insert(LOG_DATASET);
        self.rules.insert("AuditEvent: reads the audit log".to_owned());
        self.rows += events as u64;
    }

    fn dataset(&mut self, grant: Option<&Grant>, dataset: &'static Dataset) {
        if self.datasets.insert(dataset.name) {
            let clauses = grant.into_iter().flat_map(Grant::clauses);
            self.rules.extend(clauses.map(|clause| format!("{}: {}", dataset.name, clause.rule)));
        }
    }

    fn asked(&mut self, dataset: &'static Dataset, outcomes: &[Outcome]) {
        let sources = || outcomes.iter().map(|outcome| outcome.source);
        self.sources.extend(sources());
        self.asked.entry(dataset.name).or_default().extend(sources());
    }

    fn row(&mut self, page: &Page, row: &Row, leads: bool) {
        self.rows += 1;
        self.sources.insert(row.source);
        if let Some(pseudonym) = page.about(row) {
            self.person(page.dataset.name, Some(row.source), pseudonym);
            if leads {
                self.about.insert((page.dataset.name, row.source, row.id.clone()), pseudonym.into());
            }
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
        self.asked(dataset, outcomes);
        self.rows += table.lines.len() as u64;
        let dataset = dataset.name;
        if outcomes.is_empty() {
            self.tables.insert(Table { dataset, source: None, released });
        } else {
            let of = |outcome: &Outcome| Table { dataset, source: Some(outcome.source), released: released.clone() };
            self.tables.extend(outcomes.iter().map(of));
        }
    }

    /// Is anything told of anybody?
    pub(in crate::graphql) fn names_people(&self) -> bool {
        !self.people.is_empty() || !self.named.is_empty()
    }

    /// Tells it: what goes into the event, and the processings. Of what has not all been answered, each source that may hold
    /// it was asked.
    pub(in crate::graphql) fn tell(mut self, event: &mut Event, sources: &Sources) -> Vec<Processing> {
        let named = |places: &BTreeSet<usize>| -> BTreeSet<Box<str>> {
            places.iter().filter_map(|place| Some(sources.get(*place)?.name().into())).collect()
        };
        for dataset in std::mem::take(&mut self.open).into_values() {
            let holding: Vec<_> =
                (0..sources.len()).filter(|it| sources.get(*it).is_some_and(|it| it.holds(dataset))).collect();
            self.sources.extend(&holding);
            self.asked.entry(dataset.name).or_default().extend(holding);
        }
        for (dataset, youths) in std::mem::take(&mut self.named) {
            let people = self.people.entry(dataset).or_default();
            people.sources.extend(self.asked.get(dataset).into_iter().flatten());
            people.youths.extend(youths);
        }
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

/// Are rows asked for that link to rows of this field?
fn leads_to_rows(field: &Selected<'_>) -> bool {
    let mut below = field.children.iter().flat_map(|(_, fields)| fields);
    below.any(|field| matches!(field.resolve(), Some(Resolve::Each(..))) || leads_to_rows(field))
}
