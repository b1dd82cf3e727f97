//! GraphQL over HTTP: which requests are taken, and what their answers look like.

use regiograph_tests::{
    caller::As,
    gateway::{Gateway, SourceSetup},
    row::{Row, dataset},
};
use serde_json::{Value, json};

const GRAPHQL: &str = "application/graphql-response+json; charset=utf-8";
const JSON: &str = "application/json; charset=utf-8";

async fn gateway() -> Gateway {
    let report = |id: i64| Row::of(dataset("CapacityReport")).with("id", id).with("contracted_places", id);
    Gateway::over([SourceSetup::of_provider("almata", "ALMATA").rows([report(1), report(2)])]).await
}

#[tokio::test]
async fn queries_come_by_post_and_get_and_nothing_else() {
    let gateway = gateway().await;
    let (client, url) = (gateway.client(), gateway.url());
    let body = json!({ "query": "{ viewer { role } }" });
    let posted = gateway.send(client.post(&url).json(&body)).await;
    assert_eq!(posted.data()["viewer"]["role"], "public");
    let got = gateway.send(client.get(&url).query(&[("query", "{ viewer { role } }")])).await;
    assert_eq!(got.text, posted.text);
    let variables =
        [("query", "query($n: Int) { capacityReports(first: $n) { nodes { id } } }"), ("variables", "{\"n\":1}")];
    let got = gateway.send(client.get(&url).query(&variables)).await;
    assert_eq!(got.data()["capacityReports"]["nodes"].as_array().map(Vec::len), Some(1));
    for (status, request) in [
        (405, client.put(&url).json(&body)),
        (405, client.delete(&url)),
        (405, client.get(&url).query(&[("query", "mutation { x }")])),
        (415, client.post(&url).body(body.to_string())),
        (415, client.post(&url).header("content-type", "text/plain").body(body.to_string())),
        (406, client.post(&url).header("accept", "text/html").json(&body)),
        (400, client.post(&url).json(&json!([body]))),
        (400, client.post(&url).json(&json!({}))),
        (400, client.post(&url).header("content-type", "application/json").body("{")),
        (400, client.get(&url)),
        (400, client.get(&url).query(&[("query", "{ viewer { role } }"), ("variables", "{")])),
    ] {
        let reply = gateway.send(request).await;
        assert_eq!(reply.status, status, "{}", reply.text);
        assert!(reply.errors().len() == 1 && !reply.code().is_empty(), "{}", reply.text);
    }
}

#[tokio::test]
async fn the_status_tells_whether_the_operation_ran_where_the_client_can_tell() {
    let gateway = gateway().await;
    for (accept, query, status, content) in [
        ("application/graphql-response+json", "{ viewer { role } }", 200, GRAPHQL),
        ("application/graphql-response+json", "{ unheardOf }", 400, GRAPHQL),
        ("application/graphql-response+json", "{ capacityReports(first: -1) { totalCount } }", 200, GRAPHQL),
        ("application/json", "{ viewer { role } }", 200, JSON),
        ("application/json", "{ unheardOf }", 200, JSON),
        ("*/*", "{ viewer { role } }", 200, GRAPHQL),
    ] {
        let request = gateway.client().post(gateway.url()).header("accept", accept).json(&json!({ "query": query }));
        let reply = gateway.send(request).await;
        let found = reply.headers.get("content-type").and_then(|it| it.to_str().ok());
        assert_eq!((reply.status, found), (status, Some(content)), "{accept} {query}");
        assert_eq!(reply.headers["cache-control"], "private, no-store");
    }
}

#[tokio::test]
async fn fields_with_one_key_are_answered_once_and_in_request_order() {
    let gateway = gateway().await;
    let query = "query($yes: Boolean = true, $no: Boolean = false) { \
        second: viewer { role } capacityReports { ...Places } viewer { role } capacityReports { totalCount nodes { unit { code } } } \
        viewer { purpose role @skip(if: $no) scope @include(if: $no) } } \
        fragment Places on CapacityReportConnection { nodes { contractedPlaces unit { name @include(if: $yes) } } }";
    let reply = gateway.ask(&As::public(), query).await;
    let unit = "{\"name\":\"Ossendrecht 1, gesloten\",\"code\":\"ALMATA-OSS-1\"}";
    let nodes: Vec<_> = [1, 2].map(|it| format!("{{\"contractedPlaces\":{it},\"unit\":{unit}}}")).into();
    let expected = format!(
        "{{\"data\":{{\"second\":{{\"role\":\"public\"}},\"capacityReports\":{{\"nodes\":[{}],\"totalCount\":2}},\
         \"viewer\":{{\"role\":\"public\",\"purpose\":null}}}}}}",
        nodes.join(",")
    );
    assert_eq!(reply.text, expected);
    let clash = gateway.ask(&As::public(), "{ a: viewer { role } a: sources { name } }").await;
    assert_eq!(clash.code(), "GRAPHQL_VALIDATION_FAILED");
}

#[tokio::test]
async fn of_several_operations_the_named_one_runs() {
    let gateway = gateway().await;
    let query = "query A { viewer { role } } query B { capacityReports { totalCount } }";
    let ask = async |name: Value| {
        let body = json!({ "query": query, "operationName": name });
        gateway.send(gateway.client().post(gateway.url()).json(&body)).await
    };
    assert_eq!(ask(json!("B")).await.data(), &json!({ "capacityReports": { "totalCount": 2 } }));
    for name in [json!("C"), Value::Null, json!("")] {
        let reply = ask(name).await;
        assert_eq!(reply.status, 400, "{}", reply.text);
    }
}

#[tokio::test]
async fn health_is_told_to_everyone() {
    let gateway = gateway().await;
    for path in ["/health/live", "/health/ready"] {
        let url = gateway.url().replace("/graphql", path);
        assert_eq!(gateway.send(gateway.client().get(url)).await.status, 200, "{path}");
    }
    let nowhere = gateway.url().replace("/graphql", "/nowhere");
    assert_eq!(gateway.send(gateway.client().get(nowhere)).await.status, 404);
}
