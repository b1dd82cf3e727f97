//! A source of the configuration as it is opened.

use entities::reference;

use super::{SetupError, database, node};
use crate::{
    app::World,
    config,
    opaque::GatewayId,
    query::{self, Holder},
    source::{Kept, Mappings, Settings, resilient},
    youth_key::YouthKey,
};

/// How a source is asked, with the key that keys of its youths are made with, and as which gateway nodes are
/// asked.
pub(super) fn configured(
    source: &config::Source,
    reference: &reference::Reference,
    (youth_key, world, own): (Option<&YouthKey>, &World, Option<GatewayId>),
) -> Result<Settings, SetupError> {
    let holder = match &source.holder {
        config::Holder::Region(code) => Holder::Region(code.clone()),
        config::Holder::Provider(code) => Holder::Provider(code.clone()),
        config::Holder::Partnership(code) => Holder::Partnership(code.clone()),
        config::Holder::Network(code) => Holder::Network(code.clone()),
    };
    let facts = source.datasets.iter().map(|dataset| (dataset.name, query::facts(&holder, dataset, reference)));
    let facts = facts.collect();
    let key = || format!("{}: source `{}`: {}", source.places.database, source.name, source.places.database_key);
    Ok(Settings {
        name: source.name.clone(),
        holder,
        datasets: source.datasets.clone(),
        deadline: source.deadline,
        concurrency: source.concurrency,
        patience: resilient::Limits {
            retries: source.retries,
            breaker_failures: source.breaker_failures,
            breaker_pause: source.breaker_pause,
            in_flight: source.in_flight,
        },
        facts,
        mappings: Mappings { datasets: source.mappings.clone(), youth_key: youth_key.cloned() },
        kept: match (&source.database, own) {
            (config::Database::Node(it), Some(own)) => Kept::Node(node::node(it, source, (world, own))?),
            (other, _) => Kept::Database(database(other, key)?),
        },
    })
}
