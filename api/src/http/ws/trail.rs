//! What a WebSocket leaves in the audit log beside the events of its operations: of what was refused before it ran, and of
//! what was given up while it waited.

use std::sync::Arc;

use super::end::End;
use super::operations::Operations;
use crate::graphql::Client;
use crate::http::{Gateway, Refused};
use crate::policy::Caller;

/// Who leaves it.
pub(super) struct Trail {
    gateway: Arc<dyn Gateway>,
    client: Option<Client>,
    /// Who last was known to ask.
    caller: Option<Caller>,
}

impl Trail {
    /// Of a WebSocket of which nobody knows yet whose it is.
    pub(super) fn new(gateway: &Arc<dyn Gateway>, client: Option<Client>) -> Self {
        Self { gateway: Arc::clone(gateway), client, caller: None }
    }

    /// It is known who asks.
    pub(super) fn knows(&mut self, caller: &Caller) {
        if self.caller.as_ref() != Some(caller) {
            self.caller = Some(caller.clone());
        }
    }

    /// Something was refused with this code.
    pub(super) async fn refused(&self, code: &'static str) {
        self.gateway.refused(Refused { code: Some(code), ..self.event() }).await;
    }

    /// An operation was given up before it ran.
    pub(super) fn given_up(&self) {
        self.gateway.given_up(self.event());
    }

    /// It ends: all that waits is given up, what runs is cancelled, and what it ends for may be a refusal.
    pub(super) async fn end(&self, mut operations: Operations, end: &End) {
        while operations.dequeue().is_some() {
            self.given_up();
        }
        drop(operations);
        let (End::Close(close) | End::Broken(close)) = end else { return };
        if let Some(code) = close.refused_as() {
            self.refused(code).await;
        }
    }

    fn event(&self) -> Refused {
        Refused { caller: self.caller.clone(), client: self.client, ..Refused::default() }
    }
}
