//! The list over many sources is the list over one database that holds all rows: whatever the role, the condition, the
//! order, the sizes of pages and their direction.
//!
//! Rows are told apart as a client can: by all that the role is shown of them, and by their opaque ids, which the first
//! answer ties to the oracle's rows one for one and which every later answer must bear out.

mod pages;
mod tables;

use proptest::{collection::vec, prelude::*, test_runner::TestCaseError};
use regiograph::query::Holder;
use regiograph_tests::{
    caller::As,
    gateway::{Gateway, Setup, SourceSetup},
    listing,
    matrix::{self, Matrix, POLICY},
    oracle::{Names, Oracle, View},
    question::{Condition, Question},
    random,
    row::{self, Row},
    selection,
    warehouse::Shape,
};
use serde_json::{Value, json};

use self::pages::Pages;

/// The sources in their order, each with its holder. The gateway knows of the third that it has rows of JZ36 only.
pub(super) const SOURCES: [&str; 5] = ["alpha", "beta", "charlie", "delta", "écho"];
pub(super) const HOLDERS: [&str; 5] =
    ["provider ALMATA", "provider HORIZON", "region JZ36", "partnership VO3001", "network BEN"];

/// Roles that no stakeholder has: one sees more of some rows than of others; one sees everything of everyone, as it is
/// stored (its cells follow).
const OTHERS: &str = r#"
[[role]]
name = "half_seeing"
claim = "region"
purposes = ["monitoring"]

[role.cells]
referral = "R/pseudonymous, A/open"
placement = "R/indirect, A/open"
restraintMeasure = "R/sensitive, A/open"
incident = "R/sensitive, A/open"
educationArrangement = "R/sensitive, A/open"

[[role]]
name = "all_seeing"
purposes = ["monitoring"]

[role.cells]
"#;

/// The program's policy, with the other roles.
pub(super) fn policy() -> String {
    let cells = entities::datasets().iter().map(|it| format!("{} = \"A/sensitive\"\n", selection::one(it)));
    POLICY.to_owned() + OTHERS + &cells.collect::<String>()
}

/// One role and one dataset, rows for every source, and questions about them.
#[derive(Clone, Debug)]
struct Case {
    view: usize,
    rows: Vec<Vec<Row>>,
    /// Rows of other datasets that those link to.
    linked: Vec<Vec<Row>>,
    later: Vec<Vec<Row>>,
    questions: Vec<Question>,
}

/// The gateway and the oracle, side by side.
struct Both {
    gateway: Gateway,
    oracle: Oracle,
    views: Vec<(As, View)>,
}

pub(super) fn holder(place: usize) -> Holder {
    let (kind, code) = HOLDERS[place].split_once(' ').expect("a kind and a code");
    match kind {
        "provider" => Holder::Provider(code.into()),
        "region" => Holder::Region(code.into()),
        "partnership" => Holder::Partnership(code.into()),
        _ => Holder::Network(code.into()),
    }
}

/// Some of the sources are in PostgreSQL, where that is installed, some have schemas of their own, and some are at nodes; of
/// the third it is known which rows it has.
pub(super) fn mixed(place: usize, source: SourceSetup) -> SourceSetup {
    match place {
        1 => source.in_postgres().mapped(Shape { tables: 1, has_youth_key: false }).behind_node(),
        2 => source.only_of_region("JZ36").in_postgres(),
        3 => source.mapped(Shape { tables: 2, has_youth_key: false }).behind_node().behind_node(),
        4 => source.in_postgres().mapped(Shape { tables: 2, has_youth_key: true }),
        _ => source,
    }
}

/// What every role is shown of every dataset.
fn views(matrix: &Matrix) -> Vec<(As, View)> {
    let roles = matrix.role.iter().flat_map(|role| {
        let code = role.claim.as_deref().map_or("", matrix::code);
        entities::datasets().iter().filter_map(move |it| Some((role.someone(), View::of(role, code, it)?)))
    });
    roles.collect()
}

async fn both() -> Both {
    let policy = policy();
    let views = views(&Matrix::of(&policy));
    let sources = (0..SOURCES.len()).map(|place| {
        let source = SourceSetup::new(SOURCES[place], holder(place));
        mixed(place, source)
    });
    let gateway = Setup::of(sources).policy(policy).start().await;
    let oracle = Oracle::beside(&gateway.store());
    let both = Both { gateway, oracle, views };
    both.fill_relations();
    both
}

