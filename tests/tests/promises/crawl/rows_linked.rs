//! The same through links: lists of rows that link to a row or to a youth, filters and orders by links, ids and pseudonyms
//! that somebody who is granted more was given; by POST and by GET.

use std::collections::BTreeSet;

use entities::{Dataset, Kind, datasets};
use regiograph_tests::{
    caller::As,
    gateway::{Gateway, SourceSetup},
    matrix::{Matrix, POLICY},
    row::Row,
    selection,
};
use serde_json::Value;

use super::{
    headers,
    rows::{self, foreign, is_bounded},
};

/// Rows of one source link to each other.
fn linking(row: Row, to: i64) -> Row {
    let links = row.dataset.fields.iter().filter(|field| matches!(field.kind, Kind::Row(_)));
    links.fold(row, |row, field| row.with(field.column, to))
}

/// Someone's own row, which links to one's own rows.
fn own(dataset: &'static Dataset) -> Row {
    linking(rows::own(dataset), 1)
}

/// The first row of elsewhere, as if it were one's own: whoever is granted it is given its id and its youth.
fn granted(dataset: &'static Dataset) -> Row {
    let youth = dataset.youth().map(|youth| dataset.fields[youth].column);
    let row = Row::of(dataset).with("id", 0);
    youth.into_iter().fold(row, |row, column| row.with(column, "youth-99".to_owned()))
}

async fn gateway(elsewhere: Vec<Row>) -> Gateway {
    let own = SourceSetup::of_provider("almata", "ALMATA").rows(datasets().iter().map(own));
    Gateway::over([own, SourceSetup::of_provider("elsewhere", "ELSEWHERE").rows(elsewhere)]).await
}

/// The ids of all rows of a dataset that the caller is shown, and the pseudonyms of their youths.
async fn given(gateway: &Gateway, caller: &As, dataset: &Dataset) -> (BTreeSet<String>, BTreeSet<String>) {
    let nodes = async |selection: &str| {
        let reply =
            gateway.ask(caller, &format!("{{ {} {{ nodes {{ {selection} }} }} }}", selection::many(dataset))).await;
        let nodes = reply.body["data"][selection::many(dataset)]["nodes"].as_array().cloned();
        nodes.unwrap_or_default()
    };
    let text = |it: &Value| it.as_str().map(ToOwned::to_owned);
    let ids = nodes("id").await.iter().filter_map(|it| text(&it["id"])).collect();
    let youths = nodes("youth { pseudonym }").await;
    (ids, youths.iter().filter_map(|it| text(&it["youth"]["pseudonym"])).collect())
}

const LIST: &str = "totalCount pageInfo { hasNextPage endCursor } edges { cursor node { id } }";

/// What may be asked through the links of a dataset.
fn questions(dataset: &'static Dataset) -> Vec<String> {
    let many = selection::many(dataset);
    let mut all = Vec::new();
    for child in datasets() {
        for link in child.fields.iter().filter(|link| matches!(link.kind, Kind::Row(target) if target == dataset.name))
        {
            let below = selection::linked_by(child, link);
            all.push(format!("{{ {many} {{ nodes {{ id {below} {{ {LIST} }} }} }} }}"));
            all.push(format!("{{ {many} {{ nodes {{ {below}(first: 1) {{ edges {{ cursor }} }} }} }} }}"));
        }
        if dataset.youth().is_some() && child.youth().is_some() {
            let below = selection::many(child);
            all.push(format!("{{ {many} {{ nodes {{ youth {{ pseudonym {below} {{ {LIST} }} }} }} }} }}"));
        }
    }
    for field in &dataset.fields {
        let name = selection::camel(field.name);
        match field.kind {
            Kind::Row(_) => {
                all.push(format!("{{ {many} {{ totalCount nodes {{ {name} {{ id source {{ name }} }} }} }} }}"));
                all.push(format!("{{ {many}(filter: {{ {name}: {{ id: {{ isNull: false }} }} }}) {{ {LIST} }} }}"));
            }
            Kind::Reference("Region") => {
                for code in ["JZ10", "JZ36"] {
                    let filter = format!("{name}: {{ code: {{ ne: \"{code}\" }} }}");
                    all.push(format!("{{ {many}(filter: {{ {filter} }}) {{ {LIST} }} }}"));
                }
            }
            _ => {}
        }
        let is_link = matches!(field.kind, Kind::Reference(_) | Kind::Row(_) | Kind::Youth);
        if field.sorts && (is_link || field.name == "started_on") {
            for direction in ["ASC", "DESC"] {
                all.push(format!("{{ {many}(first: 1, orderBy: [{{ {name}: {direction} }}]) {{ {LIST} }} }}"));
            }
        }
    }
    all
}

