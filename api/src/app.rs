//! The only wiring: clock, randomness, keys, store and sources come in here and become a gateway that answers.

mod store;

use std::{io, path::PathBuf, sync::Arc};

use chrono::Utc;
use futures_util::{FutureExt, future::BoxFuture};

pub use self::store::StoreError;
use crate::{
    auth::{Authenticator, Issuer},
    clock::Clock,
    federation::Sources,
    graphql::{self, Parts, Reply, Request, schema::Limits},
    http::{self, Persona},
    opaque::{Keys, Master},
    policy::{Caller, Policy, Territory},
    reference::Reference,
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
    /// Whose tokens are accepted.
    pub issuer: Issuer,
    /// The limits on a document's form.
    pub limits: Limits,
    /// Who can be asked as in the playground; none outside the demonstration.
    pub personas: Option<Personas>,
    /// Time and randomness.
    pub world: World,
}

/// Makes the demonstration's personas, each with a token of now.
pub type Personas = Box<dyn Fn() -> Vec<Persona> + Send + Sync>;

/// A gateway that answers.
pub struct App {
    gateway: Arc<graphql::Gateway>,
    authenticator: Authenticator,
    policy: Arc<Policy>,
    personas: Option<Personas>,
    world: World,
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

impl App {
    /// Prepares the store and takes in the sources. A source that cannot be opened does not stop the others.
    ///
    /// # Errors
    /// Where the store cannot be made or read.
    pub async fn start(setup: Setup) -> Result<Arc<Self>, StoreError> {
        let reference = Arc::new(store::prepare(&setup.store).await?);
        let territory = Territory::from_reference(&reference);
        let policy = Arc::new(setup.policy);
        let sources = setup.sources.into_iter().map(|it| Arc::new(SqliteSource::open(it)) as Arc<dyn Source>);
        let gateway = graphql::Gateway::new(Parts {
            sources: Sources::new(sources.collect()),
            reference,
            policy: Arc::clone(&policy),
            territory,
            keys: Keys::new(&setup.master),
            limits: setup.limits,
            demonstration: setup.personas.is_some(),
        });
        let authenticator = Authenticator::new(setup.issuer, setup.world.clock.clone());
        Ok(Arc::new(Self { gateway, authenticator, policy, personas: setup.personas, world: setup.world }))
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
        self.personas.as_ref().map(|personas| personas())
    }
}
