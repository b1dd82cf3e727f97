//! How a node of the configuration is asked: its key and its authorities are read from their files.

use std::sync::Arc;

use super::SetupError;
use crate::{
    app::World,
    auth::{ExchangeTerms, TokenExchange},
    config::{self, Config},
    node::Listed,
    opaque::GatewayId,
    outbound::Trust,
    place::Place,
    secret_file,
    source::{
        Kept, Settings,
        node::{Node, exchange::Exchange, link::Link},
        resilient::Means,
    },
};

/// The node of a source, asked by this gateway.
pub(super) fn node(
    node: &config::Node,
    source: &config::Source,
    (world, own): (&World, GatewayId),
) -> Result<Node, SetupError> {
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
        own,
        link: Arc::new(link),
        trust,
        means: Means { clock: world.clock.clone(), random: world.random },
        exchange: node.token_exchange.as_ref().map(|it| exchange(it, source, world)).transpose()?,
    })
}

/// One key is between two programs and for one of them that asks: whoever had the key of another pair could ask in its
/// name, and a question could be put again where it was not meant for.
pub(super) fn refuse_shared_keys(config: &Config, sources: &[Settings], gateways: &[Listed]) -> Result<(), SetupError> {
    let refused = |place: &Place, whose: &str, other: &str| {
        let reason = format!("it holds the key of {other} too; every node and every gateway needs a key of its own");
        SetupError::Server { key: format!("{place}: {whose}: key_file"), reason }
    };
    for (place, (it, own)) in gateways.iter().zip(&config.gateways).enumerate() {
        if let Some(other) = gateways[..place].iter().find(|other| it.shares_key_with(other)) {
            let other = format!("gateway `{}`", other.name);
            return Err(refused(&own.key, &format!("gateway `{}`", it.name), &other));
        }
    }
    let nodes = sources.iter().zip(&config.sources).filter_map(|(settings, source)| match &settings.kept {
        Kept::Node(node) => Some((node, source)),
        Kept::Database(_) => None,
    });
    let nodes: Vec<_> = nodes.collect();
    for (number, (node, source)) in nodes.iter().enumerate() {
        let listed = gateways.iter().find(|it| it.has_key_of(&node.link)).map(|it| format!("gateway `{}`", it.name));
        let is_another = |it: &Node| (&it.endpoint, &it.gateway) != (&node.endpoint, &node.gateway);
        let other = nodes[..number].iter().find(|(it, _)| it.link.has_key_of(&node.link) && is_another(it));
        let other = listed.or_else(|| other.map(|(_, it)| format!("source `{}`, which is at another node", it.name)));
        if let Some(other) = other {
            return Err(refused(&source.places.node_files[0], &format!("source `{}`", source.name), &other));
        }
    }
    Ok(())
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
    let trust = Trust::new(exchange.ca_file.as_deref()).map_err(|error| refused("ca_file", error.to_string()))?;
    Ok(Arc::new(TokenExchange::new(terms, &trust, world.clock.clone())))
}
