//! Of a document's own words the log keeps one, the operation's name, and of that no more than a line.

use regiograph_tests::{
    caller::As,
    gateway::{Gateway, Reply},
};
use serde_json::{Value, json};

use super::{analyst, follower, gateway, holds, records};

async fn ask(gateway: &Gateway, caller: &As, query: &str, variables: Value) -> Reply {
    gateway.ask_with(caller, query, variables).await
}

#[tokio::test]
async fn no_name_of_a_variable_a_fragment_or_an_alias_stands_in_the_log() {
    let gateway = gateway().await;
    let query = "query Words($zqvariable: Int = 2, $zqunused: Boolean = false) { zqalias: placements(first: $zqvariable) \
        { ...zqfragment nodes { zqfield: startedOn @skip(if: $zqunused) } } } \
        fragment zqfragment on PlacementConnection { zqtotal: totalCount ...zqinner } \
        fragment zqinner on PlacementConnection { __typename }";
    let reply = ask(&gateway, &analyst(), query, json!({ "zqvariable": 3 })).await;
    assert_eq!(reply.data()["zqalias"]["zqtotal"], 5);
    let shape = "query{placements(first:$){...F0 nodes{startedOn@skip(if:$)}}}fragment F0 on \
        PlacementConnection{totalCount ...F1}fragment F1 on PlacementConnection{__typename}";
    assert_eq!(records(&gateway, "event", &["name", "shape"]), [["Words", shape]]);
    // Objects that a router speaks of have whatever names it likes, and they are no part of the schema.
    let of = "{ __typename: \"Placement\", id: \"x\", zqmember: { zqmember: [1] } }";
    let literal = format!("{{ _entities(representations: [{of}]) {{ __typename }} }}");
    assert_eq!(ask(&gateway, &follower(), &literal, json!({})).await.data(), &json!({ "_entities": [null] }));
    let shapes = records(&gateway, "event", &["outcome", "shape"]);
    assert_eq!(shapes[1], ["ANSWERED", "query{_entities(_){__typename}}"]);
    for wrong in
        ["{ zqnothing }", "{ placements(filter: { zqnothing: 1 }) { totalCount } }", "query ZqName { nothing }"]
    {
        assert_eq!(ask(&gateway, &analyst(), wrong, json!({})).await.code(), "GRAPHQL_VALIDATION_FAILED");
    }
    // Whole words: two letters stand in signatures by chance.
    let names = ["variable", "unused", "alias", "field", "fragment", "total", "inner", "member", "nothing"];
    for word in names.map(|name| format!("zq{name}")).into_iter().chain(["ZqName".to_owned()]) {
        assert!(!holds(gateway.folder(), word.as_bytes()), "{word}");
    }
}

#[tokio::test]
async fn a_name_is_kept_as_far_as_a_name_is_long() {
    let gateway = gateway().await;
    let name = "Long".to_owned() + &"n".repeat(60_000);
    let query = format!("query {name} {{ placements {{ totalCount }} }}");
    assert_eq!(ask(&gateway, &analyst(), &query, json!({})).await.data()["placements"]["totalCount"], 5);
    assert_eq!(records(&gateway, "event", &["name"]), [[&name[..128]]]);
}
