//! The to-many links of a type: for every link to it that is seen, the rows that have it.

use async_graphql::dynamic::TypeRef;
use entities::Kind;

use super::{Visible, root};
use crate::graphql::{
    model::{Object, Resolve},
    name,
};

/// Adds to a type the lists of all rows that link to it.
pub(super) fn add(mut object: Object, visible: &Visible) -> Object {
    let target = object.name.clone();
    for dataset in visible.datasets() {
        for (id, field) in visible.fields(dataset).filter(|(_, field)| field.kind.target() == Some(&*target)) {
            let doc = match field.kind {
                Kind::Youth => format!("The {} rows about this youth, from every source.", dataset.name),
                _ => format!("The {} rows whose `{}` this is.", dataset.name, name::field(field)),
            };
            object = object.field_with(
                name::linked_by(dataset, field),
                TypeRef::named(name::connection(dataset)),
                Resolve::Each(dataset, id),
                doc,
                root::list_args(dataset, visible),
            );
        }
    }
    object
}
