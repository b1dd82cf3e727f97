//! What no table can be made of is refused in words that name it.

use regiograph_tests::{caller::As, gateway::Reply};

use super::{over, provider, stay};

async fn ask(caller: &As, query: &str) -> Reply {
    over([stay(1, 1, "2025-01-15"), stay(2, 2, "2025-03-15")]).await.ask(caller, query).await
}

async fn assert_refused(caller: &As, query: &str, code: &str, names: &[&str]) {
    let reply = ask(caller, query).await;
    assert_eq!(reply.code(), code, "{query}: {}", reply.text);
    for name in names {
        assert!(reply.message().contains(name), "{} does not name {name}", reply.message());
    }
}

fn analyst() -> As {
    As::role("region_analyst").of("JZ36")
}

/// A table over placements with these arguments.
fn placements(arguments: &str) -> String {
    format!("{{ placementStatistics({arguments}) {{ groups {{ rows }} }} }}")
}

#[tokio::test]
async fn a_dimension_above_the_tier_or_finer_than_a_month_is_named_and_not_there() {
    for dimension in ["STARTED_ON_DAY", "STARTED_ON_WEEK", "YOUTH", "CLOSED_DAYS", "UPDATED_AT_DAY"] {
        let query = placements(&format!("groupBy: [REGION, {dimension}]"));
        assert_refused(&analyst(), &query, "GRAPHQL_VALIDATION_FAILED", &["groupBy", "PlacementDimension", dimension])
            .await;
    }
    let guardian = As::role("certified_institution").of("GI01");
    let measures =
        |dimension| format!("{{ restraintMeasureStatistics(groupBy: {dimension}) {{ groups {{ rows }} }} }}");
    for dimension in ["UNIT", "SETTING", "APPLIED_AT_WEEK", "IN_PLAN"] {
        assert_refused(&guardian, &measures(dimension), "GRAPHQL_VALIDATION_FAILED", &[dimension]).await;
    }
    // Releases have it, tables over own rows do not.
    assert_refused(&guardian, &measures("APPLIED_AT_QUARTER"), "BAD_USER_INPUT", &["groupBy", "APPLIED_AT_QUARTER"])
        .await;
    assert!(ask(&guardian, &measures("APPLIED_AT_YEAR")).await.errors().is_empty());
}

#[tokio::test]
async fn days_on_which_rows_are_counted_are_days_that_the_caller_is_shown() {
    let of_days = |days: &str| placements(&format!("openOn: [{days}]"));
    let input = "BAD_USER_INPUT";
    assert_refused(&analyst(), &of_days("\"2025-01-01\", \"2025-01-15\""), input, &["openOn", "firsts of months"])
        .await;
    assert!(ask(&analyst(), &of_days("\"2025-01-01\"")).await.errors().is_empty());
    assert_refused(&provider(), &of_days("\"2025-01-15\", \"2025-01-15\""), input, &["openOn", "twice"]).await;
    assert_refused(&provider(), &of_days(""), input, &["openOn"]).await;
    let many: Vec<_> = (0..401).map(|it| format!("\"{}-{:02}-01\"", 1990 + it / 12, it % 12 + 1)).collect();
    assert_refused(&provider(), &of_days(&many.join(", ")), input, &["openOn", "400"]).await;
    let incidents = "{ incidentStatistics(openOn: \"2025-01-01\") { groups { rows } } }";
    assert_refused(&provider(), incidents, input, &["openOn", "Incident"]).await;
    let ministry = "{ educationAgreementStatistics(openOn: \"2025-01-15\") { groups { rows } } }";
    assert!(ask(&As::public(), ministry).await.errors().is_empty(), "no person, no month");
}

