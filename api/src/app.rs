//! The only wiring: clock, randomness, keys, store and sources come in here and become a gateway that answers.

mod check;
pub mod commands;
mod origin;
mod personas;
mod release;
mod setup;
mod store;
mod subgraph;

use std::{collections::HashMap, io, path::PathBuf, sync::Arc};

use chrono::Utc;
use futures_util::{FutureExt, future::BoxFuture};

pub use self::{
    setup::{Foundation, SetupError},
    store::StoreError,
};
use crate::{
    auth::{Authenticator, DemoIssuer, Issuer},
    clock::Clock,
    config::Limits,
    demo,
    federation::Sources,
    graphql::{self, Parts, Reply, Request},
    http::{self, Persona},
    opaque::{Keys, Master},
    policy::{Caller, Policy, Territory},
    reference::Reference,
    release::{Shelf, Signer},
    source::{
        Source,
        sqlite::{Settings, SqliteSource},
    },
};

/// What comes in from outside: time and randomness.
#[derive(Clone)]
pub struct World {
    /// What time it is.
    pub clock: Clock,
    /// Fills bytes with randomness fit for keys.
    pub random: fn(&mut [u8]) -> io::Result<()>,
}

/// Everything that a gateway is made of.
pub struct Setup {
    /// The store's file.
    pub store: PathBuf,
    /// The sources.
    pub sources: Vec<Settings>,
    /// Who may see what.
    pub policy: Policy,
    /// The key that ids, cursors and pseudonyms are derived from.
    pub master: Master,
    /// Signs releases; those that it did not sign are not served.
    pub signer: Signer,
    /// Whose tokens are accepted.
    pub issuer: Issuer,
    /// What one request may ask.
    pub limits: Limits,
    /// Who makes the tokens of the playground's roles; none outside the demonstration.
    pub demonstration: Option<Arc<DemoIssuer>>,
    /// Time and randomness.
    pub world: World,
}

/// What answering takes, whoever asks.
struct Ground {
    store: PathBuf,
    sources: Vec<Settings>,
    policy: Policy,
    master: Master,
    limits: Limits,
    releases: Option<Shelf>,
    demonstration: bool,
}

/// A gateway that answers.
pub struct App {
    gateway: Arc<graphql::Gateway>,
    authenticator: Authenticator,
    policy: Arc<Policy>,
    demonstration: Option<Arc<DemoIssuer>>,
    world: World,
    store: PathBuf,
    releases: Shelf,
    signer: Signer,
    /// The file of every source, by the source's name.
    files: HashMap<Box<str>, PathBuf>,
}

impl World {
    /// The real one.
    #[must_use]
    pub fn real() -> Self {
        #[expect(clippy::disallowed_methods, reason = "this is the door through which time comes in")]
        let clock = Clock::new(Utc::now);
        #[expect(clippy::disallowed_methods, reason = "this is the door through which randomness comes in")]
        let random = |bytes: &mut [u8]| getrandom::fill(bytes).map_err(io::Error::from);
        Self { clock, random }
    }
}

impl Ground {
    /// Prepares the store and takes in the sources.
    async fn gateway(self) -> Result<Arc<graphql::Gateway>, StoreError> {
        let reference = Arc::new(store::prepare(&self.store).await?);
        store::forget_demonstrations(&self.store, self.demonstration.then(demo::version).as_deref())?;
        let territory = Territory::from_reference(&reference);
        let sources = self.sources.into_iter().map(|it| Arc::new(SqliteSource::open(it)) as Arc<dyn Source>);
        Ok(graphql::Gateway::new(Parts {
            sources: Sources::new(sources.collect()),
            reference,
            policy: Arc::new(self.policy),
            territory,
            keys: Keys::new(&self.master),
            limits: self.limits,
            releases: self.releases,
            demonstration: self.demonstration,
        }))
    }
}

impl App {
    /// Prepares the store and takes in the sources. A source that cannot be opened does not stop the others.
    ///
    /// # Errors
    /// Where the store cannot be made or read.
    pub async fn start(setup: Setup) -> Result<Arc<Self>, StoreError> {
        let Setup { store, sources, policy, master, signer, issuer, limits, demonstration, world } = setup;
        let files = sources.iter().map(|it| (it.name.clone(), it.path.clone())).collect();
        let releases = Shelf::new(store.clone(), signer.verifier());
        let is_demonstration = demonstration.is_some();
        let ground = Ground {
            store: store.clone(),
            sources,
            policy,
            master,
            limits,
            releases: Some(releases.clone()),
            demonstration: is_demonstration,
        };
        let gateway = ground.gateway().await?;
        let policy = Arc::clone(&gateway.parts().policy);
        let authenticator = Authenticator::new(issuer, world.clock.clone());
        Ok(Arc::new(Self { gateway, authenticator, policy, demonstration, world, store, releases, signer, files }))
    }

    /// What answers GraphQL.
    #[must_use]
    pub fn gateway(&self) -> &Arc<graphql::Gateway> {
        &self.gateway
    }

    /// The reference data.
    #[must_use]
    pub fn reference(&self) -> &Reference {
        &self.gateway.parts().reference
    }
}

impl http::Gateway for App {
    fn authenticate(&self, authorization: Option<&str>) -> Result<Caller, String> {
        self.authenticator.authenticate(authorization, &self.policy).map_err(|refusal| refusal.to_string())
    }

    fn answer(&self, caller: Caller, request: Request) -> BoxFuture<'_, Reply> {
        async move { self.gateway.answer(&caller, request, self.world.clock.now()).await }.boxed()
    }

    fn is_ready(&self) -> BoxFuture<'_, bool> {
        // The store was read and the policy checked before the first request; sources come and go on their own.
        async { true }.boxed()
    }

    fn demonstration(&self) -> Option<Vec<Persona>> {
        self.demonstration.as_ref().map(|issuer| personas::personas(self, issuer))
    }
}
