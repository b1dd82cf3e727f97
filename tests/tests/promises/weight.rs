//! A small request that would make much work is refused before it does, and the gateway answers on.

use std::fmt::Write as _;

use regiograph_tests::{
    caller::As,
    gateway::{Gateway, Reply, SourceSetup},
    row::{Row, dataset},
};
use serde_json::{Value, json};

async fn gateway() -> Gateway {
    let rows = (1..=3_i64).map(|id| Row::of(dataset("Placement")).with("id", id));
    Gateway::over([SourceSetup::of_provider("almata", "ALMATA").rows(rows)]).await
}

fn provider() -> As {
    As::role("provider").of("ALMATA")
}

async fn refused(gateway: &Gateway, query: &str, code: &str) -> Reply {
    let reply = gateway.ask(&provider(), query).await;
    assert_eq!(reply.code(), code, "{}", reply.text.chars().take(300).collect::<String>());
    let after = gateway.ask(&provider(), "{ viewer { role } }").await;
    assert_eq!(after.body["data"]["viewer"]["role"], "provider", "the gateway answers on");
    reply
}

#[tokio::test]
async fn fragments_that_double_each_other_are_refused() {
    let gateway = gateway().await;
    let mut query = String::from("{ ...f0 } ");
    for level in 0..60 {
        let _ = write!(query, "fragment f{level} on Query {{ ...f{0} ...f{0} }} ", level + 1);
    }
    query.push_str("fragment f60 on Query { viewer { role } }");
    refused(&gateway, &query, "COST_LIMIT").await;
}

#[tokio::test]
async fn introspection_that_multiplies_is_refused_and_that_of_tools_is_not() {
    let gateway = gateway().await;
    let mut query = String::from("name");
    for _ in 0..5 {
        query = format!("possibleTypes {{ interfaces {{ {query} }} }}");
    }
    refused(&gateway, &format!("{{ __type(name: \"Node\") {{ {query} }} }}"), "COST_LIMIT").await;
    let of_type = (0..9).fold("name".to_owned(), |inner, _| format!("kind name ofType {{ {inner} }}"));
    let tools = format!(
        "query IntrospectionQuery {{ __schema {{ queryType {{ name }} types {{ ...T }} directives {{ name args {{ ...I }} }} }} }}
         fragment T on __Type {{ kind name fields(includeDeprecated: true) {{ name args {{ ...I }} type {{ ...R }} }}
           inputFields {{ ...I }} interfaces {{ ...R }} enumValues {{ name }} possibleTypes {{ ...R }} }}
         fragment I on __InputValue {{ name type {{ ...R }} defaultValue }}
         fragment R on __Type {{ {of_type} }}"
    );
    let reply = gateway.ask(&provider(), &tools).await;
    assert!(reply.errors().is_empty(), "{}", reply.message());
}

#[tokio::test]
async fn reference_lists_in_each_other_end_at_the_size_of_an_answer() {
    let gateway = gateway().await;
    let nested = (0..4).fold("code".to_owned(), |inner, _| format!("province {{ municipalities {{ {inner} }} }}"));
    let query = format!("{{ provinces {{ municipalities {{ {nested} }} }} viewer {{ role }} }}");
    let reply = refused(&gateway, &query, "COST_LIMIT").await;
    assert!(reply.body["data"].is_null() && reply.text.len() < 1_000, "nothing of it is given");
}

#[tokio::test]
async fn values_too_deep_or_too_many_are_refused() {
    let gateway = gateway().await;
    let deep = (0..200).fold("{ urgent: { eq: true } }".to_owned(), |inner, _| format!("{{ not: {inner} }}"));
    refused(&gateway, &format!("{{ placements(filter: {deep}) {{ totalCount }} }}"), "COST_LIMIT").await;
    let ids = vec!["\"x\""; 1_001].join(", ");
    let query = format!("{{ placements(filter: {{ id: {{ in: [{ids}] }} }}) {{ totalCount }} }}");
    assert!(refused(&gateway, &query, "COST_LIMIT").await.message().contains("filter"));
    let deep = (0..100).fold(json!({ "urgent": { "eq": true } }), |inner, _| json!({ "not": inner }));
    let query = "query ($f: PlacementFilter) { placements(filter: $f) { totalCount } }";
    let reply = gateway.ask_with(&provider(), query, json!({ "f": deep })).await;
    assert_eq!(reply.code(), "COST_LIMIT");
    assert!(reply.message().contains("$f"));
}

