//! Sources that are slow, absent, changed or out of order: each takes only its own rows with it, and says so.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use entities::{Datum, Tier};
use futures_util::{FutureExt, future::BoxFuture};
use rusqlite::Connection;

use crate::{
    federation::{Sources, Status, answer, find, plan},
    policy::{Clause, Grant, OnBehalf, Rows},
    query::{Direction, End, Facts, Operand, Order, Page, Position, Predicate, Query, Test},
    source::{
        self, Failure, Inspected, Partial, Record, Records, Select, Settings, Source, Tabulate, Terms,
        fixture::{self, NAMES, dataset, field, holder},
    },
};

/// A source that answers what it is told to, one answer after another; nothing any more at the end.
pub(super) struct Fake {
    terms: Terms,
    answers: Mutex<VecDeque<Result<Vec<Record>, Failure>>>,
    pub(super) asked: Mutex<Vec<Select>>,
    /// What it answers where a table is asked for.
    pub(super) table: Mutex<Result<Partial, Failure>>,
}

impl Fake {
    pub(super) fn new(
        name: &'static str,
        answers: impl IntoIterator<Item = Result<Vec<Record>, Failure>>,
    ) -> Arc<Self> {
        let answers = Mutex::new(answers.into_iter().collect());
        let (asked, table) = (Mutex::default(), Mutex::new(Ok(Partial::default())));
        let held = vec![(dataset(), Facts::default())];
        let terms = Terms::new(name, holder(0), Duration::from_secs(30), held);
        Arc::new(Self { terms, answers, asked, table })
    }
}

impl Source for Fake {
    fn terms(&self) -> &Terms {
        &self.terms
    }

    fn rows(&self, select: Arc<Select>) -> BoxFuture<'_, Result<Records, Failure>> {
        self.asked.lock().unwrap().push((*select).clone());
        let answer = self.answers.lock().unwrap().pop_front().unwrap_or(Ok(Vec::new()));
        let answer = answer.map(|all| all.into_iter().map(|it| about_nobody(it, &select)).collect::<Vec<_>>());
        async { answer.map(Records::from) }.boxed()
    }

    fn count(&self, _: Arc<Select>) -> BoxFuture<'_, Result<u64, Failure>> {
        async { Ok(1) }.boxed()
    }

    fn counts(&self, _: Arc<Select>) -> BoxFuture<'_, Result<Vec<(Datum, u64)>, Failure>> {
        async { Ok(vec![(Datum::Int(7), 1)]) }.boxed()
    }

    fn table(&self, _: Arc<Tabulate>) -> BoxFuture<'_, Result<Partial, Failure>> {
        std::future::ready(self.table.lock().unwrap().clone()).boxed()
    }

    fn explain(&self, _: &Select) -> String {
        "whatever it is told".to_owned()
    }

    fn check(&self, _: OnBehalf) -> BoxFuture<'_, Result<Vec<Inspected>, Failure>> {
        async { Ok(Vec::new()) }.boxed()
    }
}

/// A row that has all values but the one that says whom it is about, which is asked for last.
fn about_nobody(record: Record, select: &Select) -> Record {
    let mut values = record.values.into_vec();
    if values.len() + 1 == select.columns.len() {
        values.push(Datum::Null);
    }
    Record { values: values.into(), ..record }
}

/// Rows by their only value, which is their id too.
fn records(numbers: impl IntoIterator<Item = i64>) -> Result<Vec<Record>, Failure> {
    Ok(numbers.into_iter().map(|it| Record { id: Datum::Int(it), values: Box::new([Datum::Int(it)]) }).collect())
}

pub(super) fn everything() -> Grant {
    let clause = Clause { rows: Rows::All, tier: Tier::Sensitive, months: false, rule: "A/sensitive".into() };
    Grant::for_test(dataset(), vec![clause])
}

