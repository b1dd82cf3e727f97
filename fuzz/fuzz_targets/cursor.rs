//! Cursors, ids and pseudonyms that nobody was given: any text, and given ones with bytes changed.
#![no_main]

mod common;

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use serde_json::json;

const QUERY: &str = "query($it: String!, $id: ID!) {
    after: placements(after: $it) { nodes { id } }
    before: placements(last: 2, before: $it) { nodes { id } }
    node(id: $id) { id }
    youth(pseudonym: $id) { id }
    placements(filter: { youth: { pseudonym: { eq: $id } } }) { totalCount }
}";

/// A cursor, an id and a pseudonym that the caller was given.
fn given() -> &'static [String; 3] {
    static GIVEN: OnceLock<[String; 3]> = OnceLock::new();
    GIVEN.get_or_init(|| {
        let ground = common::ground();
        let query = "{ placements { edges { cursor node { id youth { pseudonym } } } } }";
        let reply = ground.runtime.block_on(ground.gateway.ask(&common::provider(), query));
        let edge = &reply.data()["placements"]["edges"][0];
        let texts = [&edge["cursor"], &edge["node"]["id"], &edge["node"]["youth"]["pseudonym"]];
        texts.map(|it| it.as_str().expect("the row is there").to_owned())
    })
}

fuzz_target!(|data: &[u8]| {
    let Some((kind, data)) = data.split_first() else { return };
    let text = match given().get(usize::from(*kind) % 4) {
        Some(given) => {
            let changed = given.bytes().zip(data.iter().chain(std::iter::repeat(&0))).map(|(byte, by)| byte ^ (by & 0x7f));
            String::from_utf8_lossy(&changed.collect::<Vec<_>>()).into_owned()
        }
        None => String::from_utf8_lossy(data).into_owned(),
    };
    let ground = common::ground();
    let variables = json!({ "it": text, "id": text });
    common::check(&ground.runtime.block_on(ground.gateway.ask_with(&common::provider(), QUERY, variables)));
});
