//! From the selection sets of an operation to the fields that are answered, in request order: fragments spread, equal
//! response keys merged, `@skip` and `@include` heeded, arguments coerced.

use std::cell::Cell;

use async_graphql_parser::{
    Pos, Positioned,
    types::{Directive, ExecutableDocument, Field as AstField, OperationDefinition, Selection, SelectionSet},
};
use async_graphql_value::{ConstValue, Value};
use indexmap::IndexMap;

use super::coerce::{self, Values};
use crate::graphql::{
    error::Problem,
    model::{Field, Model, Object, Resolve, Type},
    name::ENTITY,
};

/// One field to answer.
#[derive(Debug)]
pub(super) struct Selected<'m> {
    /// A number of its own within the operation.
    pub(super) id: usize,
    /// The response key.
    pub(super) key: &'m str,
    /// `"key":`, ready to write.
    pub(super) json_key: Box<str>,
    /// What is answered.
    pub(super) what: What<'m>,
    /// The arguments, or what is wrong with them.
    pub(super) args: Result<Values, Problem>,
    /// Where it stands in the document; where an argument is wrong, its value's place.
    pub(super) position: Pos,
    /// What is selected of it, for each object type that it can be.
    pub(super) children: Vec<(&'m Object, Vec<Selected<'m>>)>,
    /// Does answering it, or anything below it, take asking sources?
    pub(super) asks: bool,
}

/// What a selected field answers.
#[derive(Clone, Copy, Debug)]
pub(super) enum What<'m> {
    /// `__typename`.
    Typename,
    /// `__schema` or `__type`.
    Introspection,
    /// A field of the model.
    Field(&'m Field),
}

/// Collects an operation's fields.
pub(super) fn collect<'m>(
    model: &'m Model,
    root: &'m Object,
    (document, operation): (&'m ExecutableDocument, &'m OperationDefinition),
    variables: &'m Values,
) -> Result<Vec<Selected<'m>>, Problem> {
    let mut collector = Collector { model, document, variables, next: 0, undecided: Cell::new(None) };
    let selected = collector.object(root, &[&operation.selection_set.node]);
    match collector.undecided.get() {
        None => Ok(selected),
        Some(variable) => {
            let message = format!("variable \"${variable}\" of type Boolean! must be given and not be null");
            Err(Problem::input(message))
        }
    }
}

impl Selected<'_> {
    /// How the field's value is found, where the model says it.
    pub(super) fn resolve(&self) -> Option<Resolve> {
        match self.what {
            What::Field(field) => Some(field.resolve),
            What::Typename | What::Introspection => None,
        }
    }
}

struct Collector<'m> {
    model: &'m Model,
    document: &'m ExecutableDocument,
    variables: &'m Values,
    next: usize,
    /// A variable that was to say whether a field is included, and says nothing.
    undecided: Cell<Option<&'m str>>,
}

type Grouped<'m> = IndexMap<&'m str, Vec<&'m Positioned<AstField>>>;

impl<'m> Collector<'m> {
    fn object(&mut self, object: &'m Object, sets: &[&'m SelectionSet]) -> Vec<Selected<'m>> {
        let mut grouped = Grouped::new();
        let mut visited = Vec::new();
        for set in sets {
            self.group(object, set, &mut grouped, &mut visited);
        }
        grouped.into_iter().filter_map(|(key, fields)| self.field(object, key, &fields)).collect()
    }

    fn group(&self, object: &'m Object, set: &'m SelectionSet, grouped: &mut Grouped<'m>, visited: &mut Vec<&'m str>) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) if self.included(&field.node.directives) => {
                    grouped.entry(field.node.response_key().node.as_str()).or_default().push(field);
                }
                Selection::InlineFragment(fragment) if self.included(&fragment.node.directives) => {
                    let condition = fragment.node.type_condition.as_ref();
                    if condition.is_none_or(|it| applies(object, it.node.on.node.as_str())) {
                        self.group(object, &fragment.node.selection_set.node, grouped, visited);
                    }
                }
                Selection::FragmentSpread(spread) if self.included(&spread.node.directives) => {
                    let name = &spread.node.fragment_name.node;
                    let Some(fragment) = self.document.fragments.get(name) else { continue };
                    if visited.contains(&name.as_str()) {
                        continue;
                    }
                    visited.push(name.as_str());
                    if applies(object, fragment.node.type_condition.node.on.node.as_str()) {
                        self.group(object, &fragment.node.selection_set.node, grouped, visited);
                    }
                }
                _ => {}
            }
        }
    }

    /// Validation made sure that the condition of `@skip` and `@include` is a Boolean.
    fn included(&self, directives: &'m [Positioned<Directive>]) -> bool {
        directives.iter().all(|directive| {
            let holds = match directive.node.get_argument("if").map(|value| &value.node) {
                Some(Value::Boolean(value)) => *value,
                Some(Value::Variable(name)) => match self.variables.get(name) {
                    Some(ConstValue::Boolean(value)) => *value,
                    _ => {
                        self.undecided.set(Some(name.as_str()));
                        false
                    }
                },
                _ => false,
            };
            match directive.node.name.node.as_str() {
                "skip" => !holds,
                "include" => holds,
                _ => true,
            }
        })
    }

    fn field(
        &mut self,
        object: &'m Object,
        key: &'m str,
        written: &[&'m Positioned<AstField>],
    ) -> Option<Selected<'m>> {
        let first = written.first()?;
        let what = match first.node.name.node.as_str() {
            "__typename" => What::Typename,
            "__schema" | "__type" => What::Introspection,
            name => What::Field(object.fields.get(name)?),
        };
        let mut position = first.pos;
        let (args, children, asks) = match what {
            What::Field(field) => {
                let args = coerce::arguments(self.model, field, &first.node, self.variables);
                let args = args.map_err(|(problem, at)| {
                    position = at.unwrap_or(position);
                    problem
                });
                let sets: Vec<_> = written.iter().map(|field| &field.node.selection_set.node).collect();
                let children = self.children(field.ty.type_name(), &sets);
                let below = children.iter().flat_map(|(_, fields)| fields).any(|field| field.asks);
                (args, children, below || field.resolve.asks_sources())
            }
            What::Typename | What::Introspection => (Ok(Values::new()), Vec::new(), false),
        };
        self.next += 1;
        let json_key = format!("\"{key}\":").into();
        Some(Selected { id: self.next, key, json_key, what, args, position, children, asks })
    }

    fn children(&mut self, name: &str, sets: &[&'m SelectionSet]) -> Vec<(&'m Object, Vec<Selected<'m>>)> {
        let model = self.model;
        match model.types.get(name) {
            Some(Type::Object(object)) => vec![(object, self.object(object, sets))],
            Some(Type::Interface(_) | Type::Union(_)) => {
                let nodes = model.types.values().filter_map(|ty| match ty {
                    Type::Object(object) if object.node => Some(object),
                    _ => None,
                });
                nodes.map(|object| (object, self.object(object, sets))).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// Does a fragment on this type apply to an object? `Node` is the only interface, and `_Entity` the only union.
fn applies(object: &Object, condition: &str) -> bool {
    object.name == condition || (object.node && ["Node", ENTITY].contains(&condition))
}
