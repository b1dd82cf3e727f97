//! What cannot be meant is refused in words that name the argument and what would do, and never echo a value.

use regiograph_tests::{
    caller::As,
    gateway::{Gateway, Reply, SourceSetup},
    row::{Row, dataset},
};
use serde_json::{Value, json};

/// A value that no message may hold.
const SECRET: &str = "S3cretValue";

async fn gateway() -> Gateway {
    let rows = (1..=3_i64).map(|id| Row::of(dataset("Placement")).with("id", id));
    Gateway::over([SourceSetup::of_provider("almata", "ALMATA").rows(rows)]).await
}

fn provider() -> As {
    As::role("provider").of("ALMATA")
}

/// The placements that the arguments ask for.
async fn ask(gateway: &Gateway, arguments: &str) -> Reply {
    gateway.ask(&provider(), &format!("{{ viewer {{ role }} placements({arguments}) {{ edges {{ cursor }} }} }}")).await
}

fn assert_refused(reply: &Reply, code: &str, names: &str) {
    assert_eq!(reply.code(), code, "{}", reply.text);
    assert!(reply.message().contains(names), "{} does not name {names}", reply.message());
    assert!(!reply.text.contains(SECRET), "{}", reply.text);
}

#[tokio::test]
async fn a_size_that_no_page_has_is_refused_by_name() {
    let gateway = gateway().await;
    for (arguments, name) in [
        ("first: -1", "first"),
        ("first: 1001", "first"),
        ("last: -7", "last"),
        ("last: 1001", "last"),
        ("first: 1, last: 1", "last"),
    ] {
        let reply = ask(&gateway, arguments).await;
        assert_refused(&reply, "BAD_USER_INPUT", &format!("\"{name}\""));
        assert_eq!((reply.status, &reply.body["data"]["viewer"]["role"]), (200, &json!("provider")), "siblings stand");
        assert_eq!(
            (&reply.body["data"]["placements"], &reply.errors()[0]["path"]),
            (&Value::Null, &json!(["placements"]))
        );
    }
    for arguments in ["first: 0", "first: 1000", "last: 0", "last: 1000", "first: null"] {
        assert!(ask(&gateway, arguments).await.errors().is_empty(), "{arguments}");
    }
}

#[tokio::test]
async fn a_cursor_opens_in_its_own_list_and_order_only() {
    let gateway = gateway().await;
    let cursor = async |caller: &As, query: &str| {
        let reply = gateway.ask(caller, query).await;
        reply.data()["list"]["edges"][0]["cursor"].as_str().unwrap_or_default().to_owned()
    };
    let own = cursor(&provider(), "{ list: placements { edges { cursor } } }").await;
    assert!(ask(&gateway, &format!("after: \"{own}\"")).await.errors().is_empty());
    let region = As::role("region_analyst").of("JZ36");
    let other_order =
        cursor(&provider(), "{ list: placements(orderBy: { startedOn: ASC }) { edges { cursor } } }").await;
    let other_direction = format!("after: \"{other_order}\", orderBy: {{ startedOn: DESC }}");
    let of_region = cursor(&region, "{ list: placements { edges { cursor } } }").await;
    let mut refusals = std::collections::BTreeSet::new();
    for arguments in [
        format!("after: \"{SECRET}\""),
        "after: \"\"".to_owned(),
        format!("after: \"{of_region}\""),
        format!("after: \"{other_order}\""),
        format!("after: \"{}\"", &own[1..]),
        other_direction,
    ] {
        let reply = ask(&gateway, &arguments).await;
        assert_refused(&reply, "BAD_USER_INPUT", "\"after\"");
        refusals.insert(reply.message().to_owned());
    }
    assert_eq!(refusals.len(), 1, "foreign, forged and of another order are told alike");
    let reply = ask(&gateway, &format!("before: \"{of_region}\", last: 1")).await;
    assert_refused(&reply, "BAD_USER_INPUT", "\"before\"");
}

