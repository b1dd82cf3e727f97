//! What a federation router asks: things by type and key, many at once, each granted as by `node`; what it gets wrong is
//! told by its place.

mod sdl;

use super::oracle::policy;
use regiograph_tests::{
    caller::As,
    gateway::{Gateway, Reply, Setup, SourceSetup},
    log::Log,
    row::{self, Row, dataset},
};
use serde_json::{Value, json};

/// What is asked of each; of placements only where they are seen.
const REFERENCE: &str = "__typename ... on Node { id } ... on Region { code name }";
const PLACEMENT: &str = "... on Placement { startedOn urgent }";

/// Three sources of one provider with so many placements each, every one of a youth of its own.
fn sources(names: &str, stays: i64) -> Vec<SourceSetup> {
    let rows = |source: i64| {
        (1..=stays).map(move |id| {
            let row = Row::of(dataset("Placement")).with("id", id).with("youth", format!("youth-{source}-{id}"));
            let row = row.with("institution", if id == 1 { "GI02" } else { "GI01" }.to_owned());
            row.with("started_on", format!("202{source}-01-{:02}", id % 28 + 1))
        })
    };
    (1..=3).map(|number| SourceSetup::of_provider(&format!("{names}-{number}"), "ALMATA").rows(rows(number))).collect()
}

fn provider() -> As {
    As::role("provider").of("ALMATA")
}

fn wards() -> As {
    As::role("certified_institution").of("GI01")
}

async fn entities(gateway: &Gateway, caller: &As, of: &Value) -> Reply {
    let rows = if *caller == As::public() { "" } else { PLACEMENT };
    let query = format!("query($of: [_Any!]!) {{ _entities(representations: $of) {{ {REFERENCE} {rows} }} }}");
    gateway.ask_with(caller, &query, json!({ "of": of })).await
}

/// The ids of placements and their youths, as a caller is given them.
async fn given(gateway: &Gateway, caller: &As) -> Vec<(String, String)> {
    let query = "{ placements(first: 1000) { nodes { id youth { id } } } }";
    let reply = gateway.ask(caller, query).await;
    let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
    let nodes = reply.data()["placements"]["nodes"].as_array().cloned().unwrap_or_default();
    nodes.iter().map(|it| (text(&it["id"]), text(&it["youth"]["id"]))).collect()
}

fn placement(id: &str) -> Value {
    json!({ "__typename": "Placement", "id": id })
}

#[tokio::test]
async fn each_is_what_node_finds_by_the_same_id_for_the_same_caller() {
    let gateway = Gateway::over(sources("almata", 3)).await;
    let (own, of_wards) = (given(&gateway, &provider()).await, given(&gateway, &wards()).await);
    assert_eq!((own.len(), of_wards.len()), (9, 6));
    let reference = gateway.ask(&As::public(), "{ region(code: \"JZ36\") { id } sources { id } }").await;
    let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
    let others = [text(&reference.data()["region"]["id"]), text(&reference.data()["sources"][0]["id"])];
    let ids: Vec<String> = own.into_iter().chain(of_wards).flat_map(|(id, youth)| [id, youth]).chain(others).collect();
    let types = ["Placement", "Youth", "Region", "Source", "Release", "CapacityReport"];
    for caller in
        [provider(), wards(), As::role("provider").of("HORIZON"), As::role("certified_institution").of("GI03")]
    {
        for id in &ids {
            let node = format!("query($id: ID!) {{ node(id: $id) {{ {REFERENCE} {PLACEMENT} }} }}");
            let node = gateway.ask_with(&caller, &node, json!({ "id": id })).await.data()["node"].clone();
            let of: Vec<_> = types.iter().map(|ty| json!({ "__typename": ty, "id": id })).collect();
            let reply = entities(&gateway, &caller, &json!(of)).await;
            for (place, ty) in types.iter().enumerate() {
                let expected = if node["__typename"] == *ty { &node } else { &Value::Null };
                assert_eq!(&reply.data()["_entities"][place], expected, "{} {ty}", caller.role);
            }
        }
    }
}

#[tokio::test]
async fn foreign_forged_absent_and_not_granted_are_one_and_the_same_null() {
    let gateway = Gateway::over(sources("almata", 2)).await;
    let own = given(&gateway, &wards()).await;
    let of_provider = given(&gateway, &provider()).await;
    let nothing = entities(&gateway, &wards(), &json!([placement("nothing")])).await;
    assert_eq!(nothing.data(), &json!({ "_entities": [null] }));
    let mut forged = own[0].0.clone();
    forged.replace_range(4..5, if forged.as_bytes()[4] == b'A' { "B" } else { "A" });
    for id in of_provider.iter().map(|(id, _)| id).chain([&forged, &own[0].1]) {
        assert_eq!(entities(&gateway, &wards(), &json!([placement(id)])).await.text, nothing.text);
    }
    let youth = |id: &str| json!([{ "__typename": "Youth", "id": id }]);
    for (_, id) in &of_provider {
        assert_eq!(entities(&gateway, &wards(), &youth(id)).await.text, nothing.text);
    }
    for name in 1..=3 {
        row::execute(&gateway.file(&format!("almata-{name}")), "UPDATE placement SET institution = 'GI03'");
    }
    assert_eq!(entities(&gateway, &wards(), &json!([placement(&own[0].0)])).await.text, nothing.text);
    assert_eq!(entities(&gateway, &wards(), &youth(&own[0].1)).await.text, nothing.text);
}

