//! The seam to a regional data source: rows and counts of one holder. Knows no token, no role and no GraphQL type.

#[cfg(test)]
pub(crate) mod fixture;
pub mod sqlite;
mod sql;

use std::{fmt, sync::Arc, time::Duration};

use entities::{Dataset, Datum, FieldId};
use futures_util::future::BoxFuture;

use crate::query::{Direction, Facts, Holder, Operand, Predicate};

/// One holder's data. Every answer is bounded in time by its caller; dropping the future stops the work.
pub trait Source: Send + Sync {
    /// The configured name; unique, and the second key of the total order.
    fn name(&self) -> &str;

    /// Who holds it.
    fn holder(&self) -> &Holder;

    /// How long it may take to answer.
    fn deadline(&self) -> Duration;

    /// Does it hold rows of this dataset?
    fn holds(&self, dataset: &Dataset) -> bool;

    /// What is known of all its rows of a dataset, without asking.
    fn facts(&self, dataset: &Dataset) -> &Facts;

    /// Rows in the order asked for.
    fn rows(&self, select: Arc<Select>) -> BoxFuture<'_, Result<Vec<Record>, Failure>>;

    /// How many rows match, whatever the bounds and the limit.
    fn count(&self, select: Arc<Select>) -> BoxFuture<'_, Result<u64, Failure>>;

    /// The same for each value of [`Select::per`]; those without rows are left out.
    fn counts(&self, select: Arc<Select>) -> BoxFuture<'_, Result<Vec<(Datum, u64)>, Failure>>;

    /// The statement that answers `rows`, for people to read.
    fn explain(&self, select: &Select) -> String;

    /// Compares its tables with the contract and with the facts declared of them.
    fn check(&self) -> BoxFuture<'_, Result<Vec<Inspected>, Failure>>;
}

/// How one dataset of a source compares with the contract. Counts only.
#[derive(Clone, Debug)]
pub struct Inspected {
    /// The dataset.
    pub dataset: &'static Dataset,
    /// How many rows there are.
    pub rows: u64,
    /// What is not there: `placement`, or `placement.started_on` per column.
    pub missing: Vec<String>,
    /// Fields with the number of values that cannot be read as the field's kind.
    pub of_another_type: Vec<(FieldId, u64)>,
    /// Fields with the number of values that the declared facts rule out.
    pub against_facts: Vec<(FieldId, u64)>,
}

impl Inspected {
    /// How many things are wrong.
    #[must_use]
    pub fn faults(&self) -> usize {
        self.missing.len() + self.of_another_type.len() + self.against_facts.len()
    }
}

impl fmt::Display for Inspected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dataset = self.dataset;
        write!(f, "{}: {} rows", dataset.name, self.rows)?;
        for missing in &self.missing {
            write!(f, "; {missing} is missing")?;
        }
        for (field, values) in &self.of_another_type {
            let column = dataset.fields[*field].column;
            write!(f, "; {}.{column} has {values} values of another type", dataset.table)?;
        }
        for (field, values) in &self.against_facts {
            let column = dataset.fields[*field].column;
            write!(f, "; {}.{column} has {values} values that are not the holder's", dataset.table)?;
        }
        Ok(())
    }
}

/// What one source is asked: a projection, a condition, an order, bounds and a limit.
#[derive(Clone, Debug)]
pub struct Select {
    /// The dataset.
    pub dataset: &'static Dataset,
    /// The values wanted; `None` is null on every row of this source.
    pub columns: Vec<Option<Operand>>,
    /// Which rows; holds no [`Predicate::Source`] or [`Predicate::HeldBy`] any more.
    pub filter: Predicate,
    /// The places in `columns` of the order's keys, each with its direction; null sorts lowest.
    pub order: Vec<(usize, Direction)>,
    /// The direction of the last key, the row's id.
    pub id_direction: Direction,
    /// Only rows after this, in the order above.
    pub after: Option<Bound>,
    /// Only rows before this, in the order above.
    pub before: Option<Bound>,
    /// The most rows.
    pub limit: usize,
    /// The link that rows are taken apart by, where they are: bounds and limit hold for each of its values.
    pub per: Option<Links>,
}

/// The rows of many parents: those whose link has one of some values, value by value in any order of values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Links {
    /// The place of the link in [`Select::columns`].
    pub place: usize,
    /// Its values, none twice.
    pub keys: Arc<[Datum]>,
}

impl Select {
    /// The first rows in the order of ids, so many at most, with all their fields as they are stored.
    #[must_use]
    pub fn whole(dataset: &'static Dataset, limit: usize) -> Self {
        Self {
            dataset,
            columns: (0..dataset.fields.len()).map(|field| Some(Operand::Field(field))).collect(),
            filter: Predicate::All,
            order: Vec::new(),
            id_direction: Direction::Ascending,
            after: None,
            before: None,
            limit,
            per: None,
        }
    }
}

/// Where the rows begin or end, for one source: the three forms of a cursor, by where the source stands to the cursor's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// The values of the order's keys.
    pub keys: Vec<Datum>,
    /// What of the rows that are equal in all keys.
    pub ties: Ties,
}

/// Which of the rows equal in all keys to a bound lie within it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ties {
    /// All of them.
    Within,
    /// None of them.
    Without,
    /// Those on the inner side of this id: after it for [`Select::after`], before it for [`Select::before`], both in the
    /// direction of ids.
    Beyond(Datum),
}

/// One row of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The row's id at the source.
    pub id: Datum,
    /// The values of [`Select::columns`].
    pub values: Box<[Datum]>,
}

/// Why a source gave no answer. What is said here may be shown to clients: no address, statement or value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// No answer within the deadline.
    #[error("no answer within {0:?}")]
    TimedOut(Duration),
    /// It could not be opened or reached.
    #[error("could not be reached")]
    Unreachable,
    /// A table or column of the contract is missing or of another type.
    #[error("does not have {0} as the contract asks")]
    Drifted(String),
    /// It answered what cannot be: rows out of order, a value of another kind. Or the gateway asked wrongly: it says so.
    #[error("gave no answer that can be read: {0}")]
    Malformed(String),
}

impl Failure {
    /// A value that is not of its field's kind. Names the field, never the value.
    pub(crate) fn malformed(dataset: &Dataset, field: FieldId) -> Self {
        Self::Malformed(format!("{}.{}", dataset.table, dataset.fields[field].column))
    }
}
