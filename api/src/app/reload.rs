//! The gateway in force, and another in its place without dropping a request: a configuration is read again and checked
//! whole; then new requests go to the new gateway, and those under way end with the old one, whose sources are closed
//! after the last of them.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use arc_swap::ArcSwap;
use futures_util::{FutureExt, future::BoxFuture};
use tokio::sync::Mutex;

use super::{App, Foundation, SetupError, World, check, open};
use crate::{
    auth::{Authenticator, Possession, Unauthenticated},
    config::Config,
    graphql::{self, Parts, Reply, Request},
    http::{Gateway, Persona, Readiness, Refused},
    node::Node,
    policy::{Caller, Territory},
    telemetry::Telemetry,
};

/// What answers requests while the program runs.
pub struct Served {
    app: ArcSwap<App>,
    file: Option<PathBuf>,
    /// What the program was started with: some of it holds until its end.
    started: Config,
    world: World,
    stopping: AtomicBool,
    /// Held while a configuration is read, so that the last one read is the one in force.
    reloading: Mutex<()>,
}

impl Served {
    /// A gateway as it was started.
    #[must_use]
    pub fn new(app: Arc<App>, foundation: &Foundation) -> Arc<Self> {
        let world = foundation.world.clone();
        world.telemetry.metrics.in_force(world.clock.now().timestamp());
        Arc::new(Self {
            app: ArcSwap::new(app),
            file: foundation.file.clone(),
            started: foundation.config.clone(),
            world,
            stopping: AtomicBool::new(false),
            reloading: Mutex::default(),
        })
    }

    /// The gateway in force.
    #[must_use]
    pub fn app(&self) -> Arc<App> {
        self.app.load_full()
    }

    /// Reads the configuration again and puts it in force; or leaves the one in force where anything is wrong, and logs
    /// what and where. Was it put in force?
    pub async fn reload(&self) -> bool {
        let _alone = self.reloading.lock().await;
        let metrics = &self.world.telemetry.metrics;
        match self.read() {
            Ok((app, foundation, fixed)) => {
                for key in fixed {
                    tracing::warn!(key, "a key has changed that holds from the next start on");
                }
                self.app.store(Arc::clone(&app));
                metrics.reloaded(Some(self.world.clock.now().timestamp()));
                let sources = app.gateway().parts().sources.len();
                tracing::info!(sources, policy = foundation.policy.version(), "the configuration was read again");
                check::warn(&foundation, &app).await;
                true
            }
            Err(error) => {
                metrics.reloaded(None);
                tracing::error!("the configuration stays as it was: {error}");
                false
            }
        }
    }

    /// The gateway of the file as it is now, and the keys that differ and are left as they were.
    fn read(&self) -> Result<(Arc<App>, Foundation, Vec<&'static str>), SetupError> {
        let mut foundation = Foundation::read(self.file.as_deref(), self.world.clone())?;
        foundation.listen()?;
        let fixed = fixed(&self.started, &foundation.config);
        // What lies beside the store is found where it was found at the start.
        foundation.config.data_dir.clone_from(&self.started.data_dir);
        foundation.config.store.clone_from(&self.started.store);
        foundation.config.keys.clone_from(&self.started.keys);
        foundation.config.audit.clone_from(&self.started.audit);
        Ok((self.app().renewed(&foundation)?, foundation, fixed))
    }

    /// Signs what stands in the audit log: the last thing before the program ends.
    pub async fn sign(&self) {
        if let Err(error) = self.app().gateway().parts().audit.sign().await {
            tracing::warn!("the end of the audit log is not signed: {error}");
        }
    }

    /// From now on the gateway is not ready, so that new requests go elsewhere. It still answers.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }
}

