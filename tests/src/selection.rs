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

/// The type that a link leads to.
#[must_use]
pub fn target(link: &Field) -> Option<&'static str> {
    match link.kind {
        Kind::Reference(target) | Kind::Row(target) => Some(target),
        Kind::Youth => Some("Youth"),
        _ => None,
    }
}

/// The list of a dataset's rows on the type that they link to: `placements`; where the dataset has several links to the
/// type, `educationArrangementsBySchoolOfOrigin` for those that are not named after it.
#[must_use]
pub fn linked_by(dataset: &Dataset, link: &Field) -> String {
    let is_only_one = dataset.fields.iter().filter(|it| target(it) == target(link)).count() == 1;
    let name = camel(&format!("by_{}", link.name));
    let name = name[..1].to_uppercase() + &name[1..];
    let is_named_after = target(link).is_some_and(|target| name == format!("By{target}"));
    many(dataset) + if is_only_one || is_named_after { "" } else { &name }
}

/// What a row's fields are selected by: links by their code, the youth by its pseudonym.
#[must_use]
pub fn of_row<'f>(fields: impl Iterator<Item = &'f Field>) -> String {
    let fields = fields.map(of_field).collect::<Vec<_>>().join(" ");
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
