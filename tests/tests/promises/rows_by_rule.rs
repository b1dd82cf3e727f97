//! Every role is given exactly the rows that its rules say, with what lies above a row's tier as null and months in place
//! of dates where the rules say so.

use regiograph::query::Holder;
use regiograph_tests::{
    gateway::{Gateway, SourceSetup},
    listing,
    matrix::{Matrix, POLICY},
    oracle::{Names, Oracle, View},
    question::Question,
    row::Row,
};
use serde_json::json;

/// Claims that every role with such a claim is tried with.
pub(crate) fn codes(claim: Option<&str>) -> &'static [&'static str] {
    match claim {
        Some("region") => &["JZ36", "JZ01", "JZ43"],
        Some("supra_region") => &["ZW", "NO"],
        Some("network") => &["BEN", "JENN"],
        Some("provider") => &["ALMATA", "HORIZON", "JHF"],
        Some("partnership") => &["VO3001", "VO2001", "ALMATA"],
        Some("municipality") => &["GM0748"],
        Some("institution") => &["GI01", "GI02", "GI03"],
        _ => &[""],
    }
}

pub(crate) fn holders() -> Vec<(&'static str, Holder)> {
    vec![
        ("provider ALMATA", Holder::Provider("ALMATA".into())),
        ("provider HORIZON", Holder::Provider("HORIZON".into())),
        ("partnership VO3001", Holder::Partnership("VO3001".into())),
        ("partnership ALMATA", Holder::Partnership("ALMATA".into())),
        ("region JZ36", Holder::Region("JZ36".into())),
        ("network BEN", Holder::Network("BEN".into())),
    ]
}

/// Whom the row with this id is about.
pub(crate) fn youth_of(id: i64) -> String {
    format!("youth-{}", id % 4)
}

/// Rows of every dataset, region and institution, each on a day of its own.
pub(crate) fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for dataset in entities::datasets() {
        for (id, region) in (1_i64..).zip(["JZ36", "JZ34", "JZ01", "JZ43", "JZ36", "JZ01"]) {
            let institution = ["GI01", "GI02"][usize::try_from(id).unwrap_or_default() % 2].to_owned();
            let mut row = Row::of(dataset).with("id", id);
            // What a network saw itself is of no region.
            if id != 5 || !dataset.field("region").is_some_and(|it| dataset.fields[it].nullable) {
                row = row.with("region", region.to_owned());
            }
            for field in &dataset.fields {
                row = match field.kind {
                    // What may go on does so in every other row.
                    entities::Kind::Date if field.nullable && id % 2 == 0 => row,
                    entities::Kind::Date => row.with(field.column, format!("2025-0{id}-1{id}")),
                    entities::Kind::Int => row.with(field.column, id),
                    entities::Kind::Youth => row.with(field.column, youth_of(id)),
                    entities::Kind::Row(_) => row.with(field.column, id % 4 + 4),
                    entities::Kind::Text => row.with(field.column, format!("text {id}")),
                    _ => row,
                };
            }
            rows.push(if row.values.contains_key("institution") { row.with("institution", institution) } else { row });
        }
    }
    rows
}

#[tokio::test]
async fn the_rows_and_values_that_come_are_those_of_the_rules() {
    let sources =
        holders().into_iter().map(|(name, holder)| SourceSetup::new(&name.replace(' ', "-"), holder).rows(rows()));
    let gateway = Gateway::over(sources).await;
    let oracle = Oracle::beside(&gateway.store());
    for (holder, _) in holders() {
        oracle.add(&holder.replace(' ', "-"), holder, &rows());
    }
    let everything = Question { condition: None, order: Vec::new(), sizes: Vec::new(), backward: false };
    let mut compared = 0;
    for role in &Matrix::of(POLICY).role {
        for code in codes(role.claim.as_deref()) {
            let caller = if code.is_empty() { role.someone() } else { role.someone().of(code) };
            for view in entities::datasets().iter().filter_map(|it| View::of(role, code, it)) {
                let reply = gateway.ask_with(&caller, &listing::query(&view), json!({ "first": 1000 })).await;
                let (list, expected) = (&reply.data()["list"], oracle.rows(&view, &everything));
                let mut names = Names::default();
                assert_eq!(listing::learn(&mut names, list, &expected), Ok(()));
                let rows = listing::cleared(list, &names);
                assert_eq!(rows, expected, "{} of {code}: {}", role.name, view.dataset.name);
                compared += rows.len();
            }
        }
    }
    assert!(compared > 500, "rows were compared");
}
