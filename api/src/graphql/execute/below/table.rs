//! Goes on at what the groups of a table link to, and at the sources that it holds.

use super::{Selected, Walk, asking};
use crate::graphql::{
    execute::table::Statistics,
    model::{GroupPart, Resolve, TablePart},
};

impl<'s, 'm> Walk<'s, 'm> {
    pub(super) fn table(&mut self, field: &'s Selected<'m>, table: &Statistics) {
        for part in asking(&field.children) {
            match part.resolve() {
                Some(Resolve::Table(TablePart::Completeness)) => {
                    self.completeness(part, table.outcomes.iter().flatten());
                }
                Some(Resolve::Table(TablePart::Groups)) => {
                    for link in asking(&part.children) {
                        let Some(Resolve::Group(GroupPart::Value(axis))) = link.resolve() else { continue };
                        let Some(target) = axis.kind.target() else { continue };
                        let keys = table.lines.iter().filter_map(|line| table.value(line, axis)?.as_text());
                        self.references(link, target, keys);
                    }
                }
                _ => {}
            }
        }
    }
}
