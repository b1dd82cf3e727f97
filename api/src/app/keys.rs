//! `keys`: which keys this gateway has, how old they are, and where they are kept; and a new master or audit key beside the
//! old one.
//! Never what a key is.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, bail};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use ed25519_dalek::{SigningKey, pkcs8::DecodePrivateKey};

use super::{
    Foundation,
    setup::{DISCLOSURE_KEY, MASTER_KEY, audit::AUDIT_KEY},
};
use crate::{
    audit::key_id,
    config,
    keyring::{self, Ring, Versioned},
    secret_file,
};

/// A key, or a ring of them, and where it is kept.
struct Kept {
    name: String,
    place: Place,
    /// What it is used for.
    of: &'static str,
    /// When another may take its place.
    rotates: &'static str,
    /// What one of several is called by.
    id: fn(&[u8; 32]) -> String,
}

/// A key that has versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Rotating {
    /// Of ids, cursors and pseudonyms.
    Master,
    /// Of the audit log.
    Audit,
}

/// Beyond its retention a month of the log is kept until it is over, and until somebody tidies up.
const UNTIDY: TimeDelta = TimeDelta::days(92);

enum Place {
    File(PathBuf),
    /// The file of a secret that another made, of any form: it has no id.
    Secret(PathBuf),
    Environment(&'static str),
}

/// A line of what is printed.
struct Line {
    version: String,
    id: String,
    made: Option<NaiveDate>,
    state: String,
}

/// `keys`: names, versions, ids, ages and places of all keys.
#[must_use]
pub fn keys(foundation: &Foundation) -> String {
    let today = foundation.world.clock.today().to_chrono();
    let mut rows = vec![
        ["key", "version", "id", "made", "days old", "state", "kept in", "used for", "rotates"].map(ToOwned::to_owned),
    ];
    for kept in all(foundation) {
        for line in kept.lines(today) {
            let age = line.made.map_or_else(String::new, |made| (today - made).num_days().max(0).to_string());
            let made = line.made.map_or_else(String::new, |made| made.to_string());
            let (of, rotates) = (kept.of.to_owned(), kept.rotates.to_owned());
            rows.push([
                kept.name.clone(),
                line.version,
                line.id,
                made,
                age,
                line.state,
                kept.place.to_string(),
                of,
                rotates,
            ]);
        }
    }
    table(&rows)
}

/// `keys rotate`: a new master key, and the one of before opens for so long the ids and pseudonyms that it made; or a new
/// audit key, and the one of before is read with for as long as anything is kept that it signed or encrypted.
///
/// # Errors
/// Where the key is not kept in a file, or that cannot be read or written; then nothing has changed.
pub fn rotate(foundation: &Foundation, key: Rotating, overlap: Option<Duration>) -> anyhow::Result<String> {
    let config = &foundation.config;
    let (variable, file) = match key {
        Rotating::Master => (MASTER_KEY, &config.keys.master_file),
        Rotating::Audit => (AUDIT_KEY, &config.audit.key_file),
    };
    if std::env::var_os(variable).is_some() {
        bail!(
            "the key is in the environment ({variable}): put the new key before it there, one a line, as in `2 2026-11-22 \
             KEY` and then `1 KEY until 2027-02-20`"
        );
    }
    let (before, overlap) = match (key, overlap) {
        (Rotating::Master, Some(overlap)) => {
            let overlap = TimeDelta::from_std(overlap).context("`--overlap` is too long")?;
            (foundation.master()?.ring().clone(), overlap)
        }
        (Rotating::Master, None) => {
            bail!("`--overlap` says how long the master key of before is understood, such as 90d")
        }
        (Rotating::Audit, Some(_)) => {
            bail!("the audit key takes no `--overlap`: it is read with as long as the log is kept")
        }
        (Rotating::Audit, None) => {
            let kept = TimeDelta::from_std(config.audit.events.max(config.audit.processings)).unwrap_or(TimeDelta::MAX);
            (foundation.audit()?.key.ring().clone(), kept.checked_add(&UNTIDY).unwrap_or(kept))
        }
    };
    let today = foundation.world.clock.today().to_chrono();
    let mut fresh = [0; 32];
    (foundation.world.random)(&mut fresh).context("there is no randomness")?;
    let Ok(after) = before.rotated(fresh, (today, overlap)) else {
        bail!("{} holds as many keys as it may: take out what opens nothing any more", file.display());
    };
    secret_file::replace(file, &after.to_text())?;
    Ok(format!("{}: version {} is used from the next start on; {}", file.display(), after.newest().version, {
        let opens = after.all().get(1).and_then(|it| Some((it.version, it.until?)));
        said(key, opens)
    }))
}

/// What a rotation means.
fn said(key: Rotating, before: Option<(u32, NaiveDate)>) -> String {
    match (key, before) {
        (Rotating::Master, before) => {
            let opens = before.map_or_else(
                || "those of before open nothing any more".to_owned(),
                |(version, until)| format!("version {version} opens what it made until {until}"),
            );
            format!(
                "{opens}\nEvery id, cursor and pseudonym is a new one from then on: clients that keep any ask for them \
                 anew.\nGateways that share the store need the same file, and a start.\n"
            )
        }
        (Rotating::Audit, before) => {
            let reads = before.map_or_else(String::new, |(version, until)| {
                format!("version {version} signs nothing any more, and is read with until {until}\n")
            });
            format!(
                "{reads}Gateways that share the log need the same file; those that share a chain are stopped together and \
                 started again.\n"
            )
        }
    }
}

/// All keys that there may be, in the order of what they open.
fn all(foundation: &Foundation) -> Vec<Kept> {
    let config = &foundation.config;
    let beside = |name: &str| Place::File(config.data_dir.join(name));
    let kept = |variable: &'static str, file: Place| match std::env::var_os(variable) {
        Some(_) => Place::Environment(variable),
        None => file,
    };
    let id: fn(&[u8; 32]) -> String = |key| keyring::id(key);
    let key = |name: &str, place, of, rotates| Kept { name: name.to_owned(), place, of, rotates, id };
    let mut all = vec![
        key(
            "master",
            kept(MASTER_KEY, Place::File(config.keys.master_file.clone())),
            "ids, cursors and pseudonyms",
            "`keys rotate`, with overlap",
        ),
        Kept {
            id: key_id,
            ..key(
                "audit",
                kept(AUDIT_KEY, Place::File(config.audit.key_file.clone())),
                "signed heads and data subjects of the audit log",
                "`keys rotate audit`, any time",
            )
        },
        key("disclosure", kept(DISCLOSURE_KEY, beside("disclosure.key")), "the noise of releases", "never"),
        key("release", beside("release.pem"), "the signature of releases", "with the store; docs/leaks.md"),
    ];
    if config.issuers.is_empty() {
        all.push(key("issuer", beside("issuer.pem"), "tokens of the demonstration", "any time: tokens are made anew"));
    }
    if let Some(file) = &config.keys.youth_key_file {
        all.push(key("youths", Place::File(file.clone()), "youths of mapped sources", "with all holders at once"));
    }
    let nodes = config.sources.iter().filter_map(|source| match &source.database {
        config::Database::Node(node) => Some((format!("node {}", source.name), &node.key_file)),
        _ => None,
    });
    let gateways = config.gateways.iter().map(|it| (format!("gateway {}", it.name), &it.key_file));
    for (name, file) in nodes.chain(gateways) {
        all.push(key(&name, Place::File(file.clone()), "credentials of questions", "at both, then reload"));
    }
    for source in &config.sources {
        if let config::Database::Node(node) = &source.database
            && let Some(exchange) = &node.token_exchange
        {
            let (name, file) = (format!("exchange {}", source.name), exchange.client_secret_file.clone());
            all.push(key(
                &name,
                Place::Secret(file),
                "tokens that callers' are exchanged for",
                "at the issuer, then reload",
            ));
        }
    }
    all
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) | Self::Secret(path) => path.display().fmt(f),
            Self::Environment(name) => write!(f, "the environment ({name})"),
        }
    }
}

