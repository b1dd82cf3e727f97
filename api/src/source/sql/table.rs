//! The statements of a partial table: groups with their numbers, groups with their youths, groups with the values of a
//! measure. Each is one walk over the rows that match.

use std::borrow::Cow;

use entities::{Datum, Kind};

use super::{Layout, Parameter, Statement, writer::Writer};
use crate::{
    query::Operand,
    source::{OpenOn, Tabulate},
};

/// The column of a youth's key; every table of rows about persons has it.
pub(in crate::source) const YOUTH_KEY: &str = "youth_key";

/// What is read of each group, behind the day and the parts that the source has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::source) enum Stream {
    /// Its number of rows, then per measure that the source has the number of its values, their sum, the lowest and the
    /// highest. Where there are no parts and no rows, one row says so.
    Sums,
    /// The keys of its youths, each once; null where rows name none.
    Youths,
    /// The values of this measure, each once, with their numbers.
    Values(usize),
}

/// The streams of a table, the sums first.
pub(in crate::source) fn streams(tabulate: &Tabulate) -> impl Iterator<Item = Stream> {
    let wanted = |(measure, _): &(usize, &bool)| tabulate.select.columns[tabulate.groups + measure].is_some();
    let values = tabulate.values.iter().enumerate().filter(|(_, values)| **values).filter(wanted);
    let youths = tabulate.youths.then_some(Stream::Youths);
    std::iter::once(Stream::Sums).chain(youths).chain(values.map(|(measure, _)| Stream::Values(measure)))
}

impl Tabulate {
    /// The parts of a group.
    pub(in crate::source) fn parts(&self) -> &[Option<Operand>] {
        &self.select.columns[..self.groups]
    }

    /// The most rows of a stream.
    pub(in crate::source) fn most(&self, stream: Stream) -> usize {
        match stream {
            Stream::Sums => self.groups_most,
            Stream::Youths | Stream::Values(_) => self.entries_most,
        }
    }

    /// The measures.
    pub(in crate::source) fn measures(&self) -> &[Option<Operand>] {
        &self.select.columns[self.groups..]
    }
}

/// The statement that gives a stream, one row more than may be read.
pub(in crate::source) fn table<'s>(layout: Layout<'s>, tabulate: &'s Tabulate, stream: Stream) -> Statement<'s> {
    let mut writer = Writer::new(layout, tabulate.select.dataset);
    days(&mut writer, tabulate);
    writer.raw("SELECT ");
    let mut keys = key(&mut writer, tabulate);
    match stream {
        Stream::Sums => {
            sums(&mut writer, tabulate);
        }
        Stream::Youths => {
            writer.youth_key();
            keys += 1;
        }
        Stream::Values(measure) => {
            writer.known(tabulate.measures()[measure].as_ref());
            writer.raw(", count(*)");
            keys += 1;
        }
    }
    rows(&mut writer, tabulate);
    if let Stream::Values(measure) = stream
        && let Some(operand) = &tabulate.measures()[measure]
    {
        writer.raw(" AND ");
        writer.without_index(operand);
        writer.raw(" IS NOT NULL");
    }
    writer.deny_unresolved();
    for place in 1..=keys {
        writer.raw(if place == 1 { "\nGROUP BY " } else { ", " });
        writer.raw(&place.to_string());
    }
    writer.raw("\nLIMIT ");
    writer.parameter(Parameter::Number(i64::try_from(tabulate.most(stream)).unwrap_or(i64::MAX).saturating_add(1)));
    writer.done()
}

/// The days as a table of their own, so that their list is read once and not once per row.
fn days<'s>(writer: &mut Writer<'s>, tabulate: &'s Tabulate) {
    if let Some(open_on) = &tabulate.open_on {
        let days: Vec<_> = open_on.days.iter().map(|day| Datum::Date(*day)).collect();
        writer.raw("WITH p(value) AS MATERIALIZED (SELECT p.value FROM ");
        writer.each_of(Cow::Owned(days), Kind::Date);
        writer.raw(")\n");
    }
}

/// The day and the parts that the source has, with a comma behind each: how many there are. No index serves them: to
/// walk one in the order of groups and look up row by row costs as much as to sort, and more where the condition has an
/// index or the file is larger than memory.
fn key<'s>(writer: &mut Writer<'s>, tabulate: &'s Tabulate) -> usize {
    if tabulate.open_on.is_some() {
        writer.raw("p.value, ");
    }
    for part in tabulate.parts().iter().flatten() {
        writer.without_index(part);
        writer.raw(", ");
    }
    usize::from(tabulate.open_on.is_some()) + tabulate.parts().iter().flatten().count()
}

fn sums<'s>(writer: &mut Writer<'s>, tabulate: &'s Tabulate) {
    writer.raw("count(*)");
    for measure in tabulate.measures().iter().flatten() {
        writer.raw(", count(");
        writer.operand(measure);
        writer.raw("), ");
        writer.sum(measure);
        for function in [", min(", ", max("] {
            writer.raw(function);
            writer.operand(measure);
            writer.raw(")");
        }
    }
}

/// The rows that match, once, or once for each day on which they are open. Row by row, so that rows are read once however
/// many days there are; those that are open on none of them are left out first.
fn rows<'s>(writer: &mut Writer<'s>, tabulate: &'s Tabulate) {
    writer.from();
    let Some(open_on) = &tabulate.open_on else {
        writer.raw("\nWHERE ");
        return writer.predicate(&tabulate.select.filter);
    };
    writer.raw(" CROSS JOIN p\nWHERE ");
    writer.predicate(&tabulate.select.filter);
    is_open(writer, open_on, ["(SELECT max(value) FROM p)", "(SELECT min(value) FROM p)"]);
    is_open(writer, open_on, ["p.value", "p.value"]);
}

/// The row began by a day, and has no end or one after a day.
fn is_open<'s>(writer: &mut Writer<'s>, OpenOn { from, until, .. }: &'s OpenOn, [by, after]: [&str; 2]) {
    writer.raw(" AND ");
    writer.without_index(from);
    writer.raw(" <= ");
    writer.raw(by);
    if let Some(until) = until {
        writer.raw(" AND (");
        writer.without_index(until);
        writer.raw(" IS NULL OR ");
        writer.without_index(until);
        writer.raw(" > ");
        writer.raw(after);
        writer.raw(")");
    }
}
