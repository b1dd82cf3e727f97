//! What every table has, over own rows or released: dimensions, an order of its groups, and their number.

use async_graphql_value::ConstValue;
use entities::Dataset;

use super::size;
use crate::{
    federation::GROUPS_MOST,
    graphql::{
        axis::{self, Axis},
        error::Problem,
        execute::Values,
        model::{GroupKey, Meaning, Model},
        name,
    },
    query::Direction,
};

/// The most dimensions of one table.
const DIMENSIONS_MOST: usize = 5;

/// The form of a table.
#[derive(Debug)]
pub(in crate::graphql) struct Form {
    /// The dimensions, as clients name them.
    pub(in crate::graphql) axes: Vec<&'static Axis>,
    /// Are rows counted on days? The day is then the first part of a group.
    pub(in crate::graphql) is_on_days: bool,
    /// In which order groups come.
    pub(in crate::graphql) order: Vec<(GroupKey, Direction)>,
    /// The most groups.
    pub(in crate::graphql) first: usize,
}

/// The form that the arguments ask for.
pub(in crate::graphql) fn form(model: &Model, dataset: &Dataset, args: &Values) -> Result<Form, Problem> {
    let axes = axes(dataset, args)?;
    let is_on_days = matches!(args.get("openOn"), Some(ConstValue::List(_)));
    let order = order(model, dataset, args)?;
    for (key, _) in &order {
        is_asked_for(*key, &axes, is_on_days)?;
    }
    let first = size(args, "first", ("groups", GROUPS_MOST))?.unwrap_or(GROUPS_MOST);
    Ok(Form { axes, is_on_days, order, first })
}

fn axes(dataset: &Dataset, args: &Values) -> Result<Vec<&'static Axis>, Problem> {
    let Some(ConstValue::List(values)) = args.get("groupBy") else { return Ok(Vec::new()) };
    let mut axes: Vec<&'static Axis> = Vec::new();
    for value in values {
        let axis = match value {
            ConstValue::Enum(value) => axis::by_value(dataset, value.as_str()),
            _ => None,
        };
        let axis = axis.ok_or_else(|| Problem::input("argument \"groupBy\" holds a value that is not of its type"))?;
        if axes.contains(&axis) {
            let value = axis.value();
            return Err(Problem::input(format!("argument \"groupBy\" names {value} twice; name it once")));
        }
        axes.push(axis);
    }
    if let Some(axis) = axes.get(DIMENSIONS_MOST) {
        let value = axis.value();
        let message = format!("argument \"groupBy\" names more than {DIMENSIONS_MOST} dimensions; leave out {value}");
        return Err(Problem::input(message));
    }
    Ok(axes)
}

fn order(model: &Model, dataset: &Dataset, args: &Values) -> Result<Vec<(GroupKey, Direction)>, Problem> {
    let Some(ConstValue::List(values)) = args.get("orderBy") else { return Ok(Vec::new()) };
    let input = model.input(&name::group_order(dataset));
    let mut order: Vec<(GroupKey, Direction)> = Vec::new();
    for value in values {
        let member = match value {
            ConstValue::Object(members) => members.first(),
            _ => None,
        };
        let key = member.and_then(|(name, direction)| {
            let Meaning::Group(key) = input?.fields.get(name.as_str())?.meaning else { return None };
            let ConstValue::Enum(direction) = direction else { return None };
            let direction = if direction == "DESC" { Direction::Descending } else { Direction::Ascending };
            Some((name, key, direction))
        });
        let Some((name, key, direction)) = key else {
            return Err(Problem::input("argument \"orderBy\" holds a key that is not of its type"));
        };
        if order.iter().any(|(known, _)| *known == key) {
            return Err(Problem::input(format!("argument \"orderBy\" names \"{name}\" twice; name it once")));
        }
        order.push((key, direction));
    }
    Ok(order)
}

/// Refuses an order by what groups do not have.
fn is_asked_for(key: GroupKey, axes: &[&Axis], on_days: bool) -> Result<(), Problem> {
    let message = match key {
        GroupKey::Axis(axis) if !axes.contains(&axis) => {
            let (shown, value) = (axis.shown(), axis.value());
            format!("argument \"orderBy\" names \"{shown}\", which \"groupBy\" does not: add {value} to it")
        }
        GroupKey::OpenOn if !on_days => {
            "argument \"orderBy\" names \"openOn\", and no day is asked for in argument \"openOn\"".to_owned()
        }
        _ => return Ok(()),
    };
    Err(Problem::input(message))
}
