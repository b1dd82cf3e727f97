//! What roles spend of their budgets is measured, and how often there was not enough; by role, and by nothing else.

use regiograph::config::Limits;
use regiograph_tests::{
    caller::As,
    gateway::{Gateway, Setup, SourceSetup},
};
use serde_json::json;

const PAGE: &str = "{ placements(first: 100) { nodes { id startedOn } } }";

async fn measured(gateway: &Gateway, measure: &str) -> u64 {
    let text = gateway.metrics().await;
    let line = text.lines().find_map(|line| line.strip_prefix(measure)?.strip_prefix(' '));
    line.map_or(0, |number| number.parse().expect("measures are numbers"))
}

#[tokio::test]
async fn points_and_refusals_are_measured_by_role() {
    let limits = Limits { operation_cost: 1_000, minute_cost: 1_500, ..Limits::default() };
    let gateway = Setup::of([SourceSetup::of_provider("almata", "ALMATA")]).limits(limits).start().await;
    let provider = As::role("provider").of("ALMATA");
    let body = json!({ "query": PAGE, "extensions": { "cost": true } });
    let told = gateway.send(gateway.post(&provider).json(&body)).await;
    let price = told.body["extensions"]["cost"]["requested"].as_u64().expect("the price is told");
    let points = "regiograph_budget_points_total{role=\"provider\"}";
    assert_eq!(measured(&gateway, points).await, price);
    let dear = "{ placements(first: 1000) { nodes { id } } }";
    assert_eq!(gateway.ask(&provider, dear).await.code(), "COST_LIMIT");
    assert_eq!(measured(&gateway, points).await, price + dear.len() as u64, "its reading is paid for");
    let refusals = |budget| format!("regiograph_budget_refusals_total{{role=\"provider\",budget=\"{budget}\"}}");
    assert_eq!(measured(&gateway, &refusals("operation")).await, 1);
    assert_eq!(measured(&gateway, &refusals("minute")).await, 0);
    let mut refused = 0;
    for _ in 0..8 {
        refused += u64::from(gateway.ask(&provider, PAGE).await.status == 429);
    }
    assert!(refused > 0, "the budget comes to its end");
    assert_eq!(measured(&gateway, &refusals("minute")).await, refused);
    gateway.ask(&As::public(), "{ viewer { role } }").await;
    assert!(measured(&gateway, "regiograph_budget_points_total{role=\"public\"}").await > 0);
    let text = gateway.metrics().await;
    assert!(!text.contains("ALMATA") && !text.contains("monitoring"), "of whom else the budget is stays untold");
}
