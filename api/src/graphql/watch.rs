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

/// The longest name of an operation that is kept, in bytes.
const NAME_LONGEST: usize = 128;

/// What an operation turned out to be: known from when it runs, however it ends.
#[derive(Default)]
pub(super) struct Noted(Option<Running>);

struct Running {
    task: Arc<Task>,
    shape: Arc<str>,
    name: Option<String>,
}

impl Noted {
    /// The operation of this name begins to run.
    pub(super) fn begins(&mut self, task: &Arc<Task>, shape: &Arc<str>, name: Option<&str>) {
        let name = name_of(&task.document, name).map(|name| name[..name.floor_char_boundary(NAME_LONGEST)].to_owned());
        self.0 = Some(Running { task: Arc::clone(task), shape: Arc::clone(shape), name });
    }

    /// Puts into its event what it is, and gives what was found so far. Of a document that is not valid every word may be
    /// anything, so that none is kept.
    fn take(&mut self, event: &mut Event) -> Account {
        let Some(Running { task, shape, name }) = self.0.take() else { return Account::default() };
        let mut progress = task.progress();
        if progress.validated || task.is_valid {
            event.shape = Some((*shape).into());
            event.name = name.map(Into::into);
        }
        std::mem::take(&mut progress.account)
    }
}

/// An operation that has not left its event yet. Dropped before its end, it leaves the event of one that was given up.
pub(super) struct Watch<'g> {
    parts: &'g Parts,
    caller: &'g Caller,
    client: Option<Client>,
    event: Option<Event>,
    noted: Noted,
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
        Self { parts, caller, client, event, noted: Noted::default() }
    }

    /// Where it is noted what the operation is.
    pub(super) fn noted(&mut self) -> &mut Noted {
        &mut self.noted
    }

    /// The reply, once its event is written; another one where it cannot be.
    pub(super) async fn end(mut self, reply: Reply) -> Reply {
        let Some(mut event) = self.event.take() else { return reply };
        let account = self.noted.take(&mut event);
        let names_people = account.names_people();
        event.codes = telemetry::noted().into_iter().collect();
        event.outcome = match (reply.executed(), event.codes.is_empty()) {
            (false, _) => Outcome::Refused,
            (true, true) => Outcome::Answered,
            (true, false) => Outcome::Partial,
        };
        if event.outcome == Outcome::Refused && !names_people && !self.tells(&event) {
            return reply;
        }
        let processings = account.tell(&mut event, &self.parts.sources);
        match self.parts.audit.write(Entry { event, processings }).await {
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
        let mut event = Event { outcome: Outcome::Cancelled, ..event };
        let account = self.noted.take(&mut event);
        if account.names_people() || self.tells(&event) {
            let processings = account.tell(&mut event, &self.parts.sources);
            self.parts.audit.note(Entry { event, processings });
        }
    }
}
