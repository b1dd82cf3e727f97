//! A source that is borne with: what is put again, when it is left alone, and that nothing is left behind.

use std::{
    collections::VecDeque,
    ops::Deref,
    sync::{
        Mutex,
        atomic::{AtomicI64, AtomicUsize, Ordering},
    },
};

use super::*;
use crate::{
    query::Facts,
    source::fixture::{dataset, holder},
};

/// What a source does at its next questions; it answers where nothing more is said.
struct Scripted {
    terms: Terms,
    says: Mutex<VecDeque<Says>>,
    asked: AtomicUsize,
}

#[derive(Clone)]
enum Says {
    Fails(Failure),
    Hangs,
}

const DEADLINE: Duration = Duration::from_millis(200);

impl Source for Scripted {
    fn terms(&self) -> &Terms {
        &self.terms
    }

    fn rows(&self, _: Arc<Select>) -> BoxFuture<'_, Result<Records, Failure>> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let says = self.says.lock().unwrap().pop_front();
        async move {
            match says {
                None => Ok(Records::default()),
                Some(Says::Fails(failure)) => Err(failure),
                Some(Says::Hangs) => std::future::pending().await,
            }
        }
        .boxed()
    }

    fn count(&self, select: Arc<Select>) -> BoxFuture<'_, Result<u64, Failure>> {
        self.rows(select).map(|answer| answer.map(|_| 0)).boxed()
    }

    fn counts(&self, _: Arc<Select>) -> BoxFuture<'_, Result<Vec<(Datum, u64)>, Failure>> {
        std::future::ready(Ok(Vec::new())).boxed()
    }

    fn table(&self, _: Arc<Tabulate>) -> BoxFuture<'_, Result<Partial, Failure>> {
        std::future::ready(Ok(Partial::default())).boxed()
    }

    fn explain(&self, _: &Select) -> String {
        String::new()
    }

    fn check(&self, _: OnBehalf) -> BoxFuture<'_, Result<Vec<Inspected>, Failure>> {
        std::future::ready(Ok(Vec::new())).boxed()
    }
}

/// A source that is borne with, and what it was told to say.
struct Borne {
    source: Resilient,
    scripted: Arc<Scripted>,
}

/// A source with this much patience, and the seconds that have passed for it.
fn borne(limits: Limits) -> (Borne, Arc<AtomicI64>) {
    let seconds = Arc::new(AtomicI64::new(1_000_000));
    let clock = {
        let seconds = Arc::clone(&seconds);
        Clock::new(move || DateTime::from_timestamp(seconds.load(Ordering::Relaxed), 0).unwrap())
    };
    let random = |bytes: &mut [u8]| {
        bytes.fill(0x7f);
        Ok(())
    };
    let terms = Terms::new("scripted", holder(0), DEADLINE, vec![(dataset(), Facts::default())]);
    let scripted = Arc::new(Scripted { terms, says: Mutex::default(), asked: AtomicUsize::new(0) });
    let source = Resilient::new(Arc::clone(&scripted) as Arc<dyn Source>, limits, Means { clock, random });
    (Borne { source, scripted }, seconds)
}

impl Deref for Borne {
    type Target = Resilient;

    fn deref(&self) -> &Resilient {
        &self.source
    }
}

impl Borne {
    fn says(&self, says: impl IntoIterator<Item = Says>) {
        self.scripted.says.lock().unwrap().extend(says);
    }

    fn fails(&self, times: usize) {
        self.says(vec![Says::Fails(Failure::Unreachable); times]);
    }

    async fn question(&self) -> Result<(), Failure> {
        self.rows(Arc::new(Select::whole(dataset(), 1))).await.map(|_| ())
    }

    fn asked(&self) -> usize {
        self.scripted.asked.load(Ordering::Relaxed)
    }
}

const NO_RETRIES: Limits =
    Limits { retries: 0, breaker_failures: 3, breaker_pause: Duration::from_secs(1), in_flight: 2 };

#[tokio::test]
async fn a_failure_that_passes_is_not_seen_and_others_are_not_put_again() {
    let (source, _) = borne(Limits::default());
    source.fails(2);
    assert_eq!(source.question().await, Ok(()));
    assert_eq!((source.asked(), source.health.retries(), source.health.answers()), (3, 2, 1));
    assert_eq!(source.health.failures(Kind::Unreachable), 0);
    for failure in [Failure::Drifted("x".into()), Failure::Malformed("x".into()), Failure::TooMany(1)] {
        let before = source.asked();
        source.says([Says::Fails(failure.clone())]);
        assert_eq!(source.question().await, Err(failure.clone()));
        assert_eq!((source.asked() - before, source.health.failures(Kind::from(&failure))), (1, 1));
    }
}

#[tokio::test]
async fn repetitions_do_not_multiply_what_a_dying_source_is_asked() {
    let (source, _) = borne(Limits { breaker_failures: 0, ..Limits::default() });
    source.fails(1_000);
    for _ in 0..100 {
        assert_eq!(source.question().await, Err(Failure::Unreachable));
    }
    assert_eq!((source.asked(), source.health.retries()), (110, 10));
}

