//! Refusals in the audit log: each by itself as long as there are few of one sender, and counted from then on, so that nobody
//! fills the log by being refused.

use super::{Gateway, Parts};
use crate::{
    audit::{Entry, Event},
    graphql::request::Client,
    policy::Caller,
};

impl Gateway {
    /// Writes the event of a request that was refused before anything was asked, or counts it. Nothing is given away where
    /// it cannot be written; then it is counted too.
    pub async fn refused(&self, event: Event, sender: (Option<&Caller>, Option<Client>)) {
        if self.parts.tells(&event, sender) {
            let _ = self.parts.audit.write(Entry::from(event)).await;
        }
    }

    /// The same where nobody waits.
    pub fn given_up(&self, event: Event, sender: (Option<&Caller>, Option<Client>)) {
        if self.parts.tells(&event, sender) {
            self.parts.audit.note(event.into());
        }
    }
}

impl Parts {
    /// Is the event of a refusal written by itself? Where it is not, it is counted here.
    pub(in crate::graphql) fn tells(&self, event: &Event, (caller, client): (Option<&Caller>, Option<Client>)) -> bool {
        let tells = self.meter.tells(caller, client, event.at);
        if !tells {
            self.audit.count(event);
        }
        tells
    }
}
