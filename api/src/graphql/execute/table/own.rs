//! The exact table over the rows that the caller is granted: what of it is selected is asked of the sources, and the groups
//! that come are filled up.

use std::sync::{Arc, OnceLock};

use async_graphql_value::ConstValue;
use entities::{Dataset, FieldId, Kind, Tier};

use super::{Comes, Line, Statistics, below, fill, number, order};
use crate::{
    federation::{self, GROUPS_MOST, Group, Outcome, Spread, Status, TooMany},
    graphql::{
        ask::{self, Asked, Asking},
        axis::{self, Axis},
        error::{Code, Problem},
        execute::{
            Task, Values,
            collect::Selected,
            fetch::{Found, refuse_failures},
            named,
        },
        model::{GroupKey, GroupPart, MeasurePart, Resolve, TablePart},
        name,
    },
    query::{Measured, Table},
};

/// Youths of a group, or persons of a measure, from which a table can be published.
const PUBLISHABLE_FROM: u64 = 10;

/// The exact table over the rows that the caller is granted.
pub(super) async fn own(
    task: &Task,
    dataset: &'static Dataset,
    field: &Selected<'_>,
    args: &Values,
) -> Result<Found, Problem> {
    let Some(asked) = asked(task, dataset, field, args)? else { return Ok(Found::Nothing) };
    let Some(grant) = task.granted.table(dataset).await? else { return Ok(Found::Nothing) };
    named::note(task, dataset, &asked.table.filter).await?;
    task.progress().account.begins(field, dataset, task.access.table(dataset));
    let sources = &task.gateway.parts().sources;
    // The semaphore is never closed; were it, the table would only not wait for others.
    let _turn = task.tables.acquire().await.ok();
    let tabulated = federation::tabulate(&asked.table, &grant, sources).await.map_err(too_large)?;
    let outcomes = lacking(tabulated.outcomes, &grant.unknown);
    if !matches!(args.get("onSourceFailure"), Some(ConstValue::Enum(word)) if word == "PARTIAL") {
        refuse_failures(&task.gateway, &outcomes)?;
    }
    let mut groups = tabulated.groups;
    fill::fill(&mut groups, &asked).map_err(too_large)?;
    let is_complete = outcomes.iter().all(|outcome| outcome.status == Status::Answered);
    let is_publishable = is_complete && !asked.extremes && is_publishable(&groups, &asked.table);
    let measures: Vec<_> = asked.table.measures.iter().map(|it| it.field).collect();
    let lines = order::arranged(groups.into_iter().map(Line::from).collect(), &asked.form, &measures);
    let (form, completeness) = (asked.form, OnceLock::new());
    let table =
        Statistics { form, measures, lines, is_publishable, outcomes: Some(outcomes), completeness, release: None };
    Ok(Found::Table(Arc::new(table)))
}

/// The table of a field's arguments, with the youths and measures that its selection and its order ask for; nothing where
/// it is not granted.
pub(in crate::graphql::execute) fn asked(
    task: &Task,
    dataset: &'static Dataset,
    field: &Selected<'_>,
    args: &Values,
) -> Result<Option<Asked>, Problem> {
    let Some(grant) = task.access.table(dataset) else { return Ok(None) };
    let mut asked = ask::table(&Asking::new(task.gateway.parts(), &task.access), grant, args)?;
    for part in below(field) {
        match part.resolve() {
            Some(Resolve::Table(TablePart::Publishable)) => asked.table.youths |= dataset.youth().is_some(),
            Some(Resolve::Table(TablePart::Groups)) => below(part).for_each(|part| want(&mut asked, part)),
            _ => {}
        }
    }
    for (key, _) in asked.form.order.clone() {
        match key {
            GroupKey::Youths => asked.table.youths = true,
            GroupKey::Measure(field, part) => measure(&mut asked, field, [part]),
            GroupKey::Axis(_) | GroupKey::OpenOn | GroupKey::Rows => {}
        }
    }
    asked.table.measures.iter().try_for_each(|it| is_of_one_unit(&asked, it.field))?;
    Ok(Some(asked))
}

