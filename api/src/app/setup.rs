//! From the configuration, or from nothing (the demonstration), to everything that a gateway is made of.

pub(super) mod audit;
mod error;
mod issuer;
mod limits;
mod node;
mod source;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use entities::reference;

pub use self::error::SetupError;
use super::{Ground, Setup, World};
use crate::{
    audit::Audit,
    auth::{DemoIssuer, Issuer},
    config::{self, Config, ConfigError, FileKey, LogFormat},
    demo::{self, DemoSource},
    graphql::documents::Documents,
    mapping::Mapping,
    node::Listed,
    opaque::{Keys, Master},
    policy::Policy,
    release::{Secret, Shelf, Signer},
    secret_file,
    source::{Database, Server, Settings},
    youth_key::YouthKey,
};

/// The environment's master key.
pub(super) const MASTER_KEY: &str = "REGIOGRAPH_MASTER_KEY";
/// The environment's disclosure secret.
pub(super) const DISCLOSURE_KEY: &str = "REGIOGRAPH_DISCLOSURE_KEY";
/// The environment's address.
const LISTEN: &str = "REGIOGRAPH_LISTEN";
/// The environment's form of the log.
const LOG_FORMAT: &str = "REGIOGRAPH_LOG_FORMAT";

/// What is read before a gateway is made.
pub struct Foundation {
    /// The configuration's file; none for the demonstration.
    pub file: Option<PathBuf>,
    /// The configuration; its defaults for the demonstration.
    pub config: Config,
    /// Is it the demonstration?
    pub demonstration: bool,
    /// Who may see what.
    pub policy: Policy,
    /// Time and randomness.
    pub world: World,
}

impl Foundation {
    /// Reads the configuration and the policy. Makes nothing and opens no source.
    ///
    /// # Errors
    /// What is wrong, with file, line and key.
    pub fn read(path: Option<&Path>, world: World) -> Result<Self, SetupError> {
        let config = Config::load(path)?;
        let demonstration = config.is_none();
        let mut config = config.unwrap_or_default();
        if demonstration {
            limits::open(&mut config.limits);
        }
        let policy = match &config.policy.file {
            Some(file) => {
                let text = std::fs::read_to_string(file).map_err(|reason| SetupError::Unreadable {
                    key: Config::locate(FileKey::Policy, path),
                    path: file.clone(),
                    reason,
                })?;
                Policy::parse(&text, &file.display().to_string())?
            }
            None => Policy::embedded(),
        };
        log_format(&config)?;
        limits::check_roles(&config, &policy)?;
        Ok(Self { file: path.map(Path::to_owned), config, demonstration, policy, world })
    }

    /// How the program speaks of itself: the form of its log, and where its traces go. As far as the configuration can be
    /// read; what is wrong with it is said by [`Foundation::read`], in the log that this begins.
    #[must_use]
    pub fn telemetry(path: Option<&Path>) -> (LogFormat, Option<config::Telemetry>) {
        let config = Config::load(path).ok().flatten().unwrap_or_default();
        (log_format(&config).unwrap_or_default(), config.telemetry)
    }

    /// The address to listen on.
    ///
    /// # Errors
    /// Where the environment's is none.
    pub fn listen(&self) -> Result<SocketAddr, ConfigError> {
        self.config.listen_within(std::env::var(LISTEN).ok().as_deref())
    }

    /// Everything that the gateway is made of; makes the demonstration's sources where they are asked for.
    ///
    /// # Errors
    /// What is missing or cannot be made.
    pub fn setup(&self) -> Result<Setup, SetupError> {
        let own = self.issuer()?;
        let issuers = self.accepted(own.as_deref())?;
        let Ground { store, sources, policy, master, limits, documents, .. } =
            self.ground(self.sources()?, self.master()?)?;
        let demonstration = own.filter(|_| self.demonstration);
        let signer = self.signer()?;
        let (others, gateways, world) = (Vec::new(), self.gateways(&sources)?, self.world.clone());
        let audit = Some(self.audit()?);
        Ok(Setup {
            store,
            sources,
            others,
            policy,
            master,
            signer,
            issuers,
            limits,
            documents,
            demonstration,
            gateways,
            audit,
            world,
        })
    }

    /// Whose tokens are accepted, given the issuer of our own where there is one.
    pub(super) fn accepted(&self, own: Option<&DemoIssuer>) -> Result<Vec<Issuer>, SetupError> {
        match own {
            Some(own) => Ok(vec![own.issuer(Duration::ZERO)]),
            None => self.config.issuers.iter().map(|it| issuer::issuer(it, &self.policy)).collect(),
        }
    }

    /// What can answer GraphQL over these sources, whoever asks.
    pub(super) fn ground(&self, sources: Vec<Settings>, master: Master) -> Result<Ground, SetupError> {
        Ok(Ground {
            store: self.store()?,
            sources,
            others: Vec::new(),
            policy: self.policy.clone(),
            master,
            limits: self.config.limits.clone(),
            documents: self.documents()?,
            releases: None,
            audit: Audit::none(),
            demonstration: self.demonstration,
            world: self.world.clone(),
        })
    }

    /// The documents that are known beforehand.
    pub(super) fn documents(&self) -> Result<Documents, SetupError> {
        Ok(Documents::load(&self.config.documents)?)
    }

    /// The demonstration's own issuer, its key made on first use; none where a real one is configured.
    ///
    /// # Errors
    /// Where its key cannot be read or made.
    pub fn issuer(&self) -> Result<Option<Arc<DemoIssuer>>, SetupError> {
        if !self.config.issuers.is_empty() {
            return Ok(None);
        }
        let file = self.config.data_dir.join("issuer.pem");
        Ok(Some(Arc::new(DemoIssuer::from_file_or_create(&file, self.world.clock.clone(), &self.world.random)?)))
    }

