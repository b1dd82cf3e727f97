//! Rows and questions made up at random, the same in every run: after the descriptors, with ties, nulls and texts that
//! tell code points from bytes, collations and patterns.

use entities::{Dataset, FieldId, Kind};
use proptest::{
    collection::vec,
    prelude::*,
    sample::{select, subsequence},
    strategy::ValueTree,
    test_runner::{RngSeed, TestRunner},
};
use rusqlite::types::Value as Stored;

use crate::{
    oracle::View,
    question::{Condition, Key, Question},
    row::Row,
    warehouse::youth_key,
};

const TEXTS: [&str; 14] =
    ["", "a", "A", "á", "ab", "a_b", "a%b", "zee", "Zé", "Zuid", "😀", "O'Neill", "\"x\" \\ y\n", "a\u{301}"];
/// Youths as sources know them.
pub const YOUTHS: [&str; 5] = ["youth-1", "youth-2", "youth-10", "jeugdige-é", "youth'\"4"];
const DATES: [&str; 9] = [
    "2024-02-29",
    "2024-12-31",
    "2025-01-01",
    "2025-01-17",
    "2025-01-31",
    "2025-02-01",
    "2025-02-28",
    "2026-01-17",
    // Later than the day of the test: what ends there is still open.
    "2027-03-01",
];

/// A runner of so many cases, with a seed of its own; `PROPTEST_CASES` and `PROPTEST_RNG_SEED` change both.
#[must_use]
pub fn runner(cases: u32) -> TestRunner {
    let mut config = ProptestConfig { failure_persistence: None, max_shrink_iters: 150, ..ProptestConfig::default() };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = cases;
    }
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(20_261_122);
    }
    TestRunner::new(config)
}

/// One value of a strategy, the same in every run.
pub fn sample<T: std::fmt::Debug>(strategy: impl Strategy<Value = T>) -> T {
    sample_of(0, strategy)
}

/// The value of a strategy with this number, the same in every run.
pub fn sample_of<T: std::fmt::Debug>(number: usize, strategy: impl Strategy<Value = T>) -> T {
    let mut runner = runner(1);
    (0..number).for_each(|_| _ = runner.rng().next_u64());
    strategy.new_tree(&mut runner).expect("a strategy gives values").current()
}

/// Keys that rows link by; the last is one that the reference data do not know.
fn keys(target: &str) -> &'static [&'static str] {
    match target {
        "SupraRegion" => &["ZW", "NO", "?"],
        "Region" => &["JZ36", "JZ36", "JZ36", "JZ34", "JZ38", "JZ01", "JZ99"],
        "Municipality" => &["GM0748", "GM0758", "GM0014", "GM9999"],
        "Provider" => &["ALMATA", "HORIZON", "?"],
        "Location" => &["ALMATA-OSS", "HORIZON-ALK", "OPEN-ZW-BRD", "?"],
        "Unit" => &["ALMATA-OSS-1", "ALMATA-ROO-2", "HORIZON-ALK-1", "OPEN-ZW-BRD-1", "?"],
        "Partnership" => &["VO3001", "VO3002", "VO2001", "?"],
        "School" => &["SCH01", "SCH02", "OLIVIJN", "?"],
        "Institution" => &["GI01", "GI01", "GI02", "?"],
        _ => &["?"],
    }
}

