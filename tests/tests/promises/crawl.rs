//! Every role sees of the schema exactly what the policy file's cells and the descriptors say, and what it does not see
//! cannot be told from what does not exist: in introspection, in validation, in the words of errors, and in headers.

mod paths;
mod rows;
mod rows_linked;

use std::collections::{BTreeSet, HashMap};

use entities::code::CODE_LISTS;
use regiograph::{
    graphql::model::{Model, Type},
    query::Holder,
};
use regiograph_tests::{
    caller::As,
    gateway::{Gateway, Reply, Setup, SourceSetup},
    matrix::{Matrix, POLICY, Role},
    visible,
};
use serde_json::{Value, json};

use self::paths::Paths;

const INTROSPECTION: &str = "{ __schema { types { name fields { name args { name } } inputFields { name } \
                             enumValues { name } possibleTypes { name } } } }";

/// A name that no schema has.
const NOTHING: &str = "absentThing";

async fn gateway() -> Gateway {
    Setup::of([SourceSetup::of_provider("almata", "ALMATA")]).shown_to_the_public().start().await
}

/// A gateway with a release of every dataset about persons.
async fn releasing() -> Gateway {
    let holders = [
        SourceSetup::of_provider("almata", "ALMATA"),
        SourceSetup::new("region", Holder::Region("JZ36".into())),
        SourceSetup::new("school", Holder::Partnership("VO3001".into())),
    ];
    let gateway = Setup::of(holders).shown_to_the_public().start().await;
    gateway.release(&["2025"]).await.expect("the year is closed");
    gateway
}

/// What introspection shows, said as `visible::coordinates` does. Its own types and the built-in scalars left out.
fn shown(reply: &Value) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    let name = |it: &Value| it["name"].as_str().unwrap_or_default().to_owned();
    let all = |it: &Value| it.as_array().cloned().unwrap_or_default();
    let built_in = |name: &str| name.starts_with("__") || ["Int", "Float", "String", "Boolean", "ID"].contains(&name);
    for ty in all(&reply["__schema"]["types"]).iter().filter(|it| !built_in(&name(it))) {
        let of = name(ty);
        for field in all(&ty["fields"]) {
            out.insert(format!("{of}.{}", name(&field)));
            out.extend(all(&field["args"]).iter().map(|arg| format!("{of}.{}({})", name(&field), name(arg))));
        }
        out.extend(all(&ty["inputFields"]).iter().map(|it| format!("{of}.{}", name(it))));
        out.extend(all(&ty["enumValues"]).iter().map(|it| format!("{of}={}", name(it))));
        out.extend(all(&ty["possibleTypes"]).iter().map(|it| format!("{of}<{}", name(it))));
        out.insert(of);
    }
    out
}

#[tokio::test]
async fn introspection_shows_what_the_matrix_says_and_no_more() {
    let (gateway, union) = (gateway().await, visible::union());
    for role in &Matrix::of(POLICY).role {
        let reply = gateway.ask(&role.someone(), INTROSPECTION).await;
        let expected = visible::coordinates(&union, |ty, member| visible::is_visible(role, ty, member));
        let shown = shown(reply.data());
        let more: Vec<_> = shown.difference(&expected).collect();
        let less: Vec<_> = expected.difference(&shown).collect();
        assert!(more.is_empty() && less.is_empty(), "{} sees {more:?} and lacks {less:?}", role.name);
    }
}

/// What a caller is told of a name that no schema has, question by question: asked once, and the same for every name.
struct Nothing<'g> {
    gateway: &'g Gateway,
    caller: &'g As,
    told: HashMap<String, (u16, String, String)>,
}

/// The headers of an answer, but for those that differ between any two, and its length where that is that of a name.
fn headers(reply: &Reply) -> String {
    let differs = ["date", "x-request-id", "content-length"];
    let told = reply.headers.iter().filter(|(name, _)| !differs.contains(&name.as_str()));
    let mut told: Vec<String> = told.map(|(name, value)| format!("{name}: {value:?}")).collect();
    told.sort_unstable();
    told.join("\n")
}

