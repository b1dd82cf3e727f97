//! One gateway for all inputs of a target, and what must hold of every answer.

use std::sync::OnceLock;

use regiograph_tests::{
    caller::As,
    gateway::{Gateway, Reply, SourceSetup},
    row::{Row, dataset},
};
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

/// Whatever was asked: JSON, and no fault of the program.
pub(crate) fn check(reply: &Reply) {
    assert!(reply.status < 500, "{}: {}", reply.status, reply.text);
    assert!(!reply.text.contains("\"INTERNAL\""), "{}", reply.text);
    assert!(serde_json::from_str::<serde_json::Value>(&reply.text).is_ok(), "{}", reply.text);
}