/// A value that is there.
fn value(dataset: &Dataset, field: FieldId) -> BoxedStrategy<Stored> {
    let text = |texts: Vec<&'static str>| select(texts).prop_map(|text| Stored::Text(text.to_owned())).boxed();
    if dataset.is_reference() && field == dataset.key() {
        return text(keys(dataset.name).to_vec());
    }
    match dataset.fields[field].kind {
        Kind::Boolean => any::<bool>().prop_map(|it| Stored::Integer(it.into())).boxed(),
        Kind::Int | Kind::Id => select(vec![-3, 0, 1, 2, 3, 6, i64::from(i32::MAX)]).prop_map(Stored::Integer).boxed(),
        Kind::Row(_) => (1..6_i64).prop_map(Stored::Integer).boxed(),
        Kind::Float => select(vec![-1.5, 51.5, 52.0, 4.75]).prop_map(Stored::Real).boxed(),
        Kind::Date => text(DATES.to_vec()),
        Kind::Text => text(TEXTS.to_vec()),
        Kind::Code(list) => text(list.codes.iter().take(4).map(|it| it.code).collect()),
        Kind::Codes(list) => {
            let codes: Vec<_> = list.codes.iter().take(4).map(|it| it.code).collect();
            let some = subsequence(codes.clone(), 0..=codes.len());
            some.prop_map(|codes| Stored::Text(serde_json::json!(codes).to_string())).boxed()
        }
        Kind::Reference(target) => text(keys(target).to_vec()),
        Kind::Youth => text(YOUTHS.to_vec()),
    }
}

/// Up to so many rows, with ids from 1 up.
pub fn rows(dataset: &'static Dataset, most: usize) -> impl Strategy<Value = Vec<Row>> {
    let fields = 1..dataset.fields.len();
    let values: Vec<_> = fields
        .map(|field| {
            let value = value(dataset, field);
            if dataset.fields[field].nullable {
                prop_oneof![1 => Just(Stored::Null), 3 => value].boxed()
            } else {
                value
            }
        })
        .collect();
    let row = values.prop_map(move |values| {
        let columns = dataset.fields.iter().skip(1).map(|field| field.column);
        let row = columns.zip(values).fold(Row::of(dataset), |row, (column, value)| row.with(column, value));
        // As the gateway makes it where a source has none.
        match row.values.get("youth") {
            Some(Stored::Text(youth)) => {
                let key = youth_key(youth);
                row.with("youth_key", key)
            }
            _ => row,
        }
    });
    vec(row, 0..=most).prop_map(|rows| (1_i64..).zip(rows).map(|(id, row)| row.with("id", id)).collect())
}

/// The datasets whose rows those of a dataset link to.
pub fn targets(dataset: &Dataset) -> impl Iterator<Item = &'static Dataset> {
    dataset.fields.iter().filter_map(|field| match field.kind {
        Kind::Row(target) => entities::by_name(target),
        _ => None,
    })
}

/// Rows that those of a dataset may link to; none where it links to no rows.
pub fn linked(dataset: &'static Dataset, most: usize) -> impl Strategy<Value = Vec<Row>> {
    let targets: Vec<_> = targets(dataset).map(|target| rows(target, most)).collect();
    targets.prop_map(|rows| rows.into_iter().flatten().collect())
}

/// A question that the role can ask: about fields that it is shown, by orders that it has.
pub fn question(view: &View, sources: &'static [&'static str]) -> impl Strategy<Value = Question> + use<> {
    let dataset = view.dataset;
    let seen: Vec<FieldId> =
        view.fields().filter_map(|field| dataset.fields.iter().position(|it| it.name == field.name)).collect();
    let sorting: Vec<_> = seen.iter().copied().filter(|field| dataset.fields[*field].sorts).collect();
    let most = sorting.len().min(3);
    let keys = subsequence(sorting, 0..=most).prop_shuffle().prop_flat_map(|fields| {
        fields
            .into_iter()
            .map(|field| any::<bool>().prop_map(move |descending| Key { field, descending }))
            .collect::<Vec<_>>()
    });
    let condition = prop::option::weighted(0.9, condition(dataset, seen, sources));
    (condition, keys, vec(1..40_usize, 1..4), any::<bool>()).prop_map(|(condition, order, sizes, backward)| Question {
        condition,
        order,
        sizes,
        backward,
    })
}

fn condition(
    dataset: &'static Dataset,
    seen: Vec<FieldId>,
    sources: &'static [&'static str],
) -> BoxedStrategy<Condition> {
    let of_source = (equality(), vec(select(sources), 1..3))
        .prop_map(|(operator, names)| Condition::Source(operator, names.into_iter().map(Into::into).collect()));
    let of_row = (equality(), vec((select(sources), 1..9_i64), 1..5)).prop_map(|(operator, rows)| {
        Condition::Id(operator, rows.into_iter().map(|(source, id)| format!("{source}/{id}")).collect())
    });
    let leaf = prop_oneof![
        10 => select(seen).prop_flat_map(move |field| on_field(dataset, field, sources)),
        1 => of_source,
        1 => of_row,
    ];
    combined(leaf.boxed())
}

