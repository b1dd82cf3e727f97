//! An operation has a price, from its form alone, and every consumer a budget.

use regiograph::config::{Http, Limits, RoleLimits};
use regiograph_tests::{
    caller::As,
    gateway::{Gateway, Reply, Setup, SourceSetup},
    row::{Row, dataset},
    socket::Socket,
};
use serde_json::{Value, json};

const PAGE: &str = "{ placements(first: 100) { nodes { id startedOn } } }";

fn sources(rows: i64) -> Vec<SourceSetup> {
    let placement = |id: i64| Row::of(dataset("Placement")).with("id", id);
    vec![
        SourceSetup::of_provider("almata", "ALMATA").rows((1..=rows).map(placement)),
        SourceSetup::of_provider("other", "VIA-JEUGD"),
    ]
}

fn limits(operation_cost: usize, minute_cost: usize) -> Limits {
    let public =
        RoleLimits { operation_cost: Some(operation_cost), minute_cost: Some(minute_cost), introspection: Some(false) };
    Limits { operation_cost, minute_cost, roles: [("public".into(), public)].into(), ..Limits::default() }
}

async fn gateway(operation_cost: usize, minute_cost: usize) -> Gateway {
    Setup::of(sources(3)).limits(limits(operation_cost, minute_cost)).start().await
}

fn provider() -> As {
    As::role("provider").of("ALMATA")
}

/// Asks and wants to know the price.
async fn told(gateway: &Gateway, caller: &As, query: &str, variables: Value) -> Reply {
    let body = json!({ "query": query, "variables": variables, "extensions": { "cost": true } });
    gateway.send(gateway.post(caller).json(&body)).await
}

async fn price(gateway: &Gateway, caller: &As, query: &str) -> u64 {
    let reply = told(gateway, caller, query, json!({})).await;
    reply.body["extensions"]["cost"]["requested"].as_u64().unwrap_or_else(|| unreachable!("{}", reply.text))
}

#[tokio::test]
async fn rows_times_fields_times_sources_is_the_price_of_a_list() {
    let gateway = gateway(5_000_000, 50_000_000).await;
    let reply = told(&gateway, &provider(), PAGE, json!({})).await;
    let bytes = PAGE.len() as u64;
    let price = 2 * 10 + 100 * 3 * 2 + bytes;
    let left = 50_000_000 - price;
    let cost = json!({ "requested": price, "limit": 5_000_000, "remaining": left, "perMinute": 50_000_000 });
    assert_eq!(reply.body["extensions"], json!({ "cost": cost }));
    let silent = gateway.ask(&provider(), PAGE).await;
    assert!(silent.body.get("extensions").is_none(), "nobody is told who did not ask");
    let query = "query($n: Int) { placements(first: $n) { nodes { id startedOn } } }";
    let by_variable = told(&gateway, &provider(), query, json!({ "n": 100 })).await;
    let difference = query.len() as u64 - bytes;
    assert_eq!(by_variable.body["extensions"]["cost"]["requested"], price + difference, "however the page is said");
}

#[tokio::test]
async fn links_multiply_and_counts_and_tables_have_prices_of_their_own() {
    let gateway = gateway(1_000_000_000, 1_000_000_000_000).await;
    let price = async |query: &str| price(&gateway, &provider(), query).await - query.len() as u64;
    let one = price("{ placements(first: 10) { nodes { id } } }").await;
    assert_eq!(one, 20 + 10 * 2 * 2);
    let linked =
        price("{ placements(first: 10) { nodes { id youth { placements(first: 5) { nodes { id } } } } } }").await;
    assert_eq!(linked, one + 10 + (20 + 10 * 5 * 2 * 2));
    let counted = price("{ placements(first: 10) { totalCount nodes { id } } }").await;
    assert_eq!(counted, one + 2 * 101);
    let table = price("{ placementStatistics { groups { rows } } }").await;
    assert_eq!(table, 2 * 500 + 1 + 1 + 1);
    let grouped =
        price("{ placementStatistics(groupBy: [REGION, AUTHORISATION]) { groups { rows closedDays { sum } } } }").await;
    assert_eq!(grouped, 2 * 500 * 4 + 1 + 1 + 1 + 1 + 1);
}