/// The first rows, by one field upwards, and their number.
pub(super) fn first(size: usize, name: &str) -> Query {
    let key = field(name);
    Query {
        dataset: dataset(),
        fields: vec![key],
        filter: Predicate::All,
        order: vec![Order { field: key, direction: Direction::Ascending }],
        page: Some(Page { size, end: End::First, after: None, before: None }),
        count: true,
    }
}

pub(super) fn numbers(rows: &[crate::query::Row]) -> Vec<(usize, i64)> {
    let number = |datum: &Datum| if let Datum::Int(number) = datum { *number } else { i64::MIN };
    rows.iter().map(|row| (row.source, number(&row.id))).collect()
}

pub(super) fn out_of_order() -> Status {
    Status::Failed(Failure::Malformed("rows out of order".to_owned()))
}

#[tokio::test]
async fn rows_out_of_order_are_dropped_from_there_on() {
    for wrong in [vec![2, 5, 4, 9], vec![2, 5, 5]] {
        let sources: [Arc<dyn Source>; 2] = [Fake::new("a", [records(wrong)]), Fake::new("b", [records([3, 7])])];
        let answer = answer(&first(10, "closed_days"), &everything(), &Sources::new(sources.to_vec())).await;
        assert_eq!(numbers(&answer.rows), [(0, 2), (1, 3), (0, 5), (1, 7)]);
        assert_eq!(answer.outcomes[0].status, out_of_order());
        assert_eq!(answer.outcomes[1].status, Status::Answered);
        assert_eq!(answer.total, None);
    }
}

