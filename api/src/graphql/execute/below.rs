//! Which fields below values that were found ask sources again, and of which parents: walks a selection with all values
//! of a field at once, so that whatever leads to the same parent asks for it once. Asks no source itself.

mod table;

use std::collections::BTreeSet;

use async_graphql_value::ConstValue;
use entities::{Dataset, Datum, FieldId, Kind};
use indexmap::{IndexMap, IndexSet};
use serde_json::{Value as Json, json};

use super::{Task, collect::Selected, fetch::Found, made, page::Page, reference};
use crate::{
    federation::Outcome,
    graphql::model::{ConnectionPart, Object, Resolve},
    query::Row,
    reference::Table,
};

/// The most values that a walk looks at; as many as an answer may have objects.
const VALUES_MOST: usize = 500_000;

/// What a field is asked of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Of {
    /// The query itself.
    Query,
    /// A reference row, by its key; a youth, by the pseudonym that sources know.
    Key(Box<str>),
    /// A row, by the place of its source and its id there.
    Row(usize, Datum),
}

/// Fields to be asked, each of all its parents; by the field's number.
pub(super) type Asks<'s, 'm> = IndexMap<usize, (&'s Selected<'m>, IndexSet<Of>)>;

/// What is selected of a field, for each type that its value can be.
type Children<'m> = [(&'m Object, Vec<Selected<'m>>)];

/// Rows of one dataset, each with its page.
type Rows<'a> = Vec<(&'a Page, &'a Row)>;

/// Values of one type.
enum Values<'a> {
    Rows(&'static Dataset, Rows<'a>),
    References(&'a Table, BTreeSet<usize>),
    Youths(BTreeSet<Box<str>>),
    Made(Vec<Json>),
}

/// A walk through one operation, level by level.
pub(super) struct Walk<'s, 'm> {
    task: &'s Task,
    asks: Asks<'s, 'm>,
    left: usize,
    /// Were there more values than a walk looks at? Then fields below them were not come to.
    pub(super) is_spent: bool,
}

impl<'s, 'm> Walk<'s, 'm> {
    pub(super) fn new(task: &'s Task) -> Self {
        Self { task, asks: Asks::new(), left: VALUES_MOST, is_spent: false }
    }

    /// The fields that the walk came to since it was last asked.
    pub(super) fn take(&mut self) -> Asks<'s, 'm> {
        std::mem::take(&mut self.asks)
    }

