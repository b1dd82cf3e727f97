//! Filters that nobody would write.
#![no_main]

mod common;

use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

const QUERY: &str = "query($filter: PlacementFilter) {
    placements(filter: $filter, first: 2) { totalCount nodes { id } }
    placementStatistics(filter: $filter, groupBy: [AUTHORISATION]) { groups { rows } }
}";

fuzz_target!(|data: &[u8]| {
    let Ok(filter) = serde_json::from_slice::<Value>(data) else { return };
    let ground = common::ground();
    let variables = json!({ "filter": filter });
    common::check(&ground.runtime.block_on(ground.gateway.ask_with(&common::provider(), QUERY, variables)));
});
