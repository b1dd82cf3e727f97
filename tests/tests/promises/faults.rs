//! Whatever befalls a source: the others' rows are there, it is said what happened, within the deadline; nothing is left
//! behind, and it recovers by itself.

mod answers;
mod befall;
mod breaker;
mod bounds;
mod leaving;
mod postgres;
mod stale;
mod store;

use regiograph_tests::{
    caller::As,
    fault::{DEADLINE, Kind, Sqlite},
    gateway::SourceSetup,
    row::{Row, dataset},
};
use serde_json::Value;

const LIST: &str = "query($first: Int = 50, $after: String, $on: SourceFailure) { \
    placements(first: $first, after: $after, orderBy: [{ startedOn: ASC }], onSourceFailure: $on) { \
      totalCount nodes { startedOn source { name } } pageInfo { hasNextPage endCursor } \
      completeness { complete sources { source { name } status reason asOf } } } }";

/// Sees days, at every provider; rests on no care relation.
fn guardian() -> As {
    As::role("certified_institution").of("GI01")
}

/// A source of some kind with a placement on the same day of three months.
fn source(kind: &dyn Kind, name: &str, day: i64) -> SourceSetup {
    kind.source(name, "ALMATA").deadline(DEADLINE).rows(rows(day))
}

/// A placement on this day of three months.
fn rows(day: i64) -> [Row; 3] {
    [1, 2, 3].map(|month| placement(month, format!("2025-0{month}-0{day}")))
}

fn placement(id: i64, day: String) -> Row {
    let row = Row::of(dataset("Placement")).with("id", id).with("started_on", day);
    row.with("institution", "GI01".to_owned())
}

/// Two sources that nothing befalls.
fn others() -> [SourceSetup; 2] {
    [source(&Sqlite, "alpha", 1), source(&Sqlite, "gamma", 3)]
}

/// Which sources a page's rows are of.
fn of(list: &Value) -> Vec<&str> {
    list["nodes"].as_array().into_iter().flatten().filter_map(|it| it["source"]["name"].as_str()).collect()
}

/// How a source answered.
fn told<'l>(list: &'l Value, source: &str) -> &'l Value {
    let sources = list["completeness"]["sources"].as_array().into_iter().flatten();
    sources.into_iter().find(|it| it["source"]["name"] == *source).unwrap_or(&Value::Null)
}
