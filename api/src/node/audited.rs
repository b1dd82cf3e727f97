//! The event of a question of another gateway, and the processings of the people in its answer; written before it is
//! given.

use std::collections::BTreeSet;

use entities::Dataset;

use super::{Asker, answer::Hearing};
use crate::{
    audit::{Entry, Event, Kind, Outcome, Processing, Subjects, Unwritten, activity, leave_mark},
    graphql::event_of,
    policy::Grant,
    query::Operand,
    source::{
        Failure, Select, Source,
        node::wire::{Ask, Question, Told},
    },
    telemetry,
};

/// The question for rows, and whom they are about: for the log alone.
pub(super) fn with_people(mut select: Select) -> Select {
    select.columns.extend(select.dataset.youth().map(|youth| Some(Operand::Field(youth))));
    select
}

/// Takes out of rows whom they are about.
pub(super) fn take_people(told: &mut Told, dataset: &Dataset) -> BTreeSet<Box<str>> {
    let mut people = BTreeSet::new();
    if let (Told::Rows(records), true) = (told, dataset.youth().is_some()) {
        for record in &mut records.all {
            let mut values = std::mem::take(&mut record.values).into_vec();
            people.extend(values.pop().and_then(|it| it.as_text().map(Into::into)));
            record.values = values.into();
        }
    }
    people
}

fn rows_of(told: &Told) -> u64 {
    match told {
        Told::Rows(records) => records.all.len() as u64,
        _ => 0,
    }
}

impl Hearing<'_> {
    /// Writes the event, where there is a log; and leaves of the answer what the other gateway asked for.
    ///
    /// # Errors
    /// Where it cannot be written: then nothing may be told.
    pub(super) async fn log(
        &self,
        question: &Question,
        source: &dyn Source,
        told: &mut Result<Told, Failure>,
    ) -> Result<(), Unwritten> {
        leave_mark();
        let dataset = question.ask.dataset();
        let mut people = match (&mut *told, dataset) {
            (Ok(told), Some(dataset)) => take_people(told, dataset),
            _ => BTreeSet::new(),
        };
        if !self.parts.audit.is_kept() {
            return Ok(());
        }
        if let Ok(answer) = &told {
            match self.whom(question, source, answer).await {
                Ok(named) => people.extend(named),
                Err(failure) => (*told, people) = (Err(failure), BTreeSet::new()),
            }
        }
        let mut event = self.event();
        event.datasets.extend(dataset.map(|it| it.name));
        event.sources.insert(source.name().into());
        event.rules = dataset.map(|it| self.rules(it)).unwrap_or_default();
        (event.outcome, event.rows) = match told {
            Ok(told) => (Outcome::Answered, rows_of(told)),
            Err(_) => (Outcome::Refused, 0),
        };
        let purpose = event.purpose.as_deref().unwrap_or("release").to_owned();
        let processing = |dataset: &'static Dataset, subjects| Processing {
            activity: activity(&purpose, dataset.name),
            dataset: dataset.name,
            sources: BTreeSet::from([source.name().into()]),
            released: None,
            subjects,
        };
        let mut processings = Vec::new();
        if let Some(dataset) = dataset {
            if !people.is_empty() {
                processings.push(processing(dataset, Subjects::Each(people.into_iter().collect())));
            }
            if told.is_ok() && matches!(question.ask, Ask::Table(_)) {
                processings.push(processing(dataset, Subjects::Table));
            }
        }
        self.parts.audit.write(Entry { event, processings }).await
    }

    fn event(&self) -> Event {
        let version = self.parts.policy.version();
        let event = match &self.asker {
            Asker::Caller(caller, _) => event_of(Kind::Question, caller, version, self.now),
            Asker::Release => Event {
                trace: telemetry::trace_id().map(Into::into),
                purpose: Some("release".into()),
                ..Event::new(Kind::Question, self.now, version)
            },
        };
        Event { gateway: Some(self.listed.name.clone()), ..event }
    }

    fn rules(&self, dataset: &'static Dataset) -> BTreeSet<String> {
        let Asker::Caller(caller, _) = &self.asker else { return BTreeSet::new() };
        let grant = self.parts.policy.grant(caller, dataset, &self.parts.territory);
        let clauses = grant.iter().flat_map(Grant::clauses);
        clauses.map(|clause| format!("{}: {}", dataset.name, clause.rule)).collect()
    }
}
