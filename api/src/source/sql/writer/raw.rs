//! Conditions on the columns of a mapped source beside those on what they mean: redundant, so that indexes of the source
//! serve them.

use entities::{Datum, FieldId, Kind};

use super::{List, Parameter, Writer};
use crate::{
    query::Operand,
    source::sql::{
        Dialect,
        inverse::{Asked, Necessary, necessary},
        mapped::Used,
    },
};

/// The most values that stand in a statement one by one.
const FEW: usize = 8;

impl<'s> Writer<'s> {
    /// `AND` and what a column of a mapped source is wherever a test is passed, if that is known.
    pub(super) fn and_necessary(&mut self, operand: &'s Operand, asked: Asked<'_>) {
        let Some(mapping) = self.layout.mapping(self.dataset) else { return };
        let field = operand.field();
        match necessary(self.dialect, mapping, operand, asked) {
            Necessary::Nothing => {}
            Necessary::Among(data) => {
                self.raw(" AND ");
                self.is_raw(field, data);
            }
            Necessary::Between(from, until) => {
                for (comparison, datum) in [(" >= ", from), (" <= ", until)] {
                    let Some(datum) = datum else { continue };
                    self.raw(" AND ");
                    self.raw_column(field);
                    self.raw(comparison);
                    self.parameter(Parameter::Own(datum));
                }
            }
        }
    }

    fn is_raw(&mut self, field: FieldId, data: Vec<Datum>) {
        let first = data.first().cloned();
        match data.len() {
            0 => self.truth(false),
            1 => {
                self.raw_column(field);
                self.raw(" = ");
                data.into_iter().for_each(|datum| self.parameter(Parameter::Own(datum)));
            }
            2..=FEW => {
                self.raw_column(field);
                for (place, datum) in data.into_iter().enumerate() {
                    self.raw(if place == 0 { " IN (" } else { ", " });
                    self.parameter(Parameter::Own(datum));
                }
                self.raw(")");
            }
            _ => {
                let kind = if matches!(first, Some(Datum::Int(_))) { Kind::Int } else { Kind::Text };
                let list = Parameter::List(List { kind, data: data.into() });
                self.raw_column(field);
                self.raw_is_in(list);
            }
        }
    }

    fn raw_is_in(&mut self, list: Parameter<'s>) {
        match self.dialect {
            Dialect::Sqlite => {
                self.raw(" IN (SELECT value FROM json_each(");
                self.parameter(list);
                self.raw("))");
            }
            Dialect::Postgres => {
                self.raw(" = ANY(");
                self.parameter(list);
                self.raw(")");
            }
        }
    }

    fn raw_column(&mut self, field: FieldId) {
        let used = Used::Raw(field);
        self.derived.uses(self.alias, self.dataset, used);
        self.raw(self.alias);
        self.raw(".");
        self.identifier(&used.name(self.dataset));
    }
}