/// What may be asked with ids and pseudonyms that were given.
fn by_name(dataset: &Dataset, ids: &BTreeSet<String>, youths: &BTreeSet<String>) -> Vec<String> {
    let (many, one) = (selection::many(dataset), selection::one(dataset));
    let listed = ids.iter().map(|id| format!("\"{id}\"")).collect::<Vec<_>>().join(", ");
    let mut all = vec![format!("{{ nodes(ids: [{listed}]) {{ __typename id }} }}")];
    for id in ids {
        all.push(format!("{{ {one}(id: \"{id}\") {{ id source {{ name }} }} node(id: \"{id}\") {{ __typename }} }}"));
        let of = format!("{{ __typename: \"{}\", id: \"{id}\" }}", dataset.name);
        all.push(format!("{{ _entities(representations: [{of}]) {{ __typename }} }}"));
        all.push(format!("{{ {many}(filter: {{ id: {{ eq: \"{id}\" }} }}) {{ {LIST} }} }}"));
        for field in dataset.fields.iter().filter(|field| matches!(field.kind, Kind::Row(_))) {
            let filter = format!("{}: {{ id: {{ eq: \"{id}\" }} }}", selection::camel(field.name));
            all.push(format!("{{ {many}(filter: {{ {filter} }}) {{ {LIST} }} }}"));
        }
    }
    for youth in youths {
        let lists = datasets().iter().filter(|it| it.name == dataset.name).map(selection::many);
        for list in lists {
            all.push(format!("{{ youth(pseudonym: \"{youth}\") {{ pseudonym {list} {{ {LIST} }} }} }}"));
            let filter = format!("youth: {{ pseudonym: {{ eq: \"{youth}\" }} }}");
            all.push(format!("{{ {list}(filter: {{ {filter} }}) {{ {LIST} }} }}"));
        }
    }
    all
}

/// All that comes back by GET, but for what differs between any two answers.
async fn by_get(gateway: &Gateway, caller: &As, query: &str) -> (u16, String, String) {
    let request = gateway.client().get(gateway.url()).query(&[("query", query), ("extensions", "{\"cost\":true}")]);
    let request = match gateway.token(caller) {
        Some(token) => request.bearer_auth(token),
        None => request,
    };
    let reply = gateway.send(request).await;
    assert!(reply.headers.contains_key("x-request-id"), "every answer has its own");
    (reply.status, headers(&reply), reply.text)
}

#[tokio::test]
async fn nor_can_they_be_told_through_links_orders_ids_and_pseudonyms() {
    let with = gateway(datasets().iter().flat_map(foreign).map(|row| linking(row, 0)).collect()).await;
    let without = gateway(Vec::new()).await;
    let granted = gateway(datasets().iter().map(granted).collect()).await;
    let (mut compared, mut shown, mut named) = (0, 0, 0);
    for role in &Matrix::of(POLICY).role {
        let caller = role.someone();
        for dataset in datasets().iter().filter(|dataset| is_bounded(role, dataset)) {
            let (mut ids, mut youths) = given(&granted, &caller, dataset).await;
            let (own, own_youths) = given(&without, &caller, dataset).await;
            let beside_others = given(&with, &caller, dataset).await;
            assert_eq!(beside_others, (own.clone(), own_youths.clone()), "{} {}", role.name, dataset.name);
            named += ids.difference(&own).count() + youths.difference(&own_youths).count();
            ids.extend(own);
            youths.extend(own_youths);
            for query in questions(dataset).into_iter().chain(by_name(dataset, &ids, &youths)) {
                let (there, absent) =
                    (rows::all(&with, &caller, &query).await, rows::all(&without, &caller, &query).await);
                assert_eq!(there, absent, "{} {query}", role.name);
                if absent.2.contains("GRAPHQL_VALIDATION_FAILED") {
                    // What the role cannot ask at all is the concern of the crawl of the schema.
                    continue;
                }
                let (there, absent) = (by_get(&with, &caller, &query).await, by_get(&without, &caller, &query).await);
                assert_eq!(there, absent, "{} by GET {query}", role.name);
                shown += usize::from(absent.2.contains("\"totalCount\":1"));
                compared += 1;
            }
        }
    }
    assert!(compared > 300 && shown > 50, "{compared} questions, {shown} of them with a row of one's own");
    assert!(named > 15, "{named} ids and pseudonyms of others were given");
}
