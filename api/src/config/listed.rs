//! `[[gateway]]`: another gateway that may ask this one for its sources, and what it may ask.

use std::{
    ops::Range,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use toml::Spanned;

use super::bounds::text;
use crate::place::Place;

/// `[[gateway]]`
#[derive(Clone, Debug)]
pub struct Listed {
    /// How the other gateway calls itself.
    pub name: Box<str>,
    /// A file with the key that both share.
    pub key_file: PathBuf,
    /// The sources that it may ask, by their names here.
    pub sources: Vec<Box<str>>,
    /// Is its word taken for who stands in a care relation?
    pub vouches_for_relations: bool,
    /// May it read rows for releases?
    pub releases: bool,
    /// Where its key `key_file` stands.
    pub key: Place,
}

/// A gateway as it stands in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Section {
    #[serde(deserialize_with = "text")]
    name: Box<str>,
    key_file: Spanned<PathBuf>,
    sources: Vec<Spanned<Box<str>>>,
    #[serde(default)]
    vouches_for_relations: bool,
    #[serde(default)]
    releases: bool,
}

/// What no key can be checked for alone: `known` are the sources of the file.
pub(super) fn check(gateways: &[Spanned<Section>], known: &[&str]) -> Result<(), (Range<usize>, String)> {
    for (place, gateway) in gateways.iter().enumerate() {
        let it = gateway.get_ref();
        let wrong = |span: Range<usize>, reason: &str| (span, format!("gateway `{}`: {reason}", it.name));
        if gateways[..place].iter().any(|other| other.get_ref().name == it.name) {
            return Err(wrong(gateway.span(), "name: another gateway bears it too"));
        }
        if let Some(unknown) = it.sources.iter().find(|source| !known.contains(&&**source.get_ref())) {
            return Err(wrong(unknown.span(), "sources: there is no source of that name here"));
        }
    }
    Ok(())
}

impl Section {
    /// The gateway of a section that was checked. Its file is relative to the folder; `place` says where a byte of the
    /// text stands.
    pub(super) fn into_listed(self, folder: &Path, place: impl Fn(usize) -> Place) -> Listed {
        Listed {
            name: self.name,
            key: place(self.key_file.span().start),
            key_file: folder.join(self.key_file.into_inner()),
            sources: self.sources.into_iter().map(Spanned::into_inner).collect(),
            vouches_for_relations: self.vouches_for_relations,
            releases: self.releases,
        }
    }
}

/// Two gateways are equal if they say the same, wherever they stand.
impl PartialEq for Listed {
    fn eq(&self, other: &Self) -> bool {
        let rights = |it: &Self| (it.vouches_for_relations, it.releases);
        (&self.name, &self.key_file, &self.sources) == (&other.name, &other.key_file, &other.sources)
            && rights(self) == rights(other)
    }
}

impl Eq for Listed {}
