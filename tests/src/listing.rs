//! A list as clients ask for it, and its rows with what their opaque texts stand for.

use serde_json::{Value, json};

use crate::{
    oracle::{Names, View},
    selection,
};

/// The links of rows that opaque texts stand for, and the fields that say them.
const OPAQUE: [(&str, &str); 2] = [("youth", "pseudonym"), ("placement", "id")];

/// A query for one page of a list of everything that the role is shown, by the variables `filter`, `orderBy` (where the
/// list has an order), `first`, `after`, `last` and `before`. The list is `list`.
#[must_use]
pub fn query(view: &View) -> String {
    let many = selection::many(view.dataset);
    format!("query({}) {{ list: {many}({}) {} }}", variables(view), arguments(view), page(view))
}

/// The variables of a list.
#[must_use]
pub fn variables(view: &View) -> String {
    let name = view.dataset.name;
    let order = if sorts(view) { format!("$orderBy: [{name}Order!], ") } else { String::new() };
    format!("{order}$filter: {name}Filter, $first: Int, $after: String, $last: Int, $before: String")
}

/// The arguments of a list, by its variables.
#[must_use]
pub fn arguments(view: &View) -> String {
    let order = if sorts(view) { "orderBy: $orderBy, " } else { "" };
    format!("{order}filter: $filter, first: $first, after: $after, last: $last, before: $before")
}

/// What is selected of a list: its page with everything that the role is shown.
#[must_use]
pub fn page(view: &View) -> String {
    let row = selection::of_row(view.fields());
    format!(
        "{{ totalCount completeness {{ complete sources {{ source {{ name }} status reason }} }} \
           pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} edges {{ cursor node {{ id {row} }} }} }}"
    )
}

fn sorts(view: &View) -> bool {
    view.fields().any(|field| field.sorts)
}

/// The order that a key of an order asks for: `{ startedOn: DESC }`.
#[must_use]
pub fn order(name: &str, descending: bool) -> Value {
    json!({ selection::camel(name): if descending { "DESC" } else { "ASC" } })
}

/// A page's rows, with what opaque texts stand for in their place.
#[must_use]
pub fn cleared(list: &Value, names: &Names) -> Vec<Value> {
    let rows = edges(list).iter().map(|edge| {
        let mut row = edge["node"].clone();
        row["id"] = names.clear(row["id"].as_str().unwrap_or_default()).into();
        for (link, name) in OPAQUE {
            if let Some(opaque) = row[link][name].as_str() {
                row[link][name] = names.clear(opaque).into();
            }
        }
        row
    });
    rows.collect()
}

/// Notes what the ids and pseudonyms of a list stand for, by the rows that it should hold. An error where one stands for
/// two things, or two for one.
pub fn learn(names: &mut Names, list: &Value, expected: &[Value]) -> Result<(), String> {
    for (edge, row) in edges(list).iter().zip(expected) {
        let of_row = (&edge["node"]["id"], &row["id"]);
        let linked = OPAQUE.map(|(link, name)| (&edge["node"][link][name], &row[link][name]));
        for (opaque, clear) in linked.into_iter().chain([of_row]) {
            if let Some((opaque, clear)) = opaque.as_str().zip(clear.as_str())
                && !names.learn(opaque, clear)
            {
                return Err(format!("{clear} has two names, or its name stands for two"));
            }
        }
    }
    Ok(())
}

fn edges(list: &Value) -> &[Value] {
    list["edges"].as_array().map_or(&[], Vec::as_slice)
}
