//! How a node of the configuration is asked: its key and its authorities are read from their files.

use std::sync::Arc;

use super::SetupError;
use crate::{
    app::World,
    config,
    source::{
        node::{Node, link::Link, tls::Trust},
        resilient::Means,
    },
};

/// The node of a source.
pub(super) fn node(node: &config::Node, source: &config::Source, world: &World) -> Result<Node, SetupError> {
    let refused = |place: usize, key: &str, reason: String| {
        let key = format!("{}: source `{}`: {key}", source.places.node_files[place], source.name);
        SetupError::Server { key, reason }
    };
    let link = Link::from_file(&node.key_file).map_err(|error| refused(0, "key_file", error.to_string()))?;
    let trust = Trust::new(node.ca_file.as_deref()).map_err(|error| refused(1, "ca_file", error.to_string()))?;
    Ok(Node {
        endpoint: node.endpoint.clone(),
        remote: node.remote.clone().unwrap_or_else(|| source.name.clone()),
        gateway: node.gateway.clone(),
        link: Arc::new(link),
        trust,
        means: Means { clock: world.clock.clone(), random: world.random },
    })
}