/// Conditions with `and`, `or` and `not` around them.
fn combined(leaf: BoxedStrategy<Condition>) -> BoxedStrategy<Condition> {
    leaf.prop_recursive(3, 10, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 1..4).prop_map(Condition::And),
            vec(inner.clone(), 1..4).prop_map(Condition::Or),
            inner.prop_map(|it| Condition::Not(Box::new(it))),
        ]
    })
    .boxed()
}

fn equality() -> impl Strategy<Value = &'static str> {
    select(vec!["eq", "ne", "in", "notIn"])
}

fn on_field(dataset: &'static Dataset, field: FieldId, sources: &'static [&'static str]) -> BoxedStrategy<Condition> {
    match dataset.fields[field].kind {
        Kind::Row(_) => {
            let rows = vec((select(sources), 1..7_i64), 1..4);
            let rows = rows.prop_map(|rows| rows.into_iter().map(|(source, id)| format!("{source}/{id}")).collect());
            let linked = any::<bool>().prop_map(|is| if is { vec![String::new()] } else { Vec::new() });
            let linked = linked.prop_map(move |it| Condition::Row(field, "isNull", it));
            let named = (equality(), rows).prop_map(move |(operator, rows)| Condition::Row(field, operator, rows));
            prop_oneof![4 => named, 1 => linked].boxed()
        }
        Kind::Youth => (equality(), vec(select(YOUTHS.to_vec()), 1..3))
            .prop_map(|(operator, youths)| Condition::Youth(operator, youths.into_iter().map(Into::into).collect()))
            .boxed(),
        Kind::Reference(target) => {
            let target = entities::by_name(target).expect("links lead to reference tables");
            let of_target = (0..target.fields.len()).prop_flat_map(move |it| on_field(target, it, sources));
            let absent = any::<bool>().prop_map(Condition::Absent);
            let within = combined(prop_oneof![5 => of_target, 1 => absent].boxed());
            prop_oneof![
                5 => within.prop_map(move |it| Condition::Link(field, Box::new(it))),
                1 => any::<bool>().prop_map(move |is| Condition::Linked(field, is)),
            ]
            .boxed()
        }
        _ => on_value(dataset, field),
    }
}

fn on_value(dataset: &'static Dataset, field: FieldId) -> BoxedStrategy<Condition> {
    let known = value(dataset, field);
    let mut tests = vec![any::<bool>().prop_map(|is| ("isNull", vec![Stored::Integer(is.into())])).boxed()];
    let one = |operators: &'static [&'static str], value: BoxedStrategy<Stored>| {
        (select(operators), value).prop_map(|(operator, value)| (operator, vec![value])).boxed()
    };
    match dataset.fields[field].kind {
        Kind::Codes(list) => {
            let code = select(list.codes.iter().take(5).map(|it| Stored::Text(it.code.to_owned())).collect::<Vec<_>>());
            tests.push(one(&["has"], code.boxed()));
        }
        kind => {
            tests.push(one(&["eq", "ne"], known.clone()));
            tests.push((select(vec!["in", "notIn"]), vec(known.clone(), 0..4)).boxed());
            if matches!(kind, Kind::Int | Kind::Float | Kind::Date | Kind::Text) {
                tests.push(one(&["lt", "lte", "gt", "gte"], known));
            }
            if kind == Kind::Text {
                let part = select(vec!["", "a", "A", "é", "e", "_", "%", "Al", "Voorbeeld", "'", "😀"]);
                tests.push(one(&["contains", "startsWith"], part.prop_map(|it| Stored::Text(it.to_owned())).boxed()));
            }
        }
    }
    prop::strategy::Union::new(tests)
        .prop_map(move |(operator, operands)| Condition::Field(field, operator, operands))
        .boxed()
}
