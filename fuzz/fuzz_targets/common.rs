//! One gateway for all inputs of a target, and what must hold of every answer.
#![allow(dead_code, reason = "each target uses what it needs")]

use std::sync::OnceLock;

use regiograph_tests::{
    caller::As,
    gateway::{Gateway, Reply, SourceSetup},
    row::{Row, dataset},
};
use serde_json::Value;
use tokio::runtime::Runtime;

/// The gateway, and what runs it.
pub(crate) struct Ground {
    pub(crate) runtime: Runtime,
    pub(crate) gateway: Gateway,
}

pub(crate) fn ground() -> &'static Ground {
    static GROUND: OnceLock<Ground> = OnceLock::new();
    GROUND.get_or_init(|| {
        let runtime = Runtime::new().expect("there are threads");
        let gateway = runtime.block_on(Gateway::over([source("almata", "ALMATA"), source("horizon", "HORIZON")]));
        Ground { runtime, gateway }
    })
}

fn source(name: &str, provider: &str) -> SourceSetup {
    let placement = |id: i64| Row::of(dataset("Placement")).with("id", id).with("youth", format!("youth-{id}"));
    SourceSetup::of_provider(name, provider).rows((1..=5).map(placement))
}

/// Someone who sees much.
pub(crate) fn provider() -> As {
    As::role("provider").of("ALMATA")
}

/// A cursor, an id and a pseudonym that the provider was given.
pub(crate) fn given() -> &'static [String; 3] {
    static GIVEN: OnceLock<[String; 3]> = OnceLock::new();
    GIVEN.get_or_init(|| {
        let query = "{ placements { edges { cursor node { id youth { pseudonym } } } } }";
        let reply = ask(&provider(), query, Value::Null);
        let edge = &reply.data()["placements"]["edges"][0];
        let texts = [&edge["cursor"], &edge["node"]["id"], &edge["node"]["youth"]["pseudonym"]];
        texts.map(|it| it.as_str().expect("the row is there").to_owned())
    })
}

/// Asks a second later than the time before, so that no budget comes to its end.
pub(crate) fn ask(caller: &As, document: &str, variables: Value) -> Reply {
    let Ground { runtime, gateway } = ground();
    gateway.wait(1);
    runtime.block_on(gateway.ask_with(caller, document, variables))
}

/// Whatever was asked: JSON, and no fault of the program.
pub(crate) fn check(reply: &Reply, asked: &str) {
    assert!(reply.status < 500 && reply.status != 429, "{}: {}\n{asked}", reply.status, reply.text);
    let body = serde_json::from_str::<Value>(&reply.text);
    assert!(body.is_ok(), "no JSON: {}\n{asked}", reply.text);
    let errors = body.as_ref().ok().and_then(|body| body.get("errors")?.as_array());
    let is_fault = |error: &Value| error["extensions"]["code"] == "INTERNAL";
    assert!(!errors.is_some_and(|errors| errors.iter().any(is_fault)), "{}\n{asked}", reply.text);
}
