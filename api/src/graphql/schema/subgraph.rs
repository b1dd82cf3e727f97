//! A schema as a Federation v2 subgraph: entities by their keys, and who may see what, for routers that ask no more than
//! a token's scopes allow. A router only saves questions: each role's own schema is what enforces.

use async_graphql::{
    SDLExportOptions,
    dynamic::{self, Directive, Schema, SchemaError},
};
use async_graphql_value::ConstValue;

use super::{registry, root};
use crate::graphql::model::{Model, Object, Type};

/// The version that has `@requiresScopes`: any composer that takes it takes this one.
const SPECIFICATION: &str = "https://specs.apollo.dev/federation/v2.5";

/// The types that other subgraphs may have too, field by field the same.
const SHAREABLE: [&str; 1] = ["PageInfo"];

/// Those who hold one scope, with all that they see.
pub struct Audience<'m> {
    /// What their tokens carry in `scope`; none for those without a token.
    pub scope: Option<String>,
    /// Their schemas: a role has several where what it sees rests on its purpose.
    pub schemas: Vec<&'m Model>,
}

/// The SDL of all that any audience sees, for composition. `all` holds at least that.
///
/// # Errors
/// Where the model names a type that it does not have.
pub fn union_sdl(mut all: Model, audiences: &[Audience<'_>]) -> Result<String, SchemaError> {
    keep_seen(&mut all, audiences);
    write(&all, audiences)
}

/// The SDL of one schema, for whoever sees it: it asks for no scope, and tells nothing of others.
///
/// # Errors
/// Where the model names a type that it does not have.
pub fn own_sdl(model: &Model) -> Result<String, SchemaError> {
    write(model, &[])
}

fn write(model: &Model, audiences: &[Audience<'_>]) -> Result<String, SchemaError> {
    let entity = |it: &Object| entity(it, audiences);
    let schema = registry::register(Schema::build(root::QUERY, None, None), model, entity).finish()?;
    let sdl = schema.sdl_with_options(SDLExportOptions::new().federation());
    // The exporter links what it knows of; here stands what is used.
    let types = sdl.split_once("extend schema @link(").map_or(sdl.as_str(), |(types, _)| types);
    let used = ["@key", "@requiresScopes", "@shareable"].into_iter().filter(|it| types.contains(&format!(" {it}")));
    let used: Vec<_> = used.map(|it| format!("\"{it}\"")).collect();
    let link = format!("extend schema @link(url: \"{SPECIFICATION}\", import: [{}])", used.join(", "));
    Ok(format!("{link}\n\n{}\n", types.trim_end()))
}

fn entity(object: &Object, audiences: &[Audience<'_>]) -> dynamic::Object {
    let of_type = scopes(audiences, |schema| schema.object(&object.name).is_some());
    let out = registry::object_with(object, |field, made| {
        let scopes = scopes(audiences, |schema| {
            schema.object(&object.name).is_some_and(|it| it.fields.contains_key(&field.name))
        });
        let is_left_out = match object.node {
            // `Node` has the id of every type: asking scopes there would ask them of the interface, those of all types.
            true => field.name == "id",
            // Whoever came to the type by a field has what it asks for. To an entity one also comes by `node` and by keys.
            false => scopes == of_type,
        };
        match scopes.filter(|_| !is_left_out) {
            Some(scopes) => made.directive(Directive::new("requiresScopes").argument("scopes", scopes)),
            None => made,
        }
    });
    let out = object.keys.iter().fold(out, |out, key| out.key(key.selection()));
    if SHAREABLE.contains(&object.name.as_str()) { out.shareable() } else { out }
}

/// The scopes of those in whose schema it is; none where it takes no scope to see it.
fn scopes(audiences: &[Audience<'_>], is_in: impl Fn(&Model) -> bool) -> Option<ConstValue> {
    let mut scopes = Vec::new();
    for audience in audiences.iter().filter(|it| it.schemas.iter().any(|schema| is_in(schema))) {
        scopes.push(ConstValue::List(vec![ConstValue::from(audience.scope.as_deref()?)]));
    }
    (!scopes.is_empty()).then_some(ConstValue::List(scopes))
}

/// Drops what no audience sees.
fn keep_seen(all: &mut Model, audiences: &[Audience<'_>]) {
    let schemas: Vec<&Model> = audiences.iter().flat_map(|it| it.schemas.iter().copied()).collect();
    all.types.retain(|name, _| schemas.iter().any(|it| it.types.contains_key(name)));
    for (name, ty) in &mut all.types {
        let of: Vec<&Type> = schemas.iter().filter_map(|it| it.types.get(name)).collect();
        match ty {
            Type::Object(object) | Type::Interface(object) | Type::Union(object) => {
                let of: Vec<&Object> = schemas.iter().filter_map(|it| it.object(name)).collect();
                object.fields.retain(|name, _| of.iter().any(|it| it.fields.contains_key(name)));
                for (name, field) in &mut object.fields {
                    let of = of.iter().filter_map(|it| it.fields.get(name)).flat_map(|it| &it.args);
                    let seen: Vec<_> = of.map(|arg| arg.name.as_str()).collect();
                    field.args.retain(|arg| seen.contains(&arg.name.as_str()));
                }
            }
            Type::Input(input) => {
                let has = |it: &&Type, name: &str| matches!(it, Type::Input(it) if it.fields.contains_key(name));
                input.fields.retain(|name, _| of.iter().any(|it| has(it, name)));
            }
            Type::Enum(list) => {
                let has = |it: &&Type, value: &str| matches!(it, Type::Enum(it) if it.values.contains_key(value));
                list.values.retain(|value, _| of.iter().any(|it| has(it, value)));
            }
            Type::Scalar(_) => {}
        }
    }
}
