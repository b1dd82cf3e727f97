//! What differs between databases, and nothing else.

use entities::{Bucket, Kind};

use crate::query::Direction;

/// A database's way of saying what standard SQL has no words for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::source) enum Dialect {
    /// SQLite: dates are texts, lists are JSON, text compares by code point, null sorts lowest.
    Sqlite,
    /// PostgreSQL from 12 on: values have types, lists are arrays, and how text and null sort is said each time.
    Postgres,
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

/// Is a text one that PostgreSQL reads as a JSON array of texts, without an error? No number and no array stands in it,
/// and no escaped character that its texts cannot hold: zero, or half a pair of surrogates.
const IS_ARRAY: Piece = Raw(
    r#"::text ~ '^\s*\[\s*("([^"\\\u0001-\u001f]|\\["\\/bfnrt]|\\u(?!0000|[dD][89a-fA-F])[0-9a-fA-F]{4})*"\s*(,\s*(?=")|(?=\])))*\]\s*$' THEN "#,
);

impl Dialect {
    /// The first day of a date's bucket. Of months the contract's tables have an index on exactly this expression.
    pub(super) fn bucket(self, bucket: Bucket) -> Pieces {
        match (self, bucket) {
            (_, Bucket::Day) => &[Operand],
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
            (Self::Postgres, Bucket::Week) => {
                &[Raw("("), Operand, Raw(" - (extract(isodow from "), Operand, Raw(")::int - 1))")]
            }
            (Self::Postgres, Bucket::Month) => {
                &[Raw("("), Operand, Raw(" - (extract(day from "), Operand, Raw(")::int - 1))")]
            }
            (Self::Postgres, Bucket::Quarter) => &[Raw("date_trunc('quarter', "), Operand, Raw("::timestamp)::date")],
            (Self::Postgres, Bucket::Year) => &[Raw("date_trunc('year', "), Operand, Raw("::timestamp)::date")],
        }
    }

    /// Stands before a value that is compared, and keeps an index from serving the comparison. PostgreSQL knows by
    /// itself which conditions match many rows.
    pub(super) fn without_index(self) -> &'static str {
        match self {
            Self::Sqlite => "+",
            Self::Postgres => "",
        }
    }

    /// A truth.
    pub(super) fn truth(self, holds: bool) -> &'static str {
        match (self, holds) {
            (Self::Sqlite, true) => "1",
            (Self::Sqlite, false) => "0",
            (Self::Postgres, true) => "TRUE",
            (Self::Postgres, false) => "FALSE",
        }
    }

    /// Stands behind a value of a kind that is ordered or compared by order: text goes by code point.
    pub(super) fn collation(self, kind: Kind) -> &'static str {
        match (self, kind) {
            (Self::Postgres, Kind::Text | Kind::Code(_) | Kind::Codes(_) | Kind::Reference(_) | Kind::Youth) => {
                " COLLATE \"C\""
            }
            _ => "",
        }
    }

    /// Stands behind a value that rows are ordered by and that may be null, which sorts lowest. Of a row's id, which is
    /// never null, nothing is said of nulls: the contract's indexes say nothing of it either.
    pub(super) fn direction(self, direction: Direction, may_be_null: bool) -> &'static str {
        match (self, direction, may_be_null) {
            (Self::Postgres, Direction::Ascending, true) => " ASC NULLS FIRST",
            (Self::Postgres, Direction::Descending, true) => " DESC NULLS LAST",
            (_, Direction::Ascending, _) => " ASC",
            (_, Direction::Descending, _) => " DESC",
        }
    }

    /// The value is one of a list.
    pub(super) fn is_in(self) -> Pieces {
        match self {
            Self::Sqlite => &[Operand, Raw(" IN (SELECT value FROM json_each("), Parameter, Raw("))")],
            Self::Postgres => &[Operand, Raw(" = ANY("), Parameter, Raw(")")],
        }
    }

    /// The values of a list as a table `p` with the column `value`.
    pub(super) fn each_of(self) -> Pieces {
        match self {
            Self::Sqlite => &[Raw("json_each("), Parameter, Raw(") AS p")],
            Self::Postgres => &[Raw("unnest("), Parameter, Raw(") AS p(value)")],
        }
    }

    /// The text holds a text.
    pub(super) fn contains(self) -> Pieces {
        match self {
            Self::Sqlite => &[Raw("instr("), Operand, Raw(", "), Parameter, Raw(") > 0")],
            Self::Postgres => &[Raw("strpos("), Operand, Raw(", "), Parameter, Raw(") > 0")],
        }
    }

    /// The text starts with a text; in SQLite its length in characters comes first.
    pub(super) fn starts_with(self) -> Pieces {
        match self {
            Self::Sqlite => &[Raw("substr("), Operand, Raw(", 1, "), Parameter, Raw(") = "), Parameter],
            Self::Postgres => &[Raw("starts_with("), Operand, Raw(", "), Parameter, Raw(")")],
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
            Self::Postgres => {
                &[Raw("CASE WHEN "), Operand, IS_ARRAY, Operand, Raw("::text::jsonb ? "), Parameter, Raw(" END")]
            }
        }
    }

    /// The sum of whole numbers, within 64 bits or none.
    pub(super) fn sum(self) -> Pieces {
        match self {
            Self::Sqlite => &[Raw("sum("), Operand, Raw(")")],
            Self::Postgres => &[Raw("sum("), Operand, Raw(")::bigint")],
        }
    }
}
