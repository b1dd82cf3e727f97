//! How a node of the configuration is asked: its key and its authorities are read from their files.

use std::sync::Arc;

use super::SetupError;
use crate::{
    app::World,
    auth::{ExchangeTerms, TokenExchange},
    config, secret_file,
    source::{
        node::{Node, exchange::Exchange, link::Link, tls::Trust},
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
        exchange: node.token_exchange.as_ref().map(|it| exchange(it, source, world)).transpose()?,
    })
}

/// What makes tokens for the node of a source.
fn exchange(
    exchange: &config::TokenExchange,
    source: &config::Source,
    world: &World,
) -> Result<Arc<dyn Exchange>, SetupError> {
    let refused = |key: &str, reason: String| SetupError::Server {
        key: format!("{}: source `{}`: token_exchange: {key}", source.places.section, source.name),
        reason,
    };
    let secret = secret_file::read(&exchange.client_secret_file);
    let secret = secret.map_err(|error| refused("client_secret_file", error.to_string()))?;
    let endpoint = config::issuer_address(&exchange.address);
    let terms = ExchangeTerms {
        endpoint: endpoint.map_err(|reason| refused("endpoint", reason.to_owned()))?,
        client: exchange.client_id.clone(),
        secret: secret.trim().into(),
        audience: exchange.audience.clone(),
        scope: exchange.scope.clone(),
    };
    let trust = Trust::new(None).map_err(|error| refused("endpoint", error.to_string()))?;
    Ok(Arc::new(TokenExchange::new(terms, &trust, world.clock.clone())))
}