fn case(views: Vec<(As, View)>) -> impl Strategy<Value = Case> {
    (0..views.len()).prop_flat_map(move |place| case_of(&views, place))
}

fn case_of(views: &[(As, View)], place: usize) -> impl Strategy<Value = Case> + use<> {
    let view = &views[place].1;
    let rows = |most| vec(random::rows(view.dataset, most), SOURCES.len());
    let questions = vec(random::question(view, &SOURCES), 3);
    let linked = vec(random::linked(view.dataset, 5), SOURCES.len());
    (rows(20), linked, rows(4), questions).prop_map(move |(mut rows, linked, mut later, questions)| {
        let mut linked = linked;
        for rows in [&mut rows[2], &mut linked[2], &mut later[2]] {
            rows.iter_mut().for_each(|row| _ = row.values.insert("region", "JZ36".to_owned().into()));
        }
        Case { view: place, rows, linked, later, questions }
    })
}

/// Does what a role is shown of a dataset rest on rows of that same dataset? Then rows that arrive may grant others.
fn rests_on_itself(view: &View) -> bool {
    let own = view.parts.iter().any(|part| matches!(part.scope.as_str(), "own" | "procedure" | "case" | "own wards"));
    own && RELATING.contains(&view.dataset.name)
}

/// The datasets whose rows make care relations.
const RELATING: [&str; 4] = ["RetCase", "Placement", "Consultation", "EducationArrangement"];

impl Both {
    /// Rows at every source that make care relations, open ones and closed ones.
    fn fill_relations(&self) {
        for dataset in RELATING.map(row::dataset) {
            let rows = random::sample(random::rows(dataset, 20));
            for (place, source) in SOURCES.iter().enumerate() {
                let mut rows = rows.clone();
                if place == 2 {
                    rows.iter_mut().for_each(|row| _ = row.values.insert("region", "JZ36".to_owned().into()));
                }
                self.gateway.place(source).insert(&rows);
                self.oracle.add(source, HOLDERS[place], &rows);
            }
        }
    }

    fn fill(&self, case: &Case) {
        let dataset = self.views[case.view].1.dataset;
        let cleared: Vec<_> = [dataset].into_iter().chain(random::targets(dataset)).collect();
        cleared.iter().for_each(|dataset| self.oracle.clear(dataset));
        for (place, rows) in case.rows.iter().enumerate() {
            let all = [rows.as_slice(), &case.linked[place]].concat();
            self.gateway.place(SOURCES[place]).replace(&cleared, &all);
            for rows in [rows, &case.linked[place]] {
                self.oracle.add(SOURCES[place], HOLDERS[place], rows);
            }
        }
    }
}

/// What the ids and pseudonyms of the whole list stand for, from its rows in their first order.
async fn learned(both: &Both, place: usize) -> Result<Names, TestCaseError> {
    let everything = Question { condition: None, order: Vec::new(), sizes: vec![1000], backward: false };
    let expected = both.oracle.rows(&both.views[place].1, &everything);
    let list = Pages::new(both, place, &everything, &Names::default()).next().await.unwrap_or_default();
    let mut names = Names::default();
    listing::learn(&mut names, &list, &expected).map_err(TestCaseError::fail)?;
    prop_assert_eq!(listing::cleared(&list, &names), expected);
    Ok(names)
}

async fn check_pages(both: &Both, case: &Case) -> Result<(), TestCaseError> {
    both.fill(case);
    let names = learned(both, case.view).await?;
    for question in &case.questions {
        let expected = both.oracle.rows(&both.views[case.view].1, question);
        let mut pages = Pages::new(both, case.view, question, &names);
        let mut all: Vec<Value> = Vec::new();
        while let Some(list) = pages.next().await {
            prop_assert_eq!(&list["totalCount"], &json!(expected.len()));
            prop_assert_eq!(&list["completeness"]["complete"], &json!(true));
            let rows = listing::cleared(&list, &names);
            let (at, size) = (all.len(), question.sizes[(pages.page - 1) % question.sizes.len()]);
            prop_assert_eq!(rows.len(), size.min(expected.len() - at), "a page is as full as can be");
            all = if question.backward { [rows, all].concat() } else { [all, rows].concat() };
        }
        prop_assert_eq!(all, expected);
    }
    Ok(())
}

