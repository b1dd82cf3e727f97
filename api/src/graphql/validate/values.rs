//! Does every value that is written in a document fit its place? Notes on the way which variables stand where.

use std::fmt::Display;

use async_graphql::{Positioned, ServerError, dynamic::TypeRef};
use async_graphql_parser::{
    Pos,
    types::{Directive, Field, Selection, SelectionSet, VariableDefinition},
};
use async_graphql_value::{Name, Value};
use indexmap::IndexMap;

use super::{condition, error};
use crate::graphql::{
    execute::{fits, type_ref, unfit},
    model::{Input, InputValue, Model, Object, Type},
};

/// One operation or fragment, without the fragments that it spreads.
pub(super) struct Scope<'d, 'm> {
    model: &'m Model,
    /// What does not fit.
    pub(super) errors: Vec<ServerError>,
    /// Which variables stand where.
    pub(super) usages: Vec<Usage<'d>>,
    /// The fragments that are spread.
    pub(super) spreads: Vec<&'d str>,
}

/// A variable in a document.
pub(super) struct Usage<'d> {
    pub(super) variable: &'d Name,
    pub(super) at: Pos,
    /// The type that stands there.
    pub(super) ty: TypeRef,
    /// May it be left out, because something else stands there then?
    pub(super) default: bool,
}

/// Where a value stands.
#[derive(Clone, Copy)]
struct Place<'a> {
    /// `argument "filter", field "closedDays"`.
    path: &'a str,
    at: Pos,
    default: bool,
}

impl<'d, 'm> Scope<'d, 'm> {
    pub(super) fn new(model: &'m Model) -> Self {
        Self { model, errors: Vec::new(), usages: Vec::new(), spreads: Vec::new() }
    }

    /// `parent` is nothing inside introspection, whose types the model does not have.
    pub(super) fn selection(&mut self, parent: Option<&'m Object>, set: &'d SelectionSet) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => self.field(parent, field),
                Selection::InlineFragment(fragment) => {
                    self.directives(&fragment.node.directives);
                    self.selection(condition(self.model, parent, fragment), &fragment.node.selection_set.node);
                }
                Selection::FragmentSpread(spread) => {
                    self.directives(&spread.node.directives);
                    self.spreads.push(&spread.node.fragment_name.node);
                }
            }
        }
    }

    fn field(&mut self, parent: Option<&'m Object>, field: &'d Positioned<Field>) {
        let (at, field) = (field.pos, &field.node);
        self.directives(&field.directives);
        let name = field.name.node.as_str();
        if name == "__typename" && !(field.arguments.is_empty() && field.selection_set.node.items.is_empty()) {
            self.errors.push(error("\"__typename\" has no arguments and no fields", at));
        }
        let known = parent.and_then(|parent| parent.fields.get(name));
        for (argument, value) in &field.arguments {
            let argument = argument.node.as_str();
            let place = Place { path: &format!("argument \"{argument}\""), at: value.pos, default: false };
            match known.and_then(|field| field.args.iter().find(|it| it.name == argument)) {
                Some(input) => self.value(&value.node, &input.ty, Place { default: input.default.is_some(), ..place }),
                None if name == "__type" => self.value(&value.node, &TypeRef::named_nn(TypeRef::STRING), place),
                None => {}
            }
        }
        let ty = known.and_then(|field| self.model.object(field.ty.type_name()));
        self.selection(ty, &field.selection_set.node);
    }

    /// `@skip` and `@include` are the only directives of an operation.
    pub(super) fn directives(&mut self, directives: &'d [Positioned<Directive>]) {
        for (name, value) in directives.iter().flat_map(|directive| &directive.node.arguments) {
            let place = Place { path: &format!("argument \"{}\"", name.node), at: value.pos, default: false };
            self.value(&value.node, &TypeRef::named_nn(TypeRef::BOOLEAN), place);
        }
    }

    pub(super) fn defaults(&mut self, definitions: &[Positioned<VariableDefinition>]) {
        for definition in definitions {
            let definition = &definition.node;
            let Some(default) = &definition.default_value else { continue };
            let path = format!("variable \"${}\"", definition.name.node);
            let place = Place { path: &path, at: default.pos, default: false };
            let value = default.node.clone().into_value();
            let mut scope = Scope::new(self.model);
            scope.value(&value, &type_ref(&definition.var_type.node), place);
            self.errors.append(&mut scope.errors);
        }
    }

    fn value(&mut self, value: &'d Value, ty: &TypeRef, place: Place<'_>) {
        match (value, ty) {
            (Value::Variable(variable), _) => {
                let Place { at, default, .. } = place;
                self.usages.push(Usage { variable, at, ty: ty.clone(), default });
            }
            (Value::Null, TypeRef::NonNull(_)) => self.refuse(place, format!("must be of type {ty}, and not null")),
            (Value::Null, _) => {}
            (_, TypeRef::NonNull(inner)) => self.value(value, inner, place),
            (Value::List(items), TypeRef::List(inner)) => {
                let place = Place { default: false, ..place };
                items.iter().for_each(|item| self.value(item, inner, place));
            }
            (_, TypeRef::List(inner)) => self.value(value, inner, place),
            (_, TypeRef::Named(name)) => match (self.model.input(name), value) {
                (Some(input), Value::Object(members)) => self.object(input, members, place),
                (None, _) if self.fits(name, value) => {}
                _ => self.refuse(place, unfit(name)),
            },
        }
    }

    fn fits(&self, name: &str, value: &Value) -> bool {
        match (self.model.types.get(name), value) {
            (Some(Type::Enum(list)), Value::Enum(value)) => list.values.contains_key(value.as_str()),
            (Some(Type::Enum(_)), _) => false,
            _ => fits(name, value),
        }
    }

    fn object(&mut self, input: &Input, members: &'d IndexMap<Name, Value>, place: Place<'_>) {
        for (name, value) in members {
            match input.fields.get(name.as_str()) {
                Some(field) => {
                    let path = format!("{}, field \"{name}\"", place.path);
                    let place = Place { path: &path, default: field.default.is_some(), ..place };
                    self.value(value, &within(input, field), place);
                }
                None => self.refuse(place, format!("has a field \"{name}\", which {} does not", input.name)),
            }
        }
        let required = |field: &&InputValue| matches!(field.ty, TypeRef::NonNull(_)) && field.default.is_none();
        let missing = input.fields.values().filter(required).find(|field| !members.contains_key(field.name.as_str()));
        if let Some(field) = missing {
            self.refuse(place, format!("lacks \"{}\", which {} must have", field.name, input.name));
        }
        if input.one_of && members.len() != 1 {
            self.refuse(place, format!("must have exactly one field of {}", input.name));
        }
    }

    fn refuse(&mut self, place: Place<'_>, what: impl Display) {
        self.errors.push(error(format!("{} {what}", place.path), place.at));
    }
}

/// The type of a field's value; the one field of an input of which exactly one is given is never null.
fn within(input: &Input, field: &InputValue) -> TypeRef {
    match &field.ty {
        ty if input.one_of && !matches!(ty, TypeRef::NonNull(_)) => TypeRef::NonNull(Box::new(ty.clone())),
        ty => ty.clone(),
    }
}
