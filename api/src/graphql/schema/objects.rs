//! The object types of a dataset or reference table: the row itself, and its connection.

use async_graphql::dynamic::TypeRef;
use entities::{Dataset, Field, Kind, by_name};

use super::{Visible, joins, links};
use crate::graphql::{
    model::{ConnectionPart, InputValue, Model, Object, Resolve, Type},
    name,
};

pub(super) fn add(model: &mut Model, dataset: &'static Dataset, visible: &Visible) {
    model.add(Type::Object(row(dataset, visible)));
    for (_, field) in visible.fields(dataset) {
        if let Some(list) = field.kind.codes() {
            model.add_codes(list);
        }
    }
    if !dataset.is_reference() {
        model.add(Type::Object(connection(dataset)));
        model.add(Type::Object(edge(dataset)));
    }
}

fn row(dataset: &'static Dataset, visible: &Visible) -> Object {
    let mut object = Object::new(dataset.name, dataset.doc);
    if dataset.is_reference() {
        if !joins(dataset) {
            object = object.node().field(
                "id",
                TypeRef::named_nn(TypeRef::ID),
                Resolve::NodeId,
                "Opaque id, the same for everyone.",
            );
            object = object.key(key(dataset));
        }
    } else {
        object = object.node();
    }
    for (id, field) in visible.fields(dataset) {
        let resolve = match field.kind {
            Kind::Row(target) => by_name(target).map_or(Resolve::Column(id), |target| Resolve::Link(id, target)),
            _ => Resolve::Column(id),
        };
        object = object.field(name::field(field), output(dataset, field), resolve, field.doc);
        if field.kind == Kind::Id {
            let doc = "The source that holds the row (Dutch: bron).";
            object = object.field("source", TypeRef::named_nn("Source"), Resolve::RowSource, doc);
            let notes = TypeRef::named_nn_list_nn("QualityNote");
            let doc =
                "What is implausible about the row, which is shown as its holder keeps it; empty where nothing is.";
            object = object.field("quality", notes, Resolve::Quality, doc);
        }
    }
    for list in &dataset.lists {
        let args = match list.through {
            Some(_) if dated(list.target) => vec![on()],
            _ => Vec::new(),
        };
        let target = beyond(list);
        object = object.field_with(
            name::camel(list.name),
            TypeRef::named_nn_list_nn(target),
            Resolve::List(list),
            list.doc,
            args,
        );
    }
    links::add(object, visible)
}

/// The path to the code that a reference row is known by: its own, or that of what it belongs to.
fn key(table: &'static Dataset) -> impl Iterator<Item = String> {
    let mut next = Some(table);
    std::iter::from_fn(move || {
        let table = next?;
        let field = &table.fields[table.key()];
        next = field.kind.target().and_then(by_name);
        Some(name::field(field))
    })
}

/// What a source holds may be null: a row is shown as its holder keeps it, and above `open` as its grant allows. A link
/// may be null: the reference data may not know the key.
fn output(dataset: &Dataset, field: &Field) -> TypeRef {
    let (named, list) = match field.kind {
        Kind::Boolean => (TypeRef::BOOLEAN, false),
        Kind::Int => (TypeRef::INT, false),
        Kind::Float => (TypeRef::FLOAT, false),
        Kind::Text => (TypeRef::STRING, false),
        Kind::Date => ("Date", false),
        Kind::Code(codes) => (codes.name, false),
        Kind::Codes(codes) => (codes.name, true),
        Kind::Reference(target) | Kind::Row(target) => return TypeRef::named(target),
        Kind::Youth => return TypeRef::named("Youth"),
        Kind::Id => return TypeRef::named_nn(TypeRef::ID),
    };
    let always = dataset.is_reference() && !field.nullable && field.kind.codes().is_none();
    match (list, always) {
        (true, _) => TypeRef::named_nn_list(named),
        (false, true) => TypeRef::named_nn(named),
        (false, false) => TypeRef::named(named),
    }
}

fn connection(dataset: &'static Dataset) -> Object {
    let part = Resolve::Connection;
    Object::new(name::connection(dataset), format!("A page of a list of {} rows.", dataset.name))
        .field(
            "edges",
            TypeRef::named_nn_list_nn(name::edge(dataset)),
            part(ConnectionPart::Edges),
            "The page's rows, each with its cursor.",
        )
        .field("nodes", TypeRef::named_nn_list_nn(dataset.name), part(ConnectionPart::Nodes), "The page's rows.")
        .field(
            "pageInfo",
            TypeRef::named_nn("PageInfo"),
            part(ConnectionPart::PageInfo),
            "Where the page begins and ends.",
        )
        .field(
            "totalCount",
            TypeRef::named(TypeRef::INT),
            part(ConnectionPart::TotalCount),
            "How many rows match the filter, on all pages; null if a source that was asked did not answer.",
        )
        .field(
            "completeness",
            TypeRef::named_nn("Completeness"),
            part(ConnectionPart::Completeness),
            "Which sources the page holds.",
        )
}

fn edge(dataset: &'static Dataset) -> Object {
    let part = Resolve::Connection;
    Object::new(name::edge(dataset), format!("A {} row and its place in the list.", dataset.name))
        .field("node", TypeRef::named_nn(dataset.name), part(ConnectionPart::Node), "The row.")
        .field(
            "cursor",
            TypeRef::named_nn(TypeRef::STRING),
            part(ConnectionPart::Cursor),
            "The row's place, for `after` and `before`.",
        )
}

/// The type that a list lists.
fn beyond(list: &entities::List) -> &'static str {
    let target = entities::by_name(list.target);
    let through = list.through.and_then(|through| target?.fields.iter().find(|field| field.name == through));
    match through.map(|field| field.kind) {
        Some(Kind::Reference(name)) => name,
        _ => list.target,
    }
}

fn dated(target: &str) -> bool {
    entities::by_name(target).is_some_and(|it| it.field("from").is_some() && it.field("until").is_some())
}

fn on() -> InputValue {
    InputValue::new("on", TypeRef::named("Date"), "As it was on this day; today when left out.")
}
