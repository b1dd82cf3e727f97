//! Tables as the executor writes them: over one's own rows, or released.

mod fill;
mod label;
mod measure;
mod order;
mod own;
mod released;

use std::sync::OnceLock;

use async_graphql_value::ConstValue;
use entities::{Dataset, Datum, FieldId};
use serde_json::Value as Json;

pub(super) use self::{
    label::{Language, label},
    measure::{Comes, number},
    own::asked,
    released::{AskedReleased, asked as asked_released},
};
use super::{Task, coerce::Values, collect::Selected, fetch::Found};
use crate::{
    federation::{Group, Outcome, Spread},
    graphql::{ask::Form, axis::Axis, error::Problem},
};

/// A table as the executor writes it.
#[derive(Debug)]
pub(super) struct Statistics {
    form: Form,
    measures: Vec<FieldId>,
    /// In order, no more than are wanted.
    pub(super) lines: Vec<Line>,
    pub(super) is_publishable: bool,
    /// How sources answered; none where none was asked.
    pub(super) outcomes: Option<Vec<Outcome>>,
    /// Its `completeness`, once it was asked for.
    pub(super) completeness: OnceLock<Json>,
    /// The release that it is of, as it is shown.
    pub(super) release: Option<Json>,
}

/// A group as it is shown.
#[derive(Debug)]
pub(super) struct Line {
    key: Box<[Datum]>,
    pub(super) rows: Option<u64>,
    pub(super) youths: Option<u64>,
    measures: Box<[Comes]>,
    /// Is nothing shown of it, to protect those in it? Looks like nobody.
    pub(super) is_hidden: bool,
}

impl From<Group> for Line {
    fn from(group: Group) -> Self {
        // Rows of which none has a value say nothing; no rows come to 0.
        let says_nothing = |spread: &Spread| spread.count == 0 && group.rows > 0;
        let comes = |spread: &Spread| if says_nothing(spread) { Comes::Nothing } else { Comes::Exact(*spread) };
        let measures = group.measures.iter().map(comes).collect();
        Self { key: group.key, rows: Some(group.rows), youths: group.youths, measures, is_hidden: false }
    }
}

impl Statistics {
    /// The value of a group; none where it is not grouped by that.
    pub(super) fn value<'g>(&self, line: &'g Line, axis: &Axis) -> Option<&'g Datum> {
        let place = self.form.axes.iter().position(|known| *known == axis)?;
        line.key.get(place + usize::from(self.form.is_on_days))
    }

    /// The day of a group; none where rows are not counted on days.
    pub(super) fn open_on<'g>(&self, line: &'g Line) -> Option<&'g Datum> {
        line.key.first().filter(|_| self.form.is_on_days)
    }

    /// What a measured field comes to.
    pub(super) fn comes<'g>(&self, line: &'g Line, field: FieldId) -> Option<&'g Comes> {
        line.measures.get(self.measures.iter().position(|measured| *measured == field)?)
    }
}

/// The table that a field asks for, in the view that it asks for; where it does not say, over one's own rows if there can
/// be one, else released.
pub(super) async fn statistics(
    task: &Task,
    dataset: &'static Dataset,
    field: &Selected<'_>,
    args: &Values,
) -> Result<Found, Problem> {
    if is_released(task, dataset, args) {
        return released::released(task, dataset, args).await;
    }
    if task.access.table(dataset).is_none() {
        let name = dataset.name;
        let message = format!("you are granted no {name} rows to make an exact table of; ask for \"view: RELEASED\"");
        return Err(Problem::input(message));
    }
    if names_release(args) {
        return Err(Problem::input(
            "argument \"release\" goes with \"view: RELEASED\"; a table over your own rows is of none",
        ));
    }
    own::own(task, dataset, field, args).await
}

/// Is a released table asked for?
pub(super) fn is_released(task: &Task, dataset: &Dataset, args: &Values) -> bool {
    match args.get("view") {
        Some(ConstValue::Enum(view)) => view == "RELEASED",
        _ => task.access.table(dataset).is_none() || names_release(args),
    }
}

fn names_release(args: &Values) -> bool {
    matches!(args.get("release"), Some(ConstValue::String(_)))
}

fn below<'s, 'm>(field: &'s Selected<'m>) -> impl Iterator<Item = &'s Selected<'m>> {
    field.children.iter().flat_map(|(_, fields)| fields)
}
