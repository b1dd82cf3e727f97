//! `[documents]`: which documents are known beforehand, and who is answered no others.

use std::path::PathBuf;

use serde::Deserialize;

/// `[documents]`
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Documents {
    /// A folder whose files `*.graphql` are trusted documents.
    pub dir: Option<PathBuf>,
    /// The roles that are answered trusted documents only.
    pub required_for: Vec<Box<str>>,
    /// Are documents kept that clients send with their hash?
    pub persisted: bool,
}
