//! Why a gateway cannot be made.

use std::{io, path::PathBuf};

use entities::reference::LoadError;

use crate::{
    audit::BadAuditKey,
    auth::{BadIssuer, BadKeyFile},
    config::ConfigError,
    demo::DemoError,
    opaque::BadMaster,
    policy::PolicyError,
    release::{BadSecret, BadSigner},
    secret_file::SecretFile,
    source::node::link::BadLink,
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
        reason: BadLink,
    },
    /// The issuer's public key cannot be read or is none.
    #[error("{key}: {reason}")]
    PublicKey {
        /// Where the configuration names it.
        key: String,
        /// What is wrong with its file.
        reason: BadKeyFile,
    },
    /// The demonstration's issuer has no key.
    #[error(transparent)]
    Issuer(#[from] BadIssuer),
    /// There is no master key.
    #[error(transparent)]
    Master(#[from] BadMaster),
    /// There is no audit key.
    #[error(transparent)]
    AuditKey(#[from] BadAuditKey),
    /// A file of the program's own.
    #[error(transparent)]
    File(#[from] SecretFile),
    /// There is no key to sign releases with.
    #[error(transparent)]
    Signer(#[from] BadSigner),
    /// There is no disclosure secret.
    #[error(transparent)]
    Secret(#[from] BadSecret),
    /// The demonstration's sources cannot be made.
    #[error(transparent)]
    Demo(#[from] DemoError),
    /// The reference data of the program are wrong.
    #[error(transparent)]
    Reference(#[from] LoadError),
}