#[tokio::test]
async fn a_source_that_keeps_failing_is_left_alone_and_asked_once_after_the_pause() {
    let (source, seconds) = borne(NO_RETRIES);
    source.fails(3);
    for _ in 0..3 {
        assert_eq!(source.question().await, Err(Failure::Unreachable));
    }
    assert_eq!((source.health.state(), source.health.opened()), (State::Open, 1));
    let refused = source.question().await.unwrap_err();
    assert!(matches!(refused, Failure::Resting(Some(_))) && source.asked() == 3, "{refused}");
    assert!(refused.to_string().ends_with("is not asked until 1970-01-12T13:46:40Z"), "{refused}");

    seconds.fetch_add(2, Ordering::Relaxed);
    source.fails(1);
    assert_eq!(source.question().await, Err(Failure::Unreachable), "the probe fails, and the pause doubles");
    assert!(matches!(source.question().await, Err(Failure::Resting(Some(_)))));
    assert_eq!((source.asked(), source.health.opened()), (4, 2));
    seconds.fetch_add(2, Ordering::Relaxed);
    assert_eq!(source.question().await, Ok(()));
    assert_eq!((source.health.state(), source.question().await), (State::Closed, Ok(())));
}

#[tokio::test]
async fn a_probe_lets_no_other_in_and_one_whose_client_leaves_makes_room_for_the_next() {
    let (source, seconds) = borne(NO_RETRIES);
    source.fails(3);
    for _ in 0..3 {
        let _ = source.question().await;
    }
    seconds.fetch_add(2, Ordering::Relaxed);
    source.says([Says::Hangs]);
    let mut probe = Box::pin(source.question());
    assert!(futures_util::poll!(&mut probe).is_pending());
    assert_eq!((source.health.state(), source.question().await), (State::HalfOpen, Err(Failure::Resting(None))));
    drop(probe);
    assert_eq!((source.health.state(), source.health.in_flight()), (State::Open, 0));
    assert_eq!(source.question().await, Ok(()));
    assert_eq!(source.health.state(), State::Closed);
}

#[tokio::test]
async fn a_deadline_counts_and_a_client_that_leaves_does_not() {
    let (source, _) = borne(NO_RETRIES);
    source.says(vec![Says::Hangs; 13]);
    for _ in 0..10 {
        assert!(futures_util::poll!(Box::pin(source.question())).is_pending());
    }
    assert_eq!((source.health.state(), source.health.failures(Kind::TimedOut)), (State::Closed, 0));
    for _ in 0..3 {
        assert!(tokio::time::timeout(DEADLINE, source.question()).await.is_err());
    }
    assert_eq!((source.health.state(), source.health.failures(Kind::TimedOut)), (State::Open, 3));
    assert_eq!(source.health.in_flight(), 0);
}

#[tokio::test]
async fn a_source_has_no_more_questions_than_it_may_have() {
    let (source, _) = borne(NO_RETRIES);
    source.says(vec![Says::Hangs; 2]);
    let mut questions = [Box::pin(source.question()), Box::pin(source.question())];
    for question in &mut questions {
        assert!(futures_util::poll!(question).is_pending());
    }
    assert_eq!((source.question().await, source.health.in_flight()), (Err(Failure::Busy), 2));
    drop(questions);
    assert_eq!((source.question().await, source.health.failures(Kind::Busy)), (Ok(()), 1));
}

#[tokio::test]
async fn failures_between_answers_open_it_too_and_drift_never_does() {
    let (source, _) = borne(NO_RETRIES);
    for _ in 0..100 {
        source.says([Says::Fails(Failure::Drifted("x".into()))]);
        let _ = source.question().await;
    }
    assert_eq!(source.health.state(), State::Closed);
    for place in 0..31 {
        if place % 2 == 0 {
            source.fails(1);
        }
        let _ = source.question().await;
    }
    assert_eq!(source.health.state(), State::Open);
}

#[tokio::test]
async fn a_clock_that_is_set_back_does_not_keep_a_source_away() {
    let (source, seconds) = borne(NO_RETRIES);
    source.fails(3);
    for _ in 0..3 {
        let _ = source.question().await;
    }
    seconds.fetch_sub(3_600, Ordering::Relaxed);
    assert_eq!(source.question().await, Ok(()));
}

#[tokio::test]
async fn a_total_that_takes_too_long_keeps_the_source_away_from_nobody() {
    let (source, seconds) = borne(NO_RETRIES);
    let total = || tokio::time::timeout(DEADLINE, source.count(Arc::new(Select::whole(dataset(), 1))));
    source.says(vec![Says::Hangs; 4]);
    for _ in 0..4 {
        assert!(total().await.is_err());
    }
    assert_eq!((source.health.state(), source.health.failures(Kind::TimedOut)), (State::Closed, 4));
    source.fails(3);
    for _ in 0..3 {
        assert_eq!(source.count(Arc::new(Select::whole(dataset(), 1))).await, Err(Failure::Unreachable));
    }
    assert_eq!(source.health.state(), State::Open, "but one that cannot be reached cannot be reached");
    seconds.fetch_add(2, Ordering::Relaxed);
    source.says([Says::Hangs]);
    assert!(total().await.is_err());
    assert_eq!((source.question().await, source.health.opened()), (Ok(()), 1), "as a probe it says nothing");
}