#[tokio::test]
async fn however_many_are_asked_for_a_source_is_asked_once_for_each_type() {
    let log = Log::listen();
    // Sees everything of everyone; rests on no care relation, which would be asked for beside it.
    let caller = As::role("all_seeing");
    for (names, stays) in [("apart", 1), ("together", 40)] {
        let gateway = Setup::of(sources(names, stays)).policy(policy()).start().await;
        let given = given(&gateway, &caller).await;
        assert_eq!(i64::try_from(given.len()), Ok(3 * stays));
        let questions = || log.questions(names, &["Placement"]);
        let before = questions();
        let placements: Vec<_> = given.iter().map(|(id, _)| placement(id)).collect();
        let reply = entities(&gateway, &caller, &json!(placements)).await;
        let found = reply.data()["_entities"].as_array().cloned().unwrap_or_default();
        assert!(found.iter().all(|it| it["startedOn"].is_string()), "{}", reply.text);
        assert_eq!(questions() - before, 3, "{stays} placements of each of three sources");

        let before = questions();
        let youths: Vec<_> = given.iter().map(|(_, id)| json!({ "__typename": "Youth", "id": id })).collect();
        let reply = entities(&gateway, &caller, &json!(youths)).await;
        let found = reply.data()["_entities"].as_array().cloned().unwrap_or_default();
        let ids: Vec<_> = found.iter().filter_map(|it| it["id"].as_str()).collect();
        assert_eq!(ids, given.iter().map(|(_, id)| id).collect::<Vec<_>>());
        assert_eq!(questions() - before, 3, "{stays} youths, each of whom any source may know");

        // What they lead to is asked once for all of them.
        let query =
            "query($of: [_Any!]!) { _entities(representations: $of) { ... on Youth { placements { nodes { id } } } } }";
        let before = questions();
        let reply = gateway.ask_with(&caller, query, json!({ "of": youths })).await;
        let found = reply.data()["_entities"].as_array().cloned().unwrap_or_default();
        let ids: Vec<_> = found.iter().filter_map(|it| it["placements"]["nodes"][0]["id"].as_str()).collect();
        assert_eq!(ids, given.iter().map(|(id, _)| id).collect::<Vec<_>>());
        assert_eq!(questions() - before, 6, "the youths, and their placements");
    }
}

#[tokio::test]
async fn the_order_is_kept_and_each_stands_as_often_as_it_is_asked_for() {
    let gateway = Gateway::over(sources("almata", 2)).await;
    let ids = given(&gateway, &provider()).await;
    let region = |code: &str| json!({ "__typename": "Region", "code": code });
    let asked = [
        placement(&ids[3].0),
        region("JZ36"),
        placement(&ids[0].0),
        placement("nothing"),
        region("JZ36"),
        placement(&ids[3].0),
    ];
    let reply = entities(&gateway, &provider(), &json!(asked)).await;
    let list = &reply.data()["_entities"];
    let of = |place: usize| (&list[place]["__typename"], &list[place]["id"]);
    assert_eq!((of(0), of(5)), ((&json!("Placement"), &json!(ids[3].0)), of(0)));
    assert_eq!(of(2), (&json!("Placement"), &json!(ids[0].0)));
    assert_eq!((&list[1]["name"], &list[4]), (&json!("West Brabant West"), &list[1]));
    assert_eq!(list[3], Value::Null);
}

#[tokio::test]
async fn what_everyone_knows_is_found_by_its_code_or_its_id() {
    let gateway = Gateway::over(sources("almata", 1)).await;
    let ids = gateway.ask(&As::public(), "{ region(code: \"JZ36\") { id } plan(supraRegion: \"ZW\") { id } }").await;
    let (region, plan) = (&ids.data()["region"]["id"], &ids.data()["plan"]["id"]);
    let of = json!([
        { "__typename": "Region", "code": "JZ36" },
        { "__typename": "Region", "id": region },
        { "__typename": "Region", "id": region, "code": "JZ36", "name": "not looked at", "deep": [{ "x": [[1]] }] },
        { "__typename": "Plan", "supraRegion": { "code": "ZW", "name": "not looked at" } },
        { "__typename": "Postcode", "pc4": "4611" },
        { "__typename": "Region", "id": region, "code": "JZ34" },
        { "__typename": "Region", "id": "nothing", "code": "JZ36" },
        { "__typename": "Region", "code": "JZ99" },
        { "__typename": "Municipality", "id": region },
    ]);
    let reply = entities(&gateway, &As::public(), &of).await;
    let list = &reply.data()["_entities"];
    for place in 0..3 {
        assert_eq!(list[place]["id"], *region, "{place}");
    }
    assert_eq!((&list[3]["id"], &list[4]["__typename"]), (plan, &json!("Postcode")));
    for place in 5..9 {
        assert_eq!(list[place], Value::Null, "{place}: no region has both, or there is none");
    }
    let written = "query($code: String!) { _entities(representations: [{ __typename: \"Region\", code: $code }, \
                     { __typename: \"Plan\", supraRegion: { code: \"ZW\" } }]) { ... on _Entity { __typename } ... on Region { code } } }";
    let reply = gateway.ask_with(&As::public(), written, json!({ "code": "JZ36" })).await;
    let expected = json!([{ "__typename": "Region", "code": "JZ36" }, { "__typename": "Plan" }]);
    assert_eq!(reply.data()["_entities"], expected);
}

