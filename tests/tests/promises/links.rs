//! What links to something is, on it, the list that one would ask for by itself; what a row links to is the row that its
//! id finds. However many rows there are, a source is asked once for each link of a level.

mod alone;

use super::oracle::policy;
use entities::Dataset;
use regiograph_tests::{
    caller::As,
    gateway::{Gateway, Setup, SourceSetup},
    log::Log,
    matrix::POLICY,
    row::{self, Row},
};
use serde_json::{Value, json};

fn of(dataset: &'static Dataset, id: i64) -> Row {
    Row::of(dataset).with("id", id)
}

/// Three sources of one provider: so many placements each, and measures and incidents during them.
fn sources(stays: i64) -> Vec<SourceSetup> {
    named("almata", stays)
}

/// The same by other names.
fn named(names: &str, stays: i64) -> Vec<SourceSetup> {
    let (placement, measure, incident) =
        (row::dataset("Placement"), row::dataset("RestraintMeasure"), row::dataset("Incident"));
    let rows = |source: i64| {
        (1..=stays).flat_map(move |id| {
            let youth = format!("youth-{}", (id + source) % 9);
            let unit = ["ALMATA-OSS-1", "ALMATA-OSS-2", "ALMATA-ROO-2"][usize::try_from(id % 3).unwrap_or_default()];
            let stay = of(placement, id).with("youth", youth.clone()).with("unit", unit.to_owned());
            let stay = stay.with("started_on", format!("202{source}-01-{:02}", id % 28 + 1));
            let during = |it: Row| it.with("placement", id).with("youth", youth.clone());
            [stay, during(of(measure, id)), during(of(incident, 2 * id)), during(of(incident, 2 * id + 1))]
        })
    };
    let source = |number| SourceSetup::of_provider(&format!("{names}-{number}"), "ALMATA").rows(rows(number));
    (1..=3).map(source).collect()
}

/// Sees everything of everyone; rests on no care relation.
fn all_seeing() -> As {
    As::role("all_seeing")
}

fn provider() -> As {
    As::role("provider").of("ALMATA")
}

#[tokio::test]
async fn a_source_is_asked_once_for_each_link_however_many_rows_there_are() {
    let root = "restraintMeasures(first: 100, orderBy: { updatedAt: ASC })";
    let links = "placement { startedOn unit { placements(first: 3) { nodes { \
                   incidents(first: 3) { nodes { youth { placements(last: 2) { nodes { id } } } } } } } } }";
    let log = Log::listen();
    for (names, stays) in [("few", 2), ("many", 60)] {
        let gateway = Setup::of(named(names, stays)).policy(policy()).start().await;
        // Measures are asked for only by the page itself, as often as it takes to fill it.
        let questions = || log.questions(names, &["Placement", "Incident"]);
        let reply = gateway.ask(&all_seeing(), &format!("{{ {root} {{ nodes {{ id {links} }} }} }}")).await;
        let nodes = &reply.data()["restraintMeasures"]["nodes"];
        assert_eq!(i64::try_from(nodes.as_array().map_or(0, Vec::len)), Ok((3 * stays).min(100)));
        let stay = &nodes[0]["placement"]["unit"]["placements"]["nodes"][0];
        assert!(stay["incidents"]["nodes"][0]["youth"]["placements"]["nodes"][0]["id"].is_string());
        let of_links = questions();
        assert!((4..=3 * 4).contains(&of_links), "{of_links} for three sources and four links");
        let counts = links.replace("{ nodes { id } }", "{ totalCount nodes { id } }");
        gateway.ask(&all_seeing(), &format!("{{ {root} {{ nodes {{ id {counts} }} }} }}")).await;
        assert_eq!(questions(), 2 * of_links + 3, "and once for all numbers of a link");
    }
}

#[tokio::test]
async fn a_row_leads_to_the_row_that_it_names_where_that_may_be_seen() {
    let gateway = Gateway::over(sources(3)).await;
    row::execute(&gateway.file("almata-1"), "UPDATE restraint_measure SET placement = 99 WHERE id = 2");
    row::execute(&gateway.file("almata-1"), "UPDATE restraint_measure SET placement = NULL WHERE id = 3");
    let query = "{ restraintMeasures { nodes { placement { id startedOn source { name } \
                   restraintMeasures { totalCount } } } } }";
    let reply = gateway.ask(&provider(), query).await;
    let nodes = &reply.data()["restraintMeasures"]["nodes"];
    assert_eq!((&nodes[1]["placement"], &nodes[2]["placement"]), (&Value::Null, &Value::Null));
    for place in [0, 3, 8] {
        let found = &nodes[place]["placement"];
        let query =
            "query($id: ID!) { placement(id: $id) { id startedOn source { name } restraintMeasures { totalCount } } }";
        let by_id = gateway.ask_with(&provider(), query, json!({ "id": found["id"] })).await;
        assert_eq!(&by_id.data()["placement"], found);
        assert_eq!(found["restraintMeasures"], json!({ "totalCount": 1 }), "rows of the same source only");
    }
    let policy = POLICY.replace("placement = \"own/sensitive\"\n", "");
    let gateway = Setup::of(sources(3)).policy(policy).start().await;
    let reply = gateway.ask(&provider(), "{ restraintMeasures { nodes { placement { id } } } }").await;
    assert_eq!(reply.code(), "GRAPHQL_VALIDATION_FAILED", "no grant on placements, no link to them");
}

