//! The audit log's hold on one operation: its event is written before its answer is given, whichever way it came and
//! whatever came of it; what nobody waits for any more leaves one too.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{
    error::{Code, Problem},
    execute::{Account, Task, name_of},
    gateway::Parts,
    request::{Client, Reply},
};
use crate::{
    audit::{Entry, Event, Kind, Outcome, leave_mark},
    policy::{Caller, PUBLIC},
    telemetry,
};

/// What an operation turned out to be.
#[derive(Debug, Default)]
pub(super) struct Noted {
    /// Its document without literals, where that is valid.
    pub(super) shape: Option<Arc<str>>,
    /// Its name.
    pub(super) name: Option<String>,
    /// What was found for it.
    pub(super) account: Account,
}

impl Noted {
    /// Takes in what came of a document. Of one that is not valid every word may be anything, so that none is kept.
    pub(super) fn take(&mut self, task: &Task, shape: &Arc<str>, name: Option<&str>) {
        let mut progress = task.progress();
        self.account = std::mem::take(&mut progress.account);
        if progress.validated || task.is_valid {
            self.shape = Some(Arc::clone(shape));
            self.name = name_of(&task.document, name).map(ToOwned::to_owned);
        }
    }
}

/// An operation that has not left its event yet.
pub(super) struct Watch<'g> {
    parts: &'g Parts,
    caller: &'g Caller,
    client: Option<Client>,
    event: Option<Event>,
}

/// An event of a caller of which no more is known yet.
pub(crate) fn event_of(kind: Kind, caller: &Caller, policy: &str, now: DateTime<Utc>) -> Event {
    Event {
        trace: telemetry::trace_id().map(Into::into),
        role: Some(caller.role.clone()),
        issuer: caller.subject.issuer().map(Into::into),
        subject: caller.subject.id().map(Into::into),
        client: caller.subject.client().map(Into::into),
        organisation: Some(caller.organisation.clone()).filter(|it| !it.is_empty()),
        purpose: caller.purpose.clone(),
        ..Event::new(kind, now, policy)
    }
}

impl<'g> Watch<'g> {
    /// Begins to watch; nothing is watched where there is no log.
    pub(super) fn begin(parts: &'g Parts, (caller, client): (&'g Caller, Option<Client>), now: DateTime<Utc>) -> Self {
        leave_mark();
        let event = parts.audit.is_kept().then(|| event_of(Kind::Operation, caller, parts.policy.version(), now));
        Self { parts, caller, client, event }
    }

    /// The reply, once its event is written; another one where it cannot be.
    pub(super) async fn end(mut self, noted: Noted, reply: Reply) -> Reply {
        let Some(mut event) = self.event.take() else { return reply };
        let names_people = noted.account.names_people();
        event.codes = telemetry::noted().into_iter().collect();
        event.outcome = match (reply.executed(), event.codes.is_empty()) {
            (false, _) => Outcome::Refused,
            (true, true) => Outcome::Answered,
            (true, false) => Outcome::Partial,
        };
        if event.outcome == Outcome::Refused && !names_people && !self.tells(&event) {
            return reply;
        }
        event.shape = noted.shape.as_deref().map(Into::into);
        event.name = noted.name.map(Into::into);
        let sources = &self.parts.sources;
        let processings = noted.account.tell(&mut event, |place| sources.get(place));
        // Until it stands there it may still be dropped: then nobody was given anything.
        self.event = Some(Event { outcome: Outcome::Cancelled, ..event.clone() });
        let written = self.parts.audit.write(Entry { event, processings }).await;
        self.event = None;
        match written {
            Ok(()) => reply,
            // What everyone may see goes on; that the log fails is in the program's own log.
            Err(_) if *self.caller.role == *PUBLIC && !names_people => reply,
            Err(unwritten) => {
                let message = format!("{unwritten} now, and without it nothing is answered; try again later");
                let problem = Problem { code: Code::Internal, message };
                Reply::unavailable(&problem)
            }
        }
    }

    fn tells(&self, event: &Event) -> bool {
        self.parts.tells(event, (Some(self.caller), self.client))
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        let Some(event) = self.event.take() else { return };
        let event = Event { outcome: Outcome::Cancelled, ..event };
        if self.tells(&event) {
            self.parts.audit.note(event.into());
        }
    }
}
