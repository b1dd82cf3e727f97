//! Where a source or the store has its rows: a SQLite file, or a database of a PostgreSQL server whose address is secret.

use std::{
    fmt,
    ops::Range,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Deserializer, de::Error};
use toml::Spanned;

use super::node::{Node, NodeKeys};

/// What a database is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    /// A SQLite file.
    Sqlite,
    /// A database of a PostgreSQL server.
    Postgres,
    /// Another Regiograph.
    Node,
}

/// Where the rows are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Database {
    /// In a SQLite file.
    Sqlite(PathBuf),
    /// In a database of a PostgreSQL server.
    Postgres {
        /// How it is reached.
        address: Address,
        /// Where names of tables are looked up; as the server says, where there is none.
        schema: Option<Box<str>>,
    },
    /// At another Regiograph, as the source of it.
    Node(Node),
}

/// Where an address stands that may hold a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// In a file that only its owner may read.
    File(PathBuf),
    /// In a variable of the environment.
    Environment(Box<str>),
    /// In the configuration itself.
    Given(Hidden),
}

/// A text that is not printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Hidden(Box<str>);

/// The keys of a section that say where its rows are, as they stand in the file.
pub(super) struct Keys {
    pub(super) path: Option<Spanned<PathBuf>>,
    pub(super) url: Option<Spanned<Hidden>>,
    pub(super) url_file: Option<Spanned<PathBuf>>,
    pub(super) url_env: Option<Spanned<Box<str>>>,
    pub(super) schema: Option<Spanned<Name>>,
    pub(super) node: NodeKeys,
}

/// The name of a schema.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub(super) struct Name(#[serde(deserialize_with = "name")] Box<str>);

impl Hidden {
    /// The text itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hidden(..)")
    }
}

impl<'de> Deserialize<'de> for Hidden {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // What stands there instead of a text may be the secret too.
        <Box<str>>::deserialize(deserializer).map(Self).map_err(|_| D::Error::custom("it is no text"))
    }
}

impl Keys {
    /// What does not go together: where it stands, and why. `path` says whether a SQLite file is named here.
    pub(super) fn check(
        &self,
        kind: Kind,
        section: Range<usize>,
        names_file: bool,
    ) -> Result<(), (Range<usize>, String)> {
        let mut stands = vec![
            ("path", self.path.as_ref().map(Spanned::span)),
            ("url", self.url.as_ref().map(Spanned::span)),
            ("url_file", self.url_file.as_ref().map(Spanned::span)),
            ("url_env", self.url_env.as_ref().map(Spanned::span)),
            ("schema", self.schema.as_ref().map(Spanned::span)),
        ];
        stands.extend(self.node.stand());
        let (is_of, of): (&[&str], _) = match kind {
            Kind::Sqlite => (&["path"], "sqlite"),
            Kind::Postgres => (&["url", "url_file", "url_env", "schema"], "postgres"),
            Kind::Node => (&["url", "remote", "gateway", "key_file", "ca_file", "token_exchange"], "node"),
        };
        let mut there = stands.iter().filter_map(|(name, span)| Some((*name, span.clone()?)));
        if let Some((name, span)) = there.clone().find(|(name, _)| !is_of.contains(name)) {
            return Err((span, format!("{name}: this key does not go with kind = \"{of}\"")));
        }
        let mut addresses = there.clone().filter(|(name, _)| name.starts_with("url"));
        match (kind, addresses.next(), addresses.next()) {
            (Kind::Postgres, None, _) => {
                Err((section, "kind = \"postgres\" needs one of url_file, url_env and url".to_owned()))
            }
            (Kind::Postgres, Some((first, _)), Some((second, span))) => {
                Err((span, format!("{second}: {first} says already where the server is")))
            }
            (Kind::Sqlite, ..) if names_file && there.next().is_none() => {
                Err((section, "kind = \"sqlite\" needs path".to_owned()))
            }
            (Kind::Node, ..) if !names_file => Err((section, "kind = \"node\" is none of a store".to_owned())),
            (Kind::Node, ..) => self.node.check(self.url.as_ref(), section),
            _ => Ok(()),
        }
    }

    /// The key that says where the rows are, and where its value stands.
    pub(super) fn named(&self) -> Option<(&'static str, usize)> {
        let start = |span: Range<usize>| span.start;
        None.or_else(|| self.path.as_ref().map(|it| ("path", start(it.span()))))
            .or_else(|| self.url.as_ref().map(|it| ("url", start(it.span()))))
            .or_else(|| self.url_file.as_ref().map(|it| ("url_file", start(it.span()))))
            .or_else(|| self.url_env.as_ref().map(|it| ("url_env", start(it.span()))))
    }

    /// Where the rows are, of keys that go together; files are relative to the folder.
    pub(super) fn into_database(self, kind: Kind, folder: &Path, file: &Path) -> Database {
        if kind == Kind::Sqlite {
            let path = self.path.map_or_else(|| file.to_owned(), |path| folder.join(path.into_inner()));
            return Database::Sqlite(path);
        }
        if kind == Kind::Node {
            return Database::Node(self.node.into_node(self.url.as_ref(), folder));
        }
        let address = match (self.url_file, self.url_env, self.url) {
            (Some(file), ..) => Address::File(folder.join(file.into_inner())),
            (None, Some(name), _) => Address::Environment(name.into_inner()),
            (None, None, Some(url)) => Address::Given(url.into_inner()),
            (None, None, None) => Address::Given(Hidden("".into())),
        };
        Database::Postgres { address, schema: self.schema.map(|schema| schema.into_inner().0) }
    }
}

fn name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Box<str>, D::Error> {
    let name = <Box<str>>::deserialize(deserializer)?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if name.is_empty() || name.len() > 63 || !name.bytes().all(is_plain) {
        return Err(D::Error::custom("only letters, digits and underscores, 63 at most, make the name of a schema"));
    }
    Ok(name)
}
