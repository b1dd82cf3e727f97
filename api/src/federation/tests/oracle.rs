//! Random rows in random sources, asked at random and compared with a sort in memory.

use std::sync::Arc;

use entities::{Datum, FieldId, Tier};
use proptest::prelude::*;

use crate::{
    federation::{self, Answer, Fate, Sources, Status, find, plan},
    policy::{Clause, Grant, Rows},
    query::{Direction, End, Facts, Operand, Order, Page, Position, Predicate, Query, Row},
    source::{
        Source,
        fixture::{self, NAMES, Stored, dataset, field, holder},
    },
};

/// The same rows in sources and in memory.
pub(super) struct World {
    pub(super) rows: Vec<Vec<Stored>>,
    pub(super) sources: Sources,
    _folder: tempfile::TempDir,
}

impl World {
    pub(super) fn new(rows: Vec<Vec<Stored>>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut sources: Vec<Arc<dyn Source>> = Vec::new();
        for (place, rows) in rows.iter().enumerate() {
            let path = folder.path().join(NAMES[place]);
            fixture::write(&path, rows);
            sources.insert(0, Arc::new(fixture::source(place, &path, Facts::default())));
        }
        Self { rows, sources: Sources::new(sources), _folder: folder }
    }

    /// The whole list, without a database.
    fn expected(&self, query: &Query, grant: &Grant) -> Vec<Row> {
        let filter = Predicate::and([grant.rows(), grant.shown_in(&query.filter)]);
        let mut rows = Vec::new();
        for (source, stored) in self.rows.iter().enumerate() {
            let holder = holder(source);
            let name = (NAMES[source], &holder);
            for row in stored {
                let value = |field: FieldId| &row[field];
                if filter.holds(&value, name) {
                    let shown = query.fields.iter().map(|field| grant.shown(*field).value(&value, name));
                    // Last comes whom the row is about.
                    let about = query.dataset.youth().filter(|youth| {
                        !query.fields.iter().any(|field| grant.shown(*field) == Operand::Field(*youth))
                    });
                    let values = shown.chain(about.map(|youth| row[youth].clone())).collect();
                    rows.push(Row { source, id: row[0].clone(), values });
                }
            }
        }
        let keys = query.keys();
        rows.sort_by(|a, b| {
            let directed = |ordering: std::cmp::Ordering, direction| match direction {
                Direction::Ascending => ordering,
                Direction::Descending => ordering.reverse(),
            };
            let keys = keys.iter().zip(&query.order);
            let keys = keys.map(|(place, order)| directed(a.values[*place].cmp(&b.values[*place]), order.direction));
            let keys = keys.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then);
            keys.then(a.source.cmp(&b.source)).then(directed(a.id.cmp(&b.id), query.id_direction()))
        });
        rows
    }

    async fn answer(&self, query: &Query, grant: &Grant, first_fetch: Option<usize>) -> Answer {
        let Some(limit) = first_fetch else {
            return federation::answer(query, grant, &self.sources).await.answer;
        };
        let mut plan = plan(query, grant, &self.sources);
        for fate in &mut plan.fates {
            if let Fate::Asked(select) = fate {
                Arc::make_mut(select).limit = limit;
            }
        }
        federation::carry_out(&plan).await.answer
    }
}

pub(super) fn position(query: &Query, row: &Row) -> Position {
    Position {
        keys: query.keys().into_iter().map(|place| row.values[place].clone()).collect(),
        source: NAMES[row.source].into(),
        id: row.id.clone(),
        missed: Vec::new(),
    }
}

pub(super) fn grant() -> impl Strategy<Value = Grant> {
    let rows = prop_oneof![
        2 => Just(Rows::All),
        1 => fixture::condition(Operand::Field).prop_map(Rows::Where),
    ];
    let tier = prop::sample::select(Tier::ALL.to_vec());
    let clause =
        (rows, tier, any::<bool>()).prop_map(|(rows, tier, months)| Clause { rows, tier, months, rule: "".into() });
    prop::collection::vec(clause, 1..3).prop_map(|clauses| Grant::for_test(dataset(), clauses))
}

fn order() -> impl Strategy<Value = Vec<Order>> {
    let sorting = ["started_on", "ended_on", "closed_days", "housing_perspective_on", "unit", "urgent"];
    let direction = any::<bool>().prop_map(|up| if up { Direction::Ascending } else { Direction::Descending });
    let key = (prop::sample::select(sorting.to_vec()), direction);
    prop::collection::vec(key.prop_map(|(name, direction)| Order { field: field(name), direction }), 0..4)
}

pub(super) fn query() -> impl Strategy<Value = Query> {
    let filter = prop_oneof![1 => Just(Predicate::All), 1 => fixture::condition(Operand::Field)];
    (filter, order(), prop::collection::vec(0..dataset().fields.len(), 0..5)).prop_map(|(filter, order, mut fields)| {
        fields.extend(order.iter().map(|key| key.field));
        Query { dataset: dataset(), fields, filter, order, page: None, count: true }
    })
}

