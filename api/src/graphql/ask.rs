//! From coerced arguments to a query: filter, order and page. Filters through references become lists of keys here.

mod filter;
mod form;
mod released;
mod table;

use async_graphql_value::ConstValue;
use entities::Dataset;

pub(super) use self::{
    filter::{Asking, rows_of_reference},
    form::{Form, form},
    released::{Picked, Wanted, pick, wanted},
    table::{Asked, Range, table},
};
use super::{
    error::Problem,
    execute::Values,
    model::{Meaning, Model},
    name,
};
use crate::{
    policy::Grant,
    query::{Direction, End, Order, Page, Position, Predicate, Query},
};

/// What to do when a source does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OnFailure {
    Partial,
    Fail,
}

/// The query that the arguments of a list ask, without its fields.
pub(super) fn list(asking: &Asking<'_>, dataset: &'static Dataset, args: &Values) -> Result<Query, Problem> {
    let filter = filter(asking, dataset, args)?;
    let order = order(asking.model, dataset, args)?;
    let page = page(asking, dataset, &order, args)?;
    Ok(Query { dataset, fields: Vec::new(), filter, order, page: Some(page), count: false })
}

/// The condition that an argument `filter` states.
fn filter(asking: &Asking<'_>, dataset: &'static Dataset, args: &Values) -> Result<Predicate, Problem> {
    match args.get("filter") {
        Some(ConstValue::Object(members)) => asking.filter(&name::filter(dataset.name), dataset, members),
        _ => Ok(Predicate::All),
    }
}

/// Refuses a filter by what the caller is not shown of the rows; releases have such dimensions.
pub(super) fn is_shown(filter: &Predicate, grant: &Grant) -> Result<(), Problem> {
    let Some(field) = filter.field_where(&|field| !grant.sees(field)) else { return Ok(()) };
    let name = name::field(&grant.dataset().fields[field]);
    Err(Problem::input(format!(
        "argument \"filter\" names \"{name}\", which you are not shown of rows; it is a dimension of released tables"
    )))
}

/// What the arguments of a list say of failures.
pub(super) fn on_failure(args: &Values) -> OnFailure {
    match args.get("onSourceFailure") {
        Some(ConstValue::Enum(name)) if name == "FAIL" => OnFailure::Fail,
        _ => OnFailure::Partial,
    }
}

/// The name of a list for its cursors: a cursor opens only in a list of the same dataset and order.
pub(super) fn list_name(dataset: &Dataset, order: &[Order]) -> String {
    let mut name = dataset.name.to_owned();
    for key in order {
        name.push(if key.direction == Direction::Ascending { '+' } else { '-' });
        name.push_str(dataset.fields[key.field].name);
    }
    name
}

fn order(model: &Model, dataset: &'static Dataset, args: &Values) -> Result<Vec<Order>, Problem> {
    let Some(ConstValue::List(keys)) = args.get("orderBy") else {
        return Ok(Vec::new());
    };
    let mut order: Vec<Order> = Vec::new();
    for key in keys {
        let field = order_field(model, dataset, key)
            .ok_or_else(|| Problem::input("argument \"orderBy\" holds a key that is not of its type"))?;
        if order.iter().any(|known| known.field == field.field) {
            let name = name::field(&dataset.fields[field.field]);
            return Err(Problem::input(format!("argument \"orderBy\" names \"{name}\" twice; name it once")));
        }
        order.push(field);
    }
    Ok(order)
}

fn order_field(model: &Model, dataset: &Dataset, key: &ConstValue) -> Option<Order> {
    let ConstValue::Object(members) = key else { return None };
    let (name, direction) = members.first()?;
    let Meaning::Field(field) = model.input(&name::order(dataset))?.fields.get(name.as_str())?.meaning else {
        return None;
    };
    let ConstValue::Enum(direction) = direction else { return None };
    let direction = if direction == "DESC" { Direction::Descending } else { Direction::Ascending };
    Some(Order { field, direction })
}

fn page(asking: &Asking<'_>, dataset: &Dataset, order: &[Order], args: &Values) -> Result<Page, Problem> {
    let most = asking.limits.page_max;
    let (first, last) = (size(args, "first", ("rows", most))?, size(args, "last", ("rows", most))?);
    if first.is_some() && last.is_some() {
        return Err(Problem::input("arguments \"first\" and \"last\" cannot be given together; leave one out"));
    }
    let cursor = |argument: &str| -> Result<Option<Position>, Problem> {
        let Some(ConstValue::String(text)) = args.get(argument) else { return Ok(None) };
        let position = asking.opaque.open_cursor(&list_name(dataset, order), text);
        let position = position.filter(|position| position.keys.len() == order.len());
        position.map(Some).ok_or_else(|| {
            Problem::input(format!(
                "argument \"{argument}\" is no cursor of this list; give one that this list, in this order, gave to you"
            ))
        })
    };
    let end = if last.is_some() { End::Last } else { End::First };
    let size = first.or(last).unwrap_or(asking.limits.page_default);
    Ok(Page { size, end, after: cursor("after")?, before: cursor("before")? })
}

fn size(args: &Values, argument: &str, (of, most): (&str, usize)) -> Result<Option<usize>, Problem> {
    let Some(ConstValue::Number(number)) = args.get(argument) else { return Ok(None) };
    let size = number.as_u64().and_then(|size| usize::try_from(size).ok());
    size.filter(|size| *size <= most)
        .map(Some)
        .ok_or_else(|| Problem::input(format!("argument \"{argument}\" must be a number of {of} from 0 to {most}")))
}