async fn check_arrivals(both: &Both, case: &Case) -> Result<(), TestCaseError> {
    both.fill(case);
    let names = learned(both, case.view).await?;
    let mut later: Vec<_> = case.later.iter().map(|rows| rows.iter()).collect();
    let mut next_id = 1_000_000_i64;
    for question in &case.questions {
        // Rows that stand there when the first page is asked for, of those that have a name.
        let expected = both.oracle.rows(&both.views[case.view].1, question);
        let mut pages = Pages::new(both, case.view, question, &names);
        let mut all: Vec<Value> = Vec::new();
        while let Some(list) = pages.next().await {
            let mut rows = listing::cleared(&list, &names);
            rows.retain(|row| row["id"].as_str().is_some_and(|id| id.contains('/')));
            all = if question.backward { [rows, all].concat() } else { [all, rows].concat() };
            for (place, rows) in later.iter_mut().enumerate() {
                next_id += 1;
                let arrived: Vec<Row> = rows.next().map(|row| row.clone().with("id", next_id)).into_iter().collect();
                both.gateway.place(SOURCES[place]).insert(&arrived);
            }
        }
        prop_assert_eq!(all, expected);
    }
    both.fill(case);
    Ok(())
}

#[test]
fn pages_put_together_are_the_list_over_one_database() {
    let runtime = tokio::runtime::Runtime::new().expect("there is a runtime");
    let both = runtime.block_on(both());
    let run = random::runner(60).run(&case(both.views.clone()), |case| runtime.block_on(check_pages(&both, &case)));
    assert!(run.is_ok(), "the gateway answers another list than the oracle: {}", run.unwrap_err());
}

#[test]
fn rows_that_arrive_between_pages_move_none_that_were_there() {
    let runtime = tokio::runtime::Runtime::new().expect("there is a runtime");
    let mut both = runtime.block_on(both());
    both.views.retain(|(_, view)| !rests_on_itself(view));
    let run = random::runner(25).run(&case(both.views.clone()), |case| runtime.block_on(check_arrivals(&both, &case)));
    assert!(run.is_ok(), "pages move while rows arrive: {}", run.unwrap_err());
}

/// More rows at one source than the gateway sorts: it walks indexes instead.
const MANY: usize = 2_500;

#[test]
fn a_source_with_many_rows_answers_as_one_with_few() {
    let runtime = tokio::runtime::Runtime::new().expect("there is a runtime");
    let both = runtime.block_on(both());
    let run = random::runner(10).run(&case(both.views.clone()), |mut case| {
        for rows in &mut case.rows[..2] {
            *rows = (1_i64..).zip(rows.iter().cycle().take(MANY)).map(|(id, row)| row.clone().with("id", id)).collect();
        }
        runtime.block_on(check_first_pages(&both, &case))
    });
    assert!(run.is_ok(), "the gateway answers another list than the oracle: {}", run.unwrap_err());
}

/// The first pages of each list, and its number of rows. What ids stand for is learned on the way.
async fn check_first_pages(both: &Both, case: &Case) -> Result<(), TestCaseError> {
    both.fill(case);
    let mut names = Names::default();
    for question in case.questions.iter().filter(|it| !it.condition.as_ref().is_some_and(Condition::names_rows)) {
        let question = Question { backward: false, ..question.clone() };
        let expected = both.oracle.rows(&both.views[case.view].1, &question);
        let (mut pages, mut at) = (Pages::new(both, case.view, &question, &names), 0);
        while let Some(list) = pages.next().await.filter(|_| pages.page <= 4) {
            prop_assert_eq!(&list["totalCount"], &json!(expected.len()));
            listing::learn(&mut names, &list, &expected[at..]).map_err(TestCaseError::fail)?;
            let rows = listing::cleared(&list, &names);
            let end = expected.len().min(at + rows.len());
            prop_assert_eq!(rows.as_slice(), &expected[at..end]);
            at = end;
        }
    }
    Ok(())
}
