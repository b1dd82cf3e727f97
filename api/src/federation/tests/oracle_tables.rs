//! Random tables over random sources: as over one source with all rows, and as a plain reduction of the rows that the
//! same caller is shown.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use entities::{Bucket, Date, Datum, Kind};
use proptest::prelude::*;

use super::oracle::{World, block_on, grant};
use crate::{
    federation::{Group, Spread, Status, answer, plan_table, tabulate},
    policy::{Clause, Grant, Rows},
    query::{Dimension, End, Measured, Operand, Page, Predicate, Query, Table},
    source::fixture::{self, NAMES, dataset, field},
};

fn dimension() -> impl Strategy<Value = Dimension> {
    (0..dataset().fields.len()).prop_flat_map(|field| {
        let kind = dataset().fields[field].kind;
        let bucket = prop::option::weighted(0.7, prop::sample::select(Bucket::ALL.to_vec()));
        let group = prop::sample::select(vec![Datum::from("x"), Datum::from("y"), Datum::Null]);
        let leads_to = prop::collection::vec((fixture::datum(kind), group), 0..8);
        let leads_to = leads_to.prop_map(|pairs| Arc::new(pairs.into_iter().collect::<HashMap<_, _>>()));
        (bucket, prop::option::weighted(0.3, leads_to)).prop_map(move |(bucket, leads_to)| {
            let bucket = bucket.filter(|_| kind == Kind::Date);
            Dimension { field, bucket, leads_to }
        })
    })
}

fn table() -> impl Strategy<Value = Table> {
    let days: Vec<Date> = ["2024-12-31", "2025-01-01", "2025-01-02", "2025-01-31", "2025-02-01", "2025-03-01"]
        .map(|day| day.parse().unwrap())
        .to_vec();
    let filter = prop_oneof![1 => Just(Predicate::All), 1 => fixture::condition(Operand::Field)];
    let open_on = prop::option::weighted(0.4, prop::collection::vec(prop::sample::select(days), 0..4));
    let measured =
        |name| prop::option::of(any::<bool>().prop_map(move |it| Measured { field: field(name), percentiles: it }));
    let measures = (measured("closed_days"), measured("id")).prop_map(|(a, b)| a.into_iter().chain(b).collect());
    let dimensions = prop::collection::vec(dimension(), 0..4);
    (filter, dimensions, open_on, any::<bool>(), measures).prop_map(
        |(filter, dimensions, open_on, youths, measures)| Table {
            dataset: dataset(),
            filter,
            dimensions,
            open_on: open_on.map(Arc::from),
            youths,
            measures,
        },
    )
}

/// What is counted of a group, without a database.
#[derive(Default)]
struct Counted {
    rows: u64,
    youths: HashSet<i64>,
    values: Vec<Vec<i64>>,
}

/// The table over the rows that the caller is shown.
fn reduced(world: &World, table: &Table, grant: &Grant) -> Vec<Group> {
    let period = dataset().period.unwrap();
    let mut fields: Vec<_> = table.dimensions.iter().map(|it| it.field).collect();
    fields.extend(table.measures.iter().map(|it| it.field));
    fields.extend([period.from, period.until.unwrap()]);
    let page = Some(Page { size: 1000, end: End::First, after: None, before: None });
    let query =
        Query { dataset: dataset(), fields, filter: table.filter.clone(), order: Vec::new(), page, count: false };
    let mut groups: BTreeMap<Vec<Datum>, Counted> = BTreeMap::new();
    for row in &block_on(answer(&query, grant, &world.sources)).rows {
        let (parts, rest) = row.values.split_at(table.dimensions.len());
        let (measures, ends) = rest.split_at(table.measures.len());
        let parts: Vec<_> = table.dimensions.iter().zip(parts).map(|(it, part)| group(it, part, grant)).collect();
        let days: Vec<_> = match &table.open_on {
            None => vec![None],
            Some(days) => {
                let days: HashSet<_> = days.iter().map(|day| Datum::Date(*day)).collect();
                let is_open =
                    |day: &Datum| !ends[0].is_null() && ends[0] <= *day && (ends[1].is_null() || ends[1] > *day);
                days.into_iter().filter(is_open).map(Some).collect()
            }
        };
        for day in days {
            let counted = groups.entry(day.into_iter().chain(parts.iter().cloned()).collect()).or_default();
            counted.rows += 1;
            let stored = world.rows[row.source].iter().find(|stored| stored[0] == row.id).unwrap();
            counted.youths.extend(fixture::youth_key(&stored[dataset().youth().unwrap()]));
            counted.values.resize(measures.len(), Vec::new());
            for (values, value) in counted.values.iter_mut().zip(measures) {
                values.extend(if let Datum::Int(number) = value { Some(*number) } else { None });
            }
        }
    }
    groups.into_iter().map(|(key, counted)| whole(table, key, counted)).collect()
}