#[tokio::test]
async fn the_price_tells_nothing_of_rows_or_grants() {
    let (few, many) = (gateway(5_000_000, 50_000_000).await, Setup::of(sources(200)).start().await);
    let query =
        "{ placements(first: 100) { totalCount nodes { id unit { code } } } placementStatistics { groups { rows } } }";
    let expected = price(&few, &provider(), query).await;
    assert_eq!(price(&many, &provider(), query).await, expected);
    // Someone who is granted the rows of nobody here.
    assert_eq!(price(&many, &As::role("provider").of("VIA-JEUGD"), query).await, expected);
    let region = As::role("region_analyst").of("JZ36");
    let open = "{ capacityReports(first: 100) { totalCount nodes { id } } }";
    assert_eq!(price(&many, &region, open).await, price(&many, &As::public(), open).await);
}

#[tokio::test]
async fn an_operation_that_costs_more_than_it_may_is_refused_before_it_runs() {
    let gateway = gateway(1_000, 1_000_000).await;
    let reply = gateway.ask(&provider(), "{ placements(first: 1000) { nodes { id } } }").await;
    assert_eq!((reply.status, reply.code()), (400, "COST_LIMIT"));
    assert!(reply.message().contains("may cost 1000") && reply.body.get("data").is_none(), "{}", reply.text);
    assert_eq!(gateway.ask(&provider(), PAGE).await.data()["placements"]["nodes"].as_array().map(Vec::len), Some(3));
    let deep = (0..6).fold("code".to_owned(), |inner, _| format!("province {{ municipalities {{ {inner} }} }}"));
    let reply = gateway.ask(&As::public(), &format!("{{ municipalities {{ {deep} }} }}")).await;
    assert_eq!(reply.code(), "COST_LIMIT");
}

#[tokio::test]
async fn who_has_asked_all_of_a_minute_waits_as_told_and_no_one_else_does() {
    let gateway = gateway(2_000, 2_000).await;
    let mut answered = 0;
    let refused = loop {
        let reply = gateway.ask(&provider(), PAGE).await;
        if reply.status != 200 {
            break reply;
        }
        answered += 1;
        assert!(answered < 10, "the budget comes to its end");
    };
    assert!(answered > 1);
    assert_eq!((refused.status, refused.code()), (429, "RATE_LIMITED"));
    let wait: i64 = refused.headers["retry-after"].to_str().expect("a number").parse().expect("a number");
    assert!((1..=60).contains(&wait), "{wait}");
    let others = [As::role("provider").of("VIA-JEUGD"), As::public()];
    for other in &others {
        assert_eq!(gateway.ask(other, "{ viewer { role } }").await.status, 200, "{other:?}");
    }
    gateway.wait(wait);
    assert_eq!(gateway.ask(&provider(), PAGE).await.status, 200);
    assert_eq!(gateway.ask(&provider(), PAGE).await.status, 429, "what flowed back was for one");
}

#[tokio::test]
async fn what_does_not_run_costs_what_reading_it_takes() {
    let gateway = gateway(1_000, 1_000).await;
    let broken = format!("{{ {} ", "nope ".repeat(60));
    let codes = [gateway.ask(&provider(), &broken).await, gateway.ask(&provider(), &broken).await];
    assert!(codes.iter().all(|reply| reply.code() == "GRAPHQL_PARSE_FAILED"));
    for _ in 0..3 {
        gateway.ask(&provider(), &broken).await;
    }
    assert_eq!(gateway.ask(&provider(), &broken).await.code(), "RATE_LIMITED");
}

