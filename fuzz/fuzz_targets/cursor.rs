//! Cursors, ids and pseudonyms that nobody was given: any text, and given ones with bytes changed.
#![no_main]

mod common;

use libfuzzer_sys::fuzz_target;
use serde_json::json;

const QUERY: &str = "query($it: String!, $id: ID!) {
    after: placements(after: $it) { nodes { id } }
    before: placements(last: 2, before: $it) { nodes { id } }
    node(id: $id) { id }
    youth(pseudonym: $id) { id }
    placements(filter: { youth: { pseudonym: { eq: $id } } }) { totalCount }
}";

fuzz_target!(init: { let _ = common::given(); }, |data: &[u8]| {
    let Some((kind, data)) = data.split_first() else { return };
    let text = match common::given().get(usize::from(*kind) % 4) {
        Some(given) => {
            let changed = given.bytes().zip(data.iter().chain(std::iter::repeat(&0))).map(|(byte, by)| byte ^ (by & 0x7f));
            String::from_utf8_lossy(&changed.collect::<Vec<_>>()).into_owned()
        }
        None => String::from_utf8_lossy(data).into_owned(),
    };
    let reply = common::ask(&common::provider(), QUERY, json!({ "it": text, "id": text }));
    common::check(&reply, &text);
});
