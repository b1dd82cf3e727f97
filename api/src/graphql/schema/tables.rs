//! The types of tables, exact or released: of each dataset the table, its groups, their dimensions and their order.

use async_graphql::dynamic::TypeRef;
use async_graphql_value::{ConstValue, Name};
use entities::{Dataset, Field, FieldId, Kind};

use super::{Visible, inputs};
use crate::graphql::{
    axis::Axis,
    model::{
        Enum, GroupKey, GroupPart, Input, InputValue, Meaning, MeasurePart, Model, Object, Resolve, Scalar, TablePart,
        Type,
    },
    name,
};

pub(super) fn add(model: &mut Model, dataset: &'static Dataset, visible: &Visible) {
    inputs::filter(model, dataset, visible);
    for list in visible.axes(dataset).filter_map(|axis| axis.kind.codes()) {
        model.add_codes(list);
    }
    model.add(Type::Object(table(dataset, visible)));
    model.add(Type::Object(group(dataset, visible)));
    let values = visible.axes(dataset).map(|axis| (axis.value(), axis.doc.clone())).collect();
    let doc = format!("What tables over {} rows are grouped by.", dataset.name);
    model.add(Type::Enum(Enum { name: name::dimension(dataset), doc, values }));
    model.add(Type::Input(order(dataset, visible)));
    shared(model, visible);
}

/// The field of the query.
pub(super) fn root(query: Object, dataset: &'static Dataset, visible: &Visible) -> Object {
    let doc = format!(
        "How many {} rows there are, by whatever they are grouped by. {}",
        dataset.name,
        kinds(dataset, visible)
    );
    let ty = TypeRef::named(name::table(dataset));
    query.field_with(name::statistics(dataset), ty, Resolve::Statistics(dataset), doc, args(dataset, visible))
}

