//! What a source lacks of the contract: which columns, and what of that may be said to whom.

use entities::{Dataset, Datum, FieldId};

use super::table::YOUTH_KEY;
use crate::{
    query::{Operand, Predicate, Test},
    source::{Failure, Select, Tabulate},
};

impl Select {
    /// The columns that are asked for. What conditions test may be none of the caller's business.
    pub(in crate::source) fn asked(&self) -> impl Iterator<Item = &'static str> {
        let dataset = self.dataset;
        self.columns.iter().flatten().map(|operand| dataset.fields[operand.field()].column)
    }
}

impl Tabulate {
    /// The columns that are asked for.
    pub(in crate::source) fn asked(&self) -> impl Iterator<Item = &'static str> {
        let dataset = self.select.dataset;
        let ends = self.open_on.iter().flat_map(|it| [Some(&it.from), it.until.as_ref()]).flatten();
        let ends = ends.map(move |operand: &Operand| dataset.fields[operand.field()].column);
        self.select.asked().chain(ends).chain(self.youths.then_some(YOUTH_KEY))
    }
}

/// `placement` where there is no such table, else `placement.started_on` per column that is not there.
pub(in crate::source) fn missing(dataset: &Dataset, columns: &[impl AsRef<str>]) -> Vec<String> {
    if columns.is_empty() {
        return vec![dataset.table.to_owned()];
    }
    let youth_key = dataset.youth().map(|_| YOUTH_KEY);
    let asked = dataset.fields.iter().map(|field| field.column).chain(youth_key);
    let lacking = asked.filter(|asked| !columns.iter().any(|column| column.as_ref() == *asked));
    lacking.map(|column| format!("{}.{column}", dataset.table)).collect()
}

/// Names the first of the columns that were asked for and that the source does not have as the contract asks; the table
/// where it is another.
pub(in crate::source) fn drifted(
    dataset: &Dataset,
    asked: impl Iterator<Item = &'static str>,
    lacking: &[String],
) -> Failure {
    tracing::warn!(dataset = dataset.name, ?lacking, "a source lacks tables or columns of the contract");
    let mut named = asked.map(|column| format!("{}.{column}", dataset.table));
    Failure::Drifted(named.find(|name| lacking.contains(name)).unwrap_or_else(|| dataset.table.to_owned()))
}

/// The rows that have a value there and none of these.
pub(in crate::source) fn against(field: FieldId, values: &[Datum]) -> Predicate {
    Predicate::and([
        Predicate::is(field, Test::Null).negated(),
        Predicate::is(field, Test::In(values.into())).negated(),
    ])
}

/// A sum that no number can say.
pub(in crate::source) fn overflow(tabulate: &Tabulate) -> Failure {
    Failure::Malformed(format!("a sum over {} is beyond 64 bits", tabulate.select.dataset.table))
}
