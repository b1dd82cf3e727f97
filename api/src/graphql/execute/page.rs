//! The rows of one answer as the executor reads them: by field, and with what a cursor needs.

use std::sync::OnceLock;

use entities::{Dataset, Datum, FieldId};
use serde_json::Value as Json;

use super::collect::{Selected, What};
use crate::{
    federation::{Answer, Answered, Sources},
    graphql::{
        ask,
        model::{ConnectionPart, Resolve},
    },
    quality,
    query::{Position, Query, Row},
};

/// A page of rows of one dataset.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) dataset: &'static Dataset,
    pub(super) answer: Answer,
    /// For each field of the dataset its place in a row's values.
    places: Box<[Option<usize>]>,
    /// The place in a row's values of the youth that it is about.
    about: usize,
    /// The places of the order's keys.
    keys: Vec<usize>,
    /// The list's name for its cursors.
    pub(super) list: String,
    /// The names of the sources whose rows are missing on this page or an earlier one.
    missed: Vec<Box<str>>,
    /// Its `pageInfo`, once it was asked for.
    pub(super) info: OnceLock<Json>,
    /// Its `completeness`, once it was asked for.
    pub(super) completeness: OnceLock<Json>,
}

impl Page {
    pub(super) fn new(query: &Query, answer: impl Into<Answered>, sources: &Sources) -> Self {
        let Answered { answer, missed } = answer.into();
        let mut places = vec![None; query.dataset.fields.len()].into_boxed_slice();
        for (place, field) in query.fields.iter().enumerate() {
            places[*field] = Some(place);
        }
        let missed = missed.into_iter().filter_map(|source| Some(sources.get(source)?.name().into())).collect();
        let list = ask::list_name(query.dataset, &query.order);
        let (info, completeness) = (OnceLock::new(), OnceLock::new());
        let (about, keys) = (query.fields.len(), query.keys());
        Self { dataset: query.dataset, answer, places, about, keys, list, missed, info, completeness }
    }

    /// The youth that a row is about, as sources know it: for the audit log alone.
    pub(super) fn about<'p>(&self, row: &'p Row) -> Option<&'p str> {
        let youth = self.dataset.youth()?;
        row.values.get(self.about).unwrap_or_else(|| self.value(row, youth)).as_text()
    }

    pub(super) fn value<'p>(&self, row: &'p Row, field: FieldId) -> &'p Datum {
        self.places[field].and_then(|place| row.values.get(place)).unwrap_or(&Datum::Null)
    }

    /// Where a row stands, for its cursor.
    pub(super) fn position(&self, row: &Row, sources: &Sources) -> Position {
        Position {
            keys: self.keys.iter().map(|place| row.values[*place].clone()).collect(),
            source: sources.get(row.source).map_or("", |source| source.name()).into(),
            id: row.id.clone(),
            missed: self.missed.clone(),
        }
    }
}

/// What is asked of a connection.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    /// The fields of its rows.
    pub(super) fields: Vec<FieldId>,
    /// Its rows, or where they begin and end.
    pub(super) rows: bool,
    /// Their number.
    pub(super) count: bool,
}

/// What the selection of a connection asks for; `sees` says which fields the caller is shown.
pub(super) fn wanted(dataset: &Dataset, connection: &Selected<'_>, sees: &impl Fn(FieldId) -> bool) -> Wanted {
    let mut wanted = Wanted::default();
    for part in connection.children.iter().flat_map(|(_, fields)| fields) {
        match part.resolve() {
            Some(Resolve::Connection(ConnectionPart::Nodes)) => {
                wanted.rows = true;
                add_fields(&mut wanted.fields, dataset, part, sees);
            }
            Some(Resolve::Connection(ConnectionPart::Edges)) => {
                wanted.rows = true;
                for inner in part.children.iter().flat_map(|(_, fields)| fields) {
                    if let Some(Resolve::Connection(ConnectionPart::Node)) = inner.resolve() {
                        add_fields(&mut wanted.fields, dataset, inner, sees);
                    }
                }
            }
            Some(Resolve::Connection(ConnectionPart::PageInfo)) => wanted.rows = true,
            Some(Resolve::Connection(ConnectionPart::TotalCount)) => wanted.count = true,
            _ => {}
        }
    }
    wanted.rows |= !wanted.count;
    wanted
}

/// The row's id comes with every row; it is no field to ask for.
fn add_fields(fields: &mut Vec<FieldId>, dataset: &Dataset, rows: &Selected<'_>, sees: &impl Fn(FieldId) -> bool) {
    for selected in rows.children.iter().filter(|(object, _)| object.name == dataset.name).flat_map(|(_, it)| it) {
        let What::Field(field) = selected.what else { continue };
        match field.resolve {
            Resolve::Column(id) | Resolve::Link(id, _) if id != dataset.key() => add(fields, id),
            Resolve::Quality => quality::fields(dataset).filter(|id| sees(*id)).for_each(|id| add(fields, id)),
            _ => {}
        }
    }
}

fn add(fields: &mut Vec<FieldId>, id: FieldId) {
    if !fields.contains(&id) {
        fields.push(id);
    }
}

/// The fields that are selected of a row.
pub(super) fn fields_of_row(dataset: &Dataset, row: &Selected<'_>, sees: &impl Fn(FieldId) -> bool) -> Vec<FieldId> {
    let mut fields = Vec::new();
    add_fields(&mut fields, dataset, row, sees);
    fields
}
