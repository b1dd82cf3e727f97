//! Why a gateway cannot be made.

use std::{io, path::PathBuf};

use entities::reference::LoadError;

use crate::{
    auth::BadIssuer,
    config::ConfigError,
    demo::DemoError,
    graphql::documents::BadDocuments,
    opaque::BadMaster,
    policy::PolicyError,
    release::BadSigner,
    secret_file::{NoKey, SecretFile},
    youth_key::BadYouthKey,
};

/// Why a gateway cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The policy is wrong.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// Something is said of a role that the policy does not have.
    #[error("{key}: the policy has no role `{role}`")]
    UnknownRole {
        /// Which key says it.
        key: &'static str,
        /// The role.
        role: Box<str>,
    },
    /// The trusted documents cannot be taken in.
    #[error(transparent)]
    Documents(#[from] BadDocuments),
    /// The policy's file cannot be read.
    #[error("{key}: cannot read {}: {reason}", path.display())]
    Unreadable {
        /// Where the configuration names it.
        key: String,
        /// The file.
        path: PathBuf,
        /// The system's reason.
        reason: io::Error,
    },
    /// The address of a PostgreSQL server, or what a node is reached with, cannot be read or is none.
    #[error("{key}: {reason}")]
    Server {
        /// Where the configuration names it.
        key: String,
        /// What is wrong with it.
        reason: String,
    },
    /// There is no key to make keys of youths with.
    #[error("keys.youth_key_file: {0}")]
    YouthKey(#[from] BadYouthKey),
    /// The key of a gateway that may ask this one cannot be read or is none.
    #[error("{key}: {reason}")]
    Gateway {
        /// Where the configuration names it.
        key: String,
        /// What is wrong with its file.
        reason: NoKey,
    },
    /// An issuer's file cannot be read or holds nothing of use, or a role of it is none.
    #[error("{key}: {reason}")]
    OfIssuer {
        /// Where the configuration names it.
        key: String,
        /// What is wrong.
        reason: String,
    },
    /// The demonstration's issuer has no key.
    #[error(transparent)]
    Issuer(#[from] BadIssuer),
    /// There is no master key.
    #[error(transparent)]
    Master(#[from] BadMaster),
    /// There is no audit key, or no disclosure secret.
    #[error(transparent)]
    Key(#[from] NoKey),
    /// A file of the program's own.
    #[error(transparent)]
    File(#[from] SecretFile),
    /// There is no key to sign releases with.
    #[error(transparent)]
    Signer(#[from] BadSigner),
    /// The demonstration's sources cannot be made.
    #[error(transparent)]
    Demo(#[from] DemoError),
    /// The reference data of the program are wrong.
    #[error(transparent)]
    Reference(#[from] LoadError),
}
