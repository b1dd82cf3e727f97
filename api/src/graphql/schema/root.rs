//! The query type: what can be asked.

use async_graphql::dynamic::TypeRef;
use async_graphql_value::{ConstValue, Name};
use entities::{Dataset, datasets, reference};

use super::{Visible, audit, entity, inputs, joins, releases, tables};
use crate::graphql::{
    model::{InputValue, Model, Object, Resolve, Type},
    name,
};

/// The query type's name.
pub(super) const QUERY: &str = "Query";

pub(super) fn add(model: &mut Model, visible: &Visible) {
    let mut query = Object::new(QUERY, "Everything that you may ask for.");
    for dataset in datasets() {
        if visible.datasets().any(|it| it == dataset) {
            query = row_fields(query, dataset, visible);
        }
        if visible.tabled().any(|it| it == dataset) {
            query = tables::root(query, dataset, visible);
        }
    }
    if visible.youths() {
        let doc = "A youth and all rows that any source holds on it; null if there is none for you (Dutch: jeugdige).";
        let arg = InputValue::new("pseudonym", TypeRef::named_nn(TypeRef::ID), "Its pseudonym, as you were given it.");
        query = query.field_with("youth", TypeRef::named("Youth"), Resolve::Youth, doc, vec![arg]);
    }
    for table in reference::tables().iter().filter(|table| !joins(table)) {
        query = reference_fields(query, table);
    }
    if visible.releases() {
        query = releases::root(query);
    }
    if visible.audit() {
        query = audit::root(query);
    }
    model.add(Type::Object(entity::root(fixed_fields(query))));
}

fn row_fields(query: Object, dataset: &'static Dataset, visible: &Visible) -> Object {
    query
        .field_with(
            name::one(dataset),
            TypeRef::named(dataset.name),
            Resolve::Row(dataset),
            format!("The {} row with this id; null if there is none for you.", dataset.name),
            vec![InputValue::new("id", TypeRef::named_nn(TypeRef::ID), "Its id, as you were given it.")],
        )
        .field_with(
            name::many(dataset),
            TypeRef::named(name::connection(dataset)),
            Resolve::Rows(dataset),
            dataset.doc,
            list_args(dataset, visible),
        )
}

fn reference_fields(query: Object, table: &'static Dataset) -> Object {
    let key = &table.fields[table.key()];
    query
        .field_with(
            name::one(table),
            TypeRef::named(table.name),
            Resolve::ReferenceRow(table),
            format!("The {} with this {}; null if there is none.", table.name, name::field(key)),
            vec![InputValue::new(name::field(key), TypeRef::named_nn(TypeRef::STRING), key.doc)],
        )
        .field_with(
            name::many(table),
            TypeRef::named_nn_list_nn(table.name),
            Resolve::ReferenceRows(table),
            table.doc,
            vec![InputValue::new(
                "filter",
                TypeRef::named(name::filter(table.name)),
                "Which of them; all when left out.",
            )],
        )
}

fn fixed_fields(query: Object) -> Object {
    let id = || InputValue::new("id", TypeRef::named_nn(TypeRef::ID), "The id, as you were given it.");
    let ids = InputValue::new("ids", TypeRef::named_nn_list_nn(TypeRef::ID), "The ids, as you were given them.");
    query
        .field_with(
            "node",
            TypeRef::named("Node"),
            Resolve::Node,
            "Anything with this id; null if there is none for you.",
            vec![id()],
        )
        .field_with(
            "nodes",
            TypeRef::named_list_nn("Node"),
            Resolve::Nodes,
            "Several things by their ids, in the order of the ids; null where there is none for you.",
            vec![ids],
        )
        .field(
            "sources",
            TypeRef::named_nn_list_nn("Source"),
            Resolve::Sources,
            "The sources that may hold rows for you, or rows that your tables are made of (Dutch: bronnen).",
        )
        .field(
            "viewer",
            TypeRef::named_nn("Viewer"),
            Resolve::Viewer,
            "Who you are here, what you may see and by which rule.",
        )
        .field(
            "codeLists",
            TypeRef::named_nn_list_nn("CodeList"),
            Resolve::CodeLists,
            "All published code lists, and those of our own behind the enumerations that you see (Dutch: codelijsten).",
        )
}

/// The arguments of a list of a dataset.
pub(super) fn list_args(dataset: &'static Dataset, visible: &Visible) -> Vec<InputValue> {
    let mut args =
        vec![InputValue::new("filter", TypeRef::named(name::filter(dataset.name)), "Which rows; all when left out.")];
    if inputs::order(dataset, visible).is_some() {
        let doc = "In which order; the first key weighs most, ties are broken by source and row.";
        args.push(InputValue::new("orderBy", TypeRef::named_nn_list(name::order(dataset)), doc));
    }
    let int = || TypeRef::named(TypeRef::INT);
    let text = || TypeRef::named(TypeRef::STRING);
    let failure = ConstValue::Enum(Name::new("PARTIAL"));
    args.extend([
        InputValue::new("first", int(), "At most this many rows from the beginning: 50 when left out, 1,000 at most."),
        InputValue::new("after", text(), "Only rows after the one with this cursor."),
        InputValue::new(
            "last",
            int(),
            "At most this many rows from the end, 1,000 at most; not together with `first`.",
        ),
        InputValue::new("before", text(), "Only rows before the one with this cursor."),
        InputValue::new(
            "onSourceFailure",
            TypeRef::named("SourceFailure"),
            "What to do when a source does not answer.",
        )
        .default(failure),
    ]);
    args
}
