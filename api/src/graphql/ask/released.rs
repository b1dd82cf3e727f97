//! From coerced arguments to the cells of a release: which areas, which months, which values of at most one dimension
//! more. Knows no cell's value, and nothing of who asks.

mod choices;
mod left;
#[cfg(test)]
mod tests;

use async_graphql_value::ConstValue;
use entities::{Bucket, Dataset, Date, Datum, Kind};

use self::left::Left;
use super::{Asking, filter};
use crate::{
    federation::GROUPS_MOST,
    graphql::{
        axis::Axis,
        error::{Code, Problem},
        execute::Values,
    },
    query::Predicate,
    release::{CellId, Counted, Geography, Period, Vocabulary},
};

/// Cells of a release, each with its place in the table.
#[derive(Debug)]
pub(in crate::graphql) struct Picked {
    /// For each group its key and its cell.
    pub(in crate::graphql) cells: Vec<(Box<[Datum]>, CellId)>,
}

/// Which cells are asked for, whoever asks.
struct Wanted<'a> {
    axes: &'a [&'static Axis],
    filter: &'a Predicate,
    open_on: Option<Date>,
}

/// The length of the release that the table can be of only, where there is one.
pub(in crate::graphql) fn length(
    asking: &Asking<'_>,
    dataset: &'static Dataset,
    axes: &[&Axis],
    args: &Values,
) -> Result<Option<Bucket>, Problem> {
    let is_municipality = |kind: Kind| kind == Kind::Reference("Municipality");
    let filter = filter(asking, dataset, args)?;
    let filters = filter.field_where(&|field| is_municipality(dataset.fields[field].kind)).is_some();
    let has = |bucket| axes.iter().any(|axis| axis.bucket == Some(bucket));
    let is_of_year = filters || has(Bucket::Year) || axes.iter().any(|axis| is_municipality(axis.kind));
    Ok(if is_of_year { Some(Bucket::Year) } else { has(Bucket::Quarter).then_some(Bucket::Quarter) })
}

/// The day on which open rows are counted, where they are.
pub(in crate::graphql) fn open_on(dataset: &Dataset, args: &Values) -> Result<Option<Date>, Problem> {
    let Some(ConstValue::List(days)) = args.get("openOn") else { return Ok(None) };
    if dataset.period.is_none_or(|period| period.until.is_none()) {
        let name = dataset.name;
        return Err(Problem::input(format!(
            "argument \"openOn\" counts rows that begin and end; rows of {name} do not"
        )));
    }
    let day = match days.as_slice() {
        [ConstValue::String(day)] => day.parse().ok(),
        _ => None,
    };
    let one = || Problem::input("argument \"openOn\" takes one day in a released table: the last of its period");
    day.map(Some).ok_or_else(one)
}

/// The cells of a release that the arguments ask for.
pub(in crate::graphql) fn picked(
    asking: &Asking<'_>,
    vocabulary: &Vocabulary,
    (geography, period): (&Geography, Period),
    (axes, args): (&[&'static Axis], &Values),
) -> Result<Picked, Problem> {
    let filter = &filter(asking, vocabulary.dataset, args)?;
    let open_on = open_on(vocabulary.dataset, args)?;
    pick(vocabulary, (geography, period), &Wanted { axes, filter, open_on })
}

/// The product of what the filter leaves of each dimension.
fn pick(
    vocabulary: &Vocabulary,
    (geography, period): (&Geography, Period),
    wanted: &Wanted<'_>,
) -> Result<Picked, Problem> {
    let Wanted { axes, filter, open_on } = *wanted;
    axes.iter().try_for_each(|axis| choices::is_released(axis, vocabulary.dataset))?;
    let left = Left::new(vocabulary, filter, (geography, period))?;
    let counted = counted(period, open_on)?;
    let whole = left.whole(axes, counted)?;
    let mut cells = vec![(open_on.into_iter().map(Datum::Date).collect::<Vec<_>>(), whole)];
    for axis in axes {
        let choices = left.choices(axis, axes, counted)?;
        if cells.len().saturating_mul(choices.len()) > GROUPS_MOST {
            let message = format!("the table has more than {GROUPS_MOST} groups; group by less, or filter for fewer");
            return Err(Problem { code: Code::CostLimit, message });
        }
        let with = |(key, cell): &(Vec<Datum>, CellId)| {
            let (key, cell) = (key.clone(), cell.clone());
            choices.iter().map(move |choice| {
                let key: Vec<_> = key.iter().cloned().chain([choice.key.clone()]).collect();
                (key, choice.of(cell.clone()))
            })
        };
        cells = cells.iter().flat_map(with).collect();
    }
    Ok(Picked { cells: cells.into_iter().map(|(key, cell)| (key.into(), cell)).collect() })
}

fn counted(period: Period, open_on: Option<Date>) -> Result<Counted, Problem> {
    match open_on {
        None => Ok(Counted::Begun),
        Some(day) if day == period.until => Ok(Counted::Open),
        Some(_) => {
            let last = period.until;
            let message = format!("argument \"openOn\" must be {last}, the last day of release \"{period}\"");
            Err(Problem::input(message))
        }
    }
}

fn is_area(kind: Kind) -> bool {
    matches!(kind, Kind::Reference("Region" | "SupraRegion" | "Municipality"))
}
