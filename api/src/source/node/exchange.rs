//! What a node is shown in place of a caller's token: one that was made for that node and is of use nowhere else. Knows
//! not who makes it.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::source::Failure;

/// Exchanges what callers show.
pub trait Exchange: Send + Sync {
    /// The token for the node, for this one of a caller.
    fn exchanged<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<Arc<str>, Failure>>;
}