#[tokio::test]
async fn a_source_that_fails_while_more_is_fetched_keeps_its_first_rows() {
    let query = first(20, "closed_days");
    for (second, status) in [
        (Err(Failure::Unreachable), Status::Failed(Failure::Unreachable)),
        (records([16, 17]), out_of_order()),
        (records([]), Status::Answered),
    ] {
        let a = Fake::new("a", [records(1..=16), second]);
        let b = Fake::new("b", [records(30..35)]);
        let answer = answer(&query, &everything(), &Sources::new(vec![a.clone(), b.clone()])).await;
        let expected: Vec<_> = (1..=16).map(|it| (0, it)).chain((30..34).map(|it| (1, it))).collect();
        assert_eq!(numbers(&answer.rows), expected);
        assert!(answer.has_next);
        assert_eq!(answer.outcomes[0].status, status);
        // First a share of the page, then no more than what the page lacks.
        let limits: Vec<_> = a.asked.lock().unwrap().iter().map(|select| select.limit).collect();
        assert_eq!(limits, [16, 5]);
        assert_eq!(b.asked.lock().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_source_that_was_missed_stays_missed_on_later_pages() {
    let (a, b) = (Fake::new("a", []), Fake::new("b", [records([3])]));
    let mut query = first(10, "closed_days");
    let missed = vec!["a".into(), "gone".into()];
    let after = Position { keys: vec![Datum::Int(2)], source: "a".into(), id: Datum::Int(2), missed };
    query.page = Some(Page { size: 10, end: End::First, after: Some(after), before: None });
    let sources = Sources::new(vec![b, a.clone()]);
    let answer = answer(&query, &everything(), &sources).await;
    assert_eq!(numbers(&answer.rows), [(1, 3)]);
    assert!(answer.has_previous && !answer.has_next);
    assert_eq!(answer.outcomes[0].status, Status::Missed);
    assert_eq!(answer.total, None);
    assert!(a.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_slow_an_absent_and_a_changed_source_leave_the_others_rows() {
    let folder = tempfile::tempdir().unwrap();
    let mut sources: Vec<Arc<dyn Source>> = Vec::new();
    let row = |id: i64| {
        let mut row = vec![Datum::Null; dataset().fields.len()];
        (row[0], row[field("closed_days")]) = (Datum::Int(id), Datum::Int(7));
        row
    };
    for (place, name) in NAMES.iter().enumerate() {
        let path = folder.path().join(name);
        if place != 1 {
            fixture::write(&path, &[row(1), row(2)]);
        }
        let settings = Settings::new(name, holder(place), &path, vec![dataset()]);
        let deadline = Duration::from_millis(if place == 0 { 80 } else { 30_000 });
        sources.push(source::open(Settings { concurrency: 1, deadline, ..settings }));
    }
    let slow = "ALTER TABLE placement RENAME TO kept; CREATE VIEW placement AS WITH RECURSIVE n(i) AS \
                (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT kept.* FROM n, kept WHERE i < 0";
    Connection::open(folder.path().join(NAMES[0])).unwrap().execute_batch(slow).unwrap();
    let changed = "ALTER TABLE placement DROP COLUMN closed_days";
    Connection::open(folder.path().join(NAMES[2])).unwrap().execute_batch(changed).unwrap();
    let sources = Sources::new(sources);
    let query = first(1, "closed_days");
    let answered = answer(&query, &everything(), &sources).await;
    assert_eq!(numbers(&answered.rows), [(3, 1)]);
    assert!(answered.has_next);
    let statuses: Vec<_> = answered.answer.outcomes.into_iter().map(|outcome| outcome.status).collect();
    assert_eq!(
        statuses,
        [
            Status::Failed(Failure::TimedOut(Duration::from_millis(80))),
            Status::Failed(Failure::Unreachable),
            Status::Failed(Failure::Drifted("placement.closed_days".to_owned())),
            Status::Answered,
        ]
    );
    // The slow source's only reader was interrupted and answers again once the view is quick.
    let quick = "DROP VIEW placement; ALTER TABLE kept RENAME TO placement";
    Connection::open(folder.path().join(NAMES[0])).unwrap().execute_batch(quick).unwrap();
    let found = find(dataset(), &[0], &[(0, Datum::Int(2)), (3, Datum::Int(9))], &everything(), &sources).await;
    assert_eq!(numbers(&found.rows), [(0, 2)]);
    assert!(found.outcomes.iter().all(|outcome| outcome.status == Status::Answered));
}

#[test]
fn a_plan_asks_only_sources_that_can_match_and_prints_no_value() {
    let known = Facts { values: vec![(field("region"), vec![Datum::from("JZ34")])] };
    let region = Predicate::is(field("region"), Test::Eq(Datum::from("JZ36")));
    let clauses = vec![
        Clause { rows: Rows::Where(region), tier: Tier::Indirect, months: true, rule: "R/indirect".into() },
        Clause { rows: Rows::Where(Predicate::HeldBy(holder(3))), tier: Tier::Open, months: false, rule: "own".into() },
    ];
    let sources = [
        fixture::source(0, "none".as_ref(), known),
        fixture::source(1, "none".as_ref(), Facts::default()),
        fixture::source(3, "none".as_ref(), Facts::default()),
    ];
    let no_placements = Settings::new("charlie", holder(2), "none", Vec::new());
    let mut sources: Vec<Arc<dyn Source>> = sources.into_iter().map(|it| Arc::new(it) as Arc<dyn Source>).collect();
    sources.push(source::open(no_placements));
    let day = |text: &str| Datum::Date(text.parse().unwrap());
    let mut query = first(50, "ended_on");
    query.order[0].direction = Direction::Descending;
    query.fields.extend([field("unit"), field("started_on"), field("age_band")]);
    query.filter = Predicate::and([
        Predicate::Is(Operand::Field(field("started_on")), Test::Gte(day("2025-01-01"))),
        Predicate::is(field("unit"), Test::In(vec![Datum::from("secret"), Datum::from("hidden")].into())).negated(),
    ]);
    let after = Position { keys: vec![day("2025-03-01")], source: "beta".into(), id: Datum::Int(4711), missed: vec![] };
    query.page = Some(Page { size: 50, end: End::First, after: Some(after), before: None });
    let text = plan(&query, &Grant::for_test(dataset(), clauses), &Sources::new(sources)).to_string();
    for value in ["2025", "secret", "hidden", "4711", "JZ"] {
        assert!(!text.contains(value));
    }
    insta::assert_snapshot!(text);
}
