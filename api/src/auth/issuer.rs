//! Whose tokens are accepted, and what each issuer may say: from the configuration, or the demonstration's own.

use std::time::Duration;

use jsonwebtoken::Algorithm;

use super::key::{BadKeyFile, IssuerKey};
use crate::{
    config::{self, IssuerKeys},
    outbound::{BadAuthorities, Trust},
};

/// Whose tokens are accepted.
#[derive(Clone, Debug)]
pub struct Issuer {
    /// What `iss` must be.
    pub name: Box<str>,
    /// What `aud` must be, or hold.
    pub audience: Box<str>,
    /// What the issuer signs with.
    pub keys: Keys,
    /// What its tokens may be signed with.
    pub algorithms: Vec<Algorithm>,
    /// The roles that it may give; none for all.
    pub roles: Option<Vec<Box<str>>>,
    /// Must its tokens say which client asked for them?
    pub names_client: bool,
    /// The clients whose tokens are accepted; none for all.
    pub clients: Option<Vec<Box<str>>>,
    /// The longest time from `iat` to `exp`; none for any.
    pub lifetime_max: Option<Duration>,
    /// By how much the issuer's clock may differ from ours.
    pub leeway: Duration,
    /// Where in its tokens stands what.
    pub claims: config::Claims,
}

/// What an issuer signs with.
#[derive(Clone, Debug)]
pub enum Keys {
    /// This key.
    Fixed(IssuerKey),
    /// What it shows (OpenID Connect Discovery).
    Shown {
        /// Whose certificates it may show.
        trust: Trust,
        /// For how long keys hold that could not be asked for again.
        max_age: Duration,
    },
}

/// Why an issuer of the configuration is of no use.
#[derive(Debug, thiserror::Error)]
pub enum BadIssuerFile {
    /// Its public key.
    #[error("public_key_file: {0}")]
    Key(#[from] BadKeyFile),
    /// The authorities of its certificate.
    #[error("ca_file: {0}")]
    Authorities(#[from] BadAuthorities),
}

impl Issuer {
    /// An issuer with one key, that may say whatever is asked of it.
    #[must_use]
    pub fn with_key(name: &str, audience: &str, key: IssuerKey) -> Self {
        Self {
            name: name.into(),
            audience: audience.into(),
            keys: Keys::Fixed(key),
            algorithms: vec![Algorithm::RS256, Algorithm::PS256, Algorithm::ES256, Algorithm::EdDSA],
            roles: None,
            names_client: false,
            clients: None,
            lifetime_max: None,
            leeway: Duration::ZERO,
            claims: config::Claims::default(),
        }
    }

    /// An issuer that the configuration names; reads the file of its key, or of the authorities that vouch for it.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn from_config(issuer: &config::Issuer) -> Result<Self, BadIssuerFile> {
        let keys = match &issuer.keys {
            IssuerKeys::File(path) => Keys::Fixed(key_from_file(path)?),
            IssuerKeys::Discovery { ca_file, max_age } => {
                Keys::Shown { trust: Trust::new(ca_file.as_deref())?, max_age: *max_age }
            }
        };
        let algorithm = |it: &config::Algorithm| match it {
            config::Algorithm::RS256 => Algorithm::RS256,
            config::Algorithm::PS256 => Algorithm::PS256,
            config::Algorithm::ES256 => Algorithm::ES256,
            config::Algorithm::EdDSA => Algorithm::EdDSA,
        };
        Ok(Self {
            name: issuer.name.clone(),
            audience: issuer.audience.clone(),
            keys,
            algorithms: issuer.algorithms.iter().map(algorithm).collect(),
            roles: issuer.roles.clone(),
            names_client: true,
            clients: issuer.clients.clone(),
            lifetime_max: Some(issuer.lifetime_max),
            leeway: issuer.leeway,
            claims: issuer.claims.clone(),
        })
    }
}

fn key_from_file(path: &std::path::Path) -> Result<IssuerKey, BadKeyFile> {
    let unreadable = |reason| BadKeyFile::Unreadable { path: path.to_owned(), reason };
    let pem = std::fs::read_to_string(path).map_err(unreadable)?;
    IssuerKey::from_pem(&pem).map_err(|reason| BadKeyFile::Bad { path: path.to_owned(), reason })
}
