//! The list on what rows link to, whatever the role, the link, the condition, the order, the page and its end.

use std::collections::BTreeMap;

use entities::{Field, FieldId, Kind};
use proptest::{collection::vec, prelude::*, sample::select, test_runner::TestCaseError};
use regiograph_tests::{
    caller::As,
    gateway::{Gateway, Setup, SourceSetup},
    listing,
    matrix::{self, Matrix},
    oracle::{Names, View},
    question::Question,
    random,
    row::{self, Row},
    selection,
};
use serde_json::{Map, Value, json};

use super::super::oracle::{SOURCES, holder, mixed, policy};

/// One role, one dataset, one of its links; rows for every source, and questions about them.
#[derive(Clone, Debug)]
struct Case {
    caller: As,
    view: View,
    link: FieldId,
    rows: Vec<Vec<Row>>,
    linked: Vec<Vec<Row>>,
    questions: Vec<Question>,
}

/// What every role is shown of every dataset, with a link that it is shown.
fn views() -> Vec<(As, View, FieldId)> {
    let matrix = Matrix::of(&policy());
    let mut views = Vec::new();
    for role in &matrix.role {
        let code = role.claim.as_deref().map_or("", matrix::code);
        for view in entities::datasets().iter().filter_map(|it| View::of(role, code, it)) {
            let links = view.fields().filter(|field| selection::target(field).is_some());
            let links: Vec<_> = links.filter_map(|field| view.dataset.field(field.name)).collect();
            views.extend(links.into_iter().map(|link| (role.someone(), view.clone(), link)));
        }
    }
    views
}

fn case() -> impl Strategy<Value = Case> {
    select(views()).prop_flat_map(|(caller, view, link)| {
        let rows = vec(random::rows(view.dataset, 25), SOURCES.len());
        let linked = vec(random::linked(view.dataset, 5), SOURCES.len());
        let questions = vec(random::question(&view, &SOURCES), 2);
        (rows, linked, questions).prop_map(move |(mut rows, mut linked, questions)| {
            for rows in [&mut rows[2], &mut linked[2]] {
                rows.iter_mut().for_each(|row| _ = row.values.insert("region", "JZ36".to_owned().into()));
            }
            let questions =
                questions.into_iter().map(|it| Question { sizes: vec![it.sizes[0] % 7 + 1], ..it }).collect();
            Case { caller: caller.clone(), view: view.clone(), link, rows, linked, questions }
        })
    })
}

fn fill(gateway: &Gateway, case: &Case) {
    for (place, source) in SOURCES.iter().enumerate() {
        let cleared: Vec<_> = [case.view.dataset].into_iter().chain(random::targets(case.view.dataset)).collect();
        let rows = [case.rows[place].as_slice(), &case.linked[place]].concat();
        gateway.place(source).replace(&cleared, &rows);
    }
}

/// The field that says what something is that rows link to.
fn key(link: &Field) -> String {
    match link.kind {
        Kind::Reference(target) => {
            let target = row::dataset(target);
            selection::camel(target.fields[target.key()].name)
        }
        Kind::Row(_) => "id".to_owned(),
        _ => "pseudonym".to_owned(),
    }
}

/// The variables of a question, one page of it.
fn variables(view: &View, question: &Question) -> Map<String, Value> {
    let mut variables = Map::new();
    let order = question.order.iter();
    let order = order.map(|key| listing::order(view.dataset.fields[key.field].name, key.descending));
    if !question.order.is_empty() {
        variables.insert("orderBy".to_owned(), order.collect());
    }
    if let Some(condition) = &question.condition {
        variables.insert("filter".to_owned(), condition.to_json(view.dataset, &Names::default()));
    }
    variables.insert(if question.backward { "last" } else { "first" }.to_owned(), question.sizes[0].into());
    variables
}

/// The lists on what the rows of a dataset link to, by what those are.
async fn on_links(gateway: &Gateway, case: &Case, variables: &Map<String, Value>) -> BTreeMap<String, Value> {
    let (view, link) = (&case.view, &case.view.dataset.fields[case.link]);
    let (many, name, key) = (selection::many(view.dataset), selection::camel(link.name), key(link));
    let query = format!(
        "query({}) {{ all: {many}(first: 1000) {{ nodes {{ link: {name} {{ {key} list: {}({}) {} }} }} }} }}",
        listing::variables(view),
        selection::linked_by(view.dataset, link),
        listing::arguments(view),
        listing::page(view),
    );
    let reply = gateway.ask_with(&case.caller, &query, Value::Object(variables.clone())).await;
    let mut lists = BTreeMap::new();
    for row in reply.data()["all"]["nodes"].as_array().into_iter().flatten() {
        if let Some(parent) = row["link"][&key].as_str() {
            let list = row["link"]["list"].clone();
            let known = lists.entry(parent.to_owned()).or_insert_with(|| list.clone());
            assert_eq!(known, &list, "one thing has one list");
        }
    }
    lists
}

/// The same list of one parent, asked by itself.
async fn alone(gateway: &Gateway, case: &Case, mut variables: Map<String, Value>, parent: &str) -> Value {
    let link = &case.view.dataset.fields[case.link];
    let own = json!({ selection::camel(link.name): { key(link): { "eq": parent } } });
    let filter = variables.remove("filter").map_or_else(|| own.clone(), |it| json!({ "and": [own, it] }));
    variables.insert("filter".to_owned(), filter);
    let reply = gateway.ask_with(&case.caller, &listing::query(&case.view), Value::Object(variables)).await;
    reply.data()["list"].clone()
}

async fn check(gateway: &Gateway, case: &Case) -> Result<usize, TestCaseError> {
    fill(gateway, case);
    let mut compared = 0;
    for question in &case.questions {
        let mut variables = variables(&case.view, question);
        let (argument, cursor) = if question.backward { ("before", "startCursor") } else { ("after", "endCursor") };
        for _ in 0..2 {
            let lists = on_links(gateway, case, &variables).await;
            for (parent, list) in &lists {
                compared += list["edges"].as_array().map_or(0, Vec::len);
                prop_assert_eq!(list, &alone(gateway, case, variables.clone(), parent).await);
            }
            // A cursor of one parent's list is a place in every other's.
            let cursors = lists.values().map(|list| &list["pageInfo"][cursor]);
            let Some(place) = cursors.filter(|it| it.is_string()).nth(lists.len() / 2) else { break };
            variables.insert(argument.to_owned(), place.clone());
        }
    }
    Ok(compared)
}

#[test]
fn the_list_on_what_rows_link_to_is_that_asked_by_itself() {
    let runtime = tokio::runtime::Runtime::new().expect("there is a runtime");
    let sources = (0..SOURCES.len()).map(|place| mixed(place, SourceSetup::new(SOURCES[place], holder(place))));
    let gateway = runtime.block_on(Setup::of(sources).policy(policy()).start());
    let compared = std::cell::Cell::new(0);
    let run = random::runner(60).run(&case(), |case| {
        compared.set(compared.get() + runtime.block_on(check(&gateway, &case))?);
        Ok(())
    });
    assert!(run.is_ok(), "a linked list is another than the list by itself: {}", run.unwrap_err());
    assert!(compared.get() > 200, "rows were compared");
}
