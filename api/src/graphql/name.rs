//! All naming: how the contract's names read in GraphQL. Knows no schema.

use entities::{Dataset, Field};

/// `started_on` -> `startedOn`.
#[must_use]
pub fn camel(snake: &str) -> String {
    let mut out = String::with_capacity(snake.len());
    let mut upper = false;
    for letter in snake.chars() {
        if letter == '_' {
            upper = true;
        } else if upper {
            out.extend(letter.to_uppercase());
            upper = false;
        } else {
            out.push(letter);
        }
    }
    out
}

/// A field of a dataset: `startedOn`.
#[must_use]
pub fn field(field: &Field) -> String {
    camel(field.name)
}

/// The root field of one object: `retCase`.
#[must_use]
pub fn one(dataset: &Dataset) -> String {
    let mut letters = dataset.name.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// The root field of many: `retCases`, `municipalities`, `explanatoryAnalyses`.
#[must_use]
pub fn many(dataset: &Dataset) -> String {
    let one = one(dataset);
    if let Some(stem) = one.strip_suffix("sis") {
        return format!("{stem}ses");
    }
    match one.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        _ => format!("{one}s"),
    }
}

/// The connection's type: `PlacementConnection`.
#[must_use]
pub fn connection(dataset: &Dataset) -> String {
    format!("{}Connection", dataset.name)
}

/// The edge's type: `PlacementEdge`.
#[must_use]
pub fn edge(dataset: &Dataset) -> String {
    format!("{}Edge", dataset.name)
}

/// The filter's type over a type or a code list: `PlacementFilter`, `AgeBandFilter`.
#[must_use]
pub fn filter(name: &str) -> String {
    format!("{name}Filter")
}

/// The filter's type over a field of several codes: `ProblemAreaListFilter`.
#[must_use]
pub fn list_filter(name: &str) -> String {
    format!("{name}ListFilter")
}

/// The filter's type over links to rows of a type: `PlacementLinkFilter`.
#[must_use]
pub fn link_filter(name: &str) -> String {
    format!("{name}LinkFilter")
}

/// The order's type: `PlacementOrder`.
#[must_use]
pub fn order(dataset: &Dataset) -> String {
    format!("{}Order", dataset.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_as_graphql_has_them() {
        assert_eq!(camel("previous_placement"), "previousPlacement");
        assert_eq!(camel("id"), "id");
        let placement = entities::by_name("Placement").expect("a dataset");
        assert_eq!((one(placement).as_str(), many(placement).as_str()), ("placement", "placements"));
    }
}
