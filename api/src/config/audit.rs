//! `[audit]`: where it is written down who was answered what, signed by which key, and for how long it is kept.

use std::{
    ops::Range,
    path::{Path, PathBuf},
    time::Duration,
};

use serde::{Deserialize, Deserializer, de::Error as _};
use toml::Spanned;

use super::{
    bounds::text,
    database::{Address, Database},
};
use crate::place::Place;

/// `[audit]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audit {
    /// Where its tables are.
    pub database: Database,
    /// The key that says where they are, where the file says so.
    pub key: Option<(&'static str, Place)>,
    /// The file of the audit key, made on first start; the environment's `REGIOGRAPH_AUDIT_KEY` wins.
    pub key_file: PathBuf,
    /// The file that signed heads are appended to.
    pub heads_file: PathBuf,
    /// Whose chains this program appends to; one that is made at random on first start where the file does not say.
    pub writer: Option<Box<str>>,
    /// How long events are kept.
    pub events: Duration,
    /// How long processings are kept.
    pub processings: Duration,
    /// Are processings sent to the collector of `[telemetry]` too?
    pub export: bool,
}

/// For so many years each log is kept, at least.
pub const LEAST_YEARS: u64 = 5;

/// The same, with years of 365.25 days.
const LEAST: Duration = Duration::from_secs(LEAST_YEARS * 31_557_600);

/// The section as it stands in the file.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Section {
    file: Option<Spanned<PathBuf>>,
    url_file: Option<Spanned<PathBuf>>,
    url_env: Option<Spanned<Box<str>>>,
    schema: Option<Spanned<Box<str>>>,
    key_file: Option<PathBuf>,
    heads_file: Option<PathBuf>,
    writer: Option<Spanned<Name>>,
    events: Kept,
    processings: Kept,
    export: bool,
}

#[derive(Deserialize)]
#[serde(transparent)]
struct Name(#[serde(deserialize_with = "text")] Box<str>);

/// From [`LEAST_YEARS`] to a hundred years.
struct Kept(Duration);

impl Default for Kept {
    fn default() -> Self {
        Self(LEAST)
    }
}

impl<'de> Deserialize<'de> for Kept {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let kept: Duration = humantime_serde::deserialize(deserializer)?;
        if kept < LEAST {
            return Err(D::Error::custom(format!(
                "the audit log is kept for {LEAST_YEARS} years at least, as in \"5y\""
            )));
        }
        if kept > 20 * LEAST {
            return Err(D::Error::custom("the audit log is kept for a hundred years at most"));
        }
        Ok(Self(kept))
    }
}

impl Audit {
    /// As without a section, in this folder.
    #[must_use]
    pub fn within(folder: &Path) -> Self {
        Self {
            database: Database::Sqlite(folder.join("audit.sqlite")),
            key: None,
            key_file: folder.join("audit.key"),
            heads_file: folder.join("audit.heads"),
            writer: None,
            events: LEAST,
            processings: LEAST,
            export: false,
        }
    }
}

impl Section {
    /// What does not go together: where it stands, and why.
    pub(super) fn check(&self, exports: bool) -> Result<(), (Range<usize>, String)> {
        let places = [
            ("file", self.file.as_ref().map(Spanned::span)),
            ("url_file", self.url_file.as_ref().map(Spanned::span)),
            ("url_env", self.url_env.as_ref().map(Spanned::span)),
        ];
        let mut there = places.iter().filter_map(|(name, span)| Some((*name, span.clone()?)));
        let (first, second) = (there.next(), there.next());
        if let (Some((first, _)), Some((second, span))) = (&first, second) {
            return Err((span, format!("audit: {second}: {first} says already where the log is")));
        }
        let is_plain = |it: &str| it.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if let Some(schema) = &self.schema {
            let is_of_server = first.is_some_and(|(name, _)| name != "file");
            if !is_of_server || !is_plain(schema.get_ref()) || schema.get_ref().is_empty() {
                let reason = "audit: schema: a plain name, beside url_file or url_env";
                return Err((schema.span(), reason.to_owned()));
            }
        }
        let is_writer = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if let Some(writer) = self.writer.as_ref().filter(|it| {
            let name = &it.get_ref().0;
            name.len() > 64 || !name.bytes().all(is_writer)
        }) {
            let reason = "audit: writer: only lower-case letters, digits and hyphens, 64 at most, make a name";
            return Err((writer.span(), reason.to_owned()));
        }
        if self.export && !exports {
            return Err((0..0, "audit: export: there is no [telemetry] that says where to".to_owned()));
        }
        Ok(())
    }

    /// The section as it is meant; files are relative to the folder, and else stand in `data_dir`.
    pub(super) fn into_audit(self, folder: &Path, data_dir: &Path, place: impl Fn(usize) -> Place) -> Audit {
        let usual = Audit::within(data_dir);
        let key = |name, span: Range<usize>| Some((name, place(span.start)));
        let schema = self.schema.map(Spanned::into_inner);
        let (database, key) = match (self.file, self.url_file, self.url_env) {
            (Some(file), ..) => {
                let key = key("file", file.span());
                (Database::Sqlite(folder.join(file.into_inner())), key)
            }
            (_, Some(file), _) => {
                let key = key("url_file", file.span());
                (Database::Postgres { address: Address::File(folder.join(file.into_inner())), schema }, key)
            }
            (_, _, Some(name)) => {
                let key = key("url_env", name.span());
                (Database::Postgres { address: Address::Environment(name.into_inner()), schema }, key)
            }
            _ => (usual.database, None),
        };
        Audit {
            database,
            key,
            key_file: self.key_file.map_or(usual.key_file, |file| folder.join(file)),
            heads_file: self.heads_file.map_or(usual.heads_file, |file| folder.join(file)),
            writer: self.writer.map(|it| it.into_inner().0),
            events: self.events.0,
            processings: self.processings.0,
            export: self.export,
        }
    }
}
