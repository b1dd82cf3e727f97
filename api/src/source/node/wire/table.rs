//! A question for a partial table on its way.

use std::collections::HashSet;

use entities::{Date, Kind};
use serde::{Deserialize, Serialize};

use super::{
    Unheard,
    condition::{Reader, Value, Writer},
    question::{SelectForm, read_select, write_select},
    value::kind,
};
use crate::{
    query::Operand,
    source::{OpenOn, Tabulate, node::link::Youths},
};

/// A [`Tabulate`].
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TableForm {
    select: SelectForm,
    groups: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    open_on: Option<OpenOnForm>,
    youths: bool,
    values: Vec<bool>,
    groups_most: usize,
    entries_most: usize,
}

/// An [`OpenOn`].
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OpenOnForm {
    days: Vec<Box<str>>,
    from: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<Value>,
}

/// The form of a question; nothing where a source is never asked such a thing.
pub(super) fn write(tabulate: &Tabulate, youths: &Youths) -> Option<TableForm> {
    let writer = Writer { dataset: tabulate.select.dataset, youths };
    let open_on = |it: &OpenOn| {
        let until = it.until.as_ref().map(|until| writer.value(until).ok_or(())).transpose().ok()?;
        let days = it.days.iter().map(|day| day.to_string().into()).collect();
        Some(OpenOnForm { days, from: writer.value(&it.from)?, until })
    };
    Some(TableForm {
        select: write_select(&tabulate.select, youths)?,
        groups: tabulate.groups,
        open_on: tabulate.open_on.as_ref().map(|it| open_on(it).ok_or(())).transpose().ok()?,
        youths: tabulate.youths,
        values: tabulate.values.clone(),
        groups_most: tabulate.groups_most,
        entries_most: tabulate.entries_most,
    })
}

/// The question of a form. All of its fields have to be known: what is null on all rows would be counted as such.
pub(super) fn read(form: TableForm, youths: &Youths) -> Result<Tabulate, Unheard> {
    let mut lacking = Vec::new();
    let select = read_select(form.select, youths, &mut lacking)?;
    if let Some(name) = lacking.into_iter().next() {
        return Err(Unheard::Unknown(name));
    }
    let open_on = form.open_on.map(|it| it.read(Reader { dataset: select.dataset, youths })).transpose()?;
    let (groups, youths, values) = (form.groups, form.youths, form.values);
    let (groups_most, entries_most) = (form.groups_most, form.entries_most);
    let tabulate = Tabulate { select, groups, open_on, youths, values, groups_most, entries_most };
    if holds(&tabulate) { Ok(tabulate) } else { Err(Unheard::Unreadable) }
}

/// Is it one that sources can be asked: whole numbers for measures, days for the ends of periods, youths where there are any?
fn holds(tabulate: &Tabulate) -> bool {
    let Tabulate { select, groups, open_on, youths, values, .. } = tabulate;
    let is_of = |operand: Option<&Operand>, of: Kind| kind(select.dataset, operand).is_none_or(|kind| kind == of);
    let Some(measures) = select.columns.get(*groups..) else { return false };
    measures.len() == values.len()
        && measures.iter().all(|it| is_of(it.as_ref(), Kind::Int))
        && (!youths || select.dataset.youth().is_some())
        && open_on.as_ref().is_none_or(|it| is_of(Some(&it.from), Kind::Date) && is_of(it.until.as_ref(), Kind::Date))
}

impl OpenOnForm {
    fn read(self, reader: Reader<'_>) -> Result<OpenOn, Unheard> {
        let day = |text: Box<str>| text.parse::<Date>().map_err(|_| Unheard::Unreadable);
        if self.days.len() > OpenOn::DAYS_MOST {
            return Err(Unheard::Unreadable);
        }
        let days: Vec<Date> = self.days.into_iter().map(day).collect::<Result<_, _>>()?;
        if days.iter().collect::<HashSet<_>>().len() < days.len() {
            return Err(Unheard::Unreadable);
        }
        let until = self.until.map(|until| reader.operand(until)).transpose()?;
        Ok(OpenOn { days: days.into(), from: reader.operand(self.from)?, until })
    }
}
