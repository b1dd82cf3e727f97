//! The inputs of a dataset or reference table: its filter and its order.

use async_graphql::dynamic::TypeRef;
use entities::{Dataset, Kind, code::CodeList};

use super::Visible;
use crate::graphql::{
    model::{Input, InputValue, Meaning, Model, Type},
    name,
};

pub(super) fn add(model: &mut Model, dataset: &'static Dataset, visible: &Visible) {
    filter(model, dataset, visible);
    if let Some(order) = order(dataset, visible) {
        model.add(Type::Input(order));
    }
}

/// The filter over rows, and over the rows that tables are made of.
pub(super) fn filter(model: &mut Model, dataset: &'static Dataset, visible: &Visible) {
    let own = name::filter(dataset.name);
    let mut filter = Input::new(&own, format!("Which {} rows: all that is said holds.", dataset.name));
    filter.about = Some(dataset);
    for (id, field) in visible.filtered(dataset) {
        let ty = field_filter(model, field.kind);
        let value = InputValue::new(name::field(field), TypeRef::named(ty), field.doc).meaning(Meaning::Field(id));
        filter = filter.field(value);
    }
    if dataset.is_reference() {
        let doc = "True: rows without this link; false: rows with it.";
        filter = filter.field(InputValue::new("isNull", TypeRef::named(TypeRef::BOOLEAN), doc));
    } else {
        let doc = "The source that holds the row.";
        filter = filter.field(InputValue::new("source", TypeRef::named("SourceFilter"), doc).meaning(Meaning::Source));
    }
    for (word, doc) in [("and", "All of these hold."), ("or", "One of these holds.")] {
        filter = filter.field(InputValue::new(word, TypeRef::named_nn_list(&own), doc));
    }
    filter = filter.field(InputValue::new("not", TypeRef::named(&own), "This does not hold."));
    model.add(Type::Input(filter));
}

/// The order's input, where anything that is seen sorts.
pub(super) fn order(dataset: &'static Dataset, visible: &Visible) -> Option<Input> {
    if dataset.is_reference() {
        return None;
    }
    let doc = format!("One key of the order of {} rows; null is the lowest value.", dataset.name);
    let mut order = Input::new(name::order(dataset), doc);
    order.one_of = true;
    order.about = Some(dataset);
    for (id, field) in visible.fields(dataset).filter(|(_, field)| field.sorts) {
        let value = InputValue::new(name::field(field), TypeRef::named("Direction"), field.doc);
        order = order.field(value.meaning(Meaning::Field(id)));
    }
    (!order.fields.is_empty()).then_some(order)
}

/// The filter's type over values of a kind; made where it is not there yet.
fn field_filter(model: &mut Model, kind: Kind) -> String {
    match kind {
        Kind::Boolean => "BooleanFilter".to_owned(),
        Kind::Int => "IntFilter".to_owned(),
        Kind::Float => "FloatFilter".to_owned(),
        Kind::Text => "StringFilter".to_owned(),
        Kind::Date => "DateFilter".to_owned(),
        Kind::Reference(target) => name::filter(target),
        Kind::Row(target) => link(model, target),
        Kind::Youth => "YouthFilter".to_owned(),
        Kind::Id => "IDFilter".to_owned(),
        Kind::Code(list) => codes(model, list),
        Kind::Codes(list) => several_codes(model, list),
    }
}

fn link(model: &mut Model, target: &str) -> String {
    let own = name::link_filter(target);
    let doc = format!("A condition on the {target} row that a row links to.");
    let id = InputValue::new("id", TypeRef::named("IDFilter"), "Its id, as you were given it.");
    model.add(Type::Input(Input::new(&own, doc).field(id)));
    own
}

fn codes(model: &mut Model, list: &'static CodeList) -> String {
    let own = name::filter(list.name);
    model.add(Type::Input(equality(&own, list.name)));
    own
}

fn several_codes(model: &mut Model, list: &'static CodeList) -> String {
    let own = name::list_filter(list.name);
    let input = Input::new(&own, "A condition on several codes.")
        .field(InputValue::new("has", TypeRef::named(list.name), "This code is among them."))
        .field(is_null());
    model.add(Type::Input(input));
    own
}

pub(super) fn equality(own: &str, value: &str) -> Input {
    Input::new(own, format!("A condition on a value of type {value}; all that is said holds."))
        .field(InputValue::new("eq", TypeRef::named(value), "Equal to this."))
        .field(InputValue::new("ne", TypeRef::named(value), "Not equal to this; null is not."))
        .field(InputValue::new("in", TypeRef::named_nn_list(value), "Equal to one of these."))
        .field(InputValue::new("notIn", TypeRef::named_nn_list(value), "Equal to none of these; null is not."))
        .field(is_null())
}

pub(super) fn comparison(own: &str, value: &str) -> Input {
    equality(own, value)
        .field(InputValue::new("lt", TypeRef::named(value), "Lower than this."))
        .field(InputValue::new("lte", TypeRef::named(value), "Lower than or equal to this."))
        .field(InputValue::new("gt", TypeRef::named(value), "Greater than this."))
        .field(InputValue::new("gte", TypeRef::named(value), "Greater than or equal to this."))
}

pub(super) fn is_null() -> InputValue {
    InputValue::new("isNull", TypeRef::named(TypeRef::BOOLEAN), "True: there is no value; false: there is one.")
}