pub(super) fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, max_shrink_iters: 300, ..ProptestConfig::default() })]

    #[test]
    fn pages_put_together_are_the_whole_list(
        rows in prop::collection::vec(fixture::stored(14), 1..=NAMES.len()),
        asked in prop::collection::vec((grant(), query()), 6),
        first_fetch in prop::option::of(1_usize..4),
        sizes in prop::collection::vec(1_usize..15, 2),
    ) {
        let world = World::new(rows);
        for (grant, mut query) in asked {
            let expected = world.expected(&query, &grant);
            let count = block_on(world.answer(&query, &grant, None));
            prop_assert_eq!((count.total, count.rows.len()), (Some(expected.len() as u64), 0));
            for (size, end) in sizes.iter().flat_map(|size| [(*size, End::First), (*size, End::Last)]) {
                let mut found: Vec<Row> = Vec::new();
                query.page = Some(Page { size, end, after: None, before: None });
                loop {
                    let answer = block_on(world.answer(&query, &grant, first_fetch));
                    prop_assert!(answer.outcomes.iter().all(|outcome| outcome.status == Status::Answered));
                    let far = found.len() + answer.rows.len() < expected.len();
                    let (more, other) = match end {
                        End::First => (answer.has_next, answer.has_previous),
                        End::Last => (answer.has_previous, answer.has_next),
                    };
                    prop_assert_eq!((more, other), (far, !found.is_empty()), "{}", plan(&query, &grant, &world.sources));
                    prop_assert!(answer.rows.len() == size || !more);
                    let mut page = Page { size, end, after: None, before: None };
                    match end {
                        End::First => {
                            found.extend(answer.rows);
                            page.after = found.last().map(|row| position(&query, row));
                        }
                        End::Last => {
                            found.splice(0..0, answer.rows);
                            page.before = found.first().map(|row| position(&query, row));
                        }
                    }
                    query.page = Some(page);
                    if !more {
                        break;
                    }
                }
                prop_assert_eq!(&found, &expected, "{}", plan(&query, &grant, &world.sources));
            }
        }
    }

    #[test]
    fn a_page_between_two_cursors_holds_what_lies_between(
        rows in prop::collection::vec(fixture::stored(14), 1..=NAMES.len()),
        asked in prop::collection::vec((grant(), query()), 6),
        between in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 4),
        first_fetch in prop::option::of(1_usize..4),
        size in 0_usize..15,
    ) {
        let world = World::new(rows);
        for (grant, mut query) in asked {
            let expected = world.expected(&query, &grant);
            for (a, b) in between.iter().filter(|_| !expected.is_empty()) {
                let (a, b) = (a.index(expected.len()), b.index(expected.len()));
                let inner = expected.get(a + 1..b).unwrap_or_default();
                for end in [End::First, End::Last] {
                    let after = Some(position(&query, &expected[a]));
                    let before = Some(position(&query, &expected[b]));
                    query.page = Some(Page { size, end, after, before });
                    let answer = block_on(world.answer(&query, &grant, first_fetch));
                    let taken = inner.len().min(size);
                    let page = match end {
                        End::First => &inner[..taken],
                        End::Last => &inner[inner.len() - taken..],
                    };
                    prop_assert_eq!(answer.rows.as_slice(), page, "{}", plan(&query, &grant, &world.sources));
                    let more = if end == End::First { answer.has_next } else { answer.has_previous };
                    prop_assert_eq!(more, inner.len() > size);
                    prop_assert_eq!(answer.total, Some(expected.len() as u64));
                }
            }
        }
    }

    #[test]
    fn rows_are_found_by_id_under_the_same_grant(
        rows in prop::collection::vec(fixture::stored(6), 1..=NAMES.len()),
        grant in grant(),
        fields in prop::collection::vec(0..dataset().fields.len(), 0..5),
        ids in prop::collection::vec((0..NAMES.len() + 1, 0_i64..8), 0..20),
    ) {
        let world = World::new(rows);
        let query = Query { dataset: dataset(), fields, filter: Predicate::All, order: Vec::new(), page: None, count: false };
        let ids: Vec<_> = ids.into_iter().map(|(source, id)| (source, Datum::Int(id))).collect();
        let asked = |row: &Row| ids.contains(&(row.source, row.id.clone()));
        let mut expected = world.expected(&query, &grant);
        expected.retain(asked);
        let found = block_on(find(dataset(), &query.fields, &ids, &grant, &world.sources));
        prop_assert_eq!(&found.rows, &expected);
        for row in &expected {
            prop_assert_eq!(found.get(row.source, &row.id), Some(row));
        }
        prop_assert_eq!(found.get(0, &Datum::Int(99)), None);
    }
}
