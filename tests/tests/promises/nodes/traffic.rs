//! What travels between a gateway and a node: no pseudonym that a holder knows, and nothing where nothing is asked.

use regiograph_tests::{caller::As, gateway::Setup};
use serde_json::json;

use super::{follower, policy, sources};

#[tokio::test]
async fn no_pseudonym_of_a_holder_travels() {
    let sources = sources().map(|source| source.behind_node().heard());
    let gateway = Setup::of(sources).policy(policy()).start().await;
    let list = "{ placements { nodes { id youth { pseudonym } } } placementStatistics { groups { youths } } }";
    let reply = gateway.ask(&follower(), list).await;
    let youth = &reply.data()["placements"]["nodes"][0]["youth"]["pseudonym"];
    let query = "query($of: ID!) { youth(pseudonym: $of) { placements { totalCount } } \
                 placements(filter: { youth: { pseudonym: { eq: $of } } }) { totalCount } }";
    assert!(gateway.ask_with(&follower(), query, json!({ "of": youth })).await.data()["youth"].is_object());
    let member = As::role("ret_member").of("JZ36");
    let reply = gateway.ask(&member, "{ placements { totalCount nodes { id youth { pseudonym } } } }").await;
    assert!(reply.data()["placements"]["totalCount"].is_number());
    for name in ["almata", "horizon", "ret"] {
        let heard = gateway.listener(name).heard();
        assert!(heard.len() > 3, "{name} was asked");
        for (question, answer) in heard {
            assert!(!question.contains("young-") && !answer.contains("young-"));
            assert!(!youth.as_str().is_some_and(|youth| question.contains(youth) || answer.contains(youth)));
        }
    }
}
