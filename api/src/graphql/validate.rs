//! What async-graphql's validation lets through and the GraphQL specification does not: values that do not fit, variables
//! in the wrong place, fields that cannot be merged, and documents that fragments blow up. Knows no row.

mod bounds;
mod overlap;
mod size;
mod tokens;
mod values;
mod variables;

use async_graphql::{Positioned, ServerError};
use async_graphql_parser::{
    Pos,
    types::{ExecutableDocument, InlineFragment},
};

use self::values::Scope;
use super::{
    error::{Code, Problem},
    model::{Model, Object},
};

/// Refuses a request that would take too long to look at, or that async-graphql cannot look at; comes before any other
/// rule.
///
/// # Errors
/// What is wrong, and where.
pub(super) fn before(model: &Model, document: &ExecutableDocument) -> Result<(), (Problem, Vec<Pos>)> {
    size::check(document)?;
    bounds::check(model, document)
}

/// Refuses variables that are more or deeper than a request may have.
///
/// # Errors
/// Which, and why.
pub(super) fn variables(variables: &serde_json::Map<String, serde_json::Value>) -> Result<(), Problem> {
    bounds::variables(variables)
}

/// Refuses a text that would take too long or too deep to parse.
///
/// # Errors
/// What is too much of it.
pub(super) fn text(text: &str, most_tokens: usize) -> Result<(), Problem> {
    tokens::check(text, most_tokens).map_err(|message| Problem { code: Code::CostLimit, message })
}

/// Does the document ask for the schema itself?
pub(super) fn introspects(document: &ExecutableDocument) -> bool {
    bounds::introspects(document)
}

/// Everything else; only for a document that async-graphql has validated.
///
/// # Errors
/// What is wrong, each at its place.
pub(super) fn rest(model: &Model, document: &ExecutableDocument) -> Result<(), Vec<ServerError>> {
    let mut errors = Vec::new();
    let mut fragments = Vec::new();
    for (name, fragment) in &document.fragments {
        if name == "on" {
            errors.push(error("a fragment cannot be named \"on\"", fragment.pos));
        }
        let fragment = &fragment.node;
        let mut scope = Scope::new(model);
        scope.directives(&fragment.directives);
        scope.selection(model.object(&fragment.type_condition.node.on.node), &fragment.selection_set.node);
        errors.append(&mut scope.errors);
        fragments.push((name.as_str(), scope));
    }
    for (_, operation) in document.operations.iter() {
        let operation = &operation.node;
        let mut scope = Scope::new(model);
        scope.directives(&operation.directives);
        scope.selection(model.object("Query"), &operation.selection_set.node);
        scope.defaults(&operation.variable_definitions);
        errors.append(&mut scope.errors);
        variables::check(&operation.variable_definitions, &scope, &fragments, &mut errors);
        overlap::check(model, document, &operation.selection_set.node, &mut errors);
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

fn error(message: impl Into<String>, at: Pos) -> ServerError {
    ServerError::new(message, Some(at))
}

/// The type that the selections of an inline fragment are of.
fn condition<'m>(
    model: &'m Model,
    parent: Option<&'m Object>,
    fragment: &Positioned<InlineFragment>,
) -> Option<&'m Object> {
    match &fragment.node.type_condition {
        Some(condition) => model.object(&condition.node.on.node),
        None => parent,
    }
}