#[tokio::test]
async fn a_filter_of_many_conditions_is_the_clients_fault_and_not_the_sources() {
    let gateway = gateway().await;
    let parts = vec!["{ urgent: { eq: true } }"; 600].join(", ");
    let query = format!("{{ placements(filter: {{ or: [{parts}] }}) {{ totalCount }} }}");
    assert!(refused(&gateway, &query, "COST_LIMIT").await.message().contains("\"filter\""));
    let parts = vec!["{ urgent: { eq: true } }"; 400].join(", ");
    let query = format!("{{ placements(filter: {{ or: [{parts}] }}) {{ totalCount completeness {{ complete }} }} }}");
    let reply = gateway.ask(&provider(), &query).await;
    assert_eq!(reply.body["data"]["placements"]["completeness"]["complete"], true, "{}", reply.message());
}

#[tokio::test]
async fn lists_of_more_rows_than_an_operation_may_ask_for_are_refused_one_by_one() {
    let gateway = gateway().await;
    let lists: String = (0..100).fold(String::new(), |mut out, place| {
        let _ = write!(out, "l{place}: placements(first: 1000) {{ totalCount nodes {{ id }} }} ");
        out
    });
    let reply = gateway.ask(&provider(), &format!("{{ {lists} placements {{ totalCount }} }}")).await;
    assert_eq!(reply.code(), "COST_LIMIT");
    let data = &reply.body["data"];
    assert_eq!((&data["l99"]["totalCount"], &data["placements"]), (&json!(3), &Value::Null), "those within stand");
}

#[tokio::test]
async fn a_variable_of_an_unknown_type_is_refused_in_a_list_too() {
    let gateway = gateway().await;
    for ty in ["Nope", "[Nope]", "[[Nope!]]"] {
        let query = format!("query ($x: {ty} = [1]) {{ viewer {{ role }} }}");
        let reply = refused(&gateway, &query, "GRAPHQL_VALIDATION_FAILED").await;
        assert_eq!(reply.message(), "Unknown type \"Nope\"");
    }
}

#[tokio::test]
async fn a_filter_on_links_is_refused_for_its_size_before_it_is_worked_out() {
    let gateway = gateway().await;
    let one = "{ code: { in: $codes } }, ".repeat(500);
    let many = format!("{{ municipality: {{ or: [{one}] }} }}, ").repeat(4);
    let codes: Vec<_> = (0..1_000).map(|number| format!("GM{number:04}")).collect();
    for field in ["placementStatistics", "placements"] {
        let part = if field == "placements" { "totalCount" } else { "publishable" };
        let query = format!("query($codes: [String!]) {{ {field}(filter: {{ or: [{many}] }}) {{ {part} }} }}");
        let provider = provider();
        let asked = gateway.ask_with(&provider, &query, json!({ "codes": codes }));
        let reply =
            tokio::time::timeout(std::time::Duration::from_secs(20), asked).await.expect("it is not worked out");
        assert_eq!(reply.code(), "COST_LIMIT", "{}", reply.text);
    }
    let regions = format!("query($codes: [String!]) {{ regions(filter: {{ or: [{one}] }}) {{ code }} }}");
    assert_eq!(gateway.ask_with(&provider(), &regions, json!({ "codes": codes })).await.code(), "COST_LIMIT");
}

#[tokio::test]
async fn more_tables_than_an_operation_may_ask_for_are_refused_and_the_rest_stands() {
    let gateway = gateway().await;
    let tables: String = (0..30).fold(String::new(), |mut out, place| {
        let _ = write!(out, "t{place}: placementStatistics {{ groups {{ rows }} }} ");
        out
    });
    let reply = gateway.ask(&provider(), &format!("{{ {tables} }}")).await;
    assert_eq!(reply.code(), "COST_LIMIT");
    let data = &reply.body["data"];
    assert_eq!((&data["t24"]["groups"][0]["rows"], &data["t25"]), (&json!(3), &Value::Null), "those within stand");
}
