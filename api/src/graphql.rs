//! GraphQL in, JSON out: the schema that a role sees, and the executor over the federation. Never sees SQL.

mod request;

pub use self::request::{Reply, Request};
