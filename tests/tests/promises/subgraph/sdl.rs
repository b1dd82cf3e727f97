//! What is composed: one subgraph that holds what any role sees and says who sees it; and each role's own.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql_parser::{
    parse_schema,
    types::{ConstDirective, FieldDefinition, TypeKind, TypeSystemDefinition},
};
use regiograph_tests::{
    caller::As,
    gateway::{Gateway, Setup, SourceSetup},
    matrix::{Matrix, POLICY},
};
use serde_json::{Value, json};

const LINK: &str = "extend schema @link(url: \"https://specs.apollo.dev/federation/v2.5\", import: ";

/// An SDL, taken apart.
#[derive(Debug, Default)]
struct Subgraph {
    /// Each type and member, as `Placement`, `Placement.startedOn: Date`, `Query.placements(first): Int`, `View=OWN`.
    coordinates: BTreeSet<String>,
    /// The keys of each object type, as their selections.
    keys: BTreeMap<String, Vec<String>>,
    /// The scopes that let one see a field; of fields that ask for some.
    scopes: BTreeMap<String, Vec<String>>,
}

async fn gateway() -> Gateway {
    Setup::of([SourceSetup::of_provider("almata", "ALMATA")]).shown_to_the_public().start().await
}

fn argument(directive: &ConstDirective, name: &str) -> Value {
    let value = directive.get_argument(name).expect("directives say what they are to say");
    value.node.clone().into_json().expect("it can be said in JSON")
}

impl Subgraph {
    fn of(sdl: &str) -> Self {
        let mut out = Self::default();
        let document = parse_schema(sdl).expect("the SDL is one");
        for definition in document.definitions {
            let TypeSystemDefinition::Type(ty) = definition else { continue };
            let (name, ty) = (ty.node.name.node.to_string(), ty.node);
            for key in ty.directives.iter().filter(|it| it.node.name.node == "key") {
                let fields = argument(&key.node, "fields").as_str().unwrap_or_default().to_owned();
                out.keys.entry(name.clone()).or_default().push(fields);
            }
            match &ty.kind {
                TypeKind::Object(object) => object.fields.iter().for_each(|it| out.field(&name, &it.node)),
                TypeKind::Interface(object) => object.fields.iter().for_each(|it| out.field(&name, &it.node)),
                TypeKind::InputObject(input) => {
                    let fields = input.fields.iter().map(|it| format!("{name}.{}: {}", it.node.name, it.node.ty));
                    out.coordinates.extend(fields);
                }
                TypeKind::Enum(list) => {
                    out.coordinates.extend(list.values.iter().map(|it| format!("{name}={}", it.node.value)));
                }
                TypeKind::Union(_) | TypeKind::Scalar => {}
            }
            out.coordinates.insert(name);
        }
        out
    }

    fn field(&mut self, ty: &str, field: &FieldDefinition) {
        let name = format!("{ty}.{}", field.name);
        self.coordinates.insert(format!("{name}: {}", field.ty));
        let arguments = field.arguments.iter().map(|it| format!("{name}({}): {}", it.node.name, it.node.ty));
        self.coordinates.extend(arguments);
        for directive in field.directives.iter().filter(|it| it.node.name.node == "requiresScopes") {
            let scopes = argument(&directive.node, "scopes");
            let scopes = scopes.as_array().into_iter().flatten().map(|all| {
                assert_eq!(all.as_array().map_or(0, Vec::len), 1, "{name} asks for one scope or another");
                all[0].as_str().unwrap_or_default().to_owned()
            });
            self.scopes.insert(name.clone(), scopes.collect());
        }
    }
}

/// What is only for routers to ask.
fn is_machinery(coordinate: &str) -> bool {
    coordinate.starts_with('_') || coordinate.starts_with("Query._")
}

