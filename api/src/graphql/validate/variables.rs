//! Does every variable stand where its type allows it?

use std::collections::HashSet;

use async_graphql::{Positioned, ServerError, dynamic::TypeRef};
use async_graphql_parser::types::VariableDefinition;
use async_graphql_value::ConstValue;

use super::{
    error,
    values::{Scope, Usage},
};
use crate::graphql::execute::type_ref;

/// Checks an operation together with the fragments that it reaches.
pub(super) fn check(
    definitions: &[Positioned<VariableDefinition>],
    operation: &Scope<'_, '_>,
    fragments: &[(&str, Scope<'_, '_>)],
    errors: &mut Vec<ServerError>,
) {
    let mut reached = HashSet::new();
    let mut scopes = vec![operation];
    while let Some(scope) = scopes.pop() {
        for usage in &scope.usages {
            let definition = definitions.iter().find(|it| it.node.name.node == *usage.variable);
            let Some(definition) = definition.map(|it| &it.node) else { continue };
            if !allows(definition, usage) {
                let (name, ty) = (usage.variable, &usage.ty);
                let given = type_ref(&definition.var_type.node);
                errors.push(error(format!("variable \"${name}\" of type {given} stands where {ty} must"), usage.at));
            }
        }
        let new = scope.spreads.iter().filter(|name| reached.insert(**name));
        scopes.extend(new.flat_map(|name| fragments.iter().filter(move |it| it.0 == *name).map(|it| &it.1)));
    }
}

/// "All Variable Usages Are Allowed" of the specification.
fn allows(definition: &VariableDefinition, usage: &Usage<'_>) -> bool {
    let given = type_ref(&definition.var_type.node);
    let required = matches!(given, TypeRef::NonNull(_));
    let default = definition.default_value.as_ref().is_some_and(|default| default.node != ConstValue::Null);
    match &usage.ty {
        TypeRef::NonNull(inner) if !required => (default || usage.default) && is_within(&given, inner),
        ty => is_within(&given, ty),
    }
}

/// Is every value of one type one of the other?
fn is_within(given: &TypeRef, ty: &TypeRef) -> bool {
    match (given, ty) {
        (TypeRef::NonNull(given), TypeRef::NonNull(ty)) | (TypeRef::List(given), TypeRef::List(ty)) => {
            is_within(given, ty)
        }
        (TypeRef::NonNull(given), ty) => is_within(given, ty),
        (TypeRef::Named(given), TypeRef::Named(ty)) => given == ty,
        _ => false,
    }
}
