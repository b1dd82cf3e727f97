//! From the text of a file to a checked [`Config`].

use std::{
    collections::HashMap,
    net::SocketAddr,
    ops::Range,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use toml::Spanned;

use super::{
    Config, ConfigError, Documents, FileKey, Http, Keys, Limits, Log, Metrics, Policy, Release, Shutdown, Store,
    Telemetry,
    audit::Section as AuditSection,
    database::{Hidden, Keys as DatabaseKeys, Kind, Name},
    default_listen,
    issuer::{self, Section as IssuerSection},
    listed::{self, Section as ListedSection},
    node::NodeKeys,
    source::Section,
};
use crate::place::Place;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default = "default_listen")]
    listen: SocketAddr,
    data_dir: Option<PathBuf>,
    store: Option<Spanned<StoreSection>>,
    #[serde(default)]
    keys: KeysSection,
    #[serde(default)]
    issuer: Vec<Spanned<IssuerSection>>,
    #[serde(default)]
    policy: Policy,
    limits: Option<Spanned<Limits>>,
    #[serde(default)]
    documents: Documents,
    http: Option<Spanned<Http>>,
    #[serde(default)]
    release: Release,
    #[serde(default)]
    audit: AuditSection,
    #[serde(default)]
    log: Log,
    #[serde(default)]
    metrics: Metrics,
    telemetry: Option<Telemetry>,
    #[serde(default)]
    shutdown: Shutdown,
    #[serde(default)]
    source: Vec<Spanned<Section>>,
    #[serde(default)]
    gateway: Vec<Spanned<ListedSection>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StoreSection {
    kind: Kind,
    url: Option<Spanned<Hidden>>,
    url_file: Option<Spanned<PathBuf>>,
    url_env: Option<Spanned<Box<str>>>,
    schema: Option<Spanned<Name>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeysSection {
    master_file: Option<PathBuf>,
    youth_key_file: Option<PathBuf>,
}

/// As much of a file as names its sources, whatever else is wrong with it.
#[derive(Deserialize)]
struct Names {
    #[serde(default)]
    source: Vec<Spanned<Named>>,
}

#[derive(Deserialize)]
struct Named {
    name: Option<toml::Value>,
}

/// As much of a file as names other files.
#[derive(Deserialize)]
struct Files {
    #[serde(default)]
    policy: HashMap<String, Spanned<toml::Value>>,
}

/// What is wrong, and where in the text.
type Wrong = (Range<usize>, String);

pub(super) fn parse(text: &str, path: &Path) -> Result<Config, ConfigError> {
    let name = path.display().to_string();
    let place = |offset| Place::new(&name, text, offset);
    let wrong = |(span, reason): Wrong| {
        let reason = format!("{}{reason}", source_at(text, span.start));
        ConfigError::Wrong { place: place(span.start), reason }
    };
    let file: File = toml::from_str(text).map_err(|error| wrong(describe(text, &error)))?;
    file.check().map_err(wrong)?;
    Ok(file.into_config(path.parent().unwrap_or(Path::new("")), place))
}

/// Where the value of a key stands that names a file; none where there is no such key.
pub(super) fn place_of(key: FileKey, text: &str, path: &Path) -> Option<Place> {
    let files: Files = toml::from_str(text).ok()?;
    let value = match key {
        FileKey::Policy => files.policy.get("file"),
    };
    value.map(|value| Place::new(&path.display().to_string(), text, value.span().start))
}

/// What the reader of TOML says, with the key that it says it of.
fn describe(text: &str, error: &toml::de::Error) -> Wrong {
    let span = error.span().unwrap_or_default();
    let reason = error.message().replace('\n', ", ");
    let before = text.get(..span.start).unwrap_or_default();
    let line = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
    let reason = match line.split_once('=') {
        Some((key, _)) => format!("{}: {reason}", key.trim()),
        None => reason,
    };
    (span, reason)
}

/// Names the source that a place in the text is in, for the start of a message; empty where it is in none.
fn source_at(text: &str, offset: usize) -> String {
    let Ok(Names { source }) = toml::from_str(text) else {
        return String::new();
    };
    let Some(place) = source.iter().rposition(|it| it.span().start <= offset) else {
        return String::new();
    };
    let name = source[place].get_ref().name.as_ref().and_then(toml::Value::as_str);
    // Tables may follow the sources; then the place is in one of those.
    let start = source[place].span().start;
    // The whole line, as it may be a header itself.
    let end = text.get(offset..).and_then(|rest| rest.find('\n')).map_or(text.len(), |length| offset + length);
    let header = |line: &str| line.starts_with('[') && !line.trim_start_matches('[').starts_with("source");
    if text.get(start..end).is_some_and(|between| between.lines().skip(1).any(header)) {
        return String::new();
    }
    name.map_or_else(|| format!("source {}: ", place + 1), |name| format!("source `{name}`: "))
}

impl StoreSection {
    /// The keys that say where it is.
    fn keys(&self) -> DatabaseKeys {
        let Self { url, url_file, url_env, schema, .. } = self;
        let (url, url_file) = (url.clone(), url_file.clone());
        DatabaseKeys {
            path: None,
            url,
            url_file,
            url_env: url_env.clone(),
            schema: schema.clone(),
            node: NodeKeys::default(),
        }
    }
}

impl File {
    /// What no key can be checked for alone.
    fn check(&self) -> Result<(), Wrong> {
        if let Some(limits) = &self.limits
            && limits.get_ref().page_default > limits.get_ref().page_max
        {
            return Err((limits.span(), "limits: page_default is above page_max".to_owned()));
        }
        if let Some(store) = &self.store {
            let it = store.get_ref();
            it.keys()
                .check(it.kind, store.span(), false)
                .map_err(|(span, reason)| (span, format!("store: {reason}")))?;
        }
        if let Some(http) = &self.http {
            http.get_ref().check().map_err(|reason| (http.span(), reason.to_owned()))?;
        }
        self.audit.check(self.telemetry.is_some())?;
        for (place, source) in self.source.iter().enumerate() {
            let name = &source.get_ref().name;
            let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            if name.is_empty() || name.len() > 64 || !name.bytes().all(is_name) {
                let reason = "name: only lower-case letters, digits and hyphens, 64 at most, make a name".to_owned();
                return Err((source.span(), reason));
            }
            if self.source[..place].iter().any(|it| it.get_ref().name == *name) {
                return Err((source.span(), "name: another source bears it too".to_owned()));
            }
            source.get_ref().keys().check(source.get_ref().kind, source.span(), true)?;
            source.get_ref().check_mappings(self.keys.youth_key_file.is_some())?;
        }
        issuer::check(&self.issuer)?;
        let names: Vec<_> = self.source.iter().map(|it| &*it.get_ref().name).collect();
        listed::check(&self.gateway, &names)
    }

    fn into_config(self, folder: &Path, place: impl Fn(usize) -> Place) -> Config {
        let data_dir = folder.join(self.data_dir.unwrap_or_else(|| "data".into()));
        let master_file = self.keys.master_file.map_or_else(|| data_dir.join("master.key"), |file| folder.join(file));
        let store = self.store.map(Spanned::into_inner).map(|it| {
            let keys = it.keys();
            let key = keys.named().map(|(key, start)| (key, place(start)));
            Store { key, database: keys.into_database(it.kind, folder, &data_dir.join("store.sqlite")) }
        });
        let audit = self.audit.into_audit(folder, &data_dir, &place);
        let issuers = self.issuer.into_iter().map(|section| IssuerSection::into_issuer(section, folder, &place));
        let gateways = self.gateway.into_iter().map(|it| it.into_inner().into_listed(folder, &place)).collect();
        let sources = self.source.into_iter().map(|section| Section::into_source(section, folder, &place));
        Config {
            listen: self.listen,
            store,
            keys: Keys { master_file, youth_key_file: self.keys.youth_key_file.map(|file| folder.join(file)) },
            issuers: issuers.collect(),
            policy: Policy { file: self.policy.file.map(|file| folder.join(file)) },
            limits: self.limits.map(Spanned::into_inner).unwrap_or_default(),
            documents: Documents { dir: self.documents.dir.map(|dir| folder.join(dir)), ..self.documents },
            http: self.http.map(Spanned::into_inner).unwrap_or_default(),
            release: self.release,
            audit,
            log: self.log,
            metrics: self.metrics,
            telemetry: self.telemetry,
            shutdown: self.shutdown,
            sources: sources.collect(),
            gateways,
            data_dir,
        }
    }
}
