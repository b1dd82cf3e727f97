//! How many fields a document has when its fragments are spread: a few lines can make millions.

use std::collections::HashMap;

use async_graphql::ServerError;
use async_graphql_parser::types::{ExecutableDocument, Selection, SelectionSet};

use super::error;

/// The most fields of an operation, each counted as often as fragments repeat it.
const FIELDS_MOST: u64 = 10_000;

pub(super) fn check(document: &ExecutableDocument) -> Result<(), ServerError> {
    let mut sizes = HashMap::new();
    for (_, operation) in document.operations.iter() {
        if fields(document, &operation.node.selection_set.node, &mut sizes) > FIELDS_MOST {
            let message = format!("the operation has more than {FIELDS_MOST} fields when its fragments are spread");
            return Err(error(message, operation.pos));
        }
    }
    Ok(())
}

fn fields<'d>(document: &'d ExecutableDocument, set: &'d SelectionSet, sizes: &mut HashMap<&'d str, u64>) -> u64 {
    let sizes = set.items.iter().map(|selection| match &selection.node {
        Selection::Field(field) => fields(document, &field.node.selection_set.node, sizes).saturating_add(1),
        Selection::InlineFragment(fragment) => fields(document, &fragment.node.selection_set.node, sizes),
        Selection::FragmentSpread(spread) => {
            let name = &spread.node.fragment_name.node;
            if let Some(size) = sizes.get(name.as_str()) {
                return *size;
            }
            // A fragment that spreads itself is refused elsewhere.
            sizes.insert(name, 0);
            let fragment = document.fragments.get(name);
            let size = fragment.map_or(0, |it| fields(document, &it.node.selection_set.node, sizes));
            sizes.insert(name, size);
            size
        }
    });
    sizes.fold(0, u64::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fragments_that_double_each_other_are_counted_not_walked() -> anyhow::Result<()> {
        let doubling = |levels: usize| {
            let fragments = (0..levels).map(|level| {
                let next = level + 1;
                format!("fragment F{level} on R {{ a {{ ...F{next} }} b {{ ...F{next} }} }} ")
            });
            format!("{{ r {{ ...F0 }} }} {} fragment F{levels} on R {{ c }}", fragments.collect::<String>())
        };
        assert!(check(&async_graphql_parser::parse_query(doubling(10))?).is_ok());
        assert!(check(&async_graphql_parser::parse_query(doubling(100))?).is_err());
        Ok(())
    }
}
