//! Filters that nobody would write.
#![no_main]

mod common;

use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

const QUERY: &str = "query($filter: PlacementFilter) {
    placements(filter: $filter, first: 2) { totalCount nodes { id } }
    placementStatistics(filter: $filter, groupBy: [AUTHORISATION]) { groups { rows } }
}";

fuzz_target!(init: { let _ = common::given(); }, |data: &[u8]| {
    let Ok(filter) = serde_json::from_slice::<Value>(data) else { return };
    let asked = filter.to_string();
    let reply = common::ask(&common::provider(), QUERY, json!({ "filter": filter }));
    common::check(&reply, &asked);
});