/// What a part of a group takes.
fn want(asked: &mut Asked, part: &Selected<'_>) {
    match part.resolve() {
        Some(Resolve::Group(GroupPart::Youths)) => asked.table.youths = true,
        Some(Resolve::Group(GroupPart::Measure(field))) => {
            let parts = below(part).filter_map(|part| match part.resolve() {
                Some(Resolve::Measure(part)) => Some(part),
                _ => None,
            });
            measure(asked, field, parts);
        }
        _ => {}
    }
}

fn measure(asked: &mut Asked, field: FieldId, parts: impl IntoIterator<Item = MeasurePart>) {
    let place = asked.table.measures.iter().position(|known| known.field == field).unwrap_or_else(|| {
        asked.table.measures.push(Measured { field, percentiles: false });
        asked.table.measures.len() - 1
    });
    for part in parts {
        asked.table.measures[place].percentiles |= part.is_percentile();
        asked.extremes |= asked.table.dataset.youth().is_some() && part.is_extreme();
    }
}

/// Refuses to put euros and hours together.
fn is_of_one_unit(asked: &Asked, measure: FieldId) -> Result<(), Problem> {
    let table = &asked.table;
    let Some(unit) = table.dataset.unit_of(measure) else { return Ok(()) };
    if asked.form.axes.iter().any(|axis| axis.is_field(unit)) || table.filter.fixes(unit) {
        return Ok(());
    }
    let value = axis::axes(table.dataset).iter().find(|axis| axis.is_field(unit)).map_or_else(String::new, Axis::value);
    let [measure, unit] = [measure, unit].map(|field| name::field(&table.dataset.fields[field]));
    Err(Problem::input(format!(
        "\"{measure}\" is of different units, which cannot be put together: group by {value}, or filter for one \
         \"{unit}\""
    )))
}

/// Can none of the numbers be one of few persons? Of rows about youths these are the youths, and those that a measure
/// has values of; of others the values of measures that are more than open, and no row may be picked by such a value.
fn is_publishable(groups: &[Group], table: &Table) -> bool {
    if table.dataset.youth().is_some() {
        let few = |youths: u64| (1..PUBLISHABLE_FROM).contains(&youths);
        let measured = |group: &Group| group.measures.iter().any(|spread| few(spread.count));
        return !groups.iter().any(|group| group.youths.is_some_and(few) || measured(group));
    }
    let counts_persons = |field: FieldId| {
        let described = &table.dataset.fields[field];
        described.kind == Kind::Int && described.tier >= Tier::Indirect
    };
    if table.filter.field_where(&counts_persons).is_some() {
        return false;
    }
    let may_count_persons = |measured: &Measured| table.dataset.fields[measured.field].tier >= Tier::Indirect;
    let is_few = |spread: &Spread| {
        let mut numbers = MeasurePart::ALL.into_iter().filter_map(|part| number(&Comes::Exact(*spread), part));
        numbers.any(|number| number.is_within(0, PUBLISHABLE_FROM))
    };
    let places = table.measures.iter().enumerate().filter(|(_, measured)| may_count_persons(measured));
    let places: Vec<_> = places.map(|(place, _)| place).collect();
    let mut spreads = groups.iter().flat_map(|group| places.iter().filter_map(|place| group.measures.get(*place)));
    !spreads.any(is_few)
}

/// The outcomes, where rows are missing because of these sources too.
fn lacking(mut outcomes: Vec<Outcome>, unknown: &[Outcome]) -> Vec<Outcome> {
    for outcome in unknown {
        match outcomes.binary_search_by_key(&outcome.source, |it| it.source) {
            Ok(place) if outcomes[place].status == Status::Answered => outcomes[place] = outcome.clone(),
            Ok(_) => {}
            Err(place) => outcomes.insert(place, outcome.clone()),
        }
    }
    outcomes
}

fn too_large(_: TooMany) -> Problem {
    let message = format!(
        "the table has more than {GROUPS_MOST} groups, or takes more youths or values than can be put together; group by \
         less, or filter for fewer rows"
    );
    Problem { code: Code::CostLimit, message }
}
