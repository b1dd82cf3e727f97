//! How the datasets of a source compare with the contract, as `check` says it. Counts only, and no value of few rows.

use std::fmt;

use entities::{Dataset, FieldId};

use crate::mapping::{Column, Form};

/// How one dataset of a source compares with the contract. Counts only.
#[derive(Clone, Debug)]
pub struct Inspected {
    /// The dataset.
    pub dataset: &'static Dataset,
    /// How many rows there are.
    pub rows: u64,
    /// What is not there: `placement`, or `placement.started_on` per column.
    pub missing: Vec<String>,
    /// Fields whose columns are of another type, so that none of their values can be read.
    pub mistyped: Vec<FieldId>,
    /// Fields with the number of values that cannot be read as the field's kind.
    pub of_another_type: Vec<(FieldId, u64)>,
    /// Fields with the number of values that the declared facts rule out.
    pub against_facts: Vec<(FieldId, u64)>,
    /// Of a mapped source: fields with the values that mean nothing by the mapping.
    pub meaningless: Vec<Meaningless>,
    /// Of a mapped source: how many rows have no id or one that another row has.
    pub repeated: u64,
}

/// Values of a mapped source that mean nothing by its mapping, and are null to the contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meaningless {
    /// The field that they would be values of.
    pub field: FieldId,
    /// On how many rows they stand.
    pub rows: u64,
    /// The codes among them that stand on many rows, each with their number.
    pub codes: Vec<(Box<str>, u64)>,
}

/// On how many rows a code without a meaning stands at least that is said: a code of few is a value of theirs.
const MANY: u64 = 10;

impl Meaningless {
    /// Such a value stands on so many rows.
    pub(super) fn add(&mut self, from: &Column, value: String, rows: u64) {
        self.rows += rows;
        if rows >= MANY && matches!(from, Column::Of(_, Form::Codes(_) | Form::Boolean(_))) {
            self.codes.push((value.into(), rows));
        }
    }
}

impl Inspected {
    /// Of this dataset nothing is known yet.
    #[must_use]
    pub fn new(dataset: &'static Dataset) -> Self {
        Self {
            dataset,
            rows: 0,
            missing: Vec::new(),
            mistyped: Vec::new(),
            of_another_type: Vec::new(),
            against_facts: Vec::new(),
            meaningless: Vec::new(),
            repeated: 0,
        }
    }

    /// How many things are wrong.
    #[must_use]
    pub fn faults(&self) -> usize {
        let fields = self.mistyped.len() + self.of_another_type.len() + self.against_facts.len();
        self.missing.len() + fields + usize::from(self.repeated > 0)
    }
}

impl fmt::Display for Inspected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dataset = self.dataset;
        write!(f, "{}: {} rows", dataset.name, self.rows)?;
        for missing in &self.missing {
            write!(f, "; {missing} is missing")?;
        }
        for field in &self.mistyped {
            write!(f, "; {}.{} is of another type", dataset.table, dataset.fields[*field].column)?;
        }
        for (field, values) in &self.of_another_type {
            let column = dataset.fields[*field].column;
            write!(f, "; {}.{column} has {values} values of another type", dataset.table)?;
        }
        for (field, values) in &self.against_facts {
            let column = dataset.fields[*field].column;
            write!(f, "; {}.{column} has {values} values that are not the holder's", dataset.table)?;
        }
        if self.repeated > 0 {
            write!(f, "; {} rows have no id of their own", self.repeated)?;
        }
        Ok(())
    }
}