    /// Begins at the fields of the query.
    pub(super) fn query(&mut self, selected: &'s [Selected<'m>]) {
        let task = self.task;
        for field in selected.iter().filter(|field| field.asks) {
            let Ok(args) = &field.args else { continue };
            match field.resolve() {
                Some(Resolve::ReferenceRow(dataset)) => {
                    let key = args.values().next().and_then(|key| match key {
                        ConstValue::String(key) => Some(key.as_str()),
                        _ => None,
                    });
                    self.references(field, dataset.name, key.into_iter());
                }
                Some(Resolve::ReferenceRows(dataset)) => {
                    let table = task.gateway.parts().reference.table(dataset.name);
                    if let Some((table, rows)) = table.zip(reference::rows(task, dataset, args).ok()) {
                        self.descend(&field.children, &Values::References(table, rows.into_iter().collect()));
                    }
                }
                Some(Resolve::Sources) => self.made(field, made::sources(task)),
                Some(resolve) if resolve.asks_sources() => self.ask(field, [Of::Query]),
                _ => {}
            }
        }
    }

    /// Goes on at what was found of a field.
    pub(super) fn found<'a>(&mut self, field: &'s Selected<'m>, found: impl Iterator<Item = &'a Found>) {
        let mut pages: Vec<&Page> = Vec::new();
        let mut rows: IndexMap<&str, (&'static Dataset, Rows<'_>)> = IndexMap::new();
        let mut youths = BTreeSet::new();
        for found in found {
            match found {
                Found::Page(page) => pages.push(page),
                Found::Table(table) => self.table(field, table),
                Found::Row(page, place) => {
                    let of_type = rows.entry(page.dataset.name).or_insert_with(|| (page.dataset, Vec::new()));
                    of_type.1.extend(page.answer.rows.get(*place).map(|row| (&**page, row)));
                }
                Found::Reference(dataset, place) => {
                    if let Some(table) = self.task.gateway.parts().reference.table(dataset.name) {
                        self.descend(&field.children, &Values::References(table, BTreeSet::from([*place])));
                    }
                }
                Found::Source(place) => self.made(field, made::source(self.task, *place).clone()),
                Found::Youth(pseudonym) => _ = youths.insert(pseudonym.clone()),
                Found::List(items) => self.found(field, items.iter().flatten()),
                Found::Made(_) | Found::Failed(_) | Found::Nothing => {}
            }
        }
        self.pages(field, &pages);
        for (dataset, rows) in rows.into_values() {
            self.descend(&field.children, &Values::Rows(dataset, rows));
        }
        self.descend(&field.children, &Values::Youths(youths));
    }

    fn ask(&mut self, field: &'s Selected<'m>, of: impl IntoIterator<Item = Of>) {
        self.asks.entry(field.id).or_insert_with(|| (field, IndexSet::new())).1.extend(of);
    }

    /// The parts of connections, for all pages at once.
    fn pages(&mut self, connection: &'s Selected<'m>, pages: &[&Page]) {
        let Some(dataset) = pages.first().map(|page| page.dataset) else { return };
        let rows = || pages.iter().flat_map(|page| page.answer.rows.iter().map(|row| (*page, row))).collect();
        for part in asking(&connection.children) {
            match part.resolve() {
                Some(Resolve::Connection(ConnectionPart::Nodes)) => {
                    self.descend(&part.children, &Values::Rows(dataset, rows()));
                }
                Some(Resolve::Connection(ConnectionPart::Edges)) => {
                    for node in asking(&part.children) {
                        self.descend(&node.children, &Values::Rows(dataset, rows()));
                    }
                }
                Some(Resolve::Connection(ConnectionPart::Completeness)) => {
                    self.completeness(part, pages.iter().flat_map(|page| &page.answer.outcomes));
                }
                _ => {}
            }
        }
    }

    fn completeness<'o>(&mut self, field: &'s Selected<'m>, outcomes: impl Iterator<Item = &'o Outcome>) {
        let sources = outcomes.map(|outcome| outcome.source).collect::<BTreeSet<_>>().into_iter();
        let sources: Vec<_> = sources.map(|it| json!({ "source": made::source(self.task, it) })).collect();
        self.made(field, json!({ "sources": sources }));
    }

    /// The fields of values of one type.
    fn descend(&mut self, children: &'s Children<'m>, values: &Values<'_>) {
        let (ty, number) = match values {
            Values::Rows(dataset, rows) => (dataset.name, rows.len()),
            Values::References(table, places) => (table.dataset.name, places.len()),
            Values::Youths(youths) => ("Youth", youths.len()),
            Values::Made(made) => ("Source", made.len()),
        };
        let branch = match children {
            [only] => Some(only),
            several => several.iter().find(|(object, _)| object.name == ty),
        };
        let Some((_, fields)) = branch.filter(|_| number > 0) else { return };
        for field in fields.iter().filter(|field| field.asks) {
            let Some(left) = self.left.checked_sub(number) else {
                self.is_spent = true;
                return;
            };
            self.left = left;
            self.field(field, values);
        }
    }

    fn field(&mut self, field: &'s Selected<'m>, values: &Values<'_>) {
        let Some(resolve) = field.resolve() else { return };
        match (resolve, values) {
            (Resolve::Each(..), values) => self.ask(field, parents(values)),
            (Resolve::Link(link, _), Values::Rows(_, rows)) => {
                let ids = rows.iter().map(|(page, row)| (row.source, page.value(row, link)));
                self.ask(field, ids.filter(|(_, id)| !id.is_null()).map(|(source, id)| Of::Row(source, id.clone())));
            }
            (Resolve::Column(id), Values::Rows(dataset, rows)) => {
                let texts = rows.iter().filter_map(|(page, row)| page.value(row, id).as_text());
                self.column(field, dataset.fields[id].kind, texts);
            }
            (Resolve::Column(id), Values::References(table, places)) => {
                let texts = places.iter().filter_map(|place| table.row(*place)[id].as_text());
                self.column(field, table.dataset.fields[id].kind, texts);
            }
            (Resolve::RowSource, Values::Rows(_, rows)) => {
                let places: BTreeSet<_> = rows.iter().map(|(_, row)| row.source).collect();
                let sources: Vec<_> = places.into_iter().map(|place| made::source(self.task, place).clone()).collect();
                self.made(field, sources.into());
            }
            (Resolve::List(list), Values::References(table, places)) => {
                let (task, Ok(args)) = (self.task, &field.args) else { return };
                let listed = places.iter().filter_map(|place| reference::list(task, (list, args), (table, *place)));
                let (mut target, mut rows) = (None, BTreeSet::new());
                for (table, places) in listed {
                    target = Some(table);
                    rows.extend(places);
                }
                if let Some(target) = target {
                    self.descend(&field.children, &Values::References(target, rows));
                }
            }
            (Resolve::Member(member), Values::Made(made)) => {
                self.made(field, made.iter().map(|it| it[member].clone()).collect());
            }
            (Resolve::MemberLink(member, target), Values::Made(made)) => {
                self.references(field, target, made.iter().filter_map(|it| it[member].as_str()));
            }
            _ => {}
        }
    }

    fn column<'a>(&mut self, field: &'s Selected<'m>, kind: Kind, texts: impl Iterator<Item = &'a str>) {
        match kind {
            Kind::Reference(target) => self.references(field, target, texts),
            Kind::Youth => self.descend(&field.children, &Values::Youths(texts.map(Into::into).collect())),
            _ => {}
        }
    }

    fn references<'a>(&mut self, field: &'s Selected<'m>, target: &str, keys: impl Iterator<Item = &'a str>) {
        if let Some(table) = self.task.gateway.parts().reference.table(target) {
            let places = keys.filter_map(|key| table.place(key)).collect();
            self.descend(&field.children, &Values::References(table, places));
        }
    }

    /// Small made objects, one or a list of them or lists of lists.
    fn made(&mut self, field: &'s Selected<'m>, made: Json) {
        let mut objects = Vec::new();
        let mut next = vec![made];
        while let Some(made) = next.pop() {
            match made {
                Json::Array(items) => next.extend(items),
                Json::Object(_) => objects.push(made),
                _ => {}
            }
        }
        self.descend(&field.children, &Values::Made(objects));
    }
}

fn asking<'s, 'm>(children: &'s Children<'m>) -> impl Iterator<Item = &'s Selected<'m>> {
    children.iter().flat_map(|(_, fields)| fields).filter(|field| field.asks)
}

/// What rows link to that are asked of these values.
fn parents(values: &Values<'_>) -> Vec<Of> {
    match values {
        Values::Rows(_, rows) => rows.iter().map(|(_, row)| Of::Row(row.source, row.id.clone())).collect(),
        Values::References(table, places) => {
            let key: FieldId = table.dataset.key();
            places.iter().filter_map(|place| Some(Of::Key(table.row(*place)[key].as_text()?.into()))).collect()
        }
        Values::Youths(youths) => youths.iter().cloned().map(Of::Key).collect(),
        Values::Made(_) => Vec::new(),
    }
}
