//! What a gateway under test is made of, and its start.

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use entities::{Dataset, Datum, datasets};
use regiograph::{
    app::{App, Setup as AppSetup, StoreError, World},
    auth::DemoIssuer,
    clock::Clock,
    config::Limits,
    http,
    node::Listed,
    opaque::Master,
    policy::Policy,
    query::{Facts, Holder},
    release::Signer,
    source::{
        Database, Kept, Server, Settings, Source,
        node::{Node as AtNode, link::Link, tls::Trust, wire::PATH},
        resilient::{Limits as Patience, Means},
    },
    telemetry::Telemetry,
};
use reqwest::Client;
use sea_orm_migration::sea_orm;
use tokio::{net::TcpListener, sync::OnceCell};

use super::{Gateway, Node};
use crate::{
    matrix::POLICY,
    node::{KEY, Listener, key_file},
    place::{self, Place},
    postgres,
    row::Row,
    warehouse::Shape,
};

/// A gateway in the making.
pub struct Setup {
    sources: Vec<SourceSetup>,
    /// Sources that are no file, made once the gateway has its clock.
    others: Vec<MakeSource>,
    policy: String,
    master: String,
    /// Files that are taken over from another gateway, and the names they get.
    kept: Vec<(PathBuf, &'static str)>,
    store: Store,
    /// The gateways that may ask this one.
    gateways: Vec<Listing>,
    /// Its time, where it is that of another gateway too.
    now: Option<Arc<Mutex<DateTime<Utc>>>>,
}

/// Where the store is.
enum Store {
    /// In a file of the gateway's own.
    Own,
    /// In the file of another gateway.
    File(PathBuf),
    /// In a PostgreSQL database.
    Postgres(String),
}

/// A gateway that may ask another.
#[derive(Clone, Debug)]
pub struct Listing {
    /// How it calls itself.
    pub name: String,
    /// The file of the key that both share.
    pub key: PathBuf,
    /// What it may ask.
    pub sources: Vec<String>,
    /// Is its word taken for care relations?
    pub vouches: bool,
    /// May it read rows for releases?
    pub releases: bool,
}

/// Makes a source with the gateway's time and randomness.
type MakeSource = Box<dyn FnOnce(Means) -> Arc<dyn Source>>;

/// A source in the making.
pub struct SourceSetup {
    name: String,
    holder: Holder,
    rows: Vec<Row>,
    deadline: Duration,
    patience: Patience,
    facts: Vec<(&'static str, Facts)>,
    datasets: Vec<&'static Dataset>,
    is_in_postgres: bool,
    /// How it holds its rows, where that is not as in the contract.
    shape: Option<Shape>,
    /// Where its rows are already.
    at: Option<Place>,
    /// The address of the PostgreSQL server that has its rows, where that is not the one of all tests.
    address: Option<String>,
    /// Behind how many nodes it stands.
    nodes: usize,
    /// Is the word of each gateway taken for care relations, by the node behind it?
    vouches: bool,
    /// May each gateway read rows for releases of the node behind it?
    releases: bool,
    /// The policy of the nodes, where it is another.
    policy: Option<String>,
    /// What becomes of the nodes' answers on their way, where someone listens.
    change: Option<Change>,
}

/// What becomes of an answer.
type Change = Box<dyn Fn(String) -> String + Send + Sync>;

/// What a node has from the gateway that asks it.
struct Outer<'o> {
    folder: &'o Path,
    policy: &'o str,
    now: &'o Arc<Mutex<DateTime<Utc>>>,
    means: Means,
}

/// A store as the first gateway of a program made it: those that follow begin with a copy, and find it current.
static STORE: OnceLock<Vec<u8>> = OnceLock::new();

/// The moment at which every gateway starts.
fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_348_800, 0).expect("a moment of 2026")
}

/// Bytes that look random and are the same in every run.
pub(super) fn random(bytes: &mut [u8]) -> io::Result<()> {
    static STATE: Mutex<u64> = Mutex::new(0x9e37_79b9_7f4a_7c15);
    let mut state = STATE.lock().unwrap_or_else(PoisonError::into_inner);
    for byte in bytes {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        *byte = (*state >> 56) as u8;
    }
    Ok(())
}

