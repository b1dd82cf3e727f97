//! Regiograph: one GraphQL schema over regional data sources that hold the same kinds of rows.
//!
//! The modules stand in the order of a request's way; each uses only those below it.

pub mod app;
pub mod demo;
pub mod http;
pub mod auth;
pub mod node;
pub mod graphql;
pub mod release;
pub mod federation;
pub mod source;
pub mod policy;
pub mod quality;
pub mod reference;
pub mod opaque;
pub mod query;
pub mod audit;
pub mod outbound;
pub mod telemetry;
pub mod config;
pub mod keyring;
pub mod mapping;
pub mod youth_key;
pub mod place;
pub mod secret_file;
pub mod clock;
