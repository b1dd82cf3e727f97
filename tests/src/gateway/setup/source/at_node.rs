//! A source at a node: of its own, which is started with it, or at one that is there already.

use std::sync::Arc;

use regiograph::{
    auth::{ExchangeTerms, TokenExchange},
    outbound::Trust,
    secret_file::NoKey,
    source::{
        Kept, Settings,
        node::{Node as AtNode, exchange::Exchange, link::Link, wire::PATH},
    },
};

use super::{Outer, SourceSetup};
use crate::{
    gateway::{
        Node,
        setup::{Listing, Setup, file},
    },
    node::{KEY, Listener, key_file},
    place::Place,
};

impl Outer<'_> {
    /// How a source is asked at the node at this address.
    fn node(&self, url: &str, name: &str, link: Result<Link, NoKey>) -> AtNode {
        AtNode {
            endpoint: format!("{url}{PATH}").parse().expect("it is an address"),
            remote: name.into(),
            gateway: "national".into(),
            own: self.own,
            link: Arc::new(link.expect("the key was written")),
            trust: Trust::new(None).expect("there are public authorities"),
            means: self.means.clone(),
            exchange: None,
        }
    }
}

impl SourceSetup {
    /// The source as the gateway is told of it where the node is there already.
    pub(in crate::gateway::setup) fn elsewhere(self, outer: &Outer<'_>) -> (Settings, Place) {
        let url = self.elsewhere.as_deref().unwrap_or_default();
        let node = outer.node(url, &self.name, Link::from_file(&key_file(outer.folder, KEY)));
        let settings = Settings::new(&self.name, self.holder, "", self.datasets);
        let settings = Settings { deadline: self.deadline, patience: self.patience, facts: self.facts, ..settings };
        (Settings { kept: Kept::Node(node), ..settings }, Place::Sqlite(file(outer.folder, &self.name)))
    }

    /// The source as the gateway is told of it, and the node that it is at.
    pub(in crate::gateway::setup) async fn make_node(mut self, outer: &Outer<'_>) -> (Settings, Node) {
        let change = self.change.take();
        let settings = Settings::new(&self.name, self.holder.clone(), "", self.datasets.clone());
        let key = key_file(outer.folder, KEY);
        let listing = Listing {
            name: "national".to_owned(),
            key: key.clone(),
            sources: vec![self.name.clone()],
            vouches: self.vouches,
            releases: self.releases,
        };
        let (name, deadline, patience, facts) = (self.name.clone(), self.deadline, self.patience, self.facts.clone());
        let policy = self.policy.clone().unwrap_or_else(|| outer.policy.to_owned());
        self.nodes -= 1;
        self.vouches = self.vouches_further.take().unwrap_or(self.vouches);
        // Another gateway than those before it on the way.
        let master =
            format!("{:02x}{}", 0xa0 + self.nodes, "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
        let (issuers, terms) = self.exchange.take().unzip();
        let setup = Setup { now: Some(Arc::clone(outer.now)), issuers, ..Setup::of([self]) }.master(&master);
        let setup = setup.policy(policy).issuer(outer.folder.join("issuer.pem")).listing([listing]);
        let setup = if outer.audited { setup.audited() } else { setup };
        let gateway = Box::pin(setup.start()).await;
        let url = gateway.url().replace("/graphql", "");
        let listener = match change {
            Some(change) => Some(Listener::changing(&url, change).await),
            None => None,
        };
        let url = listener.as_ref().map_or(url, |listener| listener.url.clone());
        let mut node = outer.node(&url, &name, Link::from_file(&key));
        node.exchange = terms.map(|terms| exchange(terms, outer));
        let settings = Settings { deadline, patience, facts, kept: Kept::Node(node), ..settings };
        (settings, Node { gateway, listener })
    }
}

fn exchange(terms: ExchangeTerms, outer: &Outer<'_>) -> Arc<dyn Exchange> {
    let trust = Trust::new(None).expect("there are public authorities");
    Arc::new(TokenExchange::new(terms, &trust, outer.means.clock.clone()))
}