impl App {
    /// The same gateway with another configuration: its own keys, store, reference data and releases; the other's policy,
    /// issuer, limits and sources. Nothing that depends on those is taken along.
    fn renewed(&self, foundation: &Foundation) -> Result<Arc<Self>, SetupError> {
        let own = self.demonstration.clone().map_or_else(|| foundation.issuer(), |own| Ok(Some(own)))?;
        let issuers = foundation.accepted(own.as_deref())?;
        let settings = foundation.described()?;
        let old = self.gateway.parts();
        let databases = settings.iter().map(|it| (it.name.clone(), it.kept.clone())).collect();
        let listed = foundation.gateways(&settings)?;
        let gateway = graphql::Gateway::new(Parts {
            sources: open(settings, &self.others, &self.world),
            reference: Arc::clone(&old.reference),
            policy: Arc::new(foundation.policy.clone()),
            territory: Territory::from_reference(&old.reference),
            keys: Arc::clone(&old.keys),
            limits: foundation.config.limits.clone(),
            documents: Arc::new(foundation.documents()?),
            meter: Arc::clone(&old.meter),
            releases: old.releases.clone(),
            audit: old.audit.clone(),
            demonstration: old.demonstration,
        });
        let node = Node::new(&gateway, listed, self.world.clock.clone(), self.node.as_ref());
        Ok(Arc::new(Self {
            policy: Arc::clone(&gateway.parts().policy),
            node,
            gateway,
            authenticator: Authenticator::new(issuers, self.world.clock.clone(), Some(&self.authenticator)),
            demonstration: self.demonstration.clone(),
            world: self.world.clone(),
            store: self.store.clone(),
            releases: self.releases.clone(),
            signer: self.signer.clone(),
            databases,
            others: self.others.clone(),
        }))
    }
}

/// The keys that differ and hold until the program ends.
fn fixed(old: &Config, new: &Config) -> Vec<&'static str> {
    let keys = [
        ("listen", old.listen != new.listen),
        ("data_dir", old.data_dir != new.data_dir),
        ("store", old.store.as_ref().map(|it| &it.database) != new.store.as_ref().map(|it| &it.database)),
        ("keys.master_file", old.keys != new.keys),
        ("audit", old.audit != new.audit),
        ("log.format", old.log != new.log),
        ("metrics.listen", old.metrics != new.metrics),
        ("telemetry", old.telemetry != new.telemetry),
        ("http", old.http != new.http),
        ("shutdown.drain", old.shutdown != new.shutdown),
    ];
    keys.into_iter().filter_map(|(key, differs)| differs.then_some(key)).collect()
}

impl Gateway for Served {
    fn authenticate(&self, authorization: Option<&str>) -> Result<Caller, Unauthenticated> {
        self.app.load().authenticate(authorization)
    }

    fn prove(&self, authorization: &str, possession: &Possession<'_>) -> Result<Caller, Unauthenticated> {
        self.app.load().prove(authorization, possession)
    }

    fn learn<'a>(&'a self, authorization: Option<&'a str>) -> BoxFuture<'a, ()> {
        let app = self.app();
        async move { app.learn(authorization).await }.boxed()
    }

    fn answer(&self, caller: Caller, request: Request) -> BoxFuture<'_, Reply> {
        let app = self.app();
        async move { app.answer(caller, request).await }.boxed()
    }

    fn refused(&self, refused: Refused) -> BoxFuture<'_, ()> {
        let app = self.app();
        async move { app.refused(refused).await }.boxed()
    }

    fn given_up(&self, refused: Refused) {
        self.app.load().given_up(refused);
    }

    fn readiness(&self) -> BoxFuture<'_, Readiness> {
        let app = self.app();
        async move { Readiness { stopping: self.stopping.load(Ordering::Relaxed), ..app.readiness().await } }.boxed()
    }

    fn telemetry(&self) -> Arc<Telemetry> {
        Arc::clone(&self.world.telemetry)
    }

    fn measure(&self) {
        self.app.load().measure();
    }

    fn node(&self) -> Option<Node> {
        self.app.load().node()
    }

    fn demonstration(&self) -> Option<Vec<Persona>> {
        self.app.load().demonstration()
    }
}
