//! From our model to async-graphql's schema, which parses, validates, limits and describes; it resolves nothing.

use async_graphql::{
    SDLExportOptions,
    dynamic::{
        self, Enum, EnumItem, Field, FieldFuture, InputObject, Interface, InterfaceField, Scalar, Schema,
        SchemaBuilder, SchemaError, Union,
    },
    extensions::ExtensionFactory,
};

use super::root;
use crate::{
    config::Limits,
    graphql::model::{self, InputValue, Model, Object, Type},
};

/// The schema of a model. `extension` stands in for execution.
///
/// # Errors
/// Where the model names a type that it does not have.
pub fn to_schema(model: &Model, limits: &Limits, extension: impl ExtensionFactory) -> Result<Schema, SchemaError> {
    let builder = Schema::build(root::QUERY, None, None)
        .disable_suggestions()
        .limit_depth(limits.depth)
        .limit_aliases(limits.aliases)
        .limit_directives(limits.directives)
        .extension(extension);
    register(builder, model, object).finish()
}

/// A model's SDL, as those see it who may see all that it has.
///
/// # Errors
/// Where the model names a type that it does not have.
pub fn sdl(model: &Model) -> Result<String, SchemaError> {
    let schema = register(Schema::build(root::QUERY, None, None), model, object).finish()?;
    Ok(schema.sdl_with_options(SDLExportOptions::new().include_specified_by()))
}

pub(super) fn register(
    mut builder: SchemaBuilder,
    model: &Model,
    object: impl Fn(&Object) -> dynamic::Object,
) -> SchemaBuilder {
    let nodes = model.types.values().filter_map(|ty| match ty {
        Type::Object(object) if object.node => Some(&object.name),
        _ => None,
    });
    for ty in model.types.values() {
        builder = match ty {
            Type::Object(it) => builder.register(object(it)),
            Type::Interface(it) => builder.register(interface(it)),
            Type::Union(it) => {
                let union = Union::new(&it.name).description(&it.doc);
                builder.register(nodes.clone().fold(union, Union::possible_type))
            }
            Type::Enum(it) => builder.register(enumeration(it)),
            Type::Input(it) => builder.register(input(it)),
            Type::Scalar(it) => builder.register(scalar(it)),
        };
    }
    builder
}

fn object(it: &Object) -> dynamic::Object {
    object_with(it, |_, field| field)
}

/// An object type; `finish` has the last word on each of its fields.
pub(super) fn object_with(object: &Object, finish: impl Fn(&model::Field, Field) -> Field) -> dynamic::Object {
    let mut out = dynamic::Object::new(&object.name).description(&object.doc);
    if object.node {
        out = out.implement("Node");
    }
    for field in object.fields.values() {
        let mut made = Field::new(&field.name, field.ty.clone(), unresolved).description(&field.doc);
        for arg in &field.args {
            made = made.argument(value(arg));
        }
        out = out.field(finish(field, made));
    }
    out
}

fn unresolved(_: dynamic::ResolverContext<'_>) -> FieldFuture<'_> {
    FieldFuture::Value(None)
}

fn interface(object: &Object) -> Interface {
    let fields = object.fields.values();
    let fields = fields.map(|field| InterfaceField::new(&field.name, field.ty.clone()).description(&field.doc));
    fields.fold(Interface::new(&object.name).description(&object.doc), Interface::field)
}

fn enumeration(list: &model::Enum) -> Enum {
    let items = list.values.iter().map(|(value, doc)| EnumItem::new(value).description(doc));
    Enum::new(&list.name).description(&list.doc).items(items)
}

fn input(input: &model::Input) -> InputObject {
    let out = InputObject::new(&input.name).description(&input.doc);
    let out = if input.one_of { out.oneof() } else { out };
    input.fields.values().map(value).fold(out, InputObject::field)
}

fn value(input: &InputValue) -> dynamic::InputValue {
    let out = dynamic::InputValue::new(&input.name, input.ty.clone());
    let out = if input.doc.is_empty() { out } else { out.description(&input.doc) };
    match &input.default {
        Some(default) => out.default_value(default.clone()),
        None => out,
    }
}

fn scalar(scalar: &model::Scalar) -> Scalar {
    let out = Scalar::new(&scalar.name).description(&scalar.doc);
    match &scalar.specified_by {
        Some(url) => out.specified_by_url(url),
        None => out,
    }
}
