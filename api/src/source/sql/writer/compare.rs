//! Writes tests, comparisons and orders of values.

use entities::Datum;

use super::{Dialect, Parameter, Pieces, Writer};
use crate::query::{Direction, Operand, Test};

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::source::sql) enum Comparison {
    Eq,
    Lt,
    Lte,
    Gt,
    Gte,
}

impl Comparison {
    fn text(self) -> &'static str {
        match self {
            Self::Eq => " = ",
            Self::Lt => " < ",
            Self::Lte => " <= ",
            Self::Gt => " > ",
            Self::Gte => " >= ",
        }
    }
}

impl<'s> Writer<'s> {
    /// Compares what was written with a value. PostgreSQL knows the type of a null from where it stands, and no text
    /// that holds the character zero: what would be compared with one is compared with what comes before that.
    pub(in crate::source::sql) fn compared(&mut self, comparison: Comparison, datum: &'s Datum) {
        let (comparison, parameter) = match (self.dialect, datum) {
            (Dialect::Postgres, Datum::Null) => (comparison, None),
            (Dialect::Postgres, Datum::Text(text)) => match text.split_once('\0') {
                None => (comparison, Some(Parameter::Datum(datum))),
                Some((before, _)) => match comparison {
                    Comparison::Eq => (comparison, None),
                    Comparison::Lt | Comparison::Lte => (Comparison::Lte, Some(Parameter::Text(before))),
                    Comparison::Gt | Comparison::Gte => (Comparison::Gt, Some(Parameter::Text(before))),
                },
            },
            _ => (comparison, Some(Parameter::Datum(datum))),
        };
        self.raw(comparison.text());
        match parameter {
            Some(parameter) => self.parameter(parameter),
            None => self.raw("NULL"),
        }
    }

    /// An operand that is ordered by, or compared by order.
    pub(in crate::source::sql) fn ordered(&mut self, operand: &'s Operand) {
        self.operand(operand);
        self.raw(self.dialect.collation(self.dataset.fields[operand.field()].kind));
    }

    /// The same of one that may be null on every row of the source.
    pub(in crate::source::sql) fn known_ordered(&mut self, operand: Option<&'s Operand>) {
        match operand {
            Some(operand) => self.ordered(operand),
            None => self.raw("NULL"),
        }
    }

    pub(in crate::source::sql) fn direction(&mut self, direction: Direction, may_be_null: bool) {
        self.raw(self.dialect.direction(direction, may_be_null));
    }

    pub(in crate::source::sql) fn sum(&mut self, operand: &'s Operand) {
        self.pieces(self.dialect.sum(), operand, []);
    }

    /// The same where it is ordered by, or compared by order.
    pub(in crate::source::sql) fn ordered_id(&mut self) {
        self.id();
        self.raw(self.dialect.collation(self.dataset.fields[self.dataset.key()].kind));
    }

    pub(super) fn test(&mut self, operand: &'s Operand, test: &'s Test) {
        if self.broad.contains(&operand) {
            self.raw(self.dialect.without_index());
        }
        let (comparison, datum) = match test {
            Test::Null => {
                self.operand(operand);
                return self.raw(" IS NULL");
            }
            Test::In(data) => return self.is_in(operand, data),
            Test::Contains(part) => return self.part(self.dialect.contains(), operand, part),
            Test::StartsWith(part) if self.dialect == Dialect::Postgres => {
                return self.part(self.dialect.starts_with(), operand, part);
            }
            Test::StartsWith(part) => {
                let length = i64::try_from(part.chars().count()).unwrap_or(i64::MAX);
                let parameters = [Parameter::Number(length), Parameter::Text(part)];
                return self.pieces(self.dialect.starts_with(), operand, parameters);
            }
            Test::Has(code) => return self.part(self.dialect.has(), operand, code),
            Test::Eq(datum) => {
                self.operand(operand);
                return self.compared(Comparison::Eq, datum);
            }
            Test::Lt(datum) => (Comparison::Lt, datum),
            Test::Lte(datum) => (Comparison::Lte, datum),
            Test::Gt(datum) => (Comparison::Gt, datum),
            Test::Gte(datum) => (Comparison::Gte, datum),
        };
        self.ordered(operand);
        self.compared(comparison, datum);
    }

    /// A test for a text; in PostgreSQL no text holds the character zero.
    fn part(&mut self, pieces: Pieces, operand: &'s Operand, part: &'s str) {
        match self.dialect {
            Dialect::Postgres if part.contains('\0') => self.truth(false),
            _ => self.pieces(pieces, operand, [Parameter::Text(part)]),
        }
    }
}
