//! What stands in no log and in no error: values of rows and of filters, pseudonyms, ids, cursors and tokens.

use std::time::Duration;

use regiograph_tests::{
    caller::As,
    gateway::{Gateway, Reply, SourceSetup},
    log::Log,
    row::{self, Row, dataset},
    trouble,
};
use serde_json::{Value, json};

const YOUTH: &str = "raw-youth-7261";
/// Values of rows: a text, a day and a number that stand nowhere else.
const STORED: [&str; 4] = ["summary-8152", "1987-06-05", "76543210", YOUTH];
/// Values of filters, likewise.
const ASKED: [&str; 4] = ["asked-9043", "1988-05-04", "87654321", "1988-05-99"];

fn sources() -> [SourceSetup; 4] {
    let case = Row::of(dataset("RetCase")).with("id", 1).with("youth", YOUTH.to_owned());
    let case = case.with("summary", STORED[0].to_owned()).with("registered_on", STORED[1].to_owned());
    let source = |name: &str| {
        let placement = Row::of(dataset("Placement")).with("id", 1).with("youth", YOUTH.to_owned());
        let placement = placement.with("closed_days", 76_543_210).with("started_on", STORED[1].to_owned());
        SourceSetup::of_provider(name, "ALMATA").rows([placement, case.clone()])
    };
    [source("changed"), source("gone"), source("slow").deadline(Duration::from_millis(100)), source("sound")]
}

const CASES: &str = "query($filter: RetCaseFilter, $after: String, $fail: SourceFailure) { \
    retCases(filter: $filter, after: $after, onSourceFailure: $fail, orderBy: { registeredOn: ASC }) { \
      totalCount edges { cursor node { id summary youth { pseudonym } } } } }";

/// Requests that are answered, with what they were given that no log may tell.
async fn succeed(gateway: &Gateway, caller: &As) -> Vec<String> {
    let filter = json!({ "or": [{ "summary": { "contains": "summary" } }, { "summary": { "eq": ASKED[0] } },
                                { "registeredOn": { "in": [ASKED[1], STORED[1]] } }] });
    let reply = gateway.ask_with(caller, CASES, json!({ "filter": filter })).await;
    assert_eq!(reply.data()["retCases"]["edges"][0]["node"]["summary"], STORED[0]);
    assert!(!reply.text.contains(YOUTH));
    let edge = &reply.data()["retCases"]["edges"][0];
    let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
    let (id, cursor) = (text(&edge["node"]["id"]), text(&edge["cursor"]));
    let pseudonym = text(&edge["node"]["youth"]["pseudonym"]);
    let find = format!("{{ node(id: \"{id}\") {{ id }} youth(pseudonym: \"{pseudonym}\") {{ id }} }}");
    assert_eq!(gateway.ask(caller, &find).await.data()["node"]["id"].as_str(), Some(id.as_str()));
    let next = gateway.ask_with(caller, CASES, json!({ "after": cursor })).await;
    assert_eq!(next.status, 200);
    let got = gateway.client().get(gateway.url()).query(&[("query", find.as_str())]);
    assert_eq!(gateway.send(got).await.status, 400, "the public sees no youths");
    vec![id, cursor, pseudonym]
}

/// Requests that fail, each in another way.
async fn fail(gateway: &Gateway, caller: &As, token: &str) -> Vec<Reply> {
    let mut replies = Vec::new();
    for variables in [
        json!({ "filter": { "registeredOn": { "eq": ASKED[3] } } }),
        json!({ "filter": { "summary": { "eq": 87_654_321 } } }),
        json!({ "filter": { "summary": ASKED[0] } }),
        json!({ "filter": { "status": { "eq": ASKED[0] } } }),
        json!({ "after": ASKED[0] }),
        json!({ "fail": "FAIL", "filter": { "summary": { "eq": ASKED[0] } } }),
    ] {
        replies.push(gateway.ask_with(caller, CASES, variables).await);
    }
    for query in [
        format!("{{ retCases(filter: {{ summary: {{ eq: \"{}\" }} ) {{ totalCount }} }}", ASKED[0]),
        format!("{{ retCases(filter: {{ registeredOn: {{ eq: \"{}\" }} }}) {{ nodes {{ unheardOf }} }} }}", ASKED[3]),
        format!("{{ retCases(first: {}) {{ totalCount }} }}", ASKED[2]),
        format!("{{ retCases(filter: {{ status: {{ eq: {} }} }}) {{ totalCount }} }}", ASKED[0].replace('-', "_")),
    ] {
        replies.push(gateway.ask(caller, &query).await);
    }
    for wrong in [format!("{token}x"), ASKED[0].to_owned()] {
        let request =
            gateway.client().post(gateway.url()).bearer_auth(wrong).json(&json!({ "query": "{ viewer { role } }" }));
        replies.push(gateway.send(request).await);
    }
    let body = format!("{{\"query\": \"{{ viewer }}\", \"variables\": {{\"a\": \"{}\"", ASKED[0]);
    let request = gateway.post(caller).header("content-type", "application/json").body(body);
    replies.push(gateway.send(request).await);
    replies
}

#[tokio::test]
async fn no_log_and_no_error_tells_a_value_a_pseudonym_or_a_token() {
    let lines = Log::listen();
    let gateway = Gateway::over(sources()).await;
    let caller = As::role("ret_member").of("JZ36");
    let token = gateway.token(&caller).unwrap_or_default();
    let given = succeed(&gateway, &caller).await;
    trouble::make_slow(&gateway.file("slow"), dataset("RetCase"));
    row::execute(&gateway.file("changed"), &format!("UPDATE ret_case SET closed_on = '{}x'", STORED[1]));
    row::execute(&gateway.file("gone"), "DROP TABLE ret_case");
    let partial = gateway
        .ask(&caller, "{ retCases(orderBy: { closedOn: ASC }) { nodes { summary } completeness { complete } } }")
        .await;
    assert_eq!(partial.data()["retCases"]["completeness"]["complete"], false);
    let replies = fail(&gateway, &caller, &token).await;
    let log = lines.text();
    assert!(log.contains("answered a request") && log.contains("a source did not answer"), "the log was heard");
    let asked = ASKED.iter().map(|it| (*it).to_owned());
    let secrets: Vec<_> = asked.chain(STORED.map(ToOwned::to_owned)).chain(given).chain([token]).collect();
    for secret in &secrets {
        let line = log.lines().find(|line| line.contains(secret.as_str()));
        assert!(line.is_none(), "{secret} is logged: {}", line.unwrap_or_default());
        for reply in &replies {
            assert!(!reply.errors().is_empty(), "{}", reply.text);
            let errors = reply.body["errors"].to_string() + &reply.body["extensions"].to_string();
            assert!(!errors.contains(secret.as_str()), "{secret} stands in {errors}");
        }
    }
}
