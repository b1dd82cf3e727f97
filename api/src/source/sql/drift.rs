//! What a source lacks of the contract: which columns, and what of that may be said to whom.

use entities::{Dataset, Datum, FieldId};

use super::table::YOUTH_KEY;
use crate::{
    mapping::{Column, Mapping, Raw, Table},
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

/// What a source lacks of a dataset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::source) struct Lack {
    /// The column; none where it is the whole dataset.
    pub(in crate::source) column: Option<&'static str>,
    /// What a mapped source was said to have instead.
    raw: Option<String>,
}

impl Lack {
    /// `placement`, or `placement.started_on`.
    pub(in crate::source) fn name(&self, dataset: &Dataset) -> String {
        match self.column {
            Some(column) => format!("{}.{column}", dataset.table),
            None => dataset.table.to_owned(),
        }
    }

    /// The same with the source's own name, for those who run the gateway.
    pub(in crate::source) fn say(&self, dataset: &Dataset) -> String {
        match &self.raw {
            Some(raw) => format!("{} ({raw})", self.name(dataset)),
            None => self.name(dataset),
        }
    }
}

/// What is not there of the contract's own table, given the columns that it has.
pub(in crate::source) fn lacking(dataset: &Dataset, columns: &[impl AsRef<str>]) -> Vec<Lack> {
    if columns.is_empty() {
        return vec![Lack { column: None, raw: None }];
    }
    let youth_key = dataset.youth().map(|_| YOUTH_KEY);
    let asked = dataset.fields.iter().map(|field| field.column).chain(youth_key);
    let lacking = asked.filter(|asked| !columns.iter().any(|column| column.as_ref() == *asked));
    lacking.map(|column| Lack { column: Some(column), raw: None }).collect()
}

/// What is not there of what a mapping says, given the columns that each table has. Without a table, or the columns that
/// tables are joined by, there is nothing of the dataset.
pub(in crate::source) fn lacking_mapped(mapping: &Mapping, known: &[(&Table, Vec<String>)]) -> Vec<Lack> {
    let mut lacking = Vec::new();
    for part in &mapping.parts {
        let columns = |table: &Table| known.iter().find(|(it, _)| *it == table).map_or(&[][..], |(_, columns)| columns);
        let absent = part.tables().filter(|(_, table)| columns(table).is_empty());
        lacking.extend(absent.map(|(_, table)| Lack { column: None, raw: Some(table.to_string()) }));
        let fields = part.columns.iter().zip(&mapping.dataset.fields).filter_map(|(column, field)| match column {
            Column::Of(raw, _) => Some((Some(field.column), raw)),
            Column::Nothing | Column::Constant(_) => None,
        });
        let youth_key = part.youth_key.as_ref().map(|raw| (Some(YOUTH_KEY), raw));
        let joined = part.joins.iter().flat_map(|join| &join.on).flat_map(|(left, right)| [left, right]);
        let asked = fields.chain(youth_key).chain(joined.map(|raw| (None, raw)));
        let is_absent = |raw: &Raw| {
            let columns = columns(part.table_of(&raw.alias));
            !columns.iter().any(|column| column.eq_ignore_ascii_case(&raw.column)) && !columns.is_empty()
        };
        lacking.extend(
            asked.filter(|(_, raw)| is_absent(raw)).map(|(column, raw)| Lack {
                column,
                raw: Some(format!("{}.{}", part.table_of(&raw.alias), raw.column)),
            }),
        );
    }
    lacking.dedup();
    lacking
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
