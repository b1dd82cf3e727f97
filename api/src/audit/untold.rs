//! What is not written by itself: refusals of whoever is refused again and again, and what could not be written. It is
//! counted by what came of it and by its codes, and told as events of their own, so that the log says what is not in it.
//! Of bounded size, whoever asks whatever.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};

use super::event::{Event, Kind, Outcome};

/// How long is counted before it is told.
const MINUTE: TimeDelta = TimeDelta::minutes(1);
/// The most that is told apart; there are far fewer codes than that, and refusals have one.
const APART: usize = 64;

/// Counts what is not written by itself.
#[derive(Debug, Default)]
pub(super) struct Untold(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    of: BTreeMap<Alike, u64>,
    /// When the first of them was counted.
    since: Option<DateTime<Utc>>,
    /// The policy's version, as the last of them says.
    policy: Box<str>,
}

/// What is counted as one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Alike {
    kind: Kind,
    outcome: Outcome,
    codes: BTreeSet<&'static str>,
}

impl Untold {
    /// Counts a refusal.
    pub(super) fn refused(&self, event: &Event) {
        self.count(event, (Kind::Refusals, 1));
    }

    /// Counts what could not be written; what was counted before as often as it was.
    pub(super) fn missing(&self, event: &Event) {
        match event.kind {
            Kind::Refusals | Kind::Missing => self.count(event, (event.kind, event.rows)),
            _ => self.count(event, (Kind::Missing, 1)),
        }
    }

    fn count(&self, event: &Event, (kind, times): (Kind, u64)) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut alike = Alike { kind, outcome: event.outcome, codes: event.codes.clone() };
        if counts.of.len() >= APART && !counts.of.contains_key(&alike) {
            alike.codes.clear();
        }
        let counted = counts.of.entry(alike).or_default();
        *counted = counted.saturating_add(times);
        counts.since.get_or_insert(event.at);
        counts.policy.clone_from(&event.policy);
    }

    /// What there is to tell: all of it where it must be told now, and else once it was counted for a minute.
    pub(super) fn take(&self, now: DateTime<Utc>, at_once: bool) -> Vec<Event> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was put back holds nothing up.
        let is_due = counts.since.is_some_and(|since| (now - since).abs() >= MINUTE);
        if !(is_due || at_once) {
            return Vec::new();
        }
        let Counts { of, policy, .. } = std::mem::take(&mut *counts);
        let told = |(Alike { kind, outcome, codes }, times)| Event {
            outcome,
            codes,
            rows: times,
            ..Event::new(kind, now, &policy)
        };
        of.into_iter().map(told).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(code: Option<&'static str>) -> Event {
        let at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        Event { codes: code.into_iter().collect(), ..Event::new(Kind::Request, at, "7") }
    }

    #[test]
    fn what_was_counted_for_a_minute_is_told_by_code_and_once() {
        let untold = Untold::default();
        for code in ["UNAUTHENTICATED", "UNAUTHENTICATED", "BAD_USER_INPUT"] {
            untold.refused(&event(Some(code)));
        }
        untold.missing(&event(None));
        let at = event(None).at;
        assert!(untold.take(at + TimeDelta::seconds(59), false).is_empty());
        let told = untold.take(at + MINUTE, false);
        let brief: Vec<_> = told.iter().map(|it| (it.kind, it.rows, it.codes.first().copied(), &*it.policy)).collect();
        let expected = [
            (Kind::Refusals, 1, Some("BAD_USER_INPUT"), "7"),
            (Kind::Refusals, 2, Some("UNAUTHENTICATED"), "7"),
            (Kind::Missing, 1, None, "7"),
        ];
        assert_eq!(brief, expected);
        assert!(untold.take(at + MINUTE, true).is_empty());
        told.iter().for_each(|it| untold.missing(it));
        assert_eq!(untold.take(at, true).iter().map(|it| it.rows).sum::<u64>(), 4, "what is not written stays counted");
    }

    #[test]
    fn it_stays_small_whatever_comes() {
        let untold = Untold::default();
        for place in 0..1_000 {
            let code: &'static str = Box::leak(format!("CODE_{place}").into_boxed_str());
            untold.refused(&event(Some(code)));
        }
        let told = untold.take(event(None).at, true);
        assert!(told.len() <= APART + 1);
        assert_eq!(told.iter().map(|it| it.rows).sum::<u64>(), 1_000);
    }
}
