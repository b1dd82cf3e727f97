//! What a federation router stands by: finds each by its type and whichever of the type's keys are given. What the
//! caller may not see is the same nothing as by any id; a type that it does not see is one that there is not.

use async_graphql_value::{ConstValue, Name, Value};
use entities::by_name;
use futures_util::future::join_all;

use super::{Task, Values, fetch::Found, lookup::Lookup};
use crate::graphql::{
    error::Problem,
    model::{Key, Model, Object},
};

const TYPE: &str = "__typename";

/// A type, and which of its keys are given.
type Given<'m, 'r> = (&'m Object, Vec<(&'m Key, &'r str)>);

/// What these are, in their order.
pub(super) async fn entities(task: &Task, lookup: &Lookup<'_>, args: &Values) -> Result<Found, Problem> {
    let Some(ConstValue::List(asked)) = args.get("representations") else { return Ok(Found::List(Vec::new())) };
    let most = task.gateway.parts().limits.page_max;
    if asked.len() > most {
        let message = format!("argument \"representations\" holds more than {most}; ask for fewer at a time");
        return Err(Problem::input(message));
    }
    let each = asked.iter().enumerate().map(|(place, it)| async move {
        let told = |reason| Problem::input(format!("representation {place}: {reason}"));
        let (object, keys) = given(&task.access.schema.model, it).map_err(told)?;
        find(lookup, object, &keys).await
    });
    Ok(Found::List(join_all(each).await))
}

/// The one thing that has all of these keys.
async fn find(lookup: &Lookup<'_>, object: &Object, keys: &[(&Key, &str)]) -> Result<Found, Problem> {
    let reference = by_name(&object.name).filter(|it| it.is_reference());
    let mut codes = keys.iter().filter(|(key, _)| !is_id(key)).map(|(_, code)| *code);
    let by_code = match (codes.next(), reference) {
        (Some(code), Some(table)) => Some(lookup.reference(table, code)),
        _ => None,
    };
    let Some((_, id)) = keys.iter().find(|(key, _)| is_id(key)) else { return Ok(by_code.unwrap_or(Found::Nothing)) };
    let by_id = lookup.of_type(&object.name, id).await?;
    match (&by_id, by_code) {
        (Found::Reference(_, place), Some(Found::Reference(_, other))) if *place != other => Ok(Found::Nothing),
        (_, Some(Found::Nothing)) => Ok(Found::Nothing),
        _ => Ok(by_id),
    }
}

fn is_id(key: &Key) -> bool {
    key.0 == ["id"]
}

/// The type of what is asked for, with the keys that are given. Else what is wrong; repeats nothing of it.
fn given<'m, 'r>(model: &'m Model, representation: &'r ConstValue) -> Result<Given<'m, 'r>, String> {
    let ConstValue::Object(members) = representation else { return Err("it is no object".to_owned()) };
    let Some(ConstValue::String(name)) = members.get(TYPE) else {
        return Err(format!("it has no \"{TYPE}\" that is a text"));
    };
    let object = model.object(name).filter(|it| !it.keys.is_empty());
    let object = object.ok_or_else(|| format!("its \"{TYPE}\" names no type that has a key"))?;
    let mut keys = Vec::new();
    for key in &object.keys {
        match at(members, &key.0) {
            Some(ConstValue::String(text)) => keys.push((key, text.as_str())),
            Some(_) => return Err(format!("its key \"{}\" is no text", key.selection())),
            None => {}
        }
    }
    if keys.is_empty() {
        let known: Vec<_> = object.keys.iter().map(|key| format!("\"{}\"", key.selection())).collect();
        return Err(format!("it has none of its type's keys: {}", known.join(", ")));
    }
    Ok((object, keys))
}

fn at<'r>(members: &'r Values, path: &[String]) -> Option<&'r ConstValue> {
    let (first, rest) = path.split_first()?;
    match (members.get(first.as_str())?, rest) {
        (ConstValue::Object(inner), [_, ..]) => at(inner, rest),
        (found, _) => Some(found),
    }
}

/// A representation as it is kept: its type's name and keys alone, so that it is small whatever else it holds. What
/// cannot be a key stays as null, to be refused at its place.
pub(super) fn representation(model: &Model, value: &Value, variables: &Values) -> ConstValue {
    let Value::Object(members) = value else { return ConstValue::Null };
    let Some(ty) = members.get(TYPE) else { return ConstValue::Object(Values::new()) };
    let ty = kept(ty, &[], variables);
    let object = match &ty {
        ConstValue::String(name) => model.object(name),
        _ => None,
    };
    let mut out = Values::from([(Name::new(TYPE), ty)]);
    for (first, rest) in object.iter().flat_map(|it| &it.keys).filter_map(|key| key.0.split_first()) {
        if let Some(value) = members.get(first.as_str()) {
            out.insert(Name::new(first), kept(value, rest, variables));
        }
    }
    ConstValue::Object(out)
}

/// The text at the end of a path.
fn kept(value: &Value, path: &[String], variables: &Values) -> ConstValue {
    match (value, path.split_first()) {
        (Value::String(text), None) => ConstValue::String(text.clone()),
        (Value::Variable(name), None) => match variables.get(name) {
            Some(ConstValue::String(text)) => ConstValue::String(text.clone()),
            _ => ConstValue::Null,
        },
        (Value::Object(members), Some((first, rest))) => {
            let inner = members.get(first.as_str()).map(|it| (Name::new(first), kept(it, rest, variables)));
            ConstValue::Object(inner.into_iter().collect())
        }
        _ => ConstValue::Null,
    }
}
