//! What a federation router asks of a subgraph: the fields `_service` and `_entities`, with their types.

use async_graphql::dynamic::TypeRef;

use crate::graphql::{
    model::{InputValue, Model, Object, Resolve, Scalar, Type},
    name::{ANY, ENTITY},
};

/// The fields of the query.
pub(super) fn root(query: Object) -> Object {
    let doc = "Each what is known by its type and one of its keys, such as { __typename: \"Region\", code: \"JZ36\" }.";
    let representations = InputValue::new("representations", TypeRef::named_nn_list_nn(ANY), doc);
    query
        .field_with(
            "_entities",
            TypeRef::named_list_nn(ENTITY),
            Resolve::Entities,
            "For federation routers: several things by their keys, in the order asked; null where there is none for you.",
            vec![representations],
        )
        .field(
            "_service",
            TypeRef::named_nn("_Service"),
            Resolve::Service,
            "For federation routers: what you may see, as a subgraph. Nobody is shown here what it may not see, so that a \
             router for several roles composes what the command `sdl` prints.",
        )
}

/// The types that the fields name, but for the union.
pub(super) fn add(model: &mut Model) {
    let doc =
        "A type's name (`__typename`) with one of the type's keys; what else it holds is not looked at.".to_owned();
    model.add(Type::Scalar(Scalar { name: ANY.to_owned(), doc, specified_by: None }));
    let service = Object::new("_Service", "This schema as a subgraph.");
    let sdl = TypeRef::named_nn(TypeRef::STRING);
    model.add(Type::Object(service.field("sdl", sdl, Resolve::Member("sdl"), "In the schema definition language.")));
}

/// Adds the union of all types that have an id, once it is known which there are.
pub(super) fn unite(model: &mut Model) {
    model.add(Type::Union(Object::new(ENTITY, "Whatever has a key.")));
}