#[tokio::test]
async fn the_union_links_the_specification_once_and_names_every_key() {
    let sdl = gateway().await.subgraph();
    assert!(sdl.starts_with(&format!("{LINK}[\"@key\", \"@requiresScopes\", \"@shareable\"])\n")), "{}", &sdl[..300]);
    assert_eq!(sdl.matches("@link").count(), 1);
    let union = Subgraph::of(&sdl);
    assert!(!union.coordinates.iter().any(|it| is_machinery(it)), "routers bring these themselves");
    for dataset in entities::datasets() {
        assert_eq!(union.keys[dataset.name], ["id"], "{}", dataset.name);
    }
    for table in entities::reference::tables().iter().filter(|it| union.keys.contains_key(it.name)) {
        let code = match table.name {
            "Plan" => "supraRegion { code }",
            "Postcode" => "pc4",
            _ => "code",
        };
        assert_eq!(union.keys[table.name], ["id", code], "{}", table.name);
    }
    assert_eq!(union.keys["Youth"], ["id"]);
    assert!(sdl.contains("type PageInfo @shareable {"), "another subgraph has pages too");
}

#[tokio::test]
async fn a_token_of_a_role_has_the_scope_for_all_that_the_role_sees_and_for_nothing_else() {
    let gateway = gateway().await;
    let union = Subgraph::of(&gateway.subgraph());
    let mut by_role: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for role in &Matrix::of(POLICY).role {
        let own = Subgraph::of(&gateway.sdl(&role.someone())).coordinates;
        let missing: Vec<_> = own.difference(&union.coordinates).filter(|it| !is_machinery(it)).collect();
        assert!(missing.is_empty(), "{} sees {missing:?}, which the union lacks", role.name);
        // A role may see more for one purpose than for another; its scope is the same.
        let fields = own.iter().filter_map(|it| it.split_once(':')).map(|(name, _)| name.to_owned());
        by_role.entry(role.name.clone()).or_default().extend(fields);
    }
    for (field, scopes) in &union.scopes {
        let seeing =
            by_role.iter().filter(|(_, fields)| fields.contains(field)).map(|(role, _)| format!("regiograph:{role}"));
        assert_eq!(scopes.iter().cloned().collect::<BTreeSet<_>>(), seeing.collect(), "{field}");
    }
    let public = &by_role["public"];
    assert!(union.scopes.keys().all(|field| !public.contains(field)), "what everyone sees asks for nothing");
    let rows = union.coordinates.iter().filter_map(|it| it.split_once(':')).map(|(name, _)| name);
    let rows = rows.filter(|it| it.starts_with("Placement.") && *it != "Placement.id" && !it.contains('('));
    for field in rows {
        assert!(union.scopes.contains_key(field), "one comes to {field} by keys too");
    }
}

#[tokio::test]
async fn every_token_carries_its_roles_scope() {
    let gateway = gateway().await;
    let token = gateway.token(&As::role("region_analyst").of("JZ36")).expect("an analyst has a token");
    let claims: Value = jsonwebtoken::dangerous::insecure_decode_claims(&token).expect("a token has claims");
    assert_eq!(claims["scope"], "regiograph:region_analyst");
    // It is for routers: here the role counts, whatever a scope says.
    let mut other = claims.clone();
    other["scope"] = json!("regiograph:provider");
    let request = gateway.client().post(gateway.url()).bearer_auth(gateway.sign(&other));
    let reply = gateway.send(request.json(&json!({ "query": "{ viewer { role } incidents { totalCount } }" }))).await;
    assert_eq!(reply.code(), "GRAPHQL_VALIDATION_FAILED", "{}", reply.text);
}

#[tokio::test]
async fn a_role_is_shown_its_own_schema_as_a_subgraph_and_nothing_of_others() {
    let gateway = gateway().await;
    for role in &Matrix::of(POLICY).role {
        let caller = role.someone();
        let reply = gateway.ask(&caller, "{ _service { sdl } }").await;
        let sdl = reply.data()["_service"]["sdl"].as_str().unwrap_or_default();
        assert!(sdl.starts_with(&format!("{LINK}[\"@key\"")), "{}", role.name);
        assert!(!sdl.contains("requiresScopes") && !sdl.contains("regiograph:"), "{}", role.name);
        let shown = Subgraph::of(sdl).coordinates;
        let own = Subgraph::of(&gateway.sdl(&caller)).coordinates;
        let own: BTreeSet<_> = own.into_iter().filter(|it| !is_machinery(it)).collect();
        assert_eq!(shown, own, "{}", role.name);
    }
}