#[tokio::test]
async fn over_a_socket_or_a_stream_it_is_an_error_of_that_operation() {
    let gateway = gateway(1_000, 1_000).await;
    let token = gateway.token(&provider());
    let mut socket = Socket::with_token(&gateway, token.as_deref()).await;
    socket.subscribe("first", PAGE).await;
    let types = [socket.hear().await, socket.hear().await].map(|it| it.expect("it is open")["type"].clone());
    assert_eq!(types, [json!("next"), json!("complete")]);
    socket.subscribe("second", PAGE).await;
    let error = socket.hear().await.expect("the socket stays open");
    assert_eq!((&error["type"], &error["id"]), (&json!("error"), &json!("second")));
    assert_eq!(error["payload"][0]["extensions"]["code"], "RATE_LIMITED");
    let stream = gateway.post(&provider()).header("accept", "text/event-stream").json(&json!({ "query": PAGE }));
    let reply = gateway.send(stream).await;
    assert!(reply.status == 200 && reply.text.contains("RATE_LIMITED"), "{}", reply.text);
    gateway.wait(60);
    socket.subscribe("third", PAGE).await;
    assert_eq!(socket.hear().await.expect("the socket stays open")["type"], "next");
}

/// The status of one question of the public, for whom a proxy says this.
async fn forwarded(gateway: &Gateway, address: &str) -> u16 {
    let request = gateway.client().post(gateway.url()).header("x-forwarded-for", address);
    gateway.send(request.json(&json!({ "query": "{ capacityReports(first: 100) { nodes { id } } }" }))).await.status
}

#[tokio::test]
async fn each_address_of_the_public_has_a_budget_of_its_own_behind_proxies_that_are_named() {
    let start = async |proxies: &[&str]| {
        let trusted_proxies = proxies.iter().map(|it| it.parse().expect("it is an address")).collect();
        let http = Http { trusted_proxies, ..Http::default() };
        Setup::of(sources(1)).limits(limits(1_000, 1_000)).http(http).start().await
    };
    let named = start(&["127.0.0.0/8"]).await;
    for address in ["192.0.2.1", "192.0.2.2", "203.0.113.9, 192.0.2.3"] {
        assert_eq!(forwarded(&named, address).await, 200, "{address}");
        assert_eq!((forwarded(&named, address).await, forwarded(&named, address).await), (200, 429), "{address}");
    }
    assert_eq!(forwarded(&named, "198.51.100.7, 192.0.2.1").await, 429, "what a client says of itself is not heard");
    let unnamed = start(&[]).await;
    let all = [forwarded(&unnamed, "192.0.2.1").await, forwarded(&unnamed, "192.0.2.2").await];
    assert_eq!((all, forwarded(&unnamed, "192.0.2.3").await), ([200, 200], 429));
}

#[tokio::test]
async fn a_page_costs_its_rows_also_where_none_of_them_is_shown() {
    let gateway = gateway(1_000_000_000, 1_000_000_000_000).await;
    let price = async |query: &str| price(&gateway, &provider(), query).await - query.len() as u64;
    for part in
        ["pageInfo { endCursor }", "__typename", "completeness { complete }", "totalCount pageInfo { endCursor }"]
    {
        let page = price(&format!("{{ placements(first: 1000) {{ {part} }} }}")).await;
        assert!(page >= 1_000 * 2, "{part}: {page}");
        let below =
            format!("{{ placements(first: 10) {{ nodes {{ youth {{ placements(first: 1000) {{ {part} }} }} }} }} }}");
        assert!(price(&below).await >= 10 * 1_000 * 2, "{part}");
    }
    let edges = price("{ placements(first: 1000) { edges { cursor } pageInfo { endCursor } } }").await;
    let alone = price("{ placements(first: 1000) { edges { cursor } } }").await;
    assert_eq!(edges, alone + 1 + 1, "a page is paid once");
    let count = price("{ placements(first: 1000) { totalCount } }").await;
    assert_eq!(count, 20 + 2 * 101, "their number takes no rows");
}