impl Nothing<'_> {
    /// The same question of something and of nothing: the answers may differ in that name only.
    async fn is_told_of(&mut self, what: &str, question: impl Fn(&str) -> String) {
        let of_it = self.gateway.ask(self.caller, &question(what)).await;
        let of_nothing = question(NOTHING);
        if !self.told.contains_key(&of_nothing) {
            let reply = self.gateway.ask(self.caller, &of_nothing).await;
            self.told.insert(of_nothing.clone(), (reply.status, headers(&reply), reply.text));
        }
        let (status, headers_of_nothing, text) = &self.told[&of_nothing];
        let expected = (*status, headers_of_nothing.clone(), text.replace(NOTHING, what));
        let told = (of_it.status, headers(&of_it), of_it.text);
        assert_eq!(told, expected, "{} sees {what}", self.caller.role);
    }
}

/// The types with their members that the role is to see, and not to see of types that it sees.
fn members<'m>(model: &'m Model, role: &Role) -> Vec<(&'m str, Vec<&'m str>, Vec<&'m str>)> {
    let types = model.types.iter().filter(|(name, _)| visible::is_visible(role, name, ""));
    let split = types.filter_map(|(name, ty)| {
        let members: Vec<_> = match ty {
            Type::Object(object) => object.fields.keys().collect(),
            Type::Input(input) => input.fields.keys().collect(),
            _ => return None,
        };
        let (seen, unseen) =
            members.into_iter().map(String::as_str).partition(|it| visible::is_visible(role, name, it));
        Some((name.as_str(), seen, unseen))
    });
    split.collect()
}

#[tokio::test]
async fn every_field_filter_and_order_can_be_asked_for_exactly_where_the_matrix_says_so() {
    let (gateway, union) = (releasing().await, visible::union());
    for role in &Matrix::of(POLICY).role {
        let (caller, paths) = (role.someone(), Paths::of(&union, role));
        for (ty, seen, unseen) in members(&union, role) {
            let Some(path) = paths.to(ty) else { continue };
            let reply = gateway.ask(&caller, &path.asking(&seen)).await;
            // What groups are ordered by, they must be grouped by; a released table takes one value of a dimension; and
            // what is of different units is not put together.
            let takes_less = ["GroupOrder", "Filter", "Group", "Measure"].iter().any(|it| ty.ends_with(it));
            let is_known = reply.errors().is_empty() || takes_less && reply.code() == "BAD_USER_INPUT";
            assert!(reply.status == 200 && is_known, "{} lacks {ty}: {}", role.name, reply.text);
            if unseen.is_empty() {
                continue;
            }
            let of_nothing = gateway.ask(&caller, &path.asking(&[NOTHING])).await;
            for member in unseen {
                let of_it = gateway.ask(&caller, &path.asking(&[member])).await;
                let expected = of_nothing.text.replace(NOTHING, member);
                assert_eq!((of_it.status, of_it.text), (of_nothing.status, expected), "{} sees {member}", role.name);
            }
        }
    }
}

#[tokio::test]
async fn a_type_that_a_role_does_not_see_is_one_that_does_not_exist() {
    let (gateway, union) = (gateway().await, visible::union());
    for role in &Matrix::of(POLICY).role {
        let caller = role.someone();
        let unseen = union.types.iter().filter(|(name, _)| !visible::is_visible(role, name, ""));
        let mut nothing = Nothing { gateway: &gateway, caller: &caller, told: HashMap::new() };
        for (name, ty) in unseen {
            let reply = gateway.ask(&caller, &format!("{{ __type(name: \"{name}\") {{ name }} }}")).await;
            assert_eq!(reply.data(), &json!({ "__type": null }), "{}", role.name);
            let question = |name: &str| match ty {
                Type::Object(_) | Type::Interface(_) => {
                    format!("{{ node(id: \"x\") {{ ... on {name} {{ __typename }} }} }}")
                }
                _ => format!("query($it: {name}) {{ __typename @skip(if: $it) }}"),
            };
            nothing.is_told_of(name, question).await;
            let entity = |name: &str| {
                let of = format!("{{ __typename: \"{name}\", id: \"x\", code: \"x\" }}");
                format!("{{ _entities(representations: [{of}]) {{ __typename }} }}")
            };
            nothing.is_told_of(name, entity).await;
            let none =
                |name: &str| format!("{{ _entities(representations: []) {{ ... on {name} {{ __typename }} }} }}");
            nothing.is_told_of(name, none).await;
        }
    }
}

