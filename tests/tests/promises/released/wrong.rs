//! What no release has is refused in words that name the argument and say what to do.

use regiograph_tests::{caller::As, row::dataset};

use super::{World, query, world};

/// Someone who has every field of placements, and tables of its own besides.
fn provider() -> As {
    As::role("provider").of("ALMATA")
}

fn assert_refused(world: &World, name: &str, arguments: &str, code: &str, names: &[&str]) {
    let reply = world.ask(&provider(), &query(dataset(name), arguments, "rows"));
    assert_eq!(reply.code(), code, "{arguments}: {:.300}", reply.text);
    for name in names {
        assert!(reply.message().contains(name), "{arguments}: {} does not name {name}", reply.message());
    }
}

fn assert_input(world: &World, arguments: &str, names: &[&str]) {
    assert_refused(world, "Placement", arguments, "BAD_USER_INPUT", names);
}

#[test]
fn two_dimensions_or_two_areas_are_named_with_what_to_do() {
    let world = world();
    let both = ["\"groupBy\"", "\"filter\"", "at most one dimension"];
    assert_input(&world, "groupBy: [URGENT, AUTHORISATION]", &both);
    assert_input(&world, "groupBy: URGENT, filter: { authorisation: { eq: CLOSED } }", &both);
    assert_input(&world, "filter: { urgent: { eq: true }, authorisation: { eq: CLOSED } }", &both);
    assert_input(&world, "groupBy: [REGION, SUPRA_REGION]", &both);
    assert_input(&world, "groupBy: [REGION, MUNICIPALITY]", &both);
}

#[test]
fn a_filter_by_anything_but_values_of_dimensions_is_named() {
    let world = world();
    let values = ["\"filter\"", "it takes values of dimensions"];
    for filter in [
        "startedOn: { gte: \"2025-10-01\" }",
        "closedDays: { gt: 10 }",
        "unit: { code: { eq: \"ALMATA-OSS-1\" } }",
        "not: { urgent: { eq: true } }",
        "urgent: { ne: true }",
        "authorisation: { notIn: [CLOSED] }",
        "authorisation: { isNull: false }",
        "or: [{ urgent: { eq: true } }, { region: { code: { eq: \"JZ36\" } } }]",
        "source: { name: { eq: \"almata\" } }",
        "region: { code: { eq: \"JZ99\" } }",
        "urgent: { eq: true }, and: [{ urgent: { eq: false } }]",
        "authorisation: { in: [CLOSED, URGENT] }",
        "authorisation: { in: [] }",
        "urgent: { isNull: true }",
        "region: { isNull: true }",
    ] {
        assert_input(&world, &format!("filter: {{ {filter} }}"), &values);
    }
    let dated =
        world.ask(&provider(), &query(dataset("Placement"), "filter: { startedOn: { eq: \"2025-10-01\" } }", "rows"));
    assert!(dated.message().contains("startedOn"), "{}", dated.text);
}

#[test]
fn a_value_that_is_null_is_one_where_rows_may_have_none() {
    let world = world();
    let one = "filter: { authorisation: { isNull: true } }, release: \"2025\"";
    let reply = world.ask(&provider(), &query(dataset("Placement"), one, "suppressed"));
    assert_eq!(reply.data()["table"]["groups"], serde_json::json!([{ "suppressed": false }]));
}

#[test]
fn regions_are_one_or_a_whole_supra_region() {
    let world = world();
    let together = ["\"filter\"", "supra-region"];
    let region = |test: &str, more: &str| format!("filter: {{ region: {{ {test} }} }}{more}");
    assert_input(&world, &region("code: { in: [\"JZ34\", \"JZ36\"] }", ""), &together);
    assert_input(&world, &region("code: { in: [\"JZ34\", \"JZ36\", \"JZ38\", \"JZ10\"] }", ""), &together);
    assert_input(&world, &region("code: { in: [\"JZ10\", \"JZ11\"] }", ""), &together);
    assert_input(&world, &region("code: { eq: \"JZ36\" }", ", groupBy: SUPRA_REGION"), &together);
    let text = |arguments: &str| world.ask(&provider(), &query(dataset("Placement"), arguments, "rows youths")).text;
    let whole = text(&region("supraRegion: { code: { eq: \"ZW\" } }", ""));
    assert_eq!(whole, text(&region("code: { in: [\"JZ38\", \"JZ34\", \"JZ36\"] }", "")));
    let groups = "groupBy: SUPRA_REGION, filter: { region: { supraRegion: { code: { eq: \"ZW\" } } } }";
    assert_eq!(whole, text(groups));
    let others = region("code: { in: [\"JZ38\", \"JZ34\", \"JZ36\", \"JZ10\"] }", ", groupBy: SUPRA_REGION");
    assert_eq!(whole, text(&others), "a region of none is in none");
}

