//! What is asked of one value, alike in memory and in every database.

use std::sync::Arc;

use entities::Datum;

/// What is asked of one value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Test {
    /// There is no value.
    Null,
    /// Equal to.
    Eq(Datum),
    /// Equal to one of.
    In(Arc<[Datum]>),
    /// Lower than.
    Lt(Datum),
    /// Lower than or equal to.
    Lte(Datum),
    /// Greater than.
    Gt(Datum),
    /// Greater than or equal to.
    Gte(Datum),
    /// The text holds this text, case-sensitive.
    Contains(Box<str>),
    /// The text starts with this text, case-sensitive.
    StartsWith(Box<str>),
    /// The list of codes holds this code.
    Has(Box<str>),
}

impl Test {
    /// Does the value pass? A null value passes `Null` only.
    #[must_use]
    pub fn passes(&self, value: &Datum) -> bool {
        if value.is_null() {
            return *self == Self::Null;
        }
        match self {
            Self::Lt(Datum::Null) | Self::Lte(Datum::Null) | Self::Gt(Datum::Null) | Self::Gte(Datum::Null) => false,
            Self::Null => false,
            Self::Eq(other) => value == other,
            Self::In(others) => others.contains(value),
            Self::Lt(other) => value < other,
            Self::Lte(other) => value <= other,
            Self::Gt(other) => value > other,
            Self::Gte(other) => value >= other,
            Self::Contains(part) => value.as_text().is_some_and(|text| text.contains(&**part)),
            Self::StartsWith(part) => value.as_text().is_some_and(|text| text.starts_with(&**part)),
            Self::Has(code) => value.as_text().is_some_and(|text| has(text, code)),
        }
    }
}

/// Does a JSON array of texts hold this one? Anything else holds nothing.
fn has(array: &str, code: &str) -> bool {
    serde_json::from_str::<Vec<serde_json::Value>>(array).is_ok_and(|codes| codes.iter().any(|it| it == code))
}
