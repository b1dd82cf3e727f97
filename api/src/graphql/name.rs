//! All naming: how the contract's names read in GraphQL. Knows no schema.

use entities::{Dataset, Field};

/// The union of all types that have a key.
pub const ENTITY: &str = "_Entity";

/// The scalar of what a federation router stands by.
pub const ANY: &str = "_Any";

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

/// The list, on a type that rows link to, of the rows that do: `placements`; where a dataset has several links to the
/// type, those not named after it say which: `educationArrangementsBySchoolOfOrigin`.
#[must_use]
pub fn linked_by(dataset: &Dataset, link: &Field) -> String {
    let alike = dataset.fields.iter().filter(|it| it.kind == link.kind).count();
    let own = field(link);
    let is_named_after = |target: &str| target.eq_ignore_ascii_case(&own);
    let mut name = many(dataset);
    if alike > 1 && !link.kind.target().is_some_and(is_named_after) {
        let mut letters = own.chars();
        name.push_str("By");
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    name
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

/// The root field of tables: `placementStatistics`.
#[must_use]
pub fn statistics(dataset: &Dataset) -> String {
    format!("{}Statistics", one(dataset))
}

/// The table's type: `PlacementStatistics`.
#[must_use]
pub fn table(dataset: &Dataset) -> String {
    format!("{}Statistics", dataset.name)
}

/// The type of a table's groups: `PlacementGroup`.
#[must_use]
pub fn group(dataset: &Dataset) -> String {
    format!("{}Group", dataset.name)
}

/// The order's type over groups: `PlacementGroupOrder`.
#[must_use]
pub fn group_order(dataset: &Dataset) -> String {
    format!("{}GroupOrder", dataset.name)
}

/// The type of what tables can be grouped by: `PlacementDimension`.
#[must_use]
pub fn dimension(dataset: &Dataset) -> String {
    format!("{}Dimension", dataset.name)
}

/// Is it such a type? Its values are names of the schema, which errors may repeat.
#[must_use]
pub fn is_dimension(ty: &str) -> bool {
    entities::datasets().iter().any(|it| dimension(it) == ty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_list_of_rows_that_link_bears_the_name_of_another_field() {
        for target in entities::datasets().iter().chain(entities::reference::tables()) {
            let links = entities::datasets().iter().flat_map(|it| it.fields.iter().map(move |field| (it, field)));
            let links = links.filter(|(_, field)| field.kind.target() == Some(target.name));
            let lists = links.map(|(dataset, link)| linked_by(dataset, link));
            let fields = target.fields.iter().map(field).chain(target.lists.iter().map(|it| camel(it.name)));
            let names: Vec<_> = fields.chain(lists).collect();
            let distinct: std::collections::BTreeSet<_> = names.iter().collect();
            assert_eq!(names.len(), distinct.len(), "{}: {names:?}", target.name);
        }
        let arrangement = entities::by_name("EducationArrangement").expect("a dataset");
        let name = |link: &str| linked_by(arrangement, &arrangement.fields[arrangement.field(link).expect("a link")]);
        assert_eq!(name("school"), "educationArrangements");
        assert_eq!(name("school_of_origin"), "educationArrangementsBySchoolOfOrigin");
    }

    #[test]
    fn names_read_as_graphql_has_them() {
        assert_eq!(camel("previous_placement"), "previousPlacement");
        assert_eq!(camel("id"), "id");
        let placement = entities::by_name("Placement").expect("a dataset");
        assert_eq!((one(placement).as_str(), many(placement).as_str()), ("placement", "placements"));
    }
}