/// Which tables there are for this caller.
fn kinds(dataset: &'static Dataset, visible: &Visible) -> &'static str {
    match (visible.tables_of(dataset).is_some(), visible.is_released(dataset)) {
        (true, true) => "An exact table over your own rows, or a released one over the whole.",
        (false, true) => "A released table over the whole.",
        _ => "An exact table.",
    }
}

fn args(dataset: &'static Dataset, visible: &Visible) -> Vec<InputValue> {
    let word = |word: &str| ConstValue::Enum(Name::new(word));
    let view = "Which table; when left out the one over your own rows, and where you are granted none a released one.";
    let mut args = vec![InputValue::new("view", TypeRef::named("View"), view)];
    if visible.is_released(dataset) {
        let doc = "Of a released table the release: by its id; by its period, which is the last version of it; or by both, as \
             `2025v1`. When left out the last version of the newest period that has the table.";
        args.push(InputValue::new("release", TypeRef::named(TypeRef::ID), doc));
    }
    args.extend([
        InputValue::new("filter", TypeRef::named(name::filter(dataset.name)), "Which rows; all when left out."),
        InputValue::new(
            "groupBy",
            TypeRef::named_nn_list(name::dimension(dataset)),
            "What rows are grouped by, five at most; one group over all rows when left out.",
        ),
        InputValue::new(
            "openOn",
            TypeRef::named_nn_list("Date"),
            "Counts the rows that are open on each of these days, 400 at most: begun by then, and not ended or only \
             later. Where you are shown months, firsts of months, and what begins or ends in the month of the day has done \
             so: that is the stock at the end of the month. Of a released table the last day of its period alone. Every \
             row counts once when left out.",
        ),
        InputValue::new(
            "fillBuckets",
            TypeRef::named(TypeRef::BOOLEAN),
            "Gives the buckets of dates (and the days of `openOn`) without rows too: from the filter's bounds on the \
             date, else from the first bucket with rows to the last.",
        )
        .default(false),
        InputValue::new(
            "orderBy",
            TypeRef::named_nn_list(name::group_order(dataset)),
            "In which order; the first key weighs most, ties are broken by the dimensions as they are grouped by.",
        ),
        InputValue::new(
            "first",
            TypeRef::named(TypeRef::INT),
            "At most this many groups from the beginning, 10,000 at most; all when left out.",
        ),
        InputValue::new(
            "onSourceFailure",
            TypeRef::named("SourceFailure"),
            "What to do when a source does not answer.",
        )
        .default(word("FAIL")),
    ]);
    args
}

fn table(dataset: &Dataset, visible: &Visible) -> Object {
    let publishable = match dataset.youth() {
        Some(_) => {
            "False where a group, also one that `first` left out, has 1 to 9 youths, and where `min` or `max` is asked \
             for: that is one youth's own."
        }
        None => {
            "False where a number that may be one of persons comes out at less than 10 in a measure that is asked for."
        }
    };
    let table = Object::new(name::table(dataset), format!("A table over {} rows.", dataset.name))
        .field(
            "groups",
            TypeRef::named_nn_list_nn(name::group(dataset)),
            Resolve::Table(TablePart::Groups),
            "The groups, in order: of an exact table those that have rows, of a released one every combination of codes.",
        )
        .field(
            "publishable",
            TypeRef::named_nn(TypeRef::BOOLEAN),
            Resolve::Table(TablePart::Publishable),
            format!("May the table be published as it is? {publishable}"),
        )
        .field(
            "completeness",
            TypeRef::named("Completeness"),
            Resolve::Table(TablePart::Completeness),
            "Which sources the table holds; null of a released table, which is the same whoever answers.",
        );
    if !visible.is_released(dataset) {
        return table;
    }
    let doc = "The release that the table is of; null of a table over your own rows.";
    table.field("release", TypeRef::named("Release"), Resolve::Table(TablePart::Release), doc)
}

fn group(dataset: &'static Dataset, visible: &Visible) -> Object {
    let int = || TypeRef::named(TypeRef::INT);
    let mut group =
        Object::new(name::group(dataset), format!("{} rows that are alike in all dimensions.", dataset.name));
    for axis in visible.axes(dataset) {
        group = dimension(group, axis);
    }
    let doc = "The day on which the rows are open; null where none was asked for.";
    group = group.field("openOn", TypeRef::named("Date"), Resolve::Group(GroupPart::OpenOn), doc).field(
        "rows",
        int(),
        Resolve::Group(GroupPart::Rows),
        "How many rows there are.",
    );
    if dataset.youth().is_some() {
        let doc = "How many youths they are about, each counted once over all sources.";
        group = group.field("youths", int(), Resolve::Group(GroupPart::Youths), doc);
    }
    for (id, field) in measures(dataset, visible) {
        let ty = TypeRef::named("Measure");
        group = group.field(name::field(field), ty, Resolve::Group(GroupPart::Measure(id)), field.doc);
    }
    let doc = "Is the group hidden, to protect those in it? Never in a table over your own rows.";
    group.field("suppressed", TypeRef::named_nn(TypeRef::BOOLEAN), Resolve::Group(GroupPart::Suppressed), doc)
}

fn dimension(group: Object, axis: &'static Axis) -> Object {
    let (shown, doc) = (axis.shown(), &axis.doc);
    let link = match axis.kind {
        Kind::Reference(target) => Some(target),
        _ => None,
    };
    let ty = match axis.kind {
        Kind::Boolean => TypeRef::BOOLEAN,
        Kind::Code(list) => list.name,
        _ => link.unwrap_or("Date"),
    };
    let part = |part| Resolve::Group(part);
    let mut group = group.field(
        &shown,
        TypeRef::named(ty),
        part(GroupPart::Value(axis)),
        format!("{doc} Null where it is not grouped by this."),
    );
    if link.is_some() {
        let (name, ty) = (format!("{shown}Code"), TypeRef::named(TypeRef::STRING));
        group = group.field(name, ty, part(GroupPart::Code(axis)), format!("The code of `{shown}`."));
    }
    let language = InputValue::new("language", TypeRef::named("Language"), "");
    let language = language.default(ConstValue::Enum(Name::new("NL")));
    let doc = format!("`{shown}` in words; \"onbekend\" or \"unknown\" where the rows do not say it.");
    let ty = TypeRef::named(TypeRef::STRING);
    group.field_with(format!("{shown}Label"), ty, part(GroupPart::Label(axis)), doc, vec![language])
}

fn order(dataset: &'static Dataset, visible: &Visible) -> Input {
    let doc = format!("One key of the order of groups of {} rows; null is the lowest value.", dataset.name);
    let mut order = Input::new(name::group_order(dataset), doc);
    order.one_of = true;
    order.about = Some(dataset);
    let mut add = |name: String, doc: String, key| {
        let value = InputValue::new(&name, TypeRef::named("Direction"), doc).meaning(Meaning::Group(key));
        order.fields.insert(name, value);
    };
    for axis in visible.axes(dataset) {
        let doc = match axis.kind {
            Kind::Code(_) => format!("`{}`, in the order of its list.", axis.shown()),
            Kind::Reference(_) => format!("`{}`, by its code.", axis.shown()),
            _ => format!("`{}`.", axis.shown()),
        };
        add(axis.shown(), doc, GroupKey::Axis(axis));
    }
    add("openOn".to_owned(), "The day on which the rows are open.".to_owned(), GroupKey::OpenOn);
    add("rows".to_owned(), "How many rows there are.".to_owned(), GroupKey::Rows);
    if dataset.youth().is_some() {
        add("youths".to_owned(), "How many youths they are about.".to_owned(), GroupKey::Youths);
    }
    for (id, field) in measures(dataset, visible) {
        for part in MeasurePart::ALL {
            let (name, part_name) = (name::field(field), part.name());
            let capital = part_name[..1].to_uppercase() + &part_name[1..];
            add(format!("{name}{capital}"), format!("`{part_name}` of `{name}`."), GroupKey::Measure(id, part));
        }
    }
    order
}

/// The fields that add up: whole numbers.
fn measures(dataset: &'static Dataset, visible: &Visible) -> impl Iterator<Item = (FieldId, &'static Field)> {
    visible.table_fields(dataset).filter(|(_, field)| field.kind == Kind::Int)
}

/// What the tables of all datasets have in common.
fn shared(model: &mut Model, visible: &Visible) {
    let doc = "Which table over a dataset.".to_owned();
    let own = ("OWN".to_owned(), "Exact and live, over the rows that you are granted.".to_owned());
    let doc_released = "Protected and fixed, over the whole, of a closed period: the same for everyone.".to_owned();
    let released = visible.releases().then(|| ("RELEASED".to_owned(), doc_released));
    let values = [own].into_iter().chain(released).collect();
    model.add(Type::Enum(Enum { name: "View".to_owned(), doc, values }));
    let doc = "A whole number, of 64 bits, written as a number.".to_owned();
    model.add(Type::Scalar(Scalar { name: "BigInt".to_owned(), doc, specified_by: None }));
    let mut measure =
        Object::new("Measure", "What a measured field comes to in a group; rows without a value do not count.");
    for part in MeasurePart::ALL {
        let (ty, doc) = match part {
            MeasurePart::Sum => {
                ("BigInt", "All values together; null where no row has one, 0 where there are no rows.")
            }
            MeasurePart::Average => (TypeRef::FLOAT, "The mean; null where there are no values."),
            MeasurePart::Median => (
                TypeRef::FLOAT,
                "The middle value, or half-way between the two in the middle; null where there are none.",
            ),
            MeasurePart::P90 => {
                (TypeRef::FLOAT, "The ninth decile, in proportion between two values; null where there are none.")
            }
            MeasurePart::Min => ("BigInt", "The lowest value; null where there are none."),
            MeasurePart::Max => ("BigInt", "The highest value; null where there are none."),
        };
        measure = measure.field(part.name(), TypeRef::named(ty), Resolve::Measure(part), doc);
    }
    model.add(Type::Object(measure));
}
