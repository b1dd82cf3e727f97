//! A youth is one thing that all sources add rows to: whoever may see its pseudonym can follow it through every list that
//! names it for that role, and through no other.

use regiograph_tests::{
    caller::As,
    gateway::{Gateway, Reply, Setup, SourceSetup},
    matrix::POLICY,
    row::{Row, dataset},
};
use serde_json::{Value, json};

const FOLLOWER: &str = "\n[[role]]\nname = \"follower\"\npurposes = [\"monitoring\"]\n[role.cells]\n\
    placement = \"A/sensitive\"\nretCase = \"A/pseudonymous\"\nreferral = \"A/indirect\"\n";

/// Two sources, with youths that stand in both.
fn sources() -> [SourceSetup; 2] {
    let of = |name: &str, id: i64, youth: &str| Row::of(dataset(name)).with("id", id).with("youth", youth.to_owned());
    [
        SourceSetup::of_provider("almata", "ALMATA").rows([
            of("Placement", 1, "a").with("started_on", "2025-03-01".to_owned()),
            of("Placement", 2, "b").with("started_on", "2025-01-01".to_owned()),
            of("RetCase", 1, "a"),
            of("Referral", 1, "a"),
        ]),
        SourceSetup::of_provider("horizon", "HORIZON").rows([
            of("Placement", 1, "a").with("started_on", "2025-02-01".to_owned()),
            of("Placement", 2, "c").with("started_on", "2025-04-01".to_owned()),
            of("RetCase", 1, "b"),
        ]),
    ]
}

async fn follow(gateway: &Gateway, caller: &As) -> Reply {
    let query = "{ placements(orderBy: { startedOn: ASC }) { nodes { startedOn youth { pseudonym \
                   placements(orderBy: { startedOn: DESC }) { totalCount nodes { startedOn source { name } } } } } } }";
    gateway.ask(caller, query).await
}

#[tokio::test]
async fn a_youth_is_followed_through_all_sources() {
    let gateway = Setup::of(sources()).policy(POLICY.to_owned() + FOLLOWER).start().await;
    let reply = follow(&gateway, &As::role("follower")).await;
    let nodes = &reply.data()["placements"]["nodes"];
    let counts: Vec<_> = (0..4).map(|it| &nodes[it]["youth"]["placements"]["totalCount"]).collect();
    assert_eq!(counts, [&json!(1), &json!(2), &json!(2), &json!(1)]);
    let both = json!([{ "startedOn": "2025-03-01", "source": { "name": "almata" } },
                      { "startedOn": "2025-02-01", "source": { "name": "horizon" } }]);
    assert_eq!(nodes[1]["youth"]["placements"]["nodes"], both);
    assert_eq!(nodes[1]["youth"], nodes[2]["youth"]);
    let query = "query($of: ID!) { youth(pseudonym: $of) { id pseudonym placements { totalCount } \
                   retCases(filter: { source: { name: { eq: \"almata\" } } }) { totalCount } } \
                   node(id: $of) { __typename ... on Youth { pseudonym retCases { totalCount } } } }";
    let pseudonym = &nodes[1]["youth"]["pseudonym"];
    let found = gateway.ask_with(&As::role("follower"), query, json!({ "of": pseudonym })).await;
    let youth = json!({ "id": pseudonym, "pseudonym": pseudonym, "placements": { "totalCount": 2 }, "retCases": { "totalCount": 1 } });
    assert_eq!(found.data()["youth"], youth);
    let node = json!({ "__typename": "Youth", "pseudonym": pseudonym, "retCases": { "totalCount": 1 } });
    assert_eq!(found.data()["node"], node);
}

#[tokio::test]
async fn a_youth_shows_the_rows_that_its_follower_may_see_and_no_others() {
    let gateway = Setup::of(sources()).policy(POLICY.to_owned() + FOLLOWER).start().await;
    let reply = follow(&gateway, &As::role("provider").of("ALMATA")).await;
    let nodes = &reply.data()["placements"]["nodes"];
    // Of youths that Almata has now, also what Horizon holds; of Horizon's others nothing.
    let counts: Vec<_> = (0..3).map(|it| &nodes[it]["youth"]["placements"]["totalCount"]).collect();
    assert_eq!((counts, &nodes[3]), (vec![&json!(1), &json!(2), &json!(2)], &Value::Null));
    let pseudonym = nodes[0]["youth"]["pseudonym"].as_str().unwrap_or_default();
    for (list, caller) in [("retCases", As::role("provider").of("ALMATA")), ("referrals", As::role("follower"))] {
        let reply = gateway
            .ask(&caller, &format!("{{ youth(pseudonym: \"{pseudonym}\") {{ {list} {{ totalCount }} }} }}"))
            .await;
        assert_eq!(reply.code(), "GRAPHQL_VALIDATION_FAILED", "{list} names no youth for {}", caller.role);
    }
}
