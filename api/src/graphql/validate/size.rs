//! How many fields a document has when its fragments are spread: a few lines can make millions, and fragments that lead back
//! to themselves make no end. Whatever goes through a document with its fragments spread comes after this.

use std::collections::HashMap;

use async_graphql_parser::{
    Pos,
    types::{ExecutableDocument, Selection, SelectionSet},
};

use crate::graphql::error::{Code, Problem};

/// The most fields of all operations together, each counted as often as fragments repeat it.
const FIELDS_MOST: u64 = 10_000;

/// Counts all operations, whichever of them is to run: each is looked at.
pub(super) fn check(document: &ExecutableDocument) -> Result<(), (Problem, Vec<Pos>)> {
    let mut sizes = Sizes { document, known: HashMap::new() };
    let mut all = 0_u64;
    for (_, operation) in document.operations.iter() {
        all = all.saturating_add(sizes.fields(&operation.node.selection_set.node)?);
        if all > FIELDS_MOST {
            let message =
                format!("the operations have more than {FIELDS_MOST} fields together when their fragments are spread");
            return Err((Problem { code: Code::CostLimit, message }, vec![operation.pos]));
        }
    }
    // Also those that no operation spreads are looked at.
    document.fragments.iter().try_for_each(|(name, it)| sizes.fragment(name, it.pos).map(|_| ()))
}

struct Sizes<'d> {
    document: &'d ExecutableDocument,
    /// How many fields each fragment has; none while they are counted.
    known: HashMap<&'d str, Option<u64>>,
}

impl<'d> Sizes<'d> {
    /// A fragment counts itself, so that those without a field end too.
    fn fields(&mut self, set: &'d SelectionSet) -> Result<u64, (Problem, Vec<Pos>)> {
        let mut all = 0_u64;
        for selection in &set.items {
            let own = match &selection.node {
                Selection::Field(field) => self.fields(&field.node.selection_set.node)?,
                Selection::InlineFragment(fragment) => self.fields(&fragment.node.selection_set.node)?,
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node, spread.pos)?,
            };
            all = all.saturating_add(own).saturating_add(1);
        }
        Ok(all)
    }

    fn fragment(&mut self, name: &'d str, at: Pos) -> Result<u64, (Problem, Vec<Pos>)> {
        match self.known.get(name) {
            Some(Some(size)) => return Ok(*size),
            Some(None) => {
                let message = format!("fragment \"{name}\" spreads itself, here or in another fragment");
                return Err((Problem { code: Code::ValidationFailed, message }, vec![at]));
            }
            None => {}
        }
        let Some(fragment) = self.document.fragments.get(name) else { return Ok(0) };
        self.known.insert(name, None);
        let size = self.fields(&fragment.node.selection_set.node)?;
        self.known.insert(name, Some(size));
        Ok(size)
    }
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

    #[test]
    fn fragments_that_double_each_other_end_also_where_they_have_no_field_or_lead_back() -> anyhow::Result<()> {
        for end in ["...F0", "...Unknown"] {
            let levels = (0..60).map(|level| format!("fragment F{level} on R {{ ...F{0} ...F{0} }} ", level + 1));
            let text = format!("{{ r {{ ...F0 }} }} {} fragment F60 on R {{ {end} }}", levels.collect::<String>());
            assert!(check(&async_graphql_parser::parse_query(text)?).is_err(), "{end}");
        }
        Ok(())
    }

    #[test]
    fn operations_are_counted_together() -> anyhow::Result<()> {
        let fields = "a ".repeat(100);
        let document = |operations: usize| {
            let operations = (0..operations).map(|number| format!("query Q{number} {{ ...F }} "));
            format!("{} fragment F on R {{ {fields} }}", operations.collect::<String>())
        };
        assert!(check(&async_graphql_parser::parse_query(document(90))?).is_ok());
        assert!(check(&async_graphql_parser::parse_query(document(110))?).is_err());
        Ok(())
    }
}