impl Kept {
    fn lines(&self, today: NaiveDate) -> Vec<Line> {
        let line = |state: String| Line { version: String::new(), id: String::new(), made: None, state };
        let (text, since) = match &self.place {
            Place::Environment(name) => (std::env::var(name).unwrap_or_default(), None),
            Place::File(path) if !path.exists() => return vec![line("not made yet".to_owned())],
            Place::Secret(path) => {
                let state =
                    secret_file::read(path).map_or_else(|reason| format!("refused: {reason}"), |_| "in use".to_owned());
                return vec![Line { made: changed(path), ..line(state) }];
            }
            Place::File(path) => match secret_file::read(path) {
                Ok(text) => (text, changed(path)),
                Err(reason) => return vec![line(format!("refused: {reason}"))],
            },
        };
        if let Ok(key) = SigningKey::from_pkcs8_pem(&text) {
            let id = keyring::id(key.verifying_key().as_bytes());
            return vec![Line { version: "1".to_owned(), id, made: since, state: "in use".to_owned() }];
        }
        match Ring::parse(&text) {
            Ok(ring) => ring.all().iter().map(|key| Line::of(key, (self.id)(key.bytes()), (since, today))).collect(),
            Err(_) => vec![line("refused: no key stands there".to_owned())],
        }
    }
}

impl Line {
    fn of(key: &Versioned, id: String, (since, today): (Option<NaiveDate>, NaiveDate)) -> Self {
        let state = match key.until {
            None => "in use".to_owned(),
            Some(until) if today <= until => format!("opens until {until}"),
            Some(until) => format!("over since {until}"),
        };
        // A key that says no day is as old as its file, unless that was written for a newer one.
        let made = key.made.or(since.filter(|_| key.until.is_none()));
        Self { version: key.version.to_string(), id, made, state }
    }
}

/// The day on which a file last changed, Amsterdam.
fn changed(path: &Path) -> Option<NaiveDate> {
    let modified: DateTime<Utc> = fs::metadata(path).ok()?.modified().ok()?.into();
    Some(modified.with_timezone(&chrono_tz::Europe::Amsterdam).date_naive())
}

/// Columns as wide as their widest cell.
fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let widths: [usize; N] =
        std::array::from_fn(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0));
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}
