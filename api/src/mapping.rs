//! How a source's own schema says what the contract says: tables, columns and the forms of their values. Plain values,
//! checked where they are read; knows no file and no SQL.

use std::fmt;

use entities::{Dataset, Datum, FieldId};

/// The name of a part's first table, where columns are named with the table that they stand in.
pub const FIRST: &str = "m";

/// The columns of one dataset in a schema of the source's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// The dataset.
    pub dataset: &'static Dataset,
    /// Where its rows stand; of several parts all rows are the dataset's.
    pub parts: Vec<Part>,
}

/// Rows of a dataset in one table, with what is joined to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The table, whose name in this part is [`FIRST`].
    pub table: Table,
    /// What is joined to it, row by row.
    pub joins: Vec<Join>,
    /// For each field of the dataset where its value comes from.
    pub columns: Vec<Column>,
    /// Where the key of a row's youth comes from; none where the gateway makes it.
    pub youth_key: Option<Raw>,
}

/// A table, perhaps with the schema that it stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The schema.
    pub schema: Option<Box<str>>,
    /// The table.
    pub name: Box<str>,
}

/// A table whose row, at most one, stands beside a row of the first table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Join {
    /// The table.
    pub table: Table,
    /// Its name in this part.
    pub alias: Box<str>,
    /// The columns that are equal.
    pub on: Vec<(Raw, Raw)>,
}

/// A column of the source.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Raw {
    /// The name of its table in this part.
    pub alias: Box<str>,
    /// The column.
    pub column: Box<str>,
}

/// Where the value of a field comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Column {
    /// Nowhere: it is null on every row.
    Nothing,
    /// It is the same on every row.
    Constant(Datum),
    /// A column, and what its values mean.
    Of(Raw, Form),
}

/// How values of the source become values of the contract. What has no meaning becomes null, and is counted by `check`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// They are the contract's.
    Same,
    /// Texts that stand behind this in the contract.
    Prefix(Box<str>),
    /// Codes, several of which may mean the same.
    Codes(Codes),
    /// Whole numbers in another unit.
    Number(Number),
    /// Days.
    Date(Day),
    /// Truths.
    Boolean(Truth),
}

/// Codes of the source, and what they mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Codes {
    /// How they are stored.
    pub stored: Stored,
    /// The source's code, and the contract's.
    pub pairs: Vec<(Datum, Box<str>)>,
    /// What every other code means; null where nothing is said.
    pub default: Option<Box<str>>,
}

/// How a value is stored. What is stored otherwise has no meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stored {
    /// As a text.
    Text,
    /// As a whole number.
    Integer,
    /// As a decimal number.
    Decimal,
}

/// `value * times / divided_by`, rounded to the nearest whole number (half away from zero), `+ plus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number {
    /// As an integer or a decimal number.
    pub stored: Stored,
    /// From 1 on.
    pub times: i64,
    /// From 1 on.
    pub divided_by: i64,
    /// Any number.
    pub plus: i64,
}

/// How days are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// As a text, or where the format allows it as a whole number.
    pub stored: Stored,
    /// The order of year, month and day.
    pub format: Format,
    /// Is a day or month `00` the first one? Else such a value is no day.
    pub unknown_is_first: bool,
}

/// The order of year, month and day, and what stands between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `20230615`
    Compact,
    /// `2023-06-15`
    Iso,
    /// `15-06-2023`
    Dutch,
    /// `2023-06-15 13:45`, a moment of Amsterdam's clock.
    Timestamp,
    /// `2023-06-15 11:45`, a moment of UTC, or one that says its distance from UTC; it lies in a day of Amsterdam.
    Utc,
}

impl Format {
    /// Is it of moments?
    #[must_use]
    pub fn is_moment(self) -> bool {
        matches!(self, Self::Timestamp | Self::Utc)
    }
}

/// What true and false are written as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Truth {
    /// How they are stored.
    pub stored: Stored,
    /// What means true.
    pub yes: Vec<Datum>,
    /// What means false.
    pub no: Vec<Datum>,
}

impl Mapping {
    /// The values that a field can have, besides null; none where that is not known.
    #[must_use]
    pub fn values(&self, field: FieldId) -> Option<Vec<Datum>> {
        let mut values: Vec<Datum> = Vec::new();
        for part in &self.parts {
            values.extend(part.columns[field].values()?);
        }
        values.sort_unstable();
        values.dedup();
        Some(values)
    }

    /// The fields that are null on every row.
    pub fn absent(&self) -> impl Iterator<Item = FieldId> {
        let is_absent = |field: &FieldId| self.parts.iter().all(|part| part.columns[*field] == Column::Nothing);
        (0..self.dataset.fields.len()).filter(is_absent)
    }

    /// Does the source know the keys of youths on all rows?
    #[must_use]
    pub fn has_youth_key(&self) -> bool {
        self.parts.iter().all(|part| part.youth_key.is_some())
    }
}

impl Column {
    fn values(&self) -> Option<Vec<Datum>> {
        match self {
            Self::Nothing | Self::Constant(Datum::Null) => Some(Vec::new()),
            Self::Constant(datum) => Some(vec![datum.clone()]),
            Self::Of(_, Form::Codes(codes)) => {
                let codes = codes.pairs.iter().map(|(_, code)| code).chain(&codes.default);
                Some(codes.map(|code| Datum::from(&**code)).collect())
            }
            Self::Of(..) => None,
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.schema {
            Some(schema) => write!(f, "{schema}.{}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

impl Part {
    /// All tables, each with its name here.
    pub fn tables(&self) -> impl Iterator<Item = (&str, &Table)> {
        let joined = self.joins.iter().map(|join| (&*join.alias, &join.table));
        std::iter::once((FIRST, &self.table)).chain(joined)
    }

    /// The table that goes by this name here.
    #[must_use]
    pub fn table_of(&self, alias: &str) -> &Table {
        self.joins.iter().find(|join| *join.alias == *alias).map_or(&self.table, |join| &join.table)
    }
}
