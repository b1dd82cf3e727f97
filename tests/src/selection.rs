//! Names as clients read them, and the selection of a row's fields. Said once more, so that a name that changes in the
//! gateway is noticed.

use entities::{Dataset, Field, Kind};

/// `started_on` -> `startedOn`.
#[must_use]
pub fn camel(snake: &str) -> String {
    let mut parts = snake.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| name + &part[..1].to_uppercase() + &part[1..])
}

/// `RetCase` -> `retCase`.
#[must_use]
pub fn one(dataset: &Dataset) -> String {
    dataset.name[..1].to_lowercase() + &dataset.name[1..]
}

/// `RetCase` -> `retCases`, `ExplanatoryAnalysis` -> `explanatoryAnalyses`.
#[must_use]
pub fn many(dataset: &Dataset) -> String {
    let one = one(dataset);
    match (one.strip_suffix('y'), one.strip_suffix("is")) {
        (Some(stem), _) => format!("{stem}ies"),
        (_, Some(stem)) => format!("{stem}es"),
        _ => format!("{one}s"),
    }
}

/// What a row's fields are selected by: links by their code, the youth by its pseudonym.
#[must_use]
pub fn of_row<'f>(fields: impl Iterator<Item = &'f Field>) -> String {
    let fields = fields.filter(|it| !matches!(it.kind, Kind::Row(_))).map(of_field).collect::<Vec<_>>().join(" ");
    format!("source {{ name }} {fields}")
}

/// What one field is selected by.
#[must_use]
pub fn of_field(field: &Field) -> String {
    let below = match field.kind {
        Kind::Reference("Postcode") => " { pc4 }",
        Kind::Reference(_) => " { code }",
        Kind::Row(_) => " { id }",
        Kind::Youth => " { pseudonym }",
        _ => "",
    };
    camel(field.name) + below
}