pub(super) fn file(folder: &Path, source: &str) -> PathBuf {
    folder.join(format!("{source}.sqlite"))
}

impl Listing {
    fn listed(&self) -> Listed {
        let mut listed = Listed::from_file(&self.name, &self.key).expect("the key was written");
        listed.sources = self.sources.iter().map(|name| name.as_str().into()).collect();
        (listed.vouches_for_relations, listed.releases) = (self.vouches, self.releases);
        listed
    }
}

impl SourceSetup {
    /// A source that holds every dataset, yet without rows.
    #[must_use]
    pub fn new(name: &str, holder: Holder) -> Self {
        let datasets = datasets().iter().collect();
        Self {
            name: name.to_owned(),
            holder,
            rows: Vec::new(),
            deadline: Duration::from_secs(20),
            patience: Patience::default(),
            facts: Vec::new(),
            datasets,
            is_in_postgres: false,
            shape: None,
            at: None,
            address: None,
            nodes: 0,
            vouches: true,
            releases: true,
            policy: None,
            change: None,
        }
    }

    /// A source of a provider.
    #[must_use]
    pub fn of_provider(name: &str, code: &str) -> Self {
        Self::new(name, Holder::Provider(code.into()))
    }

    /// With these rows.
    #[must_use]
    pub fn rows(mut self, rows: impl IntoIterator<Item = Row>) -> Self {
        self.rows.extend(rows);
        self
    }