#[tokio::test]
async fn dimensions_orders_and_sizes_that_cannot_be_meant_are_named() {
    let input = "BAD_USER_INPUT";
    for (arguments, names) in [
        ("groupBy: [REGION, URGENT, REGION]", ["groupBy", "REGION"]),
        ("groupBy: [REGION, URGENT, AGE_BAND, SETTING, PROVIDER, OUTFLOW]", ["groupBy", "OUTFLOW"]),
        ("groupBy: REGION, orderBy: { urgent: ASC }", ["orderBy", "urgent"]),
        ("groupBy: REGION, orderBy: { openOn: ASC }", ["orderBy", "openOn"]),
        ("groupBy: REGION, orderBy: [{ rows: ASC }, { rows: DESC }]", ["orderBy", "rows"]),
        ("groupBy: REGION, first: 10001", ["first", "10000"]),
        ("groupBy: REGION, first: -1", ["first", "10000"]),
    ] {
        assert_refused(&provider(), &placements(arguments), input, &names).await;
    }
    assert_refused(&provider(), &placements("orderBy: { theme: ASC }"), "GRAPHQL_VALIDATION_FAILED", &["theme"]).await;
    let with = "query($by: [PlacementDimension!]) { placementStatistics(groupBy: $by) { groups { rows } } }";
    let gateway = over([]).await;
    let reply = gateway.ask_with(&analyst(), with, serde_json::json!({ "by": ["STARTED_ON_DAY"] })).await;
    assert!(reply.message().contains("STARTED_ON_DAY") && reply.message().contains("$by"), "{}", reply.text);
    let reply = gateway.ask_with(&analyst(), with, serde_json::json!({ "by": ["S3cret value"] })).await;
    assert!(!reply.text.contains("S3cret"), "{}", reply.text);
}

#[tokio::test]
async fn more_than_ten_thousand_groups_are_refused_and_never_cut() {
    let day = |id: i64| format!("{}-{:02}-{:02}", 1960 + id / 336, id / 28 % 12 + 1, id % 28 + 1);
    let gateway = over((0..10_001).map(|id| stay(id, id, &day(id)).with("ended_on", "2025-01-01".to_owned()))).await;
    let query = placements("groupBy: STARTED_ON_DAY, first: 3");
    let reply = gateway.ask(&provider(), &query).await;
    assert_eq!(reply.code(), "COST_LIMIT", "{}", reply.text);
    assert!(reply.message().contains("10000 groups"), "{}", reply.message());
    let fills = placements(
        "groupBy: STARTED_ON_DAY, fillBuckets: true, filter: { startedOn: { gte: \"1900-01-01\", lt: \"1960-02-01\" } }",
    );
    let reply = gateway.ask(&provider(), &fills).await;
    assert_eq!(reply.code(), "COST_LIMIT", "empty buckets count too: {}", reply.text);
    let fewer = placements("groupBy: STARTED_ON_DAY, filter: { startedOn: { gt: \"1960-01-01\" } }");
    let reply = gateway.ask(&provider(), &fewer).await;
    assert_eq!(reply.data()["placementStatistics"]["groups"].as_array().map(Vec::len), Some(10_000));
}

#[tokio::test]
async fn what_is_of_different_units_is_not_put_together() {
    let volumes = |arguments: &str| {
        format!("{{ careEpisodeStatistics{arguments} {{ groups {{ rows plannedVolume {{ sum }} }} }} }}")
    };
    let refused =
        ["", "(filter: { volumeUnit: { ne: HOUR } })", "(groupBy: REGION)", "(orderBy: { deliveredVolumeSum: ASC })"];
    for arguments in refused {
        let names = ["Volume", "VOLUME_UNIT", "volumeUnit"];
        assert_refused(&analyst(), &volumes(arguments), "BAD_USER_INPUT", &names).await;
    }
    for arguments in ["(groupBy: [VOLUME_UNIT, REGION])", "(filter: { volumeUnit: { eq: HOUR } })"] {
        assert!(ask(&analyst(), &volumes(arguments)).await.errors().is_empty(), "{arguments}");
    }
    let rows = "{ careEpisodeStatistics { groups { rows } } }";
    assert!(ask(&analyst(), rows).await.errors().is_empty());
}