#[tokio::test]
async fn a_value_of_another_form_is_refused_by_the_name_of_its_argument() {
    let gateway = gateway().await;
    for (filter, name) in [
        (format!("{{ startedOn: {{ eq: \"{SECRET}\" }} }}"), "startedOn"),
        ("{ startedOn: { gte: \"2025-02-30\" } }".to_owned(), "startedOn"),
        ("{ startedOn: { gte: \"20250101\" } }".to_owned(), "startedOn"),
        ("{ startedOn: { in: [\"2025-01-01\", \"2025-1-1\"] } }".to_owned(), "startedOn"),
        (format!("{{ authorisation: {{ eq: {SECRET} }} }}"), "authorisation"),
        (format!("{{ closedDays: {{ eq: \"{SECRET}\" }} }}"), "closedDays"),
        ("{ closedDays: { eq: 2147483648 } }".to_owned(), "closedDays"),
        (format!("{{ urgent: {{ eq: \"{SECRET}\" }} }}"), "urgent"),
        ("{ startedOn: { eq: null } }".to_owned(), "startedOn"),
    ] {
        let reply = ask(&gateway, &format!("filter: {filter}")).await;
        assert!(["BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"].contains(&reply.code()), "{filter}: {}", reply.text);
        assert_refused(&reply, reply.code(), name);
    }
}

#[tokio::test]
async fn the_same_values_are_refused_in_variables() {
    let gateway = gateway().await;
    let query = "query($filter: PlacementFilter, $first: Int, $order: [PlacementOrder!]) \
                 { placements(filter: $filter, first: $first, orderBy: $order) { totalCount } }";
    for (variables, name) in [
        (json!({ "filter": { "startedOn": { "eq": SECRET } } }), "startedOn"),
        (json!({ "filter": { "authorisation": { "eq": SECRET } } }), "authorisation"),
        (json!({ "filter": { "closedDays": { "in": [1, SECRET] } } }), "closedDays"),
        (json!({ "filter": { "unheardOf": SECRET } }), "unheardOf"),
        (json!({ "filter": SECRET }), "filter"),
        (json!({ "first": SECRET }), "first"),
        (json!({ "first": 1.5 }), "first"),
        (json!({ "order": [{ "startedOn": SECRET }] }), "startedOn"),
        (json!({ "order": [{ "startedOn": "ASC", "endedOn": "ASC" }] }), "order"),
        (json!({ "order": [{}] }), "order"),
    ] {
        let reply = gateway.ask_with(&provider(), query, variables.clone()).await;
        assert!(["BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"].contains(&reply.code()), "{variables}: {}", reply.text);
        assert_refused(&reply, reply.code(), name);
    }
}

#[tokio::test]
async fn what_does_not_parse_or_fit_the_schema_is_told_apart() {
    let gateway = gateway().await;
    for (query, code, name) in [
        ("{ placements {", "GRAPHQL_PARSE_FAILED", ""),
        ("", "GRAPHQL_PARSE_FAILED", ""),
        ("{ placements(filter: { startedOn: { eq: \"S3cretValue\" } ) { totalCount } }", "GRAPHQL_PARSE_FAILED", ""),
        ("{ placements(filter: { startedOn: { eq: \"S3cretValue } } ) }", "GRAPHQL_PARSE_FAILED", ""),
        ("{ unheardOf }", "GRAPHQL_VALIDATION_FAILED", "unheardOf"),
        ("{ placements(unheardOf: 1) { totalCount } }", "GRAPHQL_VALIDATION_FAILED", "unheardOf"),
        ("{ placements(orderBy: { urgent: ASC }) { totalCount } }", "GRAPHQL_VALIDATION_FAILED", "urgent"),
        (
            "{ placements(filter: { unit: { setting: { gt: OPEN } } }) { totalCount } }",
            "GRAPHQL_VALIDATION_FAILED",
            "gt",
        ),
        ("mutation { unheardOf }", "GRAPHQL_VALIDATION_FAILED", ""),
    ] {
        let reply = gateway.ask(&provider(), query).await;
        assert_eq!(reply.status, 400, "{query}: {}", reply.text);
        assert_refused(&reply, code, name);
        assert!(reply.body.get("data").is_none(), "{}", reply.text);
    }
    let twice = "orderBy: [{ startedOn: ASC }, { startedOn: DESC }]";
    assert_refused(&ask(&gateway, twice).await, "BAD_USER_INPUT", "\"startedOn\"");
}
