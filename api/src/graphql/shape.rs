//! What a document asks, without anything that only its writer could know: no literal, no alias, no name of a variable or
//! a fragment. Only documents that are valid have a shape; every word of it is then one of the schema.

use std::fmt::Write as _;

use async_graphql_parser::{
    Positioned,
    types::{Directive, DocumentOperations, ExecutableDocument, OperationDefinition, Selection, SelectionSet},
};
use async_graphql_value::{Name, Value};

/// The field whose argument takes objects with whatever names.
const ENTITIES: &str = "_entities";

/// The shape of a document.
pub(super) fn shape(document: &ExecutableDocument) -> String {
    let mut names: Vec<&Name> = document.fragments.keys().collect();
    names.sort_unstable();
    let mut shaping = Shaping { out: String::new(), fragments: names };
    match &document.operations {
        DocumentOperations::Single(operation) => shaping.operation(&operation.node),
        DocumentOperations::Multiple(operations) => {
            let mut all: Vec<_> = operations.iter().collect();
            all.sort_unstable_by_key(|(name, _)| name.as_str());
            all.into_iter().for_each(|(_, operation)| shaping.operation(&operation.node));
        }
    }
    for (number, name) in shaping.fragments.clone().into_iter().enumerate() {
        let Some(fragment) = document.fragments.get(name) else { continue };
        let on = &fragment.node.type_condition.node.on.node;
        let _ = write!(shaping.out, "fragment F{number} on {on}");
        shaping.set(&fragment.node.selection_set.node);
    }
    shaping.out
}

struct Shaping<'d> {
    out: String,
    /// The names of fragments; their places stand for them.
    fragments: Vec<&'d Name>,
}

impl Shaping<'_> {
    fn operation(&mut self, operation: &OperationDefinition) {
        let _ = write!(self.out, "{}", operation.ty);
        self.set(&operation.selection_set.node);
    }

    fn set(&mut self, set: &SelectionSet) {
        self.out.push('{');
        for (place, selection) in set.items.iter().enumerate() {
            if place > 0 {
                self.out.push(' ');
            }
            match &selection.node {
                Selection::Field(field) => {
                    self.out.push_str(&field.node.name.node);
                    if field.node.name.node == ENTITIES {
                        // What a router says of an object has names of its own making, beside those of keys.
                        self.out.push_str("(_)");
                    } else {
                        self.arguments(&field.node.arguments);
                    }
                    self.directives(&field.node.directives);
                    if !field.node.selection_set.node.items.is_empty() {
                        self.set(&field.node.selection_set.node);
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let number = self.fragments.iter().position(|name| **name == spread.node.fragment_name.node);
                    let _ = write!(self.out, "...F{}", number.unwrap_or_default());
                    self.directives(&spread.node.directives);
                }
                Selection::InlineFragment(fragment) => {
                    self.out.push_str("...");
                    if let Some(condition) = &fragment.node.type_condition {
                        let _ = write!(self.out, " on {}", condition.node.on.node);
                    }
                    self.directives(&fragment.node.directives);
                    self.set(&fragment.node.selection_set.node);
                }
            }
        }
        self.out.push('}');
    }

    fn directives(&mut self, directives: &[Positioned<Directive>]) {
        for directive in directives {
            let _ = write!(self.out, "@{}", directive.node.name.node);
            self.arguments(&directive.node.arguments);
        }
    }

    fn arguments(&mut self, arguments: &[(Positioned<Name>, Positioned<Value>)]) {
        if arguments.is_empty() {
            return;
        }
        for (place, (name, value)) in arguments.iter().enumerate() {
            let _ = write!(self.out, "{}{}:", if place > 0 { "," } else { "(" }, name.node);
            self.value(&value.node);
        }
        self.out.push(')');
    }

    /// Of a value only its form: which fields an input has, and where a variable or a literal stands.
    fn value(&mut self, value: &Value) {
        match value {
            Value::Variable(_) => self.out.push('$'),
            Value::Object(members) => {
                self.out.push('{');
                for (place, (name, member)) in members.iter().enumerate() {
                    let _ = write!(self.out, "{}{name}:", if place > 0 { "," } else { "" });
                    self.value(member);
                }
                self.out.push('}');
            }
            Value::List(items) => {
                self.out.push('[');
                if let Some(first) = items.first() {
                    self.value(first);
                }
                self.out.push(']');
            }
            _ => self.out.push('_'),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape_of(text: &str) -> String {
        shape(&async_graphql_parser::parse_query(text).unwrap())
    }

    #[test]
    fn a_shape_has_no_word_of_its_writer() {
        let text = "query Secret($secret: Int) { secret: placements(first: 5, filter: { startedOn: { gte: \"secret\" }, \
            authorisation: { in: [SECRET] } }, after: $secret) { ...Secret nodes @include(if: true) { id } } } \
            fragment Secret on PlacementConnection { totalCount }";
        let shape = shape_of(text);
        assert_eq!(
            shape,
            "query{placements(first:_,filter:{startedOn:{gte:_},authorisation:{in:[_]}},after:$){...F0 \
             nodes@include(if:_){id}}}fragment F0 on PlacementConnection{totalCount}"
        );
        assert!(!shape.to_lowercase().contains("secret"));
    }

    #[test]
    fn what_a_router_says_of_objects_has_no_shape() {
        let text =
            "{ _entities(representations: [{ __typename: \"Placement\", secret: { secret: 1 } }]) { __typename } }";
        assert_eq!(shape_of(text), "query{_entities(_){__typename}}");
    }

    #[test]
    fn documents_that_differ_in_values_alone_have_one_shape() {
        assert_eq!(shape_of("{ node(id: \"a\") { id } }"), shape_of("{ other: node(id: \"b\") { id } }"));
        assert_ne!(shape_of("{ node(id: \"a\") { id } }"), shape_of("{ node(id: \"a\") { __typename } }"));
    }
}