#[tokio::test]
async fn code_lists_of_our_own_sources_and_grants_name_only_what_is_seen() {
    let (gateway, union) = (gateway().await, visible::union());
    let query = "{ codeLists { name } sources { datasets tables } viewer { role scope grants { dataset rule tier monthsOnly } } }";
    for role in &Matrix::of(POLICY).role {
        let reply = gateway.ask(&role.someone(), query).await;
        let data = reply.data();
        // What is published elsewhere tells nothing; lists of our own tell of fields.
        let lists = CODE_LISTS.iter().filter(|list| {
            let is_behind = matches!(union.types.get(list.name), Some(Type::Enum(_)));
            list.origin.is_some() || is_behind && visible::is_visible(role, list.name, "")
        });
        let expected: BTreeSet<_> = lists.map(|list| list.name.to_owned()).collect();
        let texts = |list: &Value, of: fn(&Value) -> &Value| -> BTreeSet<String> {
            list.as_array().into_iter().flatten().filter_map(|it| Some(of(it).as_str()?.to_owned())).collect()
        };
        assert_eq!(texts(&data["codeLists"], |it| &it["name"]), expected, "{}", role.name);
        let seen: BTreeSet<_> =
            entities::datasets().iter().filter(|it| role.tier(it).is_some()).map(|it| it.name.to_owned()).collect();
        assert!(texts(&data["sources"][0]["datasets"], |it| it).is_subset(&seen), "{}", role.name);
        let tabled: BTreeSet<_> = entities::datasets()
            .iter()
            .filter(|it| role.table_tier(it).is_some())
            .map(|it| it.name.to_owned())
            .collect();
        assert!(texts(&data["sources"][0]["tables"], |it| it).is_subset(&tabled), "{}", role.name);
        let grants = |it: &Value| format!("{} {} {}", it["dataset"], it["rule"], it["tier"]).replace('"', "");
        let told: BTreeSet<_> = data["viewer"]["grants"].as_array().into_iter().flatten().map(grants).collect();
        let parts = entities::datasets().iter().flat_map(|dataset| {
            let parts = role.table_parts(dataset).into_iter();
            parts.map(|it| format!("{} {} {}", dataset.name, it.rule, it.tier.name().to_uppercase()))
        });
        assert_eq!(told, parts.collect(), "{}", role.name);
    }
}

#[tokio::test]
async fn everyone_is_given_all_published_codes_with_their_labels_in_both_languages() {
    let gateway = gateway().await;
    let query = "{ codeLists { origin codes { value code dutch: label(language: NL) english: label(language: EN) } } }";
    let reply = gateway.ask(&As::public(), query).await;
    let lists = reply.data()["codeLists"].as_array().cloned().unwrap_or_default();
    let published = lists.iter().filter(|list| !list["origin"].is_null());
    let code = |list: &Value, code: &Value| {
        let text = |of: &str| code[of].as_str().unwrap_or_default().to_owned();
        assert!(!text("value").is_empty() && !text("english").is_empty(), "{code}");
        (list["origin"].as_str().unwrap_or_default().to_owned(), text("code"), text("dutch"))
    };
    let told: BTreeSet<_> =
        published.flat_map(|list| list["codes"].as_array().into_iter().flatten().map(|it| code(list, it))).collect();
    let mut file = csv::Reader::from_reader(include_str!("../../../entities/data/codelijsten.csv").as_bytes());
    let record = |it: csv::Result<csv::StringRecord>| it.expect("the file is a CSV file");
    let expected: BTreeSet<_> =
        file.records().map(record).map(|it| (it[0].to_owned(), it[2].to_owned(), it[3].to_owned())).collect();
    assert_eq!(expected.len(), 181);
    assert_eq!(told, expected);
}