#[tokio::test]
async fn reference_data_lead_to_rows_wherever_they_stand() {
    let gateway = Gateway::over(sources(3)).await;
    let query = "{ unit(code: \"ALMATA-OSS-1\") { ...list } \
        location(code: \"ALMATA-OSS\") { units { code ...list } } \
        sources { provider { locations { units { code ...list } } } } \
        units(filter: { code: { eq: \"ALMATA-OSS-1\" } }) { ...list } \
        placements(first: 9) { completeness { sources { source { provider { locations { units { code ...list } } } } } } } \
        nodes(ids: [\"VW5pdDpBTE1BVEEtT1NTLTE\"]) { ...list } } \
        fragment list on Unit { placements(first: 2) { totalCount nodes { id } } }";
    let reply = gateway.ask(&provider(), query).await;
    let data = reply.data();
    let expected = &data["unit"];
    assert_eq!(expected["placements"]["totalCount"], 3);
    assert_eq!((&data["units"][0], &data["nodes"][0]), (expected, expected));
    let within = |units: &Value| {
        let units = units.as_array().into_iter().flatten();
        let mut own = units.filter(|unit| unit["code"] == "ALMATA-OSS-1").map(|unit| unit["placements"].clone());
        own.next()
    };
    assert_eq!(within(&data["location"]["units"]).as_ref(), Some(&expected["placements"]));
    for locations in [
        &data["sources"][0]["provider"]["locations"],
        &data["placements"]["completeness"]["sources"][2]["source"]["provider"]["locations"],
    ] {
        let found = locations.as_array().into_iter().flatten().find_map(|it| within(&it["units"]));
        assert_eq!(found.as_ref(), Some(&expected["placements"]));
    }
}

#[tokio::test]
async fn a_source_that_breaks_is_told_of_where_its_rows_are_missing() {
    let gateway = Setup::of(sources(3)).policy(policy()).start().await;
    row::execute(&gateway.file("almata-2"), "ALTER TABLE placement RENAME TO elsewhere");
    let query = "{ restraintMeasures(first: 9) { nodes { source { name } placement { id } \
                     unit { placements { totalCount completeness { complete } nodes { id } } } } } }";
    let reply = gateway.ask(&all_seeing(), query).await;
    let nodes = reply.data()["restraintMeasures"]["nodes"].as_array().cloned().unwrap_or_default();
    assert_eq!(nodes.len(), 9);
    let partial = reply.body["extensions"]["partial"].as_array().cloned().unwrap_or_default();
    for (place, node) in nodes.iter().enumerate() {
        let broken = node["source"]["name"] == "almata-2";
        assert_eq!(node["placement"].is_null(), broken);
        let told = |path: Value| partial.contains(&json!({ "path": path, "source": "almata-2", "status": "DRIFTED" }));
        assert_eq!(told(json!(["restraintMeasures", "nodes", place, "placement"])), broken);
        let list = &node["unit"]["placements"];
        assert_eq!((&list["totalCount"], &list["completeness"]["complete"]), (&Value::Null, &json!(false)));
        assert!(told(json!(["restraintMeasures", "nodes", place, "unit", "placements"])));
    }
    let reply = gateway.ask(&all_seeing(), &query.replace("placements {", "placements(onSourceFailure: FAIL) {")).await;
    assert_eq!(reply.code(), "SOURCE_UNAVAILABLE");
    let nodes = &reply.body["data"]["restraintMeasures"]["nodes"];
    assert_eq!((&nodes[0]["unit"], nodes.as_array().map(Vec::len)), (&json!({ "placements": null }), Some(9)));
}

#[tokio::test]
async fn pages_for_more_parents_than_an_operation_may_ask_for_are_refused_and_the_rest_stands() {
    let gateway = Gateway::over(sources(60)).await;
    let query = "{ placements(first: 150) { nodes { id incidents(first: 1000) { nodes { id } } } } }";
    let reply = gateway.ask(&provider(), query).await;
    assert_eq!(reply.code(), "COST_LIMIT");
    let nodes = reply.body["data"]["placements"]["nodes"].as_array().cloned().unwrap_or_default();
    assert!(nodes.len() == 150 && nodes.iter().all(|node| node["id"].is_string() && node["incidents"].is_null()));
    let numbers = query.replace("nodes { id } } } }", "totalCount } } }");
    assert!(gateway.ask(&provider(), &numbers).await.errors().is_empty(), "numbers are no rows");
}
