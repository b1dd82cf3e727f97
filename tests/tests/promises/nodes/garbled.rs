//! A node that answers what is none, or what was not asked for, loses its own rows and nobody else's.

use regiograph_tests::gateway::Setup;
use serde_json::Value;

use super::{follower, policy, sources};

const LIST: &str = "{ placements(first: 5) { totalCount nodes { source { name } } \
    completeness { complete sources { source { name } status reason } } } }";

#[tokio::test]
async fn what_a_node_says_that_is_no_answer_is_said_of_it_and_shown_to_nobody() {
    for garbled in [
        "<html>a page for young-anna</html>",
        r#"{"rows":[[[1,"young-anna"]],[]]}"#,
        r#"{"rows":[[[{"deep":[]}]],[]]}"#,
        r#"{"failure":{"young-anna":1}}"#,
        r#"{"table":{}}"#,
        "",
    ] {
        let [almata, horizon, _] = sources();
        let garbling = horizon.behind_node().changing(|_| garbled.to_owned());
        let gateway = Setup::of([almata, garbling]).policy(policy()).start().await;
        let reply = gateway.ask_with(&follower(), LIST, Value::Null).await;
        let list = &reply.data()["placements"];
        let told = list["completeness"]["sources"].as_array().unwrap();
        let horizon = told.iter().find(|it| it["source"]["name"] == "horizon").unwrap();
        assert_eq!(horizon["status"], "MALFORMED", "{garbled}");
        assert!(!reply.text.contains("young-anna"), "{garbled}");
        assert_eq!(list["nodes"].as_array().unwrap().len(), 4, "the rows of the other stand");
        assert!(list["totalCount"].is_null() && list["completeness"]["complete"] == false);
    }
}
