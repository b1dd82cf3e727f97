//! The only wiring: clock, randomness, keys, store and sources come in here and become a gateway that answers.

mod auditing;
mod backup;
mod check;
pub mod commands;
mod keys;
mod origin;
mod personas;
pub mod notify;
mod release;
mod reload;
mod setup;
mod store;
mod subgraph;
mod telling;

use std::{collections::HashMap, io, sync::Arc, time::Duration};

use chrono::Utc;
use futures_util::{FutureExt, future::BoxFuture};
use tokio::time::timeout;

pub use self::{
    reload::Served,
    setup::{Foundation, SetupError},
    store::StoreError,
    telling::Language,
};
use crate::{
    audit::{self, Audit, Event, Outcome},
    auth::{Authenticator, DemoIssuer, Issuer, Possession, Unauthenticated},
    clock::Clock,
    config::Limits,
    demo,
    federation::{Memory, Sources},
    graphql::{self, Parts, Reply, Request, documents::Documents, meter::Meter},
    http::{self, IssuerCounts, Persona, Readiness, Refused, SourceCounts},
    node::{Listed, Node},
    opaque::{Keys, Master},
    policy::{Caller, Policy, Territory},
    reference::Reference,
    release::{Shelf, Signer},
    source::{
        self, Database, Kept, Settings, Source,
        observed::Observed,
        resilient::{Means, Resilient},
    },
    telemetry::Telemetry,
};

/// The most bytes of sources' answers that are kept for roles that may be shown stale ones.
const MEMORY: u64 = 64 * 1024 * 1024;

/// How long the question whether the store can be read may take.
const STORE_PATIENCE: Duration = Duration::from_secs(2);

/// What comes in from outside, and stays the same however often the configuration is read: time, randomness, measures.
#[derive(Clone)]
pub struct World {
    /// What time it is.
    pub clock: Clock,
    /// Fills bytes with randomness fit for keys.
    pub random: fn(&mut [u8]) -> io::Result<()>,
    /// Where what is measured goes to.
    pub telemetry: Arc<Telemetry>,
}

/// Everything that a gateway is made of.
pub struct Setup {
    /// Where the store is.
    pub store: Database,
    /// The sources.
    pub sources: Vec<Settings>,
    /// Sources of other kinds, of whoever uses this as a library; asked as they are.
    pub others: Vec<Arc<dyn Source>>,
    /// Who may see what.
    pub policy: Policy,
    /// The key that ids, cursors and pseudonyms are derived from.
    pub master: Master,
    /// Signs releases; those that it did not sign are not served.
    pub signer: Signer,
    /// Whose tokens are accepted.
    pub issuers: Vec<Issuer>,
    /// What one request may ask.
    pub limits: Limits,
    /// The documents that are known beforehand.
    pub documents: Documents,
    /// Who makes the tokens of the playground's roles; none outside the demonstration.
    pub demonstration: Option<Arc<DemoIssuer>>,
    /// The gateways that may ask this one.
    pub gateways: Vec<Listed>,
    /// Where it is written down who was answered what; none for tests of what needs no log.
    pub audit: Option<audit::Settings>,
    /// Time and randomness.
    pub world: World,
}

/// What answering takes, whoever asks.
struct Ground {
    store: Database,
    sources: Vec<Settings>,
    others: Vec<Arc<dyn Source>>,
    policy: Policy,
    master: Master,
    limits: Limits,
    documents: Documents,
    releases: Option<Shelf>,
    audit: Audit,
    demonstration: bool,
    world: World,
}

/// A gateway that answers.
pub struct App {
    gateway: Arc<graphql::Gateway>,
    authenticator: Authenticator,
    /// What answers other gateways, where any may ask.
    node: Option<Node>,
    policy: Arc<Policy>,
    demonstration: Option<Arc<DemoIssuer>>,
    world: World,
    store: Database,
    releases: Shelf,
    signer: Signer,
    /// Where the rows of every source are, by the source's name.
    databases: HashMap<Box<str>, Kept>,
    /// Sources that no configuration names.
    others: Vec<Arc<dyn Source>>,
}

impl World {
    /// The real one.
    #[must_use]
    pub fn real() -> Self {
        #[expect(clippy::disallowed_methods, reason = "this is the door through which time comes in")]
        let clock = Clock::new(Utc::now);
        #[expect(clippy::disallowed_methods, reason = "this is the door through which randomness comes in")]
        let random = |bytes: &mut [u8]| getrandom::fill(bytes).map_err(io::Error::from);
        Self { clock, random, telemetry: Telemetry::new(random) }
    }
}

impl Ground {
    /// Prepares the store and takes in the sources.
    async fn gateway(self) -> Result<Arc<graphql::Gateway>, StoreError> {
        let reference = Arc::new(store::prepare(&self.store).await?);
        store::forget_demonstrations(&self.store, self.demonstration.then(demo::version).as_deref()).await?;
        let territory = Territory::from_reference(&reference);
        Ok(graphql::Gateway::new(Parts {
            sources: open(self.sources, &self.others, &self.world),
            reference,
            policy: Arc::new(self.policy),
            territory,
            keys: Arc::new(Keys::new(&self.master, self.world.clock.clone())),
            limits: self.limits,
            documents: Arc::new(self.documents),
            meter: Arc::new(Meter::measured(self.world.telemetry.metrics.budgets.clone())),
            releases: self.releases,
            audit: self.audit,
            demonstration: self.demonstration,
        }))
    }
}

