//! Whose rows are asked for: one question for the lists of many parents, of which each gets a page of its own.

use entities::{Datum, FieldId};

/// The parents of one question.
#[derive(Clone, Debug)]
pub struct Per {
    /// The field of the rows asked for that links to the parent; one of [`Query::fields`](super::Query::fields).
    pub link: FieldId,
    /// The parents, none twice.
    pub parents: Vec<Parent>,
}

/// What rows link to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Parent {
    /// Where the parent is itself a row: the place of its source. Rows of other sources do not link to it, whatever
    /// they hold.
    pub source: Option<usize>,
    /// The value of the link, as the caller is shown it; never null.
    pub key: Datum,
}
