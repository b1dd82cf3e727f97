//! Writes operands and predicates. Two-valued as in memory: `NOT p` is `(p) IS NOT TRUE`, so that a null inside never
//! makes a row fall through both.

mod compare;
mod raw;

use std::{borrow::Cow, fmt::Write as _};

use entities::{Dataset, Datum, FieldId, Kind};

pub(super) use self::compare::Comparison;
use super::{
    Dialect, Layout, List, Parameter, Statement,
    dialect::{Piece, Pieces},
    inverse::Asked,
    mapped::{Derived, Used},
    table::YOUTH_KEY,
};
use crate::query::{Linked, Operand, Predicate, Shown};

/// The most conditions in a row.
const CHAIN: usize = 16;

/// A statement in the making.
pub(super) struct Writer<'s> {
    dialect: Dialect,
    layout: Layout<'s>,
    dataset: &'static Dataset,
    /// What its rows are called.
    alias: &'static str,
    text: String,
    parameters: Vec<Parameter<'s>>,
    broad: Vec<&'s Operand>,
    unresolved: bool,
    /// What stands in place of the tables of mapped datasets.
    derived: Derived,
}

/// The value that is tested.
#[derive(Clone, Copy)]
enum Tested<'s> {
    Column(FieldId),
    Operand(&'s Operand),
}

impl<'s> Writer<'s> {
    pub(super) fn new(layout: Layout<'s>, dataset: &'static Dataset) -> Self {
        Self {
            dialect: layout.dialect,
            layout,
            dataset,
            alias: "t",
            text: String::with_capacity(512),
            parameters: Vec::new(),
            broad: Vec::new(),
            unresolved: false,
            derived: Derived::default(),
        }
    }

    /// Operands that no index is to serve where they are tested.
    pub(super) fn broad(&mut self, operands: &[&'s Operand]) {
        self.broad.extend_from_slice(operands);
    }

    pub(super) fn raw(&mut self, text: &str) {
        self.text.push_str(text);
    }

    pub(super) fn parameter(&mut self, parameter: Parameter<'s>) {
        self.parameters.push(parameter);
        match self.dialect {
            Dialect::Sqlite => self.raw("?"),
            Dialect::Postgres => {
                let _ = write!(self.text, "${}", self.parameters.len());
            }
        }
    }

    pub(super) fn truth(&mut self, holds: bool) {
        self.raw(self.dialect.truth(holds));
    }

    /// Do tables on the right of a join see those on its left only where that is said?
    pub(super) fn says_lateral(&self) -> bool {
        self.dialect == Dialect::Postgres
    }

    /// The row's id.
    pub(super) fn id(&mut self) {
        self.column(self.dataset.key());
    }

    /// The value that is tested, ordered by or shown.
    pub(super) fn operand(&mut self, operand: &'s Operand) {
        match operand {
            Operand::Field(field) => self.column(*field),
            Operand::Shown(shown) if shown.when == Predicate::All => self.shown(shown),
            Operand::Shown(shown) => {
                self.raw("CASE WHEN ");
                self.predicate(&shown.when);
                self.raw(" THEN ");
                self.shown(shown);
                self.raw(" END");
            }
        }
    }

    /// The same where no index is to serve it.
    pub(super) fn without_index(&mut self, operand: &'s Operand) {
        self.raw(self.dialect.without_index());
        self.operand(operand);
    }

    /// A value that may be null on every row of the source.
    pub(super) fn known(&mut self, operand: Option<&'s Operand>) {
        match operand {
            Some(operand) => self.operand(operand),
            None => self.raw("NULL"),
        }
    }

    /// `FROM` the dataset's table. It has a name of its own, because what stands inside a table function would
    /// otherwise name that function's columns (`id`, `type`, `value` ...) first.
    pub(super) fn from(&mut self) {
        self.raw("\nFROM ");
        self.table();
    }

    /// The dataset's table, by the name that it has in a statement.
    pub(super) fn table(&mut self) {
        if self.layout.mapping(self.dataset).is_some() {
            self.derived.table(self.text.len(), self.alias, self.dataset);
        } else {
            self.identifier(self.dataset.table);
        }
        self.raw(" AS ");
        self.raw(self.alias);
    }

    /// The values of a list as a table `p` with the column `value`.
    pub(super) fn each_of(&mut self, data: Cow<'s, [Datum]>, kind: Kind) {
        let list = Parameter::List(List { kind, data });
        self.filled(self.dialect.each_of(), Tested::Column(self.dataset.key()), [list]);
    }

    /// The value is one of a list.
    pub(super) fn is_in(&mut self, operand: &'s Operand, data: &'s [Datum]) {
        let kind = self.dataset.fields[operand.field()].kind;
        self.pieces(self.dialect.is_in(), operand, [Parameter::List(List { kind, data: Cow::Borrowed(data) })]);
        self.and_necessary(operand, Asked::Among(data));
    }

    /// A condition; stands on its own beside `AND` and before `IS`.
    pub(super) fn predicate(&mut self, predicate: &'s Predicate) {
        match predicate {
            Predicate::All => self.truth(true),
            Predicate::None => self.truth(false),
            Predicate::And(parts) => self.joined(parts, " AND ", true),
            Predicate::Or(parts) => self.joined(parts, " OR ", false),
            Predicate::Not(inner) => {
                self.raw("((");
                self.predicate(inner);
                self.raw(") IS NOT TRUE)");
            }
            Predicate::Is(operand, test) => {
                self.raw("(");
                self.test(operand, test);
                if let Some(asked) = Asked::of(test) {
                    self.and_necessary(operand, asked);
                }
                self.raw(")");
            }
            Predicate::Linked(linked) => self.linked(linked),
            Predicate::Source(_) | Predicate::HeldBy(_) => {
                self.unresolved = true;
                self.truth(false);
            }
        }
    }

    /// A condition on the source itself is resolved by the plan. Should one be left, no row matches, whatever stands
    /// around it.
    pub(super) fn deny_unresolved(&mut self) {
        if self.unresolved {
            self.raw(" AND ");
            self.truth(false);
        }
    }

    pub(super) fn done(self) -> Statement<'s> {
        Statement { text: self.derived.put_into(self.text, self.layout), parameters: self.parameters }
    }

