//! How many connections are open, and how often one was one too many. Nothing of whose they are.

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

/// The measures of all connections; copies count together.
#[derive(Clone, Debug, Default)]
pub struct Connections {
    open: Gauge,
    closed: Family<Closed, Counter>,
}

/// Why a connection was closed before its client or its time was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crowded {
    /// It was not taken: its address has as many as one may have.
    Address,
    /// It was not taken: there are as many as there may be, and all are at work.
    All,
    /// It was let go, of all that waited the longest, to make room.
    Quiet,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Closed {
    reason: &'static str,
}

impl Connections {
    /// One more is open.
    pub fn opened(&self) {
        self.open.inc();
    }

    /// One less.
    pub fn ended(&self) {
        self.open.dec();
    }

    /// One was too many.
    pub fn closed(&self, why: Crowded) {
        let reason = match why {
            Crowded::Address => "address",
            Crowded::All => "all",
            Crowded::Quiet => "quiet",
        };
        self.closed.get_or_create(&Closed { reason }).inc();
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "connections",
            "Connections of clients that are open, WebSockets among them",
            self.open.clone(),
        );
        let words = "Connections that were not taken or let go because there were too many, by reason";
        registry.register("connections_closed", words, self.closed.clone());
    }
}
