//! Exact tables over one's own rows: the same rows, put together.

mod demonstration;
mod refused;
mod shape;
mod trouble;

use regiograph_tests::{
    caller::As,
    gateway::{Gateway, SourceSetup},
    row::{Row, dataset},
};
use serde_json::Value;

/// Sees days and youths of what it holds.
fn provider() -> As {
    As::role("provider").of("ALMATA")
}

/// A stay of a youth.
fn stay(id: i64, youth: i64, started_on: &str) -> Row {
    let row = Row::of(dataset("Placement")).with("id", id).with("started_on", started_on.to_owned());
    row.with("youth", format!("youth {youth}")).with("youth_key", youth)
}

async fn over(rows: impl IntoIterator<Item = Row>) -> Gateway {
    Gateway::over([SourceSetup::of_provider("almata", "ALMATA").rows(rows)]).await
}

/// The groups of a table over placements.
async fn groups(gateway: &Gateway, arguments: &str, fields: &str) -> Value {
    let query = format!("{{ placementStatistics({arguments}) {{ groups {{ {fields} }} }} }}");
    gateway.ask(&provider(), &query).await.data()["placementStatistics"]["groups"].clone()
}
