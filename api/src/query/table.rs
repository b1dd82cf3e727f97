//! What is asked of a dataset where not its rows but an exact table over them is wanted.

use std::{collections::HashMap, sync::Arc};

use entities::{Bucket, Dataset, Date, Datum, FieldId};

use super::Predicate;

/// One question: how many rows and youths there are per group, and how their measures are spread.
#[derive(Clone, Debug)]
pub struct Table {
    /// What is asked for.
    pub dataset: &'static Dataset,
    /// Which rows, in terms of the fields as the caller is shown them.
    pub filter: Predicate,
    /// What rows are grouped by, in this order; one group over all rows where there is nothing.
    pub dimensions: Vec<Dimension>,
    /// The days on each of which the rows that are open then are counted, once per day; the day is then the first part
    /// of a group. Where there are none, every row counts once.
    pub open_on: Option<Arc<[Date]>>,
    /// Are distinct youths asked for?
    pub youths: bool,
    /// The measured fields, none twice.
    pub measures: Vec<Measured>,
}

/// What rows are grouped by.
#[derive(Clone, Debug)]
pub struct Dimension {
    /// The field.
    pub field: FieldId,
    /// Of a date: the bucket whose first day is the group.
    pub bucket: Option<Bucket>,
    /// Where the group is what the field's value leads to (the supra-region of a region): for each value of the field
    /// the group. A value that it does not hold leads to null.
    pub leads_to: Option<Arc<HashMap<Datum, Datum>>>,
}

/// A measured field, and what is asked of it. The number of its values, their sum, the lowest and the highest come
/// together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
    /// The field; whole numbers.
    pub field: FieldId,
    /// Are percentiles asked for? They take every value.
    pub percentiles: bool,
}
