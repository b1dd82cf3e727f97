//! What a value is: its kind, its tier and the buckets of dates. Knows no storage and no GraphQL type.

use crate::code::CodeList;

/// How telling a field is about a person; a role's grant reaches up to one tier (Dutch: vertrouwelijkheidsniveau).
///
/// Ordered: `Open < Indirect < Pseudonymous < Sensitive`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// Says nothing about a person: process codes, booleans, places contracted.
    Open,
    /// May help to recognise someone: exact dates, municipality, age band, counts of persons in small units.
    Indirect,
    /// The youth's pseudonym.
    Pseudonymous,
    /// Free text, health and safety.
    Sensitive,
}

impl Tier {
    /// All tiers, lowest first.
    pub const ALL: [Self; 4] = [Self::Open, Self::Indirect, Self::Pseudonymous, Self::Sensitive];

    /// The tier's name in the policy file and in every text: `open`, `indirect`, `pseudonymous`, `sensitive`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Indirect => "indirect",
            Self::Pseudonymous => "pseudonymous",
            Self::Sensitive => "sensitive",
        }
    }
}

/// A stretch of days that dates are gathered in (Dutch: tijdvak).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bucket {
    /// The day itself.
    Day,
    /// An ISO 8601 week, from Monday.
    Week,
    /// A calendar month.
    Month,
    /// A calendar quarter.
    Quarter,
    /// A calendar year.
    Year,
}

impl Bucket {
    /// All buckets, the finest first.
    pub const ALL: [Self; 5] = [Self::Day, Self::Week, Self::Month, Self::Quarter, Self::Year];

    /// The bucket's name in every text: `day`, `week`, `month`, `quarter`, `year`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }
}

/// What the values of a field are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// True or false.
    Boolean,
    /// A whole number.
    Int,
    /// A decimal number; reference data only (coordinates), never a measure.
    Float,
    /// Text, ordered by code point.
    Text,
    /// A calendar day, Amsterdam.
    Date,
    /// One code of a list; stored as the list's code.
    Code(&'static CodeList),
    /// Several codes of a list; stored as a JSON array of codes.
    Codes(&'static CodeList),
    /// The key of a reference row, such as `JZ36`; shown as a link to an object of that type.
    Reference(&'static str),
    /// The id of a row of another dataset at the same source; shown as a link to an object of that type.
    Row(&'static str),
    /// A youth's pseudonym as its holder knows it; leaves the gateway encrypted for the consumer.
    Youth,
    /// The row's own id at its source; leaves the gateway encrypted for the consumer.
    Id,
}

impl Kind {
    /// The type that values link to.
    #[must_use]
    pub fn target(self) -> Option<&'static str> {
        match self {
            Self::Reference(target) | Self::Row(target) => Some(target),
            Self::Youth => Some("Youth"),
            _ => None,
        }
    }

    /// The code list behind a coded field.
    #[must_use]
    pub fn codes(self) -> Option<&'static CodeList> {
        match self {
            Self::Code(list) | Self::Codes(list) => Some(list),
            _ => None,
        }
    }
}
