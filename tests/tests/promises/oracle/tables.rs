//! Tables over many sources are tables over one database that holds all rows: whatever the role, the condition, the
//! grouping and the days. The one database reduces the very rows that the role is shown.

use std::collections::BTreeSet;

use proptest::{prelude::*, sample::subsequence, test_runner::TestCaseError};
use regiograph_tests::{
    caller::As,
    matrix::{self, Matrix},
    oracle::{
        Names, View,
        tables::{TableQuestion, dimensions},
    },
    random,
    selection::{camel, one},
};
use serde_json::{Value, json};

use super::{Both, Case, SOURCES, both, policy};

/// What every role's exact tables of every dataset are made of.
fn views() -> Vec<(As, View)> {
    let matrix = Matrix::of(&policy());
    let roles = matrix.role.iter().flat_map(|role| {
        let code = role.claim.as_deref().map_or("", matrix::code);
        entities::datasets().iter().filter_map(move |it| Some((role.someone(), View::of_tables(role, code, it)?)))
    });
    roles.collect()
}

/// Days for a table of what is open; firsts of months only, where the role is shown months.
fn days(view: &View) -> Vec<&'static str> {
    let can_end = view.dataset.period.and_then(|period| Some((period.from, period.until?)));
    let is_seen = |field: usize| view.fields().any(|it| it.name == view.dataset.fields[field].name);
    match can_end.filter(|(from, until)| is_seen(*from) && is_seen(*until)) {
        None => Vec::new(),
        Some((from, _)) if view.months(&view.dataset.fields[from]) => vec!["2025-01-01", "2025-02-01", "2026-02-01"],
        Some(_) => vec!["2024-12-31", "2025-01-17", "2025-02-01", "2025-02-28"],
    }
}

fn question(view: &View) -> impl Strategy<Value = TableQuestion> + use<> {
    let all = dimensions(view);
    let most = all.len().min(3);
    let days = days(view);
    let days = (subsequence(days.clone(), 0..=days.len()), any::<bool>());
    // What is of different units is not put together.
    let units = view.measures().filter_map(|it| view.dataset.field(it.unit?)).collect::<BTreeSet<_>>();
    let units: Vec<_> = all.iter().filter(|it| units.contains(&it.field)).copied().collect();
    let dimensions = subsequence(all, 0..=most).prop_shuffle();
    (random::question(view, &SOURCES), dimensions, days).prop_map(move |(question, mut dimensions, (days, stock))| {
        dimensions.extend(units.iter().filter(|it| !dimensions.contains(it)).copied().collect::<Vec<_>>());
        // Ids and pseudonyms stand for something only to whoever was shown them.
        let condition = question.condition.filter(|it| !it.names_rows());
        TableQuestion { condition, dimensions, open_on: if stock { days } else { Vec::new() } }
    })
}

fn case(views: Vec<(As, View)>) -> impl Strategy<Value = (Case, Vec<TableQuestion>)> {
    (0..views.len()).prop_flat_map(move |place| {
        let questions = prop::collection::vec(question(&views[place].1), 3);
        (super::case_of(&views, place), questions)
    })
}

/// The table as it is asked for: every dimension, every number, every measure.
fn query(view: &View, question: &TableQuestion) -> String {
    let dataset = one(view.dataset);
    let name = view.dataset.name;
    let dimensions: Vec<_> = question.dimensions.iter().map(|it| it.name(view).to_uppercase()).collect();
    let mut selected: Vec<_> = question.dimensions.iter().map(|it| it.selected(view)).collect();
    selected.push("rows".to_owned());
    if view.dataset.youth().is_some() {
        selected.push("youths".to_owned());
    }
    let measures = view.measures().map(|it| format!("{} {{ sum average median p90 min max }}", camel(it.name)));
    selected.extend(measures);
    let mut args = vec!["filter: $filter".to_owned()];
    if !dimensions.is_empty() {
        args.push(format!("groupBy: [{}]", dimensions.join(" ")));
    }
    if !question.open_on.is_empty() {
        selected.push("openOn".to_owned());
        args.push(format!("openOn: {}", json!(question.open_on)));
    }
    format!(
        "query($filter: {name}Filter) {{ table: {dataset}Statistics(view: OWN, {}) {{ groups {{ {} }} completeness {{ complete }} }} }}",
        args.join(", "),
        selected.join(" ")
    )
}

/// Numbers as floating point, so that `3` and `3.0` are the same; groups in an order of their own.
fn comparable(groups: &[Value]) -> Vec<String> {
    fn within(value: &Value) -> Value {
        match value {
            Value::Number(number) => json!(number.as_f64().map(|it| (it * 1e6).round() / 1e6)),
            Value::Array(items) => items.iter().map(within).collect(),
            Value::Object(members) => members.iter().map(|(name, it)| (name.clone(), within(it))).collect(),
            other => other.clone(),
        }
    }
    let mut out: Vec<_> = groups.iter().map(|group| within(group).to_string()).collect();
    out.sort_unstable();
    out
}

async fn check(both: &Both, case: &Case, questions: &[TableQuestion]) -> Result<(), TestCaseError> {
    both.fill(case);
    let (caller, view) = &both.views[case.view];
    for question in questions {
        let condition = question.condition.as_ref();
        let filter = condition.map_or(Value::Null, |it| it.to_json(view.dataset, &Names::default()));
        let reply = both.gateway.ask_with(caller, &query(view, question), json!({ "filter": filter })).await;
        let table = &reply.data()["table"];
        prop_assert_eq!(&table["completeness"]["complete"], &json!(true));
        let groups = table["groups"].as_array().cloned().unwrap_or_default();
        let expected = both.oracle.groups(view, question);
        prop_assert_eq!(comparable(&groups), comparable(&expected));
    }
    Ok(())
}

#[test]
fn a_table_over_many_sources_is_the_table_over_one_database() {
    let runtime = tokio::runtime::Runtime::new().expect("there is a runtime");
    let mut both = runtime.block_on(both());
    both.views = views();
    let run = random::runner(80)
        .run(&case(both.views.clone()), |(case, questions)| runtime.block_on(check(&both, &case, &questions)));
    assert!(run.is_ok(), "the gateway answers another table than the oracle: {}", run.unwrap_err());
}
