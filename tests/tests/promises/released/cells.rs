//! All combinations of codes are there, whatever the rows; and what is hidden looks like what is not there.

use entities::{Field, Kind};
use regiograph_tests::selection::camel;
use serde_json::{Value, json};

use super::{dimensions, measured, numbers, persons, placement, world};

/// How many values a dimension can have: its codes, and null where a row may have none.
fn codes(field: &Field) -> usize {
    field.kind.codes().map_or(2, |it| it.codes.len()) + usize::from(field.nullable)
}

#[test]
fn every_dimension_has_all_its_codes_whatever_the_rows() {
    let world = world();
    for dataset in persons() {
        for field in dimensions(dataset) {
            let by = field.name.to_uppercase();
            let shown = camel(field.name);
            let groups = world.groups(dataset, &format!("groupBy: {by}"), &format!("{shown} {shown}Label rows"));
            assert_eq!(groups.len(), codes(field), "{}.{}", dataset.name, field.name);
            let mut values: Vec<_> = groups.iter().map(|it| it[&shown].to_string()).collect();
            values.sort();
            values.dedup();
            assert_eq!(values.len(), codes(field), "{}.{}", dataset.name, field.name);
            assert!(groups.iter().all(|it| it[format!("{shown}Label")].is_string()), "{groups:?}");
        }
    }
}

#[test]
fn there_are_as_many_groups_as_areas_times_months_times_codes() {
    let world = world();
    let many = |arguments: &str| world.groups(placement(), arguments, "rows").len();
    for (arguments, expected) in [
        ("release: \"2025Q4\"", 1),
        ("groupBy: REGION", 42),
        ("groupBy: SUPRA_REGION", 3),
        ("groupBy: MUNICIPALITY", 342),
        ("groupBy: [MUNICIPALITY, URGENT]", 684),
        ("groupBy: [URGENT, MUNICIPALITY], filter: { region: { supraRegion: { code: { eq: \"ZW\" } } } }", 2 * 27),
        ("groupBy: [REGION, AUTHORISATION]", 42 * 5),
        ("groupBy: [REGION, STARTED_ON_QUARTER, URGENT]", 84),
        ("groupBy: STARTED_ON_MONTH", 3),
        ("groupBy: [STARTED_ON_MONTH, URGENT]", 6),
        ("groupBy: [STARTED_ON_MONTH, STARTED_ON_YEAR]", 12),
        ("groupBy: [STARTED_ON_YEAR, STARTED_ON_MONTH, MENTOR_PRESENT]", 36),
        ("groupBy: STARTED_ON_MONTH, release: \"2025\"", 12),
        ("groupBy: STARTED_ON_YEAR", 1),
        ("groupBy: [REGION, URGENT], openOn: \"2025-12-31\"", 84),
        ("groupBy: [URGENT, REGION], filter: { urgent: { eq: true } }", 42),
        ("groupBy: AUTHORISATION, filter: { authorisation: { in: [CLOSED, URGENT] } }", 2),
    ] {
        assert_eq!(many(arguments), expected, "{arguments}");
    }
}

#[test]
fn a_hidden_cell_is_written_as_one_without_rows_and_nothing_else_tells() {
    let world = world();
    let measures = measured(placement()).map(|it| (camel(it.name), json!(null)));
    let nothing = json!({ "sum": null, "average": null, "median": null, "p90": null, "min": null, "max": null });
    let mut blank = json!({ "rows": null, "youths": null, "suppressed": true });
    for (name, _) in measures {
        blank[name] = nothing.clone();
    }
    let region = |code: &str| {
        let filter = format!(
            "filter: {{ region: {{ code: {{ eq: \"{code}\" }} }}, urgent: {{ eq: true }} }}, release: \"2025Q4\""
        );
        let reply = world
            .ask(&regiograph_tests::caller::As::public(), &super::query(placement(), &filter, &numbers(placement())));
        assert_eq!(reply.body["extensions"], Value::Null, "{}", reply.text);
        reply
    };
    // JZ10 has a few youths, JZ05 has none, JZ36 has hundreds.
    let (few, none, many) = (region("JZ10"), region("JZ05"), region("JZ36"));
    assert_eq!(few.text, none.text);
    assert_eq!(few.data()["table"]["groups"], json!([blank]));
    assert_eq!(few.data()["table"]["completeness"], Value::Null);
    assert_eq!(many.data()["table"]["groups"][0]["suppressed"], false);
    let length = |reply: &regiograph_tests::gateway::Reply| reply.headers.get("content-length").cloned();
    assert_eq!(length(&few), length(&none));
}

#[test]
fn shown_numbers_are_multiples_of_five_from_ten_up_and_no_sum_or_extreme_is_among_them() {
    let world = world();
    let (mut shown, mut hidden) = (0, 0);
    for dataset in persons() {
        let by = dimensions(dataset).filter(|it| !matches!(it.kind, Kind::Reference(_)));
        for field in by {
            for period in super::PERIODS {
                let arguments = format!("groupBy: [REGION, {}], release: \"{period}\"", field.name.to_uppercase());
                for group in world.groups(dataset, &arguments, &numbers(dataset)) {
                    if group["suppressed"] == true {
                        hidden += 1;
                        assert!(group["rows"].is_null() && group["youths"].is_null(), "{group}");
                    } else {
                        shown += 1;
                        let fits = |it: &Value| it.as_u64().is_some_and(|it| it >= 10 && it % 5 == 0);
                        assert!(fits(&group["youths"]) && (group["rows"].is_null() || fits(&group["rows"])), "{group}");
                    }
                    for measure in measured(dataset) {
                        let measure = &group[camel(measure.name)];
                        assert!(["sum", "min", "max"].iter().all(|it| measure[it].is_null()), "{group}");
                        let on_grid = measure["average"].as_f64().is_none_or(|it| it.rem_euclid(5.0) == 0.0);
                        assert!(on_grid, "{group}");
                        assert!(group["suppressed"] == false || measure["average"].is_null(), "{group}");
                    }
                }
            }
        }
    }
    assert!(shown > 50 && hidden > shown, "{shown} shown, {hidden} hidden");
}
