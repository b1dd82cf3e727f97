//! Rows that are not granted cannot be told from rows that are not there: by no count, cursor, page, table, price, header,
//! status or error.

use entities::{Dataset, Kind, datasets};
use regiograph_tests::{
    caller::As,
    gateway::{Gateway, SourceSetup},
    matrix::{Matrix, POLICY, Role},
    row::Row,
    selection,
};
use serde_json::json;

use super::headers;

/// Someone's own row, and whatever a role may ask of it is answered.
pub(super) fn own(dataset: &'static Dataset) -> Row {
    Row::of(dataset).with("id", 1)
}

/// Rows of another region, provider, institution and youth, before and after the own one in every order.
pub(super) fn foreign(dataset: &'static Dataset) -> Vec<Row> {
    let elsewhere = |id: i64| {
        let references = dataset.fields.iter().filter_map(|field| match field.kind {
            Kind::Reference(target) => Some((field.column, key(target))),
            Kind::Youth => Some((field.column, "youth-99")),
            _ => None,
        });
        references.fold(Row::of(dataset).with("id", id), |row, (column, key)| row.with(column, key.to_owned()))
    };
    [0, 2, 3].map(elsewhere).into()
}

/// A key of a reference table that is no one's who asks here.
fn key(target: &str) -> &'static str {
    match target {
        "Region" => "JZ10",
        "Municipality" => "GM0014",
        "Provider" => "ELSEWHERE",
        "Unit" => "ELSEWHERE-1-1",
        "Location" => "ELSEWHERE-1",
        "Partnership" => "VO2001",
        "School" => "SCH99",
        "Institution" => "GI02",
        _ => "OTHER",
    }
}

/// Is every row that the role is granted, or tables are made of, of its own area, organisation or youths?
pub(super) fn is_bounded(role: &Role, dataset: &Dataset) -> bool {
    let parts = role.table_parts(dataset);
    let bounded = ["R", "L", "own", "own wards", "case", "procedure", "x! L"];
    !parts.is_empty() && parts.iter().all(|part| bounded.contains(&part.scope.as_str()))
}

fn questions(dataset: &Dataset) -> Vec<String> {
    let (many, one) = (selection::many(dataset), selection::one(dataset));
    let list = "totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { id } } \
                completeness { complete sources { status reason source { name } } }";
    let table = "groups { rows suppressed } publishable completeness { complete sources { status source { name } } }";
    vec![
        format!("{{ {many} {{ {list} }} }}"),
        format!("{{ {many}(first: 1) {{ {list} }} }}"),
        format!("{{ {many}(last: 1, onSourceFailure: FAIL) {{ {list} }} }}"),
        format!("{{ {many}(first: 0) {{ {list} }} }}"),
        format!("{{ {many}(first: -1) {{ {list} }} }}"),
        format!("{{ {many}(after: \"nothing\") {{ {list} }} }}"),
        format!("{{ {many}(filter: {{ region: {{ code: {{ eq: \"JZ10\" }} }} }}) {{ {list} }} }}"),
        format!("{{ {many}(filter: {{ not: {{ region: {{ code: {{ eq: \"JZ36\" }} }} }} }}) {{ {list} }} }}"),
        format!("{{ {one}Statistics(view: OWN) {{ {table} }} }}"),
        format!("{{ {one}Statistics(view: OWN, groupBy: [REGION]) {{ {table} }} }}"),
        format!(
            "{{ {one}Statistics(groupBy: [REGION], filter: {{ region: {{ code: {{ eq: \"JZ10\" }} }} }}) {{ {table} }} }}"
        ),
        "{ sources { name datasets tables } }".to_owned(),
    ]
}

/// All that comes back, but for what differs between any two answers.
pub(super) async fn all(gateway: &Gateway, caller: &As, query: &str) -> (u16, String, String) {
    let body = json!({ "query": query, "extensions": { "cost": true } });
    let reply = gateway.send(gateway.post(caller).json(&body)).await;
    assert!(reply.headers.contains_key("x-request-id"), "every answer has its own");
    // What was asked before differs with the order of the tests alone, not with the rows.
    (reply.status, headers(&reply), reply.text)
}

#[tokio::test]
async fn rows_that_are_not_granted_are_as_rows_that_are_not_there() {
    let gateway = async |elsewhere: Vec<Row>| {
        let own = SourceSetup::of_provider("almata", "ALMATA").rows(datasets().iter().map(own));
        Gateway::over([own, SourceSetup::of_provider("elsewhere", "ELSEWHERE").rows(elsewhere)]).await
    };
    let with = gateway(datasets().iter().flat_map(foreign).collect()).await;
    let without = gateway(Vec::new()).await;
    let (mut compared, mut shown) = (0, 0);
    for role in &Matrix::of(POLICY).role {
        let caller = role.someone();
        for dataset in datasets().iter().filter(|dataset| is_bounded(role, dataset)) {
            for query in questions(dataset) {
                let (there, absent) = (all(&with, &caller, &query).await, all(&without, &caller, &query).await);
                assert_eq!(there, absent, "{} {query}", role.name);
                shown += usize::from(there.2.contains("\"totalCount\":1"));
                compared += 1;
            }
        }
    }
    assert!(compared > 300 && shown > 50, "{compared} questions, {shown} of them with a row of one's own");
}
