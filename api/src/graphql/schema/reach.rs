//! Drops the types that nobody can get to from the query type: inputs that no field takes, types that no field gives.

use std::collections::HashSet;

use async_graphql::dynamic::TypeRef;

use super::root;
use crate::graphql::model::{Model, Type};

/// Keeps what can be got to.
pub(super) fn prune(model: &mut Model) {
    let mut reached = HashSet::from([root::QUERY.to_owned()]);
    let mut next = vec![root::QUERY.to_owned()];
    while let Some(ty) = next.pop().and_then(|name| model.types.get(&name)) {
        for name in named(ty) {
            if reached.insert(name.to_owned()) && model.types.contains_key(name) {
                next.push(name.to_owned());
            }
        }
    }
    model.types.retain(|name, _| reached.contains(name));
}

/// The types that a type's fields give and take.
fn named(ty: &Type) -> Vec<&str> {
    match ty {
        Type::Object(object) | Type::Interface(object) => {
            let fields = object.fields.values();
            fields
                .flat_map(|field| field.args.iter().map(|arg| &arg.ty).chain([&field.ty]))
                .map(TypeRef::type_name)
                .collect()
        }
        Type::Input(input) => input.fields.values().map(|field| field.ty.type_name()).collect(),
        // The union takes in what others lead to.
        Type::Union(_) | Type::Enum(_) | Type::Scalar(_) => Vec::new(),
    }
}
