//! What a filter asks of every source has its price, whether it is written in the document or comes in variables.

use regiograph_tests::{
    caller::As,
    gateway::{Gateway, Reply, SourceSetup},
    row::{Row, dataset},
};
use serde_json::{Value, json};

async fn gateway() -> Gateway {
    let rows = (1..=3).map(|id| Row::of(dataset("Placement")).with("id", id));
    let sources =
        [SourceSetup::of_provider("almata", "ALMATA").rows(rows), SourceSetup::of_provider("other", "HORIZON")];
    Gateway::over(sources).await
}

async fn told(gateway: &Gateway, query: &str, variables: Value) -> Reply {
    let caller = As::role("provider").of("ALMATA");
    let body = json!({ "query": query, "variables": variables, "extensions": { "cost": true } });
    gateway.send(gateway.post(&caller).json(&body)).await
}

/// What a query costs beside the bytes of its document.
async fn price(gateway: &Gateway, query: &str, variables: Value) -> u64 {
    let reply = told(gateway, query, variables).await;
    let cost = reply.body["extensions"]["cost"]["requested"].as_u64();
    cost.unwrap_or_else(|| unreachable!("{}", reply.text)) - query.len() as u64
}

/// A filter in words of a document: names of fields and values of enumerations without quotes.
fn written(filter: &Value) -> String {
    match filter {
        Value::Object(members) => {
            let members: Vec<_> = members.iter().map(|(name, value)| format!("{name}: {}", written(value))).collect();
            format!("{{ {} }}", members.join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(written).collect::<Vec<_>>().join(", ")),
        Value::String(text) if text.bytes().all(|byte| byte.is_ascii_uppercase()) => text.clone(),
        other => other.to_string(),
    }
}

fn filters() -> Vec<(Value, u64)> {
    let days = |count: u64| (0..count).map(|day| json!(format!("20{:02}-01-01", day % 100))).collect::<Vec<_>>();
    vec![
        (json!(null), 0),
        (json!({}), 1),
        (json!({ "startedOn": { "gte": "2025-01-01" } }), 3),
        (json!({ "startedOn": { "gte": "2025-01-01", "lt": "2026-01-01" }, "authorisation": { "eq": "CLOSED" } }), 6),
        (json!({ "startedOn": { "in": days(100) } }), 102),
        (
            json!({ "not": { "or": [{ "closedDays": { "gt": 3 } }, { "region": { "code": { "in": ["JZ36", "JZ34"] } } }] } }),
            10,
        ),
    ]
}

#[tokio::test]
async fn a_filter_costs_its_conditions_and_values_written_or_as_a_variable_alike() {
    let gateway = gateway().await;
    let bare = price(&gateway, "{ placements { totalCount } }", json!({})).await;
    let table = price(&gateway, "{ placementStatistics { groups { rows } } }", json!({})).await;
    for (filter, terms) in filters() {
        let literal = format!("{{ placements(filter: {}) {{ totalCount }} }}", written(&filter));
        let literal = price(&gateway, &literal, json!({})).await;
        let query = "query($filter: PlacementFilter) { placements(filter: $filter) { totalCount } }";
        let variable = price(&gateway, query, json!({ "filter": filter })).await;
        assert_eq!([literal, variable], [bare + 2 * terms; 2], "{filter}: of two sources each looks at all of it");
        let query = "query($filter: PlacementFilter) { placementStatistics(filter: $filter) { groups { rows } } }";
        assert_eq!(price(&gateway, query, json!({ "filter": filter })).await, table + 2 * terms, "{filter}");
    }
}

#[tokio::test]
async fn a_single_value_within_a_filter_costs_the_same_as_a_variable() {
    let gateway = gateway().await;
    let literal = "{ placements(filter: { startedOn: { in: [\"2025-01-01\", \"2025-02-01\"] } }) { totalCount } }";
    let variable = "query($days: [Date!]) { placements(filter: { startedOn: { in: $days } }) { totalCount } }";
    let days = json!({ "days": ["2025-01-01", "2025-02-01"] });
    assert_eq!(price(&gateway, literal, json!({})).await, price(&gateway, variable, days).await);
}

#[tokio::test]
async fn ten_thousand_values_cost_visibly_more_than_one() {
    let gateway = gateway().await;
    let query = "query($filter: PlacementFilter) { placements(filter: $filter) { totalCount } }";
    let filter = |lists: u32, values: u32| {
        let value = |at: u32| json!(format!("{}-{:02}-{:02}", 2000 + at / 336, at % 336 / 28 + 1, at % 28 + 1));
        let list = |_| json!({ "startedOn": { "in": (0..values).map(value).collect::<Vec<_>>() } });
        json!({ "filter": { "or": (0..lists).map(list).collect::<Vec<_>>() } })
    };
    let (one, many) = (price(&gateway, query, filter(1, 1)).await, price(&gateway, query, filter(10, 1_000)).await);
    assert!(many > 50 * one, "{one} and {many}");
    assert!(many >= 20_000, "a point for each value at each source: {many}");
}

#[tokio::test]
async fn a_filter_on_a_link_costs_as_often_as_there_are_parents() {
    let gateway = gateway().await;
    let query = |filter: &str| {
        format!(
            "{{ placements(first: 10) {{ nodes {{ youth {{ placements(first: 5{filter}) {{ nodes {{ id }} }} }} }} }} }}"
        )
    };
    let bare = price(&gateway, &query(""), json!({})).await;
    let filtered = price(&gateway, &query(", filter: { closedDays: { gt: 3 } }"), json!({})).await;
    assert_eq!(filtered, bare + 2 * 10 * 3, "two sources, ten parents, three terms");
}
