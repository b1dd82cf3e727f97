//! What a gateway under test is made of, and its start.

mod source;
mod starting;

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use regiograph::{
    audit::{AuditKey, Place as AuditPlace, Retention, Settings as AuditSettings},
    clock::Clock,
    config::{self, Http, Limits, RoleLimits},
    node::Listed,
    source::{Database, Source, resilient::Means},
};

pub use self::source::SourceSetup;
use self::source::address_of;
use super::Gateway;
use crate::matrix::POLICY;

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
    /// The sections of a configuration that name its issuers; none for the one of its own.
    issuers: Option<String>,
    limits: Limits,
    http: Http,
    /// How long an operation may take, where it is not as long as always.
    time: Option<Duration>,
    /// Does its configuration say how it is called outside?
    is_named: bool,
    documents: config::Documents,
    /// Does it keep an audit log?
    audited: bool,
    /// The PostgreSQL database of its log, where it is in one, and its writer there.
    log: Option<(String, &'static str)>,
    /// Its time, where it is that of another gateway too.
    now: Option<Arc<Mutex<DateTime<Utc>>>>,
}

/// The audit log of a gateway with its files in this folder.
pub(super) fn audit_settings(folder: &Path, clock: Clock) -> AuditSettings {
    AuditSettings {
        place: AuditPlace::File(folder.join("audit.sqlite")),
        heads: folder.join("audit.heads"),
        writer: "test".into(),
        key: AuditKey::from_file_or_create(&folder.join("audit.key"), &random).expect("the gateway makes a key"),
        clock,
        retention: Retention { events: FIVE_YEARS, processings: FIVE_YEARS },
        collector: None,
    }
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

impl Store {
    /// Where it is, of a gateway whose own would be this file.
    fn database(&self, own: &Path) -> Database {
        match self {
            Self::Own => Database::Sqlite(own.to_owned()),
            Self::File(path) => Database::Sqlite(path.clone()),
            Self::Postgres(name) => Database::Postgres(address_of(name)),
        }
    }
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

/// How long logs are kept.
const FIVE_YEARS: Duration = Duration::from_secs(5 * 31_557_600);

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
            issuers: None,
            // The time of most tests stands still: nothing would ever flow back.
            limits: Limits { minute_cost: 1_000_000_000_000, ..Limits::default() },
            http: Http::default(),
            time: None,
            is_named: true,
            documents: config::Documents::default(),
            audited: false,
            log: None,
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

    /// With an audit log in its folder, as its nodes have.
    #[must_use]
    pub fn audited(mut self) -> Self {
        self.audited = true;
        self
    }

    /// With an audit log in this PostgreSQL database, as this writer, and the audit key of another gateway on it.
    #[must_use]
    pub fn audited_in(mut self, database: &str, writer: &'static str, other: Option<&Gateway>) -> Self {
        self.kept.extend(other.map(|other| (other.folder().join("audit.key"), "audit.key")));
        self.log = Some((database.to_owned(), writer));
        self.audited()
    }

    /// With the audit log of another gateway as it stands, and its key.
    #[must_use]
    pub fn log_of(mut self, other: &Gateway) -> Self {
        let names = ["audit.sqlite", "audit.heads", "audit.key"];
        self.kept.extend(names.map(|name| (other.folder().join(name), name)));
        self.audited()
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

    /// With the issuers of these sections of a configuration, in place of its own.
    #[must_use]
    pub fn trusting(mut self, sections: impl Into<String>) -> Self {
        self.issuers = Some(sections.into());
        self
    }

    /// With these limits.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Where the public may ask for its schema, as in the demonstration.
    #[must_use]
    pub fn shown_to_the_public(mut self) -> Self {
        let public = RoleLimits { introspection: Some(true), ..RoleLimits::default() };
        self.limits.roles.insert("public".into(), public);
        self
    }

    /// Reached through these proxies, and by pages of these sites.
    #[must_use]
    pub fn http(mut self, http: Http) -> Self {
        self.http = http;
        self
    }

    /// Where the configuration does not say how it is called outside.
    #[must_use]
    pub fn without_origin(mut self) -> Self {
        self.is_named = false;
        self
    }

    /// With these documents that are known beforehand.
    #[must_use]
    pub fn documents(mut self, documents: config::Documents) -> Self {
        self.documents = documents;
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
}
