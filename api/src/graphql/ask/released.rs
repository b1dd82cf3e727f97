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

/// For each group of a table its key and its cell.
pub(in crate::graphql) type Picked = Vec<(Box<[Datum]>, CellId)>;

/// Which cells are asked for, whoever asks.
pub(in crate::graphql) struct Wanted<'a> {
    axes: &'a [&'static Axis],
    filter: Predicate,
    /// The day on which open rows are counted, where they are.
    pub(in crate::graphql) open_on: Option<Date>,
}

/// What the arguments ask for.
pub(in crate::graphql) fn wanted<'a>(
    asking: &Asking<'_>,
    dataset: &'static Dataset,
    (axes, args): (&'a [&'static Axis], &Values),
) -> Result<Wanted<'a>, Problem> {
    let open_on = open_on(dataset, args)?;
    Ok(Wanted { axes, filter: filter(asking, dataset, args)?, open_on })
}

impl Wanted<'_> {
    /// The length of the release that the table can be of only, where there is one.
    pub(in crate::graphql) fn length(&self, dataset: &Dataset) -> Option<Bucket> {
        let is_municipality = |kind: Kind| kind == Kind::Reference("Municipality");
        let filters = self.filter.field_where(&|field| is_municipality(dataset.fields[field].kind)).is_some();
        let has = |bucket| self.axes.iter().any(|axis| axis.bucket == Some(bucket));
        let is_of_year = filters || has(Bucket::Year) || self.axes.iter().any(|axis| is_municipality(axis.kind));
        if is_of_year { Some(Bucket::Year) } else { has(Bucket::Quarter).then_some(Bucket::Quarter) }
    }
}

fn open_on(dataset: &Dataset, args: &Values) -> Result<Option<Date>, Problem> {
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

/// The cells of a release: the product of what the filter leaves of each dimension.
pub(in crate::graphql) fn pick(
    vocabulary: &Vocabulary,
    (geography, period): (&Geography, Period),
    wanted: &Wanted<'_>,
) -> Result<Picked, Problem> {
    let Wanted { axes, filter, open_on } = wanted;
    axes.iter().try_for_each(|axis| choices::is_released(axis, vocabulary.dataset))?;
    let left = Left::new(vocabulary, filter, (geography, period))?;
    let counted = counted(period, *open_on)?;
    let whole = left.whole(axes, counted)?;
    let mut cells = vec![(open_on.iter().copied().map(Datum::Date).collect::<Vec<_>>(), whole)];
    for axis in *axes {
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
    Ok(cells.into_iter().map(|(key, cell)| (key.into(), cell)).collect())
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
