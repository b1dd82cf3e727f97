//! The list of each parent is the list that one would get for that parent alone; what breaks takes only its own rows.

use std::sync::Arc;

use entities::Datum;
use proptest::prelude::*;

use super::{
    broken::{Fake, everything, first, numbers, out_of_order},
    oracle::{World, block_on, grant, position, query},
};
use crate::{
    federation::{Answered, Sources, Status, answer, answer_each},
    policy::Grant,
    query::{Direction, End, Order, Page, Parent, Per, Predicate, Query, Test},
    source::{
        Failure, Links, Record, Source,
        fixture::{self, NAMES, dataset, field},
    },
};

/// The same question of one parent alone.
fn alone(world: &World, grant: &Grant, query: &Query, per: &Per, parent: &Parent) -> Answered {
    let own = Predicate::is(per.link, Test::Eq(parent.key.clone()));
    let source = parent.source.map_or(Predicate::All, |place| Predicate::Source(vec![NAMES[place].into()]));
    let filter = Predicate::and([source, own, query.filter.clone()]);
    block_on(answer(&Query { filter, ..query.clone() }, grant, &world.sources))
}

fn same(of_all: &Answered, alone: &Answered) -> Result<(), TestCaseError> {
    prop_assert_eq!(&of_all.rows, &alone.rows);
    prop_assert_eq!((of_all.has_previous, of_all.has_next), (alone.has_previous, alone.has_next));
    prop_assert_eq!((of_all.total, &of_all.outcomes, &of_all.missed), (alone.total, &alone.outcomes, &alone.missed));
    Ok(())
}

/// Links by texts, by numbers and by dates, as far as merging goes.
fn per() -> impl Strategy<Value = Per> {
    let links = ["unit", "region", "institution", "closed_days"].map(field);
    prop::sample::select(links.to_vec()).prop_flat_map(|link| {
        let key = fixture::datum(dataset().fields[link].kind).prop_filter("no key is null", |it| !it.is_null());
        let parent = (prop::option::weighted(0.3, 0..NAMES.len()), key);
        prop::collection::vec(parent, 0..8).prop_map(move |parents| {
            let mut all: Vec<Parent> = Vec::new();
            for (source, key) in parents {
                // Parents of one link are all rows of sources, or none is.
                if all.first().is_none_or(|it| it.source.is_some() == source.is_some())
                    && !all.iter().any(|it| it.key == key && it.source == source)
                {
                    all.push(Parent { source, key });
                }
            }
            Per { link, parents: all }
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn the_list_of_each_parent_is_that_of_the_parent_alone(
        rows in prop::collection::vec(fixture::stored(20), 1..=NAMES.len()),
        asked in prop::collection::vec((grant(), query(), per(), 0_usize..6, any::<bool>()), 8),
        between in (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
        missed in any::<bool>(),
    ) {
        let world = World::new(rows);
        for (grant, mut query, per, size, last) in asked {
            query.fields.push(per.link);
            let end = if last { End::Last } else { End::First };
            query.page = Some(Page { size: 1000, end, after: None, before: None });
            let whole = block_on(answer(&query, &grant, &world.sources));
            let bound = |index: prop::sample::Index| {
                let mut bound = position(&query, index.get(&whole.rows));
                bound.missed.extend(missed.then(|| NAMES[0].into()));
                Some(bound)
            };
            let bounded = !whole.rows.is_empty();
            for (after, before) in [(false, false), (bounded, false), (false, bounded), (bounded, bounded)] {
                let (after, before) = (after.then(|| bound(between.0)).flatten(), before.then(|| bound(between.1)).flatten());
                let query = Query { page: Some(Page { size, end, after, before }), ..query.clone() };
                let all = block_on(answer_each(&query, &per, &grant, &world.sources));
                prop_assert_eq!(all.len(), per.parents.len());
                for (of_all, parent) in all.iter().zip(&per.parents) {
                    same(of_all, &alone(&world, &grant, &query, &per, parent))?;
                }
            }
            let query = Query { page: None, ..query };
            for (of_all, parent) in block_on(answer_each(&query, &per, &grant, &world.sources)).iter().zip(&per.parents) {
                same(of_all, &alone(&world, &grant, &query, &per, parent))?;
            }
        }
    }
}

/// A row with its id, the number that orders it and the number that it links to.
fn record(id: i64, key: i64, link: i64) -> Record {
    Record { id: Datum::Int(id), values: Box::new([Datum::Int(key), Datum::Int(link)]) }
}

/// Pages of two rows for the parents 1 and 2, by a number upwards.
fn asked() -> (Query, Per) {
    let (key, link) = (field("closed_days"), field("urgent"));
    let order = vec![Order { field: key, direction: Direction::Ascending }];
    let parents = [1, 2].map(|key| Parent { source: None, key: Datum::Int(key) }).to_vec();
    (Query { fields: vec![key, link], order, count: false, ..first(2, "closed_days") }, Per { link, parents })
}

async fn ask(a: Result<Vec<Record>, Failure>) -> Vec<Answered> {
    let b = Ok(vec![record(7, 4, 1), record(8, 2, 2)]);
    let sources: [Arc<dyn Source>; 2] = [Fake::new("a", [a]), Fake::new("b", [b])];
    let (query, per) = asked();
    answer_each(&query, &per, &everything(), &Sources::new(sources.to_vec())).await
}

#[tokio::test]
async fn each_source_is_asked_once_for_all_parents() {
    let a = Fake::new("a", []);
    let (query, per) = asked();
    answer_each(&query, &per, &everything(), &Sources::new(vec![a.clone()])).await;
    let selects = a.asked.lock().unwrap();
    let links = Some(Links { place: 1, keys: [1, 2].map(Datum::Int).into() });
    assert_eq!((selects.len(), selects[0].limit, &selects[0].per), (1, 3, &links));
}

#[tokio::test]
async fn rows_that_were_not_asked_for_are_dropped_from_there_on() {
    let good = [record(1, 1, 1), record(2, 5, 1)];
    for wrong in [
        vec![record(3, 4, 1)],
        vec![record(3, 5, 3)],
        vec![record(3, 6, 1), record(4, 7, 1)],
        vec![record(3, 1, 2), record(4, 6, 1)],
        vec![Record { id: Datum::Int(3), values: Box::new([]) }],
    ] {
        let answers = ask(Ok(good.iter().cloned().chain(wrong).collect())).await;
        assert_eq!(numbers(&answers[0].rows), [(0, 1), (1, 7)]);
        for answer in &answers {
            assert_eq!((&answer.outcomes[0].status, &answer.outcomes[1].status), (&out_of_order(), &Status::Answered));
            assert_eq!(answer.missed, [0]);
        }
    }
}

#[tokio::test]
async fn a_source_that_fails_is_told_of_every_parent_and_leaves_the_others_rows() {
    let answers = ask(Err(Failure::Unreachable)).await;
    assert_eq!((numbers(&answers[0].rows), numbers(&answers[1].rows)), (vec![(1, 7)], vec![(1, 8)]));
    for answer in &answers {
        assert_eq!((&answer.outcomes[0].status, answer.total), (&Status::Failed(Failure::Unreachable), None));
        assert_eq!((answer.has_next, &*answer.missed), (false, &[0][..]));
    }
}
