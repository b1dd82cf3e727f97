//! What is left of conditions and values at one source, of which the name, the holder, the datasets and some facts are
//! known. Does no IO.

use std::sync::Arc;

use entities::Dataset;

use crate::{
    query::{Holder, Operand, Predicate, Shown},
    source::Source,
};

/// A dataset at a source.
#[derive(Clone, Copy)]
pub(super) struct At<'s> {
    pub(super) dataset: &'static Dataset,
    pub(super) source: &'s dyn Source,
    /// Does anything rest on rows of other datasets that those link to?
    pub(super) links: bool,
}

impl At<'_> {
    /// The condition as it is left to ask.
    pub(super) fn rows(&self, rows: &Predicate) -> Predicate {
        let there = self.links.then(|| rows.where_held(&|dataset| self.source.holds(dataset)));
        there.as_ref().unwrap_or(rows).for_source(self.known(), self.source.facts(self.dataset))
    }

    /// The value; nothing where it is null on all rows.
    pub(super) fn operand(&self, operand: &Operand) -> Option<Operand> {
        let there = self.links.then(|| operand.where_held(&|dataset| self.source.holds(dataset)));
        there.as_ref().unwrap_or(operand).for_source(self.known(), self.source.facts(self.dataset))
    }

    fn known(&self) -> (&str, &Holder) {
        (self.source.name(), self.source.holder())
    }
}

/// The operand on rows of which only `rows` are granted: what is shown on all of those needs no condition, and without
/// one an index can serve it.
pub(super) fn always_shown(operand: &Operand, rows: &Predicate) -> Operand {
    match operand {
        Operand::Shown(shown) if shown.when == *rows && shown.bucket.is_none() => Operand::Field(shown.field),
        Operand::Shown(shown) if shown.when == *rows => {
            Operand::Shown(Arc::new(Shown { when: Predicate::All, ..Shown::clone(shown) }))
        }
        other => other.clone(),
    }
}
