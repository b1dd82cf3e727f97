//! A released table is the same for everyone who may see it, byte by byte, its errors too.

use entities::{Dataset, Field};
use regiograph_tests::{
    caller::As,
    matrix::{Matrix, POLICY, Role},
    selection::{camel, one},
};
use serde_json::{Value, json};

use super::{World, dimensions, measured, numbers, persons, placement, query, world};

/// Everyone, once per role and purpose.
fn everyone() -> Vec<As> {
    Matrix::of(POLICY).role.iter().map(Role::someone).collect()
}

/// Who sees releases.
fn readers() -> Vec<As> {
    let all = everyone();
    assert!(all.len() >= 15);
    all.into_iter().filter(|it| it.role != "privacy_officer").collect()
}

fn assert_same(world: &World, queries: &[String]) {
    for query in queries {
        let first = world.ask(&As::public(), query);
        for reader in readers() {
            let reply = world.ask(&reader, query);
            assert_eq!((reply.status, &reply.text), (first.status, &first.text), "{} asks {query}", reader.role);
        }
    }
}

#[test]
fn every_dimension_of_every_dataset_is_the_same_for_every_role() {
    let world = world();
    let of = |dataset: &'static Dataset| {
        let tables = dimensions(dataset).map(|field| {
            let (by, shown) = (field.name.to_uppercase(), camel(field.name));
            format!(
                "{shown}: {}Statistics(view: RELEASED, groupBy: {by}) {{ groups {{ {shown} {shown}Label {} }} }}",
                one(dataset),
                numbers(dataset)
            )
        });
        let tables: Vec<_> = tables.collect();
        tables.chunks(5).map(|some| format!("{{ {} }}", some.join(" "))).collect::<Vec<_>>()
    };
    let queries: Vec<_> = persons().flat_map(of).collect();
    assert!(world.ask(&As::public(), &queries[0]).errors().is_empty(), "{}", queries[0]);
    assert_same(&world, &queries);
}

#[test]
fn areas_stock_months_order_cut_and_labels_are_the_same_for_every_role() {
    let world = world();
    let area = "regionCode regionLabel region { name supraRegion { name } }";
    let cases = [
        ("groupBy: REGION", area),
        ("groupBy: [SUPRA_REGION, URGENT]", "supraRegionCode supraRegionLabel(language: EN) urgent urgentLabel"),
        ("groupBy: MUNICIPALITY, orderBy: { rows: DESC }, first: 20", "municipalityCode municipality { name }"),
        ("groupBy: REGION, openOn: \"2025-12-31\"", "openOn regionCode"),
        ("groupBy: STARTED_ON_MONTH", "startedOnMonth startedOnMonthLabel(language: EN)"),
        ("groupBy: [STARTED_ON_YEAR, AGE_BAND]", "startedOnYear startedOnYearLabel ageBand ageBandLabel"),
        ("filter: { municipality: { code: { eq: \"GM0748\" } } }, release: \"2025\"", "rows"),
        ("filter: { region: { supraRegion: { code: { eq: \"ZW\" } } } }", "rows"),
        ("groupBy: REGION, orderBy: [{ closedDaysAverage: DESC }, { youths: ASC }], first: 7", area),
        ("release: \"2025Q3\", onSourceFailure: PARTIAL, fillBuckets: true", "rows"),
    ];
    let of = |(arguments, fields): &(&str, &str)| {
        query(placement(), arguments, &format!("{fields} {}", numbers(placement())))
    };
    let queries: Vec<_> = cases.iter().map(of).collect();
    for query in &queries {
        assert!(world.ask(&As::public(), query).errors().is_empty(), "{query}");
    }
    assert_same(&world, &queries);
}

/// Something that a dimension can be.
fn value(field: &Field) -> String {
    field.kind.codes().map_or("true".to_owned(), |list| list.codes[0].value.to_owned())
}

#[test]
fn every_value_of_a_dimension_and_every_measure_to_order_by_is_the_same_for_every_role() {
    let world = world();
    let of = |dataset: &'static Dataset| {
        let filters = dimensions(dataset).map(|field| {
            let (shown, value) = (camel(field.name), value(field));
            format!("{shown}: {}Statistics(view: RELEASED, filter: {{ {shown}: {{ eq: {value} }} }}) {{ groups {{ rows }} }}", one(dataset))
        });
        let orders = measured(dataset).map(|field| {
            let shown = camel(field.name);
            format!(
                "{shown}: {}Statistics(view: RELEASED, groupBy: REGION, orderBy: {{ {shown}Median: DESC }}, first: 5) \
                   {{ groups {{ regionCode {shown} {{ median }} }} }}",
                one(dataset)
            )
        });
        format!("{{ {} }}", filters.chain(orders).collect::<Vec<_>>().join(" "))
    };
    let has_any = |it: &&'static Dataset| dimensions(it).next().is_some() || measured(it).next().is_some();
    let queries: Vec<_> = persons().filter(has_any).map(of).collect();
    for query in &queries {
        assert!(world.ask(&As::public(), query).errors().is_empty(), "{query}");
    }
    assert_same(&world, &queries);
}

