//! A list as clients ask for it, and its rows with what their opaque texts stand for.

use serde_json::{Value, json};

use crate::{
    oracle::{Names, View},
    selection,
};

/// A query for one page of a list of everything that the role is shown, by the variables `filter`, `orderBy` (where the
/// list has an order), `first`, `after`, `last` and `before`. The list is `list`.
#[must_use]
pub fn query(view: &View) -> String {
    let (name, many, row) = (view.dataset.name, selection::many(view.dataset), selection::of_row(view.fields()));
    let sorts = view.fields().any(|field| field.sorts);
    let (variable, argument) =
        if sorts { (format!("$orderBy: [{name}Order!], "), "orderBy: $orderBy, ") } else { (String::new(), "") };
    format!(
        "query({variable}$filter: {name}Filter, $first: Int, $after: String, $last: Int, $before: String) {{ \
           list: {many}({argument}filter: $filter, first: $first, after: $after, last: $last, before: $before) {{ \
             totalCount completeness {{ complete }} \
             pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} edges {{ cursor node {{ id {row} }} }} }} }}"
    )
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
        if let Some(pseudonym) = row["youth"]["pseudonym"].as_str() {
            row["youth"]["pseudonym"] = names.clear(pseudonym).into();
        }
        row
    });
    rows.collect()
}

/// Notes what the ids and pseudonyms of a list stand for, by the rows that it should hold. An error where one stands for
/// two things, or two for one.
pub fn learn(names: &mut Names, list: &Value, expected: &[Value]) -> Result<(), String> {
    for (edge, row) in edges(list).iter().zip(expected) {
        let ids = (&edge["node"]["id"], &row["id"]);
        let youths = (&edge["node"]["youth"]["pseudonym"], &row["youth"]["pseudonym"]);
        for (opaque, clear) in [ids, youths] {
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
