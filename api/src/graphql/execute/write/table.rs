//! Writes tables: their groups, what groups are by, in values and in words, and what measures come to.

use std::io::Write as _;

use async_graphql_value::ConstValue;
use entities::{Datum, Kind};

use super::{Value, Writer, Written, leaf};
use crate::graphql::{
    error::Segment,
    execute::{
        Values,
        collect::Selected,
        made,
        table::{Comes, Language, Line, Statistics, label, number},
    },
    model::{Field, GroupPart, MeasurePart, TablePart},
};

impl<'a> Writer<'a> {
    pub(super) fn table(
        &mut self,
        selected: &'a Selected<'a>,
        field: &'a Field,
        part: TablePart,
        table: &Statistics,
    ) -> Written {
        match part {
            TablePart::Groups => {
                self.out.push(b'[');
                for (place, group) in table.lines.iter().enumerate() {
                    if place > 0 {
                        self.out.push(b',');
                    }
                    self.path.push(Segment::Index(place));
                    let written = self.object(&selected.children, Value::Group(table, group));
                    self.path.pop();
                    written?;
                }
                self.out.push(b']');
                Ok(())
            }
            TablePart::Publishable => self.truth(table.is_publishable),
            TablePart::Completeness => {
                let Some(outcomes) = &table.outcomes else { return self.null(selected, field) };
                let made = table.completeness.get_or_init(|| made::completeness_of(self.task, outcomes));
                self.made(selected, &field.ty, made)
            }
            TablePart::Release => match &table.release {
                Some(release) => self.made(selected, &field.ty, release),
                None => self.null(selected, field),
            },
        }
    }

    pub(super) fn group(
        &mut self,
        selected: &'a Selected<'a>,
        field: &'a Field,
        (part, args): (GroupPart, &Values),
        (table, group): (&Statistics, &Line),
    ) -> Written {
        match part {
            GroupPart::Value(axis) => {
                let value = table.value(group, axis).unwrap_or(&Datum::Null);
                self.datum(selected, field, axis.kind, value)
            }
            GroupPart::Code(axis) => {
                self.datum(selected, field, Kind::Text, table.value(group, axis).unwrap_or(&Datum::Null))
            }
            GroupPart::Label(axis) => match table.value(group, axis) {
                Some(value) => {
                    let is_english = matches!(args.get("language"), Some(ConstValue::Enum(word)) if word == "EN");
                    let language = if is_english { Language::English } else { Language::Dutch };
                    let words = label(axis, value, language, &self.task.gateway.parts().reference);
                    leaf::text(&mut self.out, &words);
                    Ok(())
                }
                None => self.null(selected, field),
            },
            GroupPart::OpenOn => self.datum(selected, field, Kind::Date, table.open_on(group).unwrap_or(&Datum::Null)),
            GroupPart::Rows => self.count(selected, field, group.rows),
            GroupPart::Youths => self.count(selected, field, group.youths),
            GroupPart::Measure(measured) => match table.comes(group, measured) {
                Some(comes) => self.object(&selected.children, Value::Measure(comes)),
                None => self.null(selected, field),
            },
            GroupPart::Suppressed => self.truth(group.is_hidden),
        }
    }

    pub(super) fn measure(
        &mut self,
        selected: &'a Selected<'a>,
        field: &'a Field,
        part: MeasurePart,
        comes: &Comes,
    ) -> Written {
        match number(comes, part) {
            Some(number) => {
                let _ = write!(self.out, "{number}");
                Ok(())
            }
            None => self.null(selected, field),
        }
    }

    fn truth(&mut self, holds: bool) -> Written {
        let _ = write!(self.out, "{holds}");
        Ok(())
    }

    fn count(&mut self, selected: &'a Selected<'a>, field: &'a Field, number: Option<u64>) -> Written {
        let number = number.and_then(|number| i64::try_from(number).ok()).map_or(Datum::Null, Datum::Int);
        self.datum(selected, field, Kind::Int, &number)
    }
}