    /// Long lists as a tree of short ones: a database reads a list as a chain of pairs, and SQLite follows none that is
    /// longer than a thousand.
    fn joined(&mut self, parts: &'s [Predicate], between: &str, empty: bool) {
        if parts.is_empty() {
            return self.truth(empty);
        }
        self.raw("(");
        if parts.len() > CHAIN {
            let (left, right) = parts.split_at(parts.len() / 2);
            self.joined(left, between, empty);
            self.raw(between);
            self.joined(right, between, empty);
        } else {
            for (place, part) in parts.iter().enumerate() {
                if place > 0 {
                    self.raw(between);
                }
                self.predicate(part);
            }
        }
        self.raw(")");
    }

    /// There is a row that the field links to, and it meets a condition.
    fn linked(&mut self, linked: &'s Linked) {
        let (dataset, alias) = (self.dataset, self.alias);
        let target = linked.dataset;
        self.raw("EXISTS (SELECT 1 FROM ");
        (self.dataset, self.alias) = (target, "l");
        self.table();
        self.raw(" WHERE ");
        (self.dataset, self.alias) = (dataset, alias);
        self.column(linked.field);
        (self.dataset, self.alias) = (target, "l");
        self.raw(" = ");
        self.id();
        self.raw(" AND ");
        self.predicate(&linked.rows);
        (self.dataset, self.alias) = (dataset, alias);
        self.raw(")");
    }

    fn pieces(&mut self, pieces: Pieces, operand: &'s Operand, parameters: impl IntoIterator<Item = Parameter<'s>>) {
        self.filled(pieces, Tested::Operand(operand), parameters);
    }

    fn filled(&mut self, pieces: Pieces, tested: Tested<'s>, parameters: impl IntoIterator<Item = Parameter<'s>>) {
        let mut parameters = parameters.into_iter();
        for piece in pieces {
            match (piece, tested) {
                (Piece::Raw(text), _) => self.raw(text),
                (Piece::Operand, Tested::Column(field)) => self.column(field),
                (Piece::Operand, Tested::Operand(operand)) => self.operand(operand),
                (Piece::Parameter, _) => {
                    if let Some(parameter) = parameters.next() {
                        self.parameter(parameter);
                    }
                }
            }
        }
    }

    fn shown(&mut self, shown: &'s Shown) {
        match shown.bucket {
            Some(bucket) => self.filled(self.dialect.bucket(bucket), Tested::Column(shown.field), []),
            None => self.column(shown.field),
        }
    }

    /// A field as it is stored.
    pub(super) fn column(&mut self, field: FieldId) {
        self.derived.uses(self.alias, self.dataset, Used::Field(field));
        self.raw(self.alias);
        self.raw(".");
        self.identifier(self.dataset.fields[field].column);
    }

    /// The key of the row's youth; its pseudonym, where the source does not know the key.
    pub(super) fn youth_key(&mut self) {
        match (self.layout.mapping(self.dataset), self.dataset.youth()) {
            (Some(mapping), Some(youth)) if !mapping.has_youth_key() => return self.column(youth),
            _ => self.derived.uses(self.alias, self.dataset, Used::YouthKey),
        }
        self.raw(self.alias);
        self.raw(".");
        self.identifier(YOUTH_KEY);
    }

    fn identifier(&mut self, name: &str) {
        self.text.push('"');
        for character in name.chars() {
            if character == '"' {
                self.text.push('"');
            }
            self.text.push(character);
        }
        self.text.push('"');
    }
}
