//! The table that a mapped dataset would be, derived from those that it stands in: only the columns that a statement
//! uses, so that what a source lacks is missed only where it is asked for. Databases flatten it, so that a column which
//! is only named otherwise keeps its index. It holds no parameters.

mod postgres;
mod sqlite;

use std::{borrow::Cow, collections::BTreeSet};

use entities::{Dataset, FieldId};

use super::{Dialect, Layout, table::YOUTH_KEY};
use crate::mapping::{Column, FIRST, Form, Mapping, Part, Raw, Table};

/// A column of a derived table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Used {
    /// A field, as the contract has it.
    Field(FieldId),
    /// The column that a field comes from, as the source has it.
    Raw(FieldId),
    /// The key of the row's youth.
    YouthKey,
}

/// The derived tables of a statement in the making.
#[derive(Debug, Default)]
pub(super) struct Derived {
    /// Where they go, in the order of the text, with the name that each has there.
    tables: Vec<(usize, &'static str, &'static Dataset)>,
    /// Which columns are used by that name.
    used: Vec<(&'static str, &'static Dataset, BTreeSet<Used>)>,
}

impl Used {
    /// The column's name.
    pub(super) fn name(self, dataset: &Dataset) -> Cow<'static, str> {
        match self {
            Self::Field(field) => dataset.fields[field].column.into(),
            Self::Raw(field) => format!("raw {}", dataset.fields[field].column).into(),
            Self::YouthKey => YOUTH_KEY.into(),
        }
    }
}

impl Derived {
    /// A table is to stand at this place of the text.
    pub(super) fn table(&mut self, place: usize, alias: &'static str, dataset: &'static Dataset) {
        self.tables.push((place, alias, dataset));
    }

    /// A column is used.
    pub(super) fn uses(&mut self, alias: &'static str, dataset: &'static Dataset, used: Used) {
        let known = self.used.iter_mut().find(|(name, of, _)| *name == alias && *of == dataset);
        match known {
            Some((_, _, columns)) => {
                columns.insert(used);
            }
            None => self.used.push((alias, dataset, BTreeSet::from([used]))),
        }
    }

    /// The text with the tables in it.
    pub(super) fn put_into(self, mut text: String, layout: Layout<'_>) -> String {
        for (place, alias, dataset) in self.tables.into_iter().rev() {
            let used = self.used.iter().find(|(name, of, _)| *name == alias && *of == dataset);
            let columns = used.into_iter().flat_map(|(_, _, columns)| columns.iter().copied());
            if let Some(mapping) = layout.mapping(dataset) {
                text.insert_str(place, &derived(layout.dialect, mapping, &columns.collect::<Vec<_>>()));
            }
        }
        text
    }
}

/// A derived table with these columns.
pub(super) fn derived(dialect: Dialect, mapping: &Mapping, columns: &[Used]) -> String {
    let parts = mapping.parts.iter().map(|part| {
        let columns = columns.iter().map(|used| {
            let value = value(dialect, mapping.dataset, part, *used);
            format!("{value} AS {}", quoted(&used.name(mapping.dataset)))
        });
        let columns: Vec<_> = columns.collect();
        let columns = if columns.is_empty() { "1 AS \"none\"".to_owned() } else { columns.join(", ") };
        format!("SELECT {columns}{}", from(part))
    });
    format!("({})", parts.collect::<Vec<_>>().join(" UNION ALL "))
}

/// The dataset's table where one field is asked for.
pub(in crate::source) fn table_with(layout: Layout<'_>, dataset: &Dataset, field: FieldId) -> String {
    match layout.mapping(dataset) {
        Some(mapping) => derived(layout.dialect, mapping, &[Used::Field(field)]),
        None => quoted(dataset.table),
    }
}

/// How many rows have no id, or one that another row has.
pub(in crate::source) fn ids(dialect: Dialect, mapping: &Mapping, key: FieldId) -> String {
    let id = quoted(mapping.dataset.fields[key].column);
    format!("SELECT count(*) - count(DISTINCT t.{id}) FROM {} AS t", derived(dialect, mapping, &[Used::Field(key)]))
}

/// What stands in a part's column that means nothing for the field, as a text, with the number of rows, the most first.
/// None where everything there means something.
pub(in crate::source) fn lost(dialect: Dialect, dataset: &Dataset, part: &Part, field: FieldId) -> Option<String> {
    let Column::Of(raw, form) = &part.columns[field] else { return None };
    let value = value(dialect, dataset, part, Used::Field(field));
    let raw = column(raw);
    let lost = format!("{}\nWHERE {raw} IS NOT NULL AND ({value}) IS NULL", from(part));
    let counted = format!("SELECT CAST({raw} AS text), count(*){lost}\nGROUP BY 1 ORDER BY 2 DESC, 1");
    (*form != Form::Same).then_some(counted)
}

/// ` FROM` the tables of a part.
pub(super) fn from(part: &Part) -> String {
    let mut text = format!(" FROM {} AS {}", table(&part.table), quoted(FIRST));
    for join in &part.joins {
        text.push_str(&format!(" LEFT JOIN {} AS {} ON ", table(&join.table), quoted(&join.alias)));
        let equal = join.on.iter().map(|(left, right)| format!("{} = {}", column(left), column(right)));
        text.push_str(&equal.collect::<Vec<_>>().join(" AND "));
    }
    text
}

fn value(dialect: Dialect, dataset: &Dataset, part: &Part, used: Used) -> String {
    match (used, dialect) {
        (Used::Field(field), Dialect::Sqlite) => sqlite::value(&part.columns[field]),
        (Used::Field(field), Dialect::Postgres) => postgres::value(dataset.fields[field].kind, &part.columns[field]),
        (Used::Raw(field), _) => match &part.columns[field] {
            Column::Of(raw, _) => column(raw),
            Column::Nothing | Column::Constant(_) => "NULL".to_owned(),
        },
        (Used::YouthKey, Dialect::Sqlite) => part.youth_key.as_ref().map_or_else(|| "NULL".to_owned(), column),
        (Used::YouthKey, Dialect::Postgres) => postgres::youth_key(part.youth_key.as_ref()),
    }
}

fn table(table: &Table) -> String {
    match &table.schema {
        Some(schema) => format!("{}.{}", quoted(schema), quoted(&table.name)),
        None => quoted(&table.name),
    }
}

/// A column of the source.
pub(super) fn column(raw: &Raw) -> String {
    format!("{}.{}", quoted(&raw.alias), quoted(&raw.column))
}

pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text as it stands in a statement.
pub(super) fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