    /// With these datasets only.
    #[must_use]
    pub fn holding(mut self, datasets: &[&'static Dataset]) -> Self {
        self.datasets = datasets.to_vec();
        self
    }

    /// With its rows in a PostgreSQL database; in a SQLite file all the same where PostgreSQL is not installed.
    #[must_use]
    pub fn in_postgres(mut self) -> Self {
        self.is_in_postgres = true;
        self
    }

    /// With a schema of its own.
    #[must_use]
    pub fn mapped(mut self, shape: Shape) -> Self {
        self.shape = Some(shape);
        self
    }

    /// With the rows that are there already.
    #[must_use]
    pub fn at(mut self, place: &Place) -> Self {
        self.at = Some(place.clone());
        self
    }

    /// With the rows that are at this address of a PostgreSQL server already.
    #[must_use]
    pub fn reached_by(mut self, address: String) -> Self {
        self.address = Some(address);
        self
    }

    /// At a node, which may itself be behind a node. Its policy is the gateway's, and it takes the gateway's word.
    #[must_use]
    pub fn behind_node(mut self) -> Self {
        self.nodes += 1;
        self
    }

    /// With someone who listens to all that is said between the gateway and the node.
    #[must_use]
    pub fn heard(self) -> Self {
        self.changing(|answer| answer)
    }

    /// The same, where answers come changed.
    #[must_use]
    pub fn changing(mut self, change: impl Fn(String) -> String + Send + Sync + 'static) -> Self {
        self.change = Some(Box::new(change));
        self
    }

    /// At nodes with a policy of their own.
    #[must_use]
    pub fn node_policy(mut self, text: impl Into<String>) -> Self {
        self.policy = Some(text.into());
        self
    }

    /// At nodes that find out for themselves who stands in a care relation.
    #[must_use]
    pub fn without_vouching(mut self) -> Self {
        self.vouches = false;
        self
    }

    /// At nodes that nobody may ask for releases.
    #[must_use]
    pub fn without_releases(mut self) -> Self {
        self.releases = false;
        self
    }

    /// With this little time to answer.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// With this much patience.
    #[must_use]
    pub fn patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    /// With rows of this region only, in all datasets, and the gateway knows.
    #[must_use]
    pub fn only_of_region(mut self, region: &str) -> Self {
        let facts = |dataset: &Dataset| {
            let field = dataset.field("region").expect("every dataset has a region");
            Facts { values: vec![(field, vec![Datum::from(region)])] }
        };
        self.facts = self.datasets.iter().map(|dataset| (dataset.name, facts(dataset))).collect();
        self
    }

    /// The source as the gateway is told of it, and the node that it is at.
    async fn at_node(mut self, outer: &Outer<'_>) -> (Settings, Node) {
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
        let setup = Setup { now: Some(Arc::clone(outer.now)), ..Setup::of([self]) };
        let setup = setup.policy(policy).issuer(outer.folder.join("issuer.pem")).listing([listing]);
        let gateway = Box::pin(setup.start()).await;
        let url = gateway.url().replace("/graphql", "");
        let listener = match change {
            Some(change) => Some(Listener::changing(&url, change).await),
            None => None,
        };
        let url = listener.as_ref().map_or(url, |listener| listener.url.clone());
        let node = AtNode {
            endpoint: format!("{url}{PATH}").parse().expect("it is an address"),
            remote: name.into(),
            gateway: "national".into(),
            link: Arc::new(Link::from_file(&key).expect("the key was written")),
            trust: Trust::new(None).expect("there are public authorities"),
            means: outer.means.clone(),
        };
        let settings = Settings { deadline, patience, facts, kept: Kept::Node(node), ..settings };
        (settings, Node { gateway, listener })
    }

    async fn make(self, folder: &Path) -> (Settings, Place) {
        let path = file(folder, &self.name);
        let mappings = self.shape.map(|shape| shape.mappings(&self.datasets)).unwrap_or_default();
        let settings = Settings::new(&self.name, self.holder, &path, self.datasets.clone());
        let settings = Settings { deadline: self.deadline, patience: self.patience, facts: self.facts, ..settings };
        let settings = Settings { mappings, ..settings };
        if let Some(address) = self.address {
            let server = Server::parse(&address, None).expect("the test's server has an address");
            return (Settings { kept: Kept::Database(Database::Postgres(server)), ..settings }, Place::Sqlite(path));
        }
        if let Some(place) = self.at {
            return (Settings { kept: Kept::Database(database_of(&place)), ..settings }, place);
        }
        let database = if self.is_in_postgres { place::database().await } else { None };
        let place = match (database, self.shape) {
            (Some(name), _) => Place::Postgres(name),
            (None, Some(_)) => Place::Sqlite(path),
            (None, None) => {
                fs::write(&path, empty().await).expect("the folder takes files");
                Place::Sqlite(path)
            }
        };
        let place = match self.shape {
            Some(shape) => {
                place.execute(shape.tables(&self.datasets, place.is_postgres()));
                Place::Mapped(Box::new(place), shape)
            }
            None => place,
        };
        place.insert(&self.rows);
        (Settings { kept: Kept::Database(database_of(&place)), ..settings }, place)
    }
}

fn database_of(place: &Place) -> Database {
    match place {
        Place::Sqlite(path) => Database::Sqlite(path.clone()),
        Place::Postgres(name) => Database::Postgres(address_of(name)),
        Place::Mapped(place, _) => database_of(place),
    }
}

/// The address of a database of the tests' own server.
fn address_of(database: &str) -> Server {
    let server = postgres::server().expect("who has a database has a server");
    Server::parse(&server.address(database), None).expect("the server has an address")
}

/// A source's file with all tables of the contract, as its migrations make them.
async fn empty() -> &'static [u8] {
    static EMPTY: OnceCell<Vec<u8>> = OnceCell::const_new();
    let made = EMPTY.get_or_init(|| async {
        let folder = tempfile::tempdir().expect("there is room for a folder");
        let path = folder.path().join("empty.sqlite");
        let connection = sea_orm::Database::connect(format!("sqlite://{}?mode=rwc", path.display())).await;
        let connection = connection.expect("SQLite makes files");
        migration::create_tables(&connection, &datasets().iter().collect::<Vec<_>>()).await.expect("migrations run");
        connection.close().await.expect("SQLite closes files");
        fs::read(path).expect("the file was made")
    });
    made.await
}

impl Setup {
    /// A gateway over these sources, with the program's own policy.
    #[must_use]
    pub fn of(sources: impl IntoIterator<Item = SourceSetup>) -> Self {
        let master = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f".to_owned();
        Self {
            sources: sources.into_iter().collect(),
            others: Vec::new(),
            policy: POLICY.to_owned(),
            master,
            kept: Vec::new(),
            store: Store::Own,
            gateways: Vec::new(),
            now: None,
        }
    }

    /// With the store of another gateway as it stands, and its key: with the releases that were made there.
    #[must_use]
    pub fn store_of(self, other: &Gateway) -> Self {
        let key = other.folder().join("release.pem");
        self.restored(&other.store(), &key)
    }

