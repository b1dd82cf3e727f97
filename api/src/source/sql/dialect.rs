//! What differs between databases, and nothing else.

use entities::Bucket;

/// A database's way of saying what standard SQL has no words for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::source) enum Dialect {
    /// SQLite: dates are texts, lists are JSON, text compares by code point, null sorts lowest.
    Sqlite,
}

/// A piece of SQL around operands and parameters: texts to be written before, between and after them.
pub(super) type Pieces = &'static [Piece];

/// What is written next.
#[derive(Clone, Copy, Debug)]
pub(super) enum Piece {
    /// This text.
    Raw(&'static str),
    /// The tested value.
    Operand,
    /// The next parameter.
    Parameter,
}

use Piece::{Operand, Parameter, Raw};

impl Dialect {
    /// The first day of a date's bucket. Of months the contract's tables have an index on exactly this expression.
    pub(super) fn bucket(self, bucket: Bucket) -> Pieces {
        match (self, bucket) {
            (Self::Sqlite, Bucket::Day) => &[Operand],
            // Six days back, and forward to the next Monday. What is no date stays what it is, and is not taken for null.
            (Self::Sqlite, Bucket::Week) => {
                &[Raw("coalesce(date("), Operand, Raw(",'-6 days','weekday 1'),"), Operand, Raw(")")]
            }
            (Self::Sqlite, Bucket::Month) => &[Raw("substr("), Operand, Raw(",1,7)||'-01'")],
            (Self::Sqlite, Bucket::Quarter) => &[
                Raw("substr("),
                Operand,
                Raw(",1,5)||substr('010101040404070707101010',2*substr("),
                Operand,
                Raw(",6,2)-1,2)||'-01'"),
            ],
            (Self::Sqlite, Bucket::Year) => &[Raw("substr("), Operand, Raw(",1,5)||'01-01'")],
        }
    }

    /// Stands before a value that is compared, and keeps an index from serving the comparison.
    pub(super) fn without_index(self) -> &'static str {
        match self {
            Self::Sqlite => "+",
        }
    }

    /// The value is one of a list.
    pub(super) fn is_in(self) -> Pieces {
        match self {
            Self::Sqlite => &[Operand, Raw(" IN (SELECT value FROM json_each("), Parameter, Raw("))")],
        }
    }

    /// The values of a list as a table `p` with the column `value`.
    pub(super) fn each_of(self) -> Pieces {
        match self {
            Self::Sqlite => &[Raw("json_each("), Parameter, Raw(") AS p")],
        }
    }

    /// The text holds a text.
    pub(super) fn contains(self) -> Pieces {
        match self {
            Self::Sqlite => &[Raw("instr("), Operand, Raw(", "), Parameter, Raw(") > 0")],
        }
    }

    /// The text starts with a text; its length in characters comes first.
    pub(super) fn starts_with(self) -> Pieces {
        match self {
            Self::Sqlite => &[Raw("substr("), Operand, Raw(", 1, "), Parameter, Raw(") = "), Parameter],
        }
    }

    /// The JSON array of texts holds a text; what is no such array holds nothing.
    pub(super) fn has(self) -> Pieces {
        match self {
            Self::Sqlite => &[
                Raw("EXISTS (SELECT 1 FROM json_each(CASE WHEN json_valid("),
                Operand,
                Raw(") THEN CASE json_type("),
                Operand,
                Raw(") WHEN 'array' THEN "),
                Operand,
                Raw(" END END) WHERE type = 'text' AND value = "),
                Parameter,
                Raw(")"),
            ],
        }
    }
}