    /// Where the gateway's own store is.
    pub(super) fn store(&self) -> Result<Database, SetupError> {
        let Some(store) = &self.config.store else {
            return Ok(Database::Sqlite(self.config.data_dir.join("store.sqlite")));
        };
        let key = || store.key.as_ref().map_or_else(String::new, |(key, place)| format!("{place}: store: {key}"));
        database(&store.database, key)
    }

    /// The key that releases are signed with; made on first use.
    fn signer(&self) -> Result<Signer, SetupError> {
        Ok(Signer::from_file_or_create(&self.config.data_dir.join("release.pem"), &self.world.random)?)
    }

    /// The store's releases, as far as they verify.
    pub(super) fn shelf(&self) -> Result<Shelf, SetupError> {
        Ok(Shelf::new(self.store()?, self.signer()?.verifier()))
    }

    /// The disclosure secret; made on first use, and never again.
    pub(super) fn disclosure(&self) -> Result<Secret, SetupError> {
        Ok(match std::env::var(DISCLOSURE_KEY) {
            Ok(text) => Secret::from_text(&text, DISCLOSURE_KEY)?,
            Err(_) => Secret::from_file_or_create(&self.disclosure_file(), &self.world.random)?,
        })
    }

    /// The disclosure secret where there is one: who asks for reasons makes none.
    pub(super) fn standing_disclosure(&self) -> Result<Option<Secret>, SetupError> {
        let stands = std::env::var_os(DISCLOSURE_KEY).is_some() || self.disclosure_file().exists();
        stands.then(|| self.disclosure()).transpose()
    }

    fn disclosure_file(&self) -> PathBuf {
        self.config.data_dir.join("disclosure.key")
    }

    pub(super) fn master(&self) -> Result<Master, SetupError> {
        Ok(match std::env::var(MASTER_KEY) {
            Ok(text) => Master::from_text(&text, MASTER_KEY)?,
            Err(_) => Master::from_file_or_create(&self.config.keys.master_file, &self.world.random)?,
        })
    }

    /// The gateways that may ask this one for some of these sources.
    pub(super) fn gateways(&self, sources: &[Settings]) -> Result<Vec<Listed>, SetupError> {
        let listed = |it: &config::Listed| {
            let mut listed = Listed::from_file(&it.name, &it.key_file).map_err(|reason| SetupError::Gateway {
                key: format!("{}: gateway `{}`: key_file", it.key, it.name),
                reason,
            })?;
            listed.sources.clone_from(&it.sources);
            (listed.vouches_for_relations, listed.releases) = (it.vouches_for_relations, it.releases);
            Ok(listed)
        };
        let gateways: Vec<_> = self.config.gateways.iter().map(listed).collect::<Result<_, SetupError>>()?;
        node::refuse_shared_keys(&self.config, sources, &gateways)?;
        Ok(gateways)
    }

    fn sources(&self) -> Result<Vec<Settings>, SetupError> {
        if self.demonstration {
            let sources = demo::prepare(&self.config.data_dir)?;
            return Ok(sources.into_iter().map(demonstrated).collect());
        }
        self.described()
    }

    /// The sources, whether the demonstration's are made yet or not.
    pub(super) fn described(&self) -> Result<Vec<Settings>, SetupError> {
        if self.demonstration {
            let sources = demo::describe(&self.config.data_dir)?;
            return Ok(sources.into_iter().map(demonstrated).collect());
        }
        let reference = reference::load()?;
        // Read only where a source needs it.
        let needs = |mapping: &Mapping| mapping.dataset.youth().is_some() && !mapping.has_youth_key();
        let is_needed = self.config.sources.iter().flat_map(|source| &source.mappings).any(needs);
        let file = self.config.keys.youth_key_file.as_deref().filter(|_| is_needed);
        let youth_key = file.map(YouthKey::from_file).transpose()?;
        let is_node = |source: &config::Source| matches!(source.database, config::Database::Node(_));
        let asks_nodes = self.config.sources.iter().any(is_node);
        let own = asks_nodes
            .then(|| self.master().map(|master| Keys::new(&master, self.world.clock.clone()).gateway_id()))
            .transpose()?;
        let with = (youth_key.as_ref(), &self.world, own);
        self.config.sources.iter().map(|source| source::configured(source, &reference, with)).collect()
    }
}

fn log_format(config: &Config) -> Result<LogFormat, ConfigError> {
    config.log_format_within(std::env::var(LOG_FORMAT).ok().as_deref())
}

fn demonstrated(source: DemoSource) -> Settings {
    let mut settings = Settings::new(&source.name, source.holder, source.path, source.datasets);
    settings.facts = source.facts;
    settings
}

/// Where rows are, with the address of a server read from where it is kept. `key` says where it is configured.
fn database(database: &config::Database, key: impl Fn() -> String) -> Result<Database, SetupError> {
    let (address, schema) = match database {
        config::Database::Sqlite(path) => return Ok(Database::Sqlite(path.clone())),
        config::Database::Postgres { address, schema } => (address, schema.as_deref()),
        config::Database::Node(_) => {
            return Err(SetupError::Server { key: key(), reason: "a node is no database".to_owned() });
        }
    };
    let refused = |reason: String| SetupError::Server { key: key(), reason };
    let text = match address {
        config::Address::File(path) => secret_file::read(path).map_err(|error| refused(error.to_string()))?,
        config::Address::Environment(name) => {
            std::env::var(&**name).map_err(|_| refused(format!("the environment has no {name}")))?
        }
        config::Address::Given(text) => text.reveal().to_owned(),
    };
    Server::parse(&text, schema).map(Database::Postgres).map_err(|error| refused(error.to_string()))
}
