//! The start of a gateway under test: its files, its nodes, its log and its server.

use std::{
    collections::HashMap,
    fs,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use regiograph::{
    app::{App, Setup as AppSetup, StoreError, World},
    audit::{Place as AuditPlace, Settings as AuditSettings},
    auth::{DemoIssuer, Issuer},
    clock::Clock,
    config::{Config, Http},
    graphql::documents::Documents,
    http,
    opaque::{Keys, Master},
    policy::Policy,
    release::Signer,
    source::{Settings, resilient::Means},
    telemetry::Telemetry,
};
use reqwest::Client;
use tokio::{net::TcpListener, task::JoinHandle};

use super::{
    Listing, STORE, Setup, SourceSetup, Store, audit_settings, random,
    source::{Outer, address_of},
    start,
};
use crate::{
    gateway::{Gateway, Node},
    place::Place,
};

impl Setup {
    /// With so little time for an operation, and for a WebSocket until its `connection_init`.
    #[must_use]
    pub fn time(mut self, time: Duration) -> Self {
        self.time = Some(time);
        self
    }

    /// Starts it.
    pub async fn start(self) -> Gateway {
        self.attempt().await.expect("the gateway starts")
    }

    /// Starts it, or says why it does not start.
    ///
    /// # Errors
    /// What is wrong with the store.
    pub async fn attempt(self) -> Result<Gateway, StoreError> {
        let folder = tempfile::tempdir().expect("there is room for a folder");
        let is_taken_over = self.kept.iter().any(|(_, name)| *name == "store.sqlite");
        for (file, name) in self.kept {
            fs::copy(&file, folder.path().join(name)).expect("the other gateway has its files");
        }
        let now = self.now.unwrap_or_else(|| Arc::new(Mutex::new(start())));
        let clock = {
            let now = Arc::clone(&now);
            Clock::new(move || *now.lock().unwrap_or_else(PoisonError::into_inner))
        };
        let issuer = DemoIssuer::from_file_or_create(&folder.path().join("issuer.pem"), clock.clone(), &random);
        let issuer = issuer.expect("the issuer makes a key");
        let policy = Policy::parse(&self.policy, "policy.toml").expect("the test's policy holds");
        let means = Means { clock: clock.clone(), random };
        let master = Master::from_text(&self.master, "the test").expect("the test's master key is one");
        let own = Keys::new(&master, clock.clone()).gateway_id();
        let outer = Outer { folder: folder.path(), policy: &self.policy, now: &now, means, own, audited: self.audited };
        let (sources, places, nodes) = make(self.sources, &outer).await;
        let own = folder.path().join("store.sqlite");
        let made = STORE.get();
        if let (Store::Own, Some(made), false) = (&self.store, made, own.exists()) {
            fs::write(&own, made).expect("the folder takes files");
        }
        let issuers = self.issuers.as_deref().map(|sections| configured(sections, folder.path()));
        let log = audit_log(self.log.as_ref(), folder.path(), clock.clone());
        let app = App::start(AppSetup {
            audit: self.audited.then(|| log.clone()),
            others: self.others.into_iter().map(|make| make(Means { clock: clock.clone(), random })).collect(),
            store: self.store.database(&own),
            sources,
            policy: policy.clone(),
            master,
            signer: Signer::from_file_or_create(&folder.path().join("release.pem"), &random)
                .expect("the gateway makes a key"),
            issuers: issuers.unwrap_or_else(|| vec![issuer.issuer(Duration::ZERO)]),
            limits: self.limits,
            documents: Documents::load(&self.documents).expect("the test's documents can be read"),
            demonstration: None,
            gateways: self.gateways.iter().map(Listing::listed).collect(),
            world: World { clock, random, telemetry: Telemetry::new(random) },
        });
        let app = app.await?;
        // Once the log answers it has its tables; where it cannot, tests find out for themselves.
        let _ = app.gateway().parts().audit.sign().await;
        if matches!(self.store, Store::Own) && made.is_none() && !is_taken_over {
            let _ = STORE.set(fs::read(&own).expect("the gateway has made its store"));
        }
        let (address, server) = serve(&app, (self.http, self.time), self.is_named).await;
        let client = Client::builder().timeout(Duration::from_secs(60)).build().expect("there is an HTTP client");
        Ok(Gateway { folder, address, client, issuer, policy, now, app, server, places, nodes, log })
    }
}

/// Serves a gateway at an address of its own; where it is named, its configuration says so.
async fn serve(app: &Arc<App>, (mut http, time): (Http, Option<Duration>), is_named: bool) -> (String, JoinHandle<()>) {
    let served = Arc::clone(app);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
    let address = listener.local_addr().expect("a listener has an address").to_string();
    let origin = is_named.then(|| format!("http://{address}").parse().expect("it is an origin"));
    http.public_origins.extend(origin);
    let server = tokio::spawn(async move {
        let crowd = http::Crowd::new(&http, http::Gateway::telemetry(&*served).metrics.connections.clone());
        let router = match time {
            Some(time) => http::router_in_time(served, &http, time),
            None => http::router_for(served, &http),
        };
        let _ = http::serve_crowd(listener, router, crowd, std::future::pending()).await;
    });
    (address, server)
}

/// The audit log in the gateway's folder, or in this PostgreSQL database under this writer's name.
fn audit_log(elsewhere: Option<&(String, &'static str)>, folder: &Path, clock: Clock) -> AuditSettings {
    let mut log = audit_settings(folder, clock);
    if let Some((database, writer)) = elsewhere {
        log.place = AuditPlace::Server(Box::new(address_of(database).to_write()));
        log.writer = (*writer).into();
    }
    log
}

/// The issuers of these sections.
fn configured(sections: &str, folder: &Path) -> Vec<Issuer> {
    let config = Config::parse(sections, &folder.join("regiograph.toml")).expect("the test's sections hold");
    config.issuers.iter().map(|it| Issuer::from_config(it).expect("the test's files are there")).collect()
}

/// The sources as the gateway is told of them, the places of their rows and the nodes that they are at, by their names.
async fn make(
    made: Vec<SourceSetup>,
    outer: &Outer<'_>,
) -> (Vec<Settings>, HashMap<String, Place>, HashMap<String, Node>) {
    let (mut sources, mut places, mut nodes) = (Vec::new(), HashMap::new(), HashMap::new());
    for source in made {
        let name = source.name.clone();
        let (settings, place) = if source.elsewhere.is_some() {
            source.elsewhere(outer)
        } else if source.nodes > 0 {
            let (settings, node) = source.make_node(outer).await;
            let place = node.gateway.place(&name).clone();
            nodes.insert(name.clone(), node);
            (settings, place)
        } else {
            source.make(outer.folder).await
        };
        places.insert(name, place);
        sources.push(settings);
    }
    (sources, places, nodes)
}