#[test]
fn a_municipality_is_asked_for_by_year_and_alone() {
    let world = world();
    let one = "filter: { municipality: { code: { eq: \"GM0748\" } } }";
    let table = world.table(dataset("Placement"), one, "rows suppressed");
    assert_eq!(table["release"]["period"], "2025", "the newest that has municipalities");
    assert_eq!(table["groups"][0]["suppressed"], false, "{table}");
    for by in ["", ", groupBy: URGENT", ", groupBy: STARTED_ON_QUARTER"] {
        assert_input(&world, &format!("{one}{by}, release: \"2025Q4\""), &["municipalit", "year"]);
    }
    assert_input(&world, "groupBy: MUNICIPALITY, release: \"2025Q4\"", &["\"groupBy\"", "MUNICIPALITY", "year"]);
    assert_input(&world, &format!("{one}, groupBy: REGION"), &["\"filter\"", "municipalit"]);
    assert_input(&world, &format!("{one}, groupBy: SUPRA_REGION"), &["\"filter\"", "municipalit"]);
    let two = "filter: { municipality: { code: { in: [\"GM0748\", \"GM1674\"] } } }";
    assert_input(&world, &format!("{two}, release: \"2025\""), &["\"filter\"", "several municipalities"]);
    assert_input(
        &world,
        "filter: { municipality: { code: { eq: \"GM0748\" } }, region: { code: { eq: \"JZ36\" } } }, release: \"2025\"",
        &["\"filter\"", "municipalities"],
    );
}

#[test]
fn a_time_that_the_release_does_not_have_is_named() {
    let world = world();
    let by = |axis: &str| ["\"groupBy\"".to_owned(), axis.to_owned()];
    let names = |axis: &str, more: &str| -> Vec<String> { by(axis).into_iter().chain([more.to_owned()]).collect() };
    for (arguments, names) in [
        ("groupBy: [REGION, STARTED_ON_MONTH]", names("STARTED_ON_MONTH", "whole country")),
        (
            "groupBy: STARTED_ON_MONTH, filter: { region: { code: { eq: \"JZ36\" } } }",
            names("STARTED_ON_MONTH", "whole country"),
        ),
        ("groupBy: STARTED_ON_QUARTER, release: \"2025\"", names("STARTED_ON_QUARTER", "\"2025\"")),
        ("groupBy: STARTED_ON_YEAR, release: \"2025Q4\"", names("STARTED_ON_YEAR", "\"2025Q4\"")),
        ("groupBy: [STARTED_ON_YEAR, STARTED_ON_QUARTER]", names("STARTED_ON_QUARTER", "\"2025\"")),
        ("groupBy: STARTED_ON_WEEK", names("STARTED_ON_WEEK", "no release has")),
        ("groupBy: ENDED_ON_MONTH", names("ENDED_ON_MONTH", "no release has")),
        ("groupBy: UNIT", names("UNIT", "no release has")),
        ("groupBy: [PROVIDER, REGION]", names("PROVIDER", "no release has")),
        ("groupBy: [UNIT, URGENT]", names("UNIT", "no release has")),
    ] {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert_input(&world, arguments, &names);
    }
}

#[test]
fn open_rows_are_counted_on_the_last_day_of_a_period_alone() {
    let world = world();
    assert_input(&world, "openOn: \"2025-12-30\"", &["\"openOn\"", "last day", "\"releases\""]);
    assert_input(&world, "openOn: \"2025-12-30\", release: \"2025Q4\"", &["\"openOn\"", "2025-12-31"]);
    assert_input(&world, "openOn: [\"2025-12-31\", \"2025-09-30\"]", &["\"openOn\"", "one day"]);
    assert_input(&world, "openOn: []", &["\"openOn\"", "one day"]);
    assert_input(&world, "openOn: \"2025-12-31\", groupBy: STARTED_ON_QUARTER", &["\"groupBy\"", "STARTED_ON_QUARTER"]);
    for day in ["2025-12-31", "2025-12-30"] {
        for release in ["", ", release: \"2025Q4\""] {
            let arguments = format!("openOn: \"{day}\"{release}");
            assert_refused(
                &world,
                "Incident",
                &arguments,
                "BAD_USER_INPUT",
                &["\"openOn\"", "begin and end", "Incident"],
            );
        }
    }
    let period = |arguments: &str| world.table(dataset("Placement"), arguments, "rows")["release"]["period"].clone();
    assert_eq!(period("openOn: \"2025-09-30\""), "2025Q3");
    assert_eq!(period("openOn: \"2025-12-31\", groupBy: MUNICIPALITY"), "2025");
}

#[test]
fn a_release_that_is_not_there_is_named() {
    let world = world();
    for release in ["1999", "2025Q1", "2025-Q4", "", "UmVsZWFzZToxOTk5"] {
        assert_input(&world, &format!("release: \"{release}\""), &["\"release\"", "Placement", "\"releases\""]);
    }
}