    /// With this file as its store, and this key of its releases.
    #[must_use]
    pub fn restored(mut self, store: &Path, key: &Path) -> Self {
        self.kept = vec![(store.to_owned(), "store.sqlite"), (key.to_owned(), "release.pem")];
        self
    }

    /// With a source that is no file.
    #[must_use]
    pub fn beside(mut self, make: impl FnOnce(Means) -> Arc<dyn Source> + 'static) -> Self {
        self.others.push(Box::new(make));
        self
    }

    /// With a store in this PostgreSQL database, and the key of releases of another gateway on it, if there is one.
    #[must_use]
    pub fn shared_store(mut self, database: &str, other: Option<&Gateway>) -> Self {
        self.kept = other.map(|other| (other.folder().join("release.pem"), "release.pem")).into_iter().collect();
        self.store = Store::Postgres(database.to_owned());
        self
    }

    /// With the very file of another gateway as its store, and its key.
    #[must_use]
    pub fn on_store_of(mut self, other: &Gateway) -> Self {
        self.kept = vec![(other.folder().join("release.pem"), "release.pem")];
        self.store = Store::File(other.store());
        self
    }

    /// With these gateways that may ask it.
    #[must_use]
    pub fn listing(mut self, gateways: impl IntoIterator<Item = Listing>) -> Self {
        self.gateways.extend(gateways);
        self
    }

    /// With the issuer of another gateway, whose private key is in this file.
    #[must_use]
    pub fn issuer(mut self, key: PathBuf) -> Self {
        self.kept.push((key, "issuer.pem"));
        self
    }

    /// With this policy file.
    #[must_use]
    pub fn policy(mut self, text: impl Into<String>) -> Self {
        self.policy = text.into();
        self
    }

    /// With this master key, in hexadecimal.
    #[must_use]
    pub fn master(mut self, text: &str) -> Self {
        self.master = text.to_owned();
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
        let (mut sources, mut places, mut nodes) = (Vec::new(), HashMap::new(), HashMap::new());
        let means = Means { clock: clock.clone(), random };
        let outer = Outer { folder: folder.path(), policy: &self.policy, now: &now, means };
        for source in self.sources {
            if source.nodes > 0 {
                let name = source.name.clone();
                let (settings, node) = source.at_node(&outer).await;
                places.insert(name.clone(), node.gateway.place(&name).clone());
                nodes.insert(name, node);
                sources.push(settings);
                continue;
            }
            let (settings, place) = source.make(folder.path()).await;
            places.insert(settings.name.to_string(), place);
            sources.push(settings);
        }
        let own = folder.path().join("store.sqlite");
        let made = STORE.get();
        if let (Store::Own, Some(made), false) = (&self.store, made, own.exists()) {
            fs::write(&own, made).expect("the folder takes files");
        }
        let store = match &self.store {
            Store::Own => Database::Sqlite(own.clone()),
            Store::File(path) => Database::Sqlite(path.clone()),
            Store::Postgres(name) => Database::Postgres(address_of(name)),
        };
        let app = App::start(AppSetup {
            others: self.others.into_iter().map(|make| make(Means { clock: clock.clone(), random })).collect(),
            store,
            sources,
            policy: policy.clone(),
            master: Master::from_text(&self.master, "the test").expect("the test's master key is one"),
            signer: Signer::from_file_or_create(&folder.path().join("release.pem"), &random)
                .expect("the gateway makes a key"),
            issuer: issuer.issuer(Duration::ZERO),
            limits: Limits::default(),
            demonstration: None,
            gateways: self.gateways.iter().map(Listing::listed).collect(),
            world: World { clock, random, telemetry: Telemetry::new(random) },
        });
        let app = app.await?;
        if matches!(self.store, Store::Own) && made.is_none() && !is_taken_over {
            let _ = STORE.set(fs::read(&own).expect("the gateway has made its store"));
        }
        let served = Arc::clone(&app);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
        let address = listener.local_addr().expect("a listener has an address").to_string();
        let server = tokio::spawn(async move {
            let _ = http::serve(listener, http::router(served), std::future::pending()).await;
        });
        let client = Client::builder().timeout(Duration::from_secs(60)).build().expect("there is an HTTP client");
        Ok(Gateway { folder, address, client, issuer, policy, now, app, server, places, nodes })
    }
}
