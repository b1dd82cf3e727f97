//! A source under test: what it holds, where, and behind how many nodes.

mod at_node;

use std::{
    fs,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::{DateTime, Utc};
use entities::{Dataset, Datum, datasets};
use regiograph::{
    auth::ExchangeTerms,
    opaque::GatewayId,
    query::{Facts, Holder},
    source::{
        Database, Kept, Server, Settings,
        resilient::{Limits as Patience, Means},
    },
};
use sea_orm_migration::sea_orm;
use tokio::sync::OnceCell;

use super::file;
use crate::{
    place::{self, Place},
    postgres,
    row::Row,
    warehouse::Shape,
};

/// A source in the making.
pub struct SourceSetup {
    pub(super) name: String,
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
    pub(super) nodes: usize,
    /// Is the word of each gateway taken for care relations, by the node behind it?
    vouches: bool,
    /// The same of the nodes behind that one, where it is otherwise.
    vouches_further: Option<bool>,
    /// The address of the node that it is at, where that is none of its own.
    pub(super) elsewhere: Option<String>,
    /// May each gateway read rows for releases of the node behind it?
    releases: bool,
    /// The policy of the nodes, where it is another.
    policy: Option<String>,
    /// The issuers of the nodes and what tokens are exchanged on for them, where they are not the gateway's own.
    exchange: Option<(String, ExchangeTerms)>,
    /// What becomes of the nodes' answers on their way, where someone listens.
    change: Option<Change>,
}

/// What becomes of an answer.
type Change = Box<dyn Fn(String) -> String + Send + Sync>;

/// What a node has from the gateway that asks it.
pub(super) struct Outer<'o> {
    pub(super) folder: &'o Path,
    pub(super) policy: &'o str,
    pub(super) now: &'o Arc<Mutex<DateTime<Utc>>>,
    pub(super) means: Means,
    pub(super) own: GatewayId,
    /// Do nodes keep an audit log?
    pub(super) audited: bool,
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
            vouches_further: None,
            elsewhere: None,
            releases: true,
            policy: None,
            exchange: None,
            change: None,
        }
    }

    /// A source of a provider.
    #[must_use]
    pub fn of_provider(name: &str, code: &str) -> Self {
        Self::new(name, Holder::Provider(code.into()))
    }

    /// At a node that trusts the issuers of these sections, where tokens are exchanged on these terms.
    #[must_use]
    pub fn exchanging(mut self, sections: String, terms: ExchangeTerms) -> Self {
        self.exchange = Some((sections, terms));
        self
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

    /// At the node at this address, which lists the gateway `national` with the key of the tests.
    #[must_use]
    pub fn at_node(mut self, url: &str) -> Self {
        self.elsewhere = Some(url.to_owned());
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

    /// At nodes of which the first alone takes the gateway's word for that, and those behind it take nobody's.
    #[must_use]
    pub fn without_vouching_further(mut self) -> Self {
        self.vouches_further = Some(false);
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

    pub(super) async fn make(self, folder: &Path) -> (Settings, Place) {
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
pub(super) fn address_of(database: &str) -> Server {
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
