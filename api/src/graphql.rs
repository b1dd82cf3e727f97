//! GraphQL in, JSON out: the schema that a role sees, and the executor over the federation. Never sees SQL.

pub mod access;
pub mod documents;
pub mod gateway;
mod request;
pub mod meter;
pub mod schema;
mod shape;
mod validate;
mod watch;
mod execute;
mod ask;
pub mod model;
pub mod axis;
pub mod error;
pub mod name;

pub(crate) use self::{gateway::amsterdam_day, watch::event_of};
pub use self::{
    gateway::{Gateway, Parts},
    request::{Client, Reply, Request, Standing},
};