#[tokio::test]
async fn what_is_malformed_is_told_by_its_place_and_the_others_stand() {
    let gateway = Gateway::over(sources("almata", 1)).await;
    let untold = "untold-value";
    let typed = |members: Value| {
        let mut it = json!({ "__typename": "Region" });
        it.as_object_mut().zip(members.as_object()).into_iter().for_each(|(it, more)| it.extend(more.clone()));
        it
    };
    for (malformed, told) in [
        (json!(untold), "it is no object"),
        (json!(7), "it is no object"),
        (json!([typed(json!({ "code": "JZ36" }))]), "it is no object"),
        (json!({ "code": untold }), "it has no \"__typename\" that is a text"),
        (json!({ "__typename": 7, "code": untold }), "it has no \"__typename\" that is a text"),
        (json!({ "__typename": untold, "id": "x" }), "its \"__typename\" names no type that has a key"),
        (json!({ "__typename": "PageInfo", "id": "x" }), "its \"__typename\" names no type that has a key"),
        (typed(json!({})), "it has none of its type's keys: \"id\", \"code\""),
        (typed(json!({ "name": untold })), "it has none of its type's keys: \"id\", \"code\""),
        (typed(json!({ "code": 36 })), "its key \"code\" is no text"),
        (typed(json!({ "code": null })), "its key \"code\" is no text"),
        (typed(json!({ "id": { "x": untold } })), "its key \"id\" is no text"),
        (json!({ "__typename": "Plan", "supraRegion": "ZW" }), "its key \"supraRegion { code }\" is no text"),
    ] {
        let good = typed(json!({ "code": "JZ36" }));
        let reply = entities(&gateway, &As::public(), &json!([good, malformed, good])).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        assert_eq!(reply.message(), format!("representation 1: {told}"));
        assert_eq!((reply.code(), &reply.errors()[0]["path"]), ("BAD_USER_INPUT", &json!(["_entities", 1])));
        let list = &reply.body["data"]["_entities"];
        assert_eq!((&list[0]["code"], &list[1], &list[2]), (&json!("JZ36"), &Value::Null, &list[0]));
        assert!(!reply.text.contains(untold), "{}", reply.text);
    }
    for of in [json!(null), json!([null]), json!(vec![typed(json!({ "code": "JZ36" })); 1_001])] {
        let reply = entities(&gateway, &As::public(), &of).await;
        assert!(
            reply.body.get("data").is_none() && reply.errors().len() == 1,
            "{}",
            &reply.text[..200.min(reply.text.len())]
        );
    }
    let many = json!(vec![typed(json!({ "code": "JZ36" })); 1_000]);
    assert_eq!(
        entities(&gateway, &As::public(), &many).await.data()["_entities"].as_array().map(Vec::len),
        Some(1_000)
    );
}

#[tokio::test]
async fn a_source_that_breaks_is_an_error_for_its_rows_alone() {
    let gateway = Gateway::over(sources("almata", 1)).await;
    let ids = given(&gateway, &wards_of_other()).await;
    assert_eq!(ids.len(), 3);
    row::execute(&gateway.file("almata-2"), "ALTER TABLE placement RENAME TO elsewhere");
    let of: Vec<_> = ids.iter().map(|(id, _)| placement(id)).collect();
    let reply = entities(&gateway, &wards_of_other(), &json!(of)).await;
    let found = reply.body["data"]["_entities"].as_array().cloned().unwrap_or_default();
    assert_eq!(found.iter().filter(|it| it["id"].is_string()).count(), 2, "{}", reply.text);
    assert_eq!((reply.errors().len(), reply.code()), (1, "SOURCE_UNAVAILABLE"));
    let place = reply.errors()[0]["path"][1].as_u64().and_then(|it| usize::try_from(it).ok()).unwrap_or_default();
    assert_eq!(found[place], Value::Null);
}

/// Whose placements rest on no care relation.
fn wards_of_other() -> As {
    As::role("certified_institution").of("GI02")
}
