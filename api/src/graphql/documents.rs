//! Documents that are asked for by their hash: those that the gateway was given beforehand, which are trusted, and where
//! that is allowed those that clients have sent before. Knows no schema: what a document shows is as each role sees it.

use std::{
    collections::{HashMap, HashSet},
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use quick_cache::sync::Cache;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{
    error::{Code, Problem, without_values},
    request::Request,
};
use crate::config;

/// The most documents that clients have sent and that are kept.
const SENT_MOST: usize = 1_024;
/// The longest of them, in bytes.
const SENT_LONGEST: usize = 16 * 1024;
/// What a hash may be preceded by, as the persisted documents of GraphQL over HTTP have it.
const SCHEME: &str = "sha256:";

/// SHA-256 of a document's text.
pub(super) type Hash = [u8; 32];

/// The documents that can be asked for by their hash.
#[derive(Default)]
pub struct Documents {
    trusted: HashMap<Hash, Arc<str>>,
    /// The roles that are answered trusted documents only.
    required_for: HashSet<Box<str>>,
    /// Those that clients have sent, of all roles; none where none are kept.
    sent: Option<Cache<Hash, Arc<str>>>,
}

/// Why trusted documents cannot be taken in.
#[derive(Debug, thiserror::Error)]
pub enum BadDocuments {
    /// The folder or a file cannot be read.
    #[error("documents: cannot read {}: {reason}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// The system's reason.
        reason: io::Error,
    },
    /// A file is no GraphQL.
    #[error("documents: {}: {reason}", path.display())]
    NoDocument {
        /// Which.
        path: PathBuf,
        /// Where and why.
        reason: String,
    },
}

impl Documents {
    /// Takes in the folder that the configuration names: every file `*.graphql` is a document.
    ///
    /// # Errors
    /// What cannot be read, or is no document.
    pub fn load(configured: &config::Documents) -> Result<Self, BadDocuments> {
        let mut documents = Self {
            trusted: HashMap::new(),
            required_for: configured.required_for.iter().cloned().collect(),
            sent: configured.persisted.then(|| Cache::new(SENT_MOST)),
        };
        if let Some(folder) = &configured.dir {
            documents.take_in(folder)?;
        }
        Ok(documents)
    }

    /// How many documents are trusted.
    #[must_use]
    pub fn trusted(&self) -> usize {
        self.trusted.values().map(Arc::as_ptr).collect::<HashSet<_>>().len()
    }

    fn take_in(&mut self, folder: &Path) -> Result<(), BadDocuments> {
        let unreadable = |path: &Path| {
            let path = path.to_owned();
            move |reason| BadDocuments::Unreadable { path, reason }
        };
        for entry in fs::read_dir(folder).map_err(unreadable(folder))? {
            let path = entry.map_err(unreadable(folder))?.path();
            if path.extension().is_none_or(|extension| extension != "graphql") {
                continue;
            }
            let text: Arc<str> = fs::read_to_string(&path).map_err(unreadable(&path))?.into();
            if let Err(error) = async_graphql_parser::parse_query(&*text) {
                return Err(BadDocuments::NoDocument { path, reason: without_values(&error.to_string()) });
            }
            // Editors end a file with a line break, and clients send a document without.
            self.trusted.insert(hash(text.trim_end()), Arc::clone(&text));
            self.trusted.insert(hash(&text), text);
        }
        Ok(())
    }

    /// Puts the text of the document that a request names in its place. Gives its hash where the document is to be kept
    /// once it was found to be one.
    ///
    /// # Errors
    /// Where it is not known, is not what its hash says, or is not trusted and has to be.
    pub(super) fn resolve(&self, role: &str, request: &mut Request) -> Result<Option<Hash>, Problem> {
        let named = named(request)?;
        let is_required = self.required_for.contains(role);
        if request.query.is_empty()
            && let Some(hash) = named
        {
            let sent = || self.sent.as_ref().filter(|_| !is_required).and_then(|sent| sent.get(&hash));
            let text = self.trusted.get(&hash).cloned().or_else(sent).ok_or_else(not_found)?;
            (*text).clone_into(&mut request.query);
            return Ok(None);
        }
        if named.is_none() && !is_required {
            return Ok(None);
        }
        let own = hash(&request.query);
        if named.is_some_and(|named| named != own) {
            return Err(Problem::input("the hash is not that of the document"));
        }
        if is_required && !self.trusted.contains_key(&own) {
            let message = "this role is answered documents that are known here beforehand only".to_owned();
            return Err(Problem { code: Code::Forbidden, message });
        }
        let is_new = self.sent.is_some() && !is_required && !self.trusted.contains_key(&own);
        Ok(Some(own).filter(|_| is_new))
    }

    /// Keeps a document that a client has sent with its hash, for all roles.
    pub(super) fn register(&self, hash: Hash, text: &str) {
        if let Some(sent) = self.sent.as_ref().filter(|_| text.len() <= SENT_LONGEST) {
            sent.insert(hash, text.into());
        }
    }
}

impl fmt::Debug for Documents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Documents").field("trusted", &self.trusted.len()).finish_non_exhaustive()
    }
}

/// The hash that a request names: as `documentId`, or as clients of automatic persisted queries do.
fn named(request: &Request) -> Result<Option<Hash>, Problem> {
    if let Some(id) = &request.document_id {
        let hex = id.strip_prefix(SCHEME).unwrap_or(id);
        // Ids of another kind are as little known here as hashes of nothing.
        return to_hash(hex).map(Some).ok_or_else(not_found);
    }
    match request.extensions.get("persistedQuery").map(|it| &it["sha256Hash"]) {
        None => Ok(None),
        Some(Value::String(hex)) => to_hash(hex).map(Some).ok_or_else(not_found),
        Some(_) => Err(Problem::input("`extensions.persistedQuery.sha256Hash` must be a string")),
    }
}

/// Clients of automatic persisted queries know it by these words, and send the document.
fn not_found() -> Problem {
    Problem { code: Code::PersistedQueryNotFound, message: "PersistedQueryNotFound".to_owned() }
}

fn hash(text: &str) -> Hash {
    Sha256::digest(text).into()
}

fn to_hash(hex: &str) -> Option<Hash> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|it| u8::try_from(it).ok());
    let (pairs, []) = hex.as_bytes().as_chunks::<2>() else { return None };
    let bytes: Option<Vec<u8>> = pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect();
    bytes?.try_into().ok()
}
