//! Sources that are slow while more is fetched of them, or to count: nobody waits for them longer than agreed.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use entities::Datum;
use futures_util::{FutureExt, future::BoxFuture};

use super::broken::{everything, first};
use crate::{
    federation::{Sources, Status, answer},
    policy::OnBehalf,
    query::Facts,
    source::{
        Failure, Inspected, Partial, Record, Records, Select, Source, Tabulate, Terms,
        fixture::{dataset, holder},
    },
};

const DEADLINE: Duration = Duration::from_millis(200);

const NEVER: Duration = Duration::from_secs(600);

/// A source of rows without end that takes its time: those from its first on, which tells the sources apart.
struct Slow {
    terms: Terms,
    first: i64,
    /// How long its fetches take, one after another; the last one holds for all that follow.
    fetches: Mutex<Vec<Duration>>,
    count: Duration,
}

impl Slow {
    fn source(place: i64, fetches: &[Duration], count: Duration) -> Arc<dyn Source> {
        let fetches = Mutex::new(fetches.iter().rev().copied().collect());
        let held = vec![(dataset(), Facts::default())];
        let (terms, first) = (Terms::new(format!("{place:02}"), holder(0), DEADLINE, held), place * 10_000);
        Arc::new(Self { terms, first, fetches, count })
    }
}

impl Source for Slow {
    fn terms(&self) -> &Terms {
        &self.terms
    }

    fn rows(&self, select: Arc<Select>) -> BoxFuture<'_, Result<Records, Failure>> {
        let mut fetches = self.fetches.lock().unwrap();
        let takes = if fetches.len() > 1 { fetches.pop() } else { fetches.last().copied() };
        let next = select.after.as_ref().map_or(self.first, |bound| match bound.keys[0] {
            Datum::Int(number) => number + 1,
            _ => self.first,
        });
        let records = (next..).take(select.limit);
        let records = records
            .map(|it| Record { id: Datum::Int(it), values: Box::new([Datum::Int(it), Datum::Null]) })
            .collect::<Vec<_>>();
        async move {
            tokio::time::sleep(takes.unwrap_or_default()).await;
            Ok(Records::from(records))
        }
        .boxed()
    }

    fn count(&self, _: Arc<Select>) -> BoxFuture<'_, Result<u64, Failure>> {
        async {
            tokio::time::sleep(self.count).await;
            Ok(7)
        }
        .boxed()
    }

    fn counts(&self, _: Arc<Select>) -> BoxFuture<'_, Result<Vec<(Datum, u64)>, Failure>> {
        async { Ok(Vec::new()) }.boxed()
    }

    fn table(&self, _tabulate: Arc<Tabulate>) -> BoxFuture<'_, Result<Partial, Failure>> {
        std::future::ready(Ok(Partial::default())).boxed()
    }

    fn explain(&self, _: &Select) -> String {
        String::new()
    }

    fn check(&self, _: OnBehalf) -> BoxFuture<'_, Result<Vec<Inspected>, Failure>> {
        async { Ok(Vec::new()) }.boxed()
    }
}

fn is_timed_out(status: &Status) -> bool {
    matches!(status, Status::Failed(Failure::TimedOut(_)))
}

#[tokio::test]
async fn sources_that_are_slow_to_give_more_do_not_add_up_and_leave_time_to_the_others() {
    let slow = |place| Slow::source(place, &[Duration::ZERO, NEVER], Duration::ZERO);
    let quick = |place| Slow::source(place, &[Duration::ZERO], Duration::ZERO);
    let sources = Sources::new((0..10).map(slow).chain((10..30).map(quick)).collect());
    let began = Instant::now();
    let mut query = first(300, "closed_days");
    query.count = false;
    let answer = answer(&query, &everything(), &sources).await;
    assert!(began.elapsed() < DEADLINE * 5, "{:?}", began.elapsed());
    assert!(answer.outcomes[..10].iter().all(|outcome| is_timed_out(&outcome.status)));
    assert!(answer.outcomes[10..].iter().all(|outcome| outcome.status == Status::Answered));
    assert_eq!((answer.rows.len(), answer.has_next), (300, true));
    assert_eq!(answer.missed, (0..10).collect::<Vec<_>>());
    assert!((0..=10).all(|place| answer.rows.iter().any(|row| row.source == place)), "the rows so far stay");
}

#[tokio::test]
async fn a_deadline_holds_for_all_that_a_source_is_asked_for_one_page() {
    let part = DEADLINE * 2 / 3;
    let sources = Sources::new(vec![
        Slow::source(0, &[part], Duration::ZERO),
        Slow::source(1, &[Duration::ZERO], Duration::ZERO),
    ]);
    let began = Instant::now();
    let answer = answer(&first(400, "closed_days"), &everything(), &sources).await;
    assert!(began.elapsed() < DEADLINE * 2, "{:?}", began.elapsed());
    assert!(is_timed_out(&answer.outcomes[0].status));
    assert_eq!((answer.rows.len(), &answer.outcomes[1].status), (400, &Status::Answered));
}

#[tokio::test]
async fn a_source_that_gives_its_rows_and_not_their_number_has_failed_but_is_not_missed() {
    let sources = Sources::new(vec![
        Slow::source(0, &[Duration::ZERO], NEVER),
        Slow::source(1, &[Duration::ZERO], Duration::ZERO),
    ]);
    let answer = answer(&first(4, "closed_days"), &everything(), &sources).await;
    assert_eq!((answer.rows.len(), answer.total), (4, None));
    assert!(is_timed_out(&answer.outcomes[0].status));
    assert_eq!(answer.outcomes[1].status, Status::Answered);
    assert_eq!(answer.missed, Vec::<usize>::new());
}