/// What a row's value is grouped by, given how the caller is shown the value.
fn group(dimension: &Dimension, shown: &Datum, grant: &Grant) -> Datum {
    let bucket = dimension.bucket.and_then(|bucket| match grant.bucketed(dimension.field, bucket) {
        Operand::Shown(shown) => shown.bucket,
        Operand::Field(_) => None,
    });
    let value = match (shown, bucket) {
        (Datum::Date(date), Some(bucket)) => Datum::Date(date.start_of(bucket)),
        (other, _) => other.clone(),
    };
    dimension.leads_to.as_ref().map_or(value.clone(), |it| it.get(&value).cloned().unwrap_or(Datum::Null))
}

fn whole(table: &Table, key: Vec<Datum>, mut counted: Counted) -> Group {
    let spread = |(measured, values): (&Measured, &mut Vec<i64>)| {
        values.sort_unstable();
        let at = |tenths: usize| {
            let position = tenths * (values.len() - 1);
            let (lower, upper) = (values[position / 10], values[position.div_ceil(10)]);
            let above = i64::try_from(position % 10).unwrap();
            (lower * (10 - above) + upper * above) as f64 / 10.0
        };
        Spread {
            count: values.len() as u64,
            sum: values.iter().sum(),
            range: values.first().copied().zip(values.last().copied()),
            percentiles: (measured.percentiles && !values.is_empty()).then(|| (at(5), at(9))),
        }
    };
    Group {
        key: key.into(),
        rows: counted.rows,
        youths: table.youths.then_some(counted.youths.len() as u64),
        measures: table.measures.iter().zip(&mut counted.values).map(spread).collect(),
    }
}

/// The groups that sources give, by key.
fn tabulated(world: &World, table: &Table, grant: &Grant) -> Vec<Group> {
    let tabulated = block_on(tabulate(table, grant, &world.sources)).unwrap();
    assert!(tabulated.outcomes.iter().all(|outcome| outcome.status == Status::Answered));
    let mut groups = tabulated.groups;
    groups.sort_by(|a, b| a.key.cmp(&b.key));
    groups
}

/// The condition, where all rows are of one source.
fn of_any_source(predicate: &Predicate) -> Predicate {
    let all = |parts: &[Predicate]| parts.iter().map(of_any_source).collect();
    match predicate {
        Predicate::And(parts) => Predicate::And(all(parts)),
        Predicate::Or(parts) => Predicate::Or(all(parts)),
        Predicate::Not(inner) => of_any_source(inner).negated(),
        Predicate::Source(_) | Predicate::HeldBy(_) => Predicate::All,
        other => other.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, max_shrink_iters: 300, ..ProptestConfig::default() })]

    #[test]
    fn a_table_is_a_reduction_of_the_rows_that_the_same_caller_is_shown(
        rows in prop::collection::vec(fixture::stored(14), 1..=NAMES.len()),
        asked in prop::collection::vec((grant(), table()), 8),
    ) {
        let world = World::new(rows);
        for (grant, table) in asked {
            let found = tabulated(&world, &table, &grant);
            prop_assert_eq!(found, reduced(&world, &table, &grant), "{}", plan_table(&table, &grant, &world.sources));
        }
    }

    #[test]
    fn a_table_over_many_sources_is_that_over_one_with_all_rows(
        rows in fixture::stored(50),
        held in prop::collection::vec(0..NAMES.len(), 50),
        asked in prop::collection::vec((grant(), table()), 8),
    ) {
        let mut apart = vec![Vec::new(); NAMES.len()];
        for (row, source) in rows.iter().zip(held) {
            apart[source].push(row.clone());
        }
        let (apart, together) = (World::new(apart), World::new(vec![rows]));
        for (grant, mut table) in asked {
            table.filter = of_any_source(&table.filter);
            let clause = |it: &Clause| {
                let rows = if let Rows::Where(rows) = &it.rows { Rows::Where(of_any_source(rows)) } else { it.rows.clone() };
                Clause { rows, ..it.clone() }
            };
            let grant = Grant::for_test(dataset(), grant.clauses().iter().map(clause).collect());
            let found = tabulated(&apart, &table, &grant);
            prop_assert_eq!(found, tabulated(&together, &table, &grant), "{}", plan_table(&table, &grant, &apart.sources));
        }
    }
}
