//! What a request may weigh before anything looks at it closely: input values as deep and as many as they may be,
//! introspection that does not multiply, variables of types that there are. Everything here takes time in proportion to
//! the document, whose size was bounded before.

use std::collections::HashSet;

use async_graphql_parser::{
    Pos,
    types::{BaseType, ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet, Type as AstType},
};
use async_graphql_value::Value;
use serde_json::Value as Json;

use crate::graphql::{
    error::{Code, Problem},
    model::Model,
};

/// How deep input values may lie in each other, in a document and in variables alike.
const DEPTH_MOST: usize = 32;
/// The most input values of a document, and of the variables beside it.
const VALUES_MOST: usize = 20_000;
/// The most values of one list.
const LIST_MOST: usize = 1_000;
/// How often introspection may go through lists of types in each other.
const INTROSPECTION_LISTS_MOST: usize = 2;

/// A refusal, and where.
pub(super) type Refused = (Problem, Vec<Pos>);

/// Looks at the values of the variables that go with a document.
pub(super) fn variables(variables: &serde_json::Map<String, Json>) -> Result<(), Problem> {
    let mut values = Values { left: VALUES_MOST };
    for (name, value) in variables {
        let told = |reason| Problem { code: Code::CostLimit, message: format!("variable \"${name}\": {reason}") };
        values.json(value, 1).map_err(told)?;
    }
    Ok(())
}

/// Does it ask for the schema itself?
pub(super) fn introspects(document: &ExecutableDocument) -> bool {
    fn within(set: &SelectionSet) -> bool {
        set.items.iter().any(|item| match &item.node {
            Selection::Field(field) => matches!(field.node.name.node.as_str(), "__schema" | "__type"),
            Selection::InlineFragment(fragment) => within(&fragment.node.selection_set.node),
            Selection::FragmentSpread(_) => false,
        })
    }
    sets(document).any(within)
}

/// The selections of all operations and fragments.
fn sets(document: &ExecutableDocument) -> impl Iterator<Item = &SelectionSet> {
    let fragments = document.fragments.values().map(|fragment| &fragment.node.selection_set.node);
    document.operations.iter().map(|(_, operation)| &operation.node.selection_set.node).chain(fragments)
}

/// Looks at all values of a document, at its introspection and at the types of its variables.
pub(super) fn check(model: &Model, document: &ExecutableDocument) -> Result<(), Refused> {
    let mut values = Values { left: VALUES_MOST };
    for set in sets(document) {
        values.selection(set)?;
    }
    let mut seen = HashSet::new();
    for (_, operation) in document.operations.iter() {
        known_types(model, &operation.node)?;
        introspection(document, &operation.node.selection_set.node, None, &mut seen)?;
    }
    Ok(())
}

fn refused(code: Code, message: String, at: Option<Pos>) -> Refused {
    (Problem { code, message }, at.into_iter().collect())
}

struct Values {
    left: usize,
}

impl Values {
    fn take(&mut self, depth: usize, items: usize) -> Result<(), String> {
        if depth > DEPTH_MOST {
            return Err(format!("values lie more than {DEPTH_MOST} deep in each other"));
        }
        if items > LIST_MOST {
            return Err(format!("a list holds more than {LIST_MOST} values; ask with fewer at a time"));
        }
        self.left = self.left.checked_sub(1).ok_or_else(|| format!("there are more than {VALUES_MOST} values"))?;
        Ok(())
    }

    fn json(&mut self, value: &Json, depth: usize) -> Result<(), String> {
        match value {
            Json::Array(items) => {
                self.take(depth, items.len())?;
                items.iter().try_for_each(|item| self.json(item, depth + 1))
            }
            Json::Object(members) => {
                self.take(depth, 0)?;
                members.values().try_for_each(|item| self.json(item, depth + 1))
            }
            _ => self.take(depth, 0),
        }
    }

    fn literal(&mut self, value: &Value, depth: usize) -> Result<(), String> {
        match value {
            Value::List(items) => {
                self.take(depth, items.len())?;
                items.iter().try_for_each(|item| self.literal(item, depth + 1))
            }
            Value::Object(members) => {
                self.take(depth, 0)?;
                members.values().try_for_each(|item| self.literal(item, depth + 1))
            }
            _ => self.take(depth, 0),
        }
    }

    fn selection(&mut self, set: &SelectionSet) -> Result<(), Refused> {
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => {
                    for (name, value) in &field.node.arguments {
                        let argument = &name.node;
                        self.literal(&value.node, 1).map_err(|reason| {
                            refused(Code::CostLimit, format!("argument \"{argument}\": {reason}"), Some(value.pos))
                        })?;
                    }
                    self.selection(&field.node.selection_set.node)?;
                }
                Selection::InlineFragment(fragment) => self.selection(&fragment.node.selection_set.node)?,
                Selection::FragmentSpread(_) => {}
            }
        }
        Ok(())
    }
}

/// Refuses a variable of a type that the caller's schema does not have; also inside lists, where async-graphql panics.
fn known_types(model: &Model, operation: &OperationDefinition) -> Result<(), Refused> {
    for definition in &operation.variable_definitions {
        let name = innermost(&definition.node.var_type.node);
        let built_in = ["Int", "Float", "String", "Boolean", "ID"].contains(&name);
        if !built_in && !model.types.contains_key(name) {
            let message = format!("Unknown type \"{name}\"");
            return Err(refused(Code::ValidationFailed, message, Some(definition.node.var_type.pos)));
        }
    }
    Ok(())
}

fn innermost(ty: &AstType) -> &str {
    match &ty.base {
        BaseType::Named(name) => name.as_str(),
        BaseType::List(inner) => innermost(inner),
    }
}

/// Lists of types in lists of types make answers that grow with every level. `lists` counts them below `__schema` and
/// `__type`; none outside. A fragment is looked at once for each number of them.
fn introspection<'d>(
    document: &'d ExecutableDocument,
    set: &'d SelectionSet,
    lists: Option<usize>,
    seen: &mut HashSet<(&'d str, Option<usize>)>,
) -> Result<(), Refused> {
    for item in &set.items {
        match &item.node {
            Selection::Field(field) => {
                let lists = below(&field.node, lists);
                if lists.is_some_and(|lists| lists > INTROSPECTION_LISTS_MOST) {
                    let message = format!(
                        "introspection goes through lists of types more than {INTROSPECTION_LISTS_MOST} times in each other"
                    );
                    return Err(refused(Code::CostLimit, message, Some(field.pos)));
                }
                introspection(document, &field.node.selection_set.node, lists, seen)?;
            }
            Selection::InlineFragment(fragment) => {
                introspection(document, &fragment.node.selection_set.node, lists, seen)?;
            }
            Selection::FragmentSpread(spread) => {
                let name = spread.node.fragment_name.node.as_str();
                if let Some(fragment) = document.fragments.get(name).filter(|_| seen.insert((name, lists))) {
                    introspection(document, &fragment.node.selection_set.node, lists, seen)?;
                }
            }
        }
    }
    Ok(())
}

fn below(field: &Field, lists: Option<usize>) -> Option<usize> {
    match (field.name.node.as_str(), lists) {
        ("__schema" | "__type", None) => Some(0),
        ("fields" | "interfaces" | "possibleTypes" | "inputFields", Some(lists)) => Some(lists + 1),
        (_, lists) => lists,
    }
}
