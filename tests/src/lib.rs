//! The harness of the tests: a gateway over sources made for one test, asked over HTTP and in no other way; and what its
//! answers are held against, which shares no code with the gateway but the descriptors.

pub mod caller;
pub mod fault;
pub mod gateway;
pub mod issuer;
pub mod listing;
pub mod log;
pub mod leaks;
pub mod matrix;
pub mod node;
pub mod oracle;
pub mod pages;
pub mod place;
pub mod postgres;
pub mod proxy;
pub mod question;
pub mod random;
pub mod reduction;
pub mod row;
pub mod scripted;
pub mod selection;
pub mod socket;
pub mod trouble;
pub mod visible;
pub mod warehouse;