#[test]
fn errors_are_the_same_for_every_role() {
    let world = world();
    let cases = [
        "groupBy: [URGENT, AUTHORISATION]",
        "groupBy: [REGION, STARTED_ON_MONTH]",
        "filter: { or: [{ urgent: { eq: true } }] }, groupBy: [URGENT, OUTFLOW]",
        "filter: { not: { urgent: { eq: true } } }",
        "openOn: \"2025-12-30\"",
        "release: \"1999\"",
        "groupBy: MUNICIPALITY, release: \"2025Q4\"",
        "groupBy: REGION, orderBy: { urgent: ASC }",
    ];
    let queries: Vec<_> = cases.iter().map(|it| query(placement(), it, "rows")).collect();
    for query in &queries {
        assert_eq!(world.ask(&As::public(), query).code(), "BAD_USER_INPUT", "{query}");
    }
    assert_same(&world, &queries);
}

#[test]
fn releases_and_their_ids_are_the_same_for_every_role() {
    let world = world();
    let fields = "id period version from until cutOff madeAt programVersion datasets signature publicKey";
    let list = format!("{{ releases {{ {fields} }} }}");
    let listed = world.ask(&As::public(), &list).data()["releases"].clone();
    let periods: Vec<_> = listed.as_array().into_iter().flatten().map(|it| it["period"].clone()).collect();
    assert_eq!(periods, [json!("2025Q4"), json!("2025"), json!("2025Q3")], "the newest first");
    let node = format!("{{ node(id: {}) {{ __typename ... on Release {{ {fields} }} }} }}", listed[0]["id"]);
    let found = world.ask(&As::public(), &node).data()["node"].clone();
    assert_eq!((&found["__typename"], &found["signature"]), (&json!("Release"), &listed[0]["signature"]));
    let absent = "{ node(id: \"UmVsZWFzZToxOTk5\") { id } }".to_owned();
    assert_eq!(world.ask(&As::public(), &absent).data()["node"], Value::Null);
    assert_same(&world, &[list, node, absent]);
    let by_id = query(placement(), &format!("release: {}", listed[1]["id"]), "rows youths");
    let by_period = query(placement(), "release: 2025", "rows youths");
    assert_eq!(world.ask(&As::public(), &by_id).text, world.ask(&As::public(), &by_period).text);
    assert_eq!(world.ask(&As::public(), &by_id).data()["table"]["release"]["period"], "2025");
}

#[test]
fn the_privacy_officer_has_no_released_table_and_no_releases() {
    let world = world();
    let officer = everyone().into_iter().find(|it| it.role == "privacy_officer").expect("there is one");
    let fields = world.ask(&officer, "{ __schema { queryType { fields { name } } types { name } } }").data().clone();
    let text = fields.to_string();
    assert!(!text.contains("Statistics") && !text.contains("elease"), "{text}");
    let release = world.ask(&As::public(), "{ releases { id } }").data()["releases"][0]["id"].clone();
    let node = world.ask(&officer, &format!("{{ node(id: {release}) {{ id }} }}"));
    assert_eq!(node.body, json!({ "data": { "node": null } }));
}

#[test]
fn whoever_has_both_views_gets_its_own_and_may_ask_for_the_other() {
    let world = world();
    let analyst = As::role("region_analyst").of("JZ36");
    let ask = |caller: &As, arguments: &str| {
        let query = format!(
            "{{ placementStatistics{arguments} {{ groups {{ rows }} completeness {{ complete }} release {{ period }} }} }}"
        );
        world.ask(caller, &query)
    };
    let period = |caller: &As, arguments: &str| {
        ask(caller, arguments).data()["placementStatistics"]["release"]["period"].clone()
    };
    assert_eq!(period(&analyst, ""), Value::Null);
    assert_eq!(period(&analyst, "(view: null)"), Value::Null);
    assert_eq!(period(&analyst, "(view: OWN)"), Value::Null);
    assert_eq!(period(&analyst, "(view: RELEASED)"), "2025Q4");
    assert_eq!(period(&analyst, "(release: \"2025\")"), "2025");
    assert_eq!(period(&As::public(), ""), "2025Q4");
    let both = ask(&analyst, "(view: OWN, release: \"2025\")");
    assert!(both.message().contains("\"release\"") && both.message().contains("RELEASED"), "{}", both.text);
    for caller in [As::public(), As::role("ministry"), As::role("expertise_network").of("BEN")] {
        let none = ask(&caller, "(view: OWN)");
        assert_eq!(none.code(), "BAD_USER_INPUT");
        assert!(none.message().contains("view: RELEASED") && none.message().contains("Placement"), "{}", none.text);
    }
}