/// Takes sources in, so that they are borne with and their work is measured; and others as they are.
fn open(sources: Vec<Settings>, others: &[Arc<dyn Source>], world: &World) -> Sources {
    let means = Means { clock: world.clock.clone(), random: world.random };
    let opened = sources.into_iter().map(|settings| {
        let (patience, meter) = (settings.patience, world.telemetry.metrics.source(&settings.name));
        let borne = Resilient::new(source::open(settings), patience, means.clone());
        Arc::new(Observed::new(Arc::new(borne), meter)) as Arc<dyn Source>
    });
    let all = opened.chain(others.iter().cloned()).collect();
    Sources::new(all).with_memory(Memory::new(world.clock.clone(), MEMORY))
}

impl App {
    /// Prepares the store and takes in the sources. A source that cannot be opened does not stop the others.
    ///
    /// # Errors
    /// Where the store cannot be made or read.
    pub async fn start(setup: Setup) -> Result<Arc<Self>, StoreError> {
        let Setup { store, sources, others, policy, master, signer, issuers, .. } = setup;
        let Setup { limits, documents, demonstration, gateways, audit, world, .. } = setup;
        let databases = sources.iter().map(|it| (it.name.clone(), it.kept.clone())).collect();
        let releases = Shelf::new(store.clone(), signer.verifier());
        let is_demonstration = demonstration.is_some();
        let ground = Ground {
            store: store.clone(),
            sources,
            others: others.clone(),
            policy,
            master,
            limits,
            documents,
            releases: Some(releases.clone()),
            audit: audit.map_or_else(Audit::none, Audit::start),
            demonstration: is_demonstration,
            world: world.clone(),
        };
        let gateway = ground.gateway().await?;
        let policy = Arc::clone(&gateway.parts().policy);
        let authenticator = Authenticator::new(issuers, world.clock.clone(), None);
        let node = Node::new(&gateway, gateways, world.clock.clone(), None);
        Ok(Arc::new(Self {
            gateway,
            authenticator,
            node,
            policy,
            demonstration,
            world,
            store,
            releases,
            signer,
            databases,
            others,
        }))
    }

    /// What answers GraphQL.
    #[must_use]
    pub fn gateway(&self) -> &Arc<graphql::Gateway> {
        &self.gateway
    }

    fn count_sources(&self) -> SourceCounts {
        let mut counts = SourceCounts::default();
        for source in self.gateway.parts().sources.iter() {
            counts.configured += 1;
            match source.load().answers {
                Some(true) => counts.answering += 1,
                Some(false) => counts.failing += 1,
                None => {}
            }
        }
        counts
    }

    /// The reference data.
    #[must_use]
    pub fn reference(&self) -> &Reference {
        &self.gateway.parts().reference
    }
}

impl http::Gateway for App {
    fn authenticate(&self, authorization: Option<&str>) -> Result<Caller, Unauthenticated> {
        self.authenticator.authenticate(authorization, &self.policy)
    }

    fn prove(&self, authorization: &str, possession: &Possession<'_>) -> Result<Caller, Unauthenticated> {
        self.authenticator.prove(authorization, possession, &self.policy)
    }

    fn learn<'a>(&'a self, authorization: Option<&'a str>) -> BoxFuture<'a, ()> {
        self.authenticator.learn(authorization).boxed()
    }

    fn answer(&self, caller: Caller, request: Request) -> BoxFuture<'_, Reply> {
        let answer = async move { self.gateway.answer(&caller, request, self.world.clock.now()).await };
        self.world.telemetry.operation(answer, Reply::executed).boxed()
    }

    fn refused(&self, refused: Refused) -> BoxFuture<'_, ()> {
        let event = self.refused_event(&refused);
        async move { self.gateway.refused(event, (refused.caller.as_ref(), refused.client)).await }.boxed()
    }

    fn given_up(&self, refused: Refused) {
        let event = self.refused_event(&refused);
        let outcome = if refused.code.is_none() { Outcome::Cancelled } else { Outcome::Refused };
        self.gateway.given_up(Event { outcome, ..event }, (refused.caller.as_ref(), refused.client));
    }

    fn readiness(&self) -> BoxFuture<'_, Readiness> {
        async move {
            let store = timeout(STORE_PATIENCE, self.releases.releases()).await;
            let (configured, with_keys) = self.authenticator.count_issuers();
            Readiness {
                stopping: false,
                issuers: IssuerCounts { configured, with_keys },
                store: matches!(store, Ok(Ok(_))),
                policy: !self.policy.roles().is_empty(),
                reference: self.reference().table("Region").is_some_and(|table| !table.rows().is_empty()),
                sources: self.count_sources(),
            }
        }
        .boxed()
    }

    fn telemetry(&self) -> Arc<Telemetry> {
        Arc::clone(&self.world.telemetry)
    }

    fn measure(&self) {
        let metrics = &self.world.telemetry.metrics;
        metrics.stand(self.gateway.parts().sources.iter().map(|source| (source.name(), source.load())));
        metrics.cached(self.gateway.cached());
        metrics.issuers(self.authenticator.loads());
    }

    fn node(&self) -> Option<Node> {
        self.node.clone()
    }

    fn demonstration(&self) -> Option<Vec<Persona>> {
        self.demonstration.as_ref().map(|issuer| personas::personas(self, issuer))
    }
}
