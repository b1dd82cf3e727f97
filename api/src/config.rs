//! The configuration file: one struct per section, every key described, unknown keys refused with file, line and key.
//! Knows what may be configured, and opens nothing; secrets stay in the files that it names.

mod audit;
mod bounds;
mod database;
mod documents;
mod file;
mod http;
mod issuer;
mod limits;
mod listed;
mod mapping;
mod node;
mod operations;
mod reference;
mod source;

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use serde::Deserialize;

use self::bounds::{DAY, within_days};
pub use self::{
    audit::{Audit, LEAST_YEARS},
    database::{Address, Database, Hidden},
    documents::Documents,
    http::{Http, Network, Origin},
    issuer::{Algorithm, ClaimPath, ClaimRule, Claims, Issuer, IssuerKeys, address as issuer_address},
    limits::{Allowance, Limits, RoleLimits},
    listed::Listed,
    node::{Node, TokenExchange},
    operations::{Log, LogFormat, Metrics, Ratio, Shutdown, Telemetry},
    source::{Holder, Places, Source},
};
use crate::place::Place;

/// All that is configured. What a file does not say is as in [`Config::default`], the demonstration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Where HTTP is served, such as `127.0.0.1:8080`; the environment's `REGIOGRAPH_LISTEN` wins.
    pub listen: SocketAddr,
    /// The folder of the gateway's own store and keys.
    pub data_dir: PathBuf,
    /// Where the gateway's own store is; `store.sqlite` in its folder where the file does not say.
    pub store: Option<Store>,
    /// Keys for ids, cursors and pseudonyms.
    pub keys: Keys,
    /// Whose tokens are accepted, in the file's order; none for the demonstration's own.
    pub issuers: Vec<Issuer>,
    /// Who may see what.
    pub policy: Policy,
    /// What one request may ask.
    pub limits: Limits,
    /// Which documents are known beforehand, and who is answered no others.
    pub documents: Documents,
    /// Which pages of other sites may ask, and whose word is taken for where a client is.
    pub http: Http,
    /// When releases are made.
    pub release: Release,
    /// Where it is written down who was answered what.
    pub audit: Audit,
    /// What lines of the log look like.
    pub log: Log,
    /// Where metrics are served.
    pub metrics: Metrics,
    /// Where traces are sent; none where they are not.
    pub telemetry: Option<Telemetry>,
    /// How the gateway stops.
    pub shutdown: Shutdown,
    /// The regional sources, in the file's order.
    pub sources: Vec<Source>,
    /// The gateways that may ask this one for its sources, in the file's order.
    pub gateways: Vec<Listed>,
}

/// `[store]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    /// `store.sqlite` in the data folder, or a database that several gateways share.
    pub database: Database,
    /// The key that says where it is, where the file says so.
    pub key: Option<(&'static str, Place)>,
}

/// `[keys]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys {
    /// The file of the master key, made on first start; the environment's `REGIOGRAPH_MASTER_KEY` wins.
    pub master_file: PathBuf,
    /// The file of the key that holders make keys of youths with; needed where a mapped source has none.
    pub youth_key_file: Option<PathBuf>,
}

/// `[policy]`
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// The policy matrix; none for the one that the program comes with.
    pub file: Option<PathBuf>,
}

/// `[release]`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Release {
    /// How long after the last day of a period its protected tables may be made, in whole days.
    #[serde(deserialize_with = "within_days::<1, 366, _>")]
    pub cut_off: Duration,
}

/// A key that names a file, for what is found to be wrong with the file later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKey {
    /// `policy.file`
    Policy,
}

/// What is wrong with the configuration, and where.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {}: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        reason: std::io::Error,
    },
    /// A key or a value is wrong.
    #[error("{place}: {reason}")]
    Wrong {
        /// File, line and column.
        place: Place,
        /// What is wrong; names the source, where it is about one, and the key.
        reason: String,
    },
    /// The environment's address is none.
    #[error("REGIOGRAPH_LISTEN is no address with a port, such as 127.0.0.1:8080")]
    Listen,
    /// The environment's form of the log is none.
    #[error("REGIOGRAPH_LOG_FORMAT is neither text nor json")]
    LogFormat,
}

impl Default for Config {
    fn default() -> Self {
        Self::within(Path::new("data"))
    }
}

impl Config {
    /// The defaults, with all that is made and kept in this folder.
    #[must_use]
    pub fn within(folder: &Path) -> Self {
        Self {
            listen: default_listen(),
            data_dir: folder.to_owned(),
            store: None,
            keys: Keys { master_file: folder.join("master.key"), youth_key_file: None },
            issuers: Vec::new(),
            policy: Policy::default(),
            limits: Limits::default(),
            documents: Documents::default(),
            http: Http::default(),
            release: Release::default(),
            audit: Audit::within(folder),
            log: Log::default(),
            metrics: Metrics::default(),
            telemetry: None,
            shutdown: Shutdown::default(),
            sources: Vec::new(),
            gateways: Vec::new(),
        }
    }
}

impl Default for Release {
    fn default() -> Self {
        Self { cut_off: Duration::from_secs(31 * DAY) }
    }
}

impl Release {
    /// The cut-off in days.
    #[must_use]
    pub fn cut_off_days(&self) -> u64 {
        self.cut_off.as_secs() / DAY
    }
}

fn default_listen() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 8080).into()
}

impl Config {
    /// What the file says; nothing where there is none, which means the demonstration.
    pub fn load(path: Option<&Path>) -> Result<Option<Self>, ConfigError> {
        let Some(path) = path else {
            return Ok(None);
        };
        let text = std::fs::read_to_string(path)
            .map_err(|reason| ConfigError::Unreadable { path: path.to_owned(), reason })?;
        Self::parse(&text, path).map(Some)
    }

    /// What the text of a file at this path says; paths in it are relative to the file.
    pub fn parse(text: &str, path: &Path) -> Result<Self, ConfigError> {
        file::parse(text, path)
    }

    /// File, line, column and name of a key in the configuration's file, for the start of a message.
    #[must_use]
    pub fn locate(key: FileKey, path: Option<&Path>) -> String {
        let place = || file::place_of(key, &std::fs::read_to_string(path?).ok()?, path?);
        let place = place().map_or_else(String::new, |place| format!("{place}: "));
        match key {
            FileKey::Policy => format!("{place}policy.file"),
        }
    }

    /// Every key, as Markdown.
    #[must_use]
    pub fn reference() -> String {
        reference::to_markdown()
    }

    /// The form of the log's lines, given the environment's `REGIOGRAPH_LOG_FORMAT`.
    pub fn log_format_within(&self, environment: Option<&str>) -> Result<LogFormat, ConfigError> {
        match environment {
            None => Ok(self.log.format),
            Some("text") => Ok(LogFormat::Text),
            Some("json") => Ok(LogFormat::Json),
            Some(_) => Err(ConfigError::LogFormat),
        }
    }

    /// Where HTTP is served, given the environment's `REGIOGRAPH_LISTEN`.
    pub fn listen_within(&self, environment: Option<&str>) -> Result<SocketAddr, ConfigError> {
        environment.map_or(Ok(self.listen), |address| address.parse().map_err(|_| ConfigError::Listen))
    }
}

#[cfg(test)]
mod tests;
