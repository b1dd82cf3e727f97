//! Coerces variables and arguments as the GraphQL specification says: defaults of inputs, one value for a list, 32-bit
//! integers, `@oneOf`. Messages name the place, never the value.

use async_graphql::dynamic::TypeRef;
use async_graphql_parser::{
    Pos,
    types::{BaseType, Field as AstField, OperationDefinition, Type as AstType},
};
use async_graphql_value::{ConstValue, Name, Value};
use entities::Date;
use indexmap::IndexMap;

use super::represented::representation;
use crate::graphql::{
    error::{Problem, dimension},
    model::{Field, Input, InputValue, Model, Type},
    name::{ANY, is_dimension},
};

/// Coerced values by name; what was left out and has no default is absent.
pub(crate) type Values = IndexMap<Name, ConstValue>;

/// Coerces the variables of an operation.
pub(super) fn variables(model: &Model, operation: &OperationDefinition, given: &Values) -> Result<Values, Problem> {
    let mut out = Values::new();
    for definition in &operation.variable_definitions {
        let definition = &definition.node;
        let name = &definition.name.node;
        let ty = type_ref(&definition.var_type.node);
        let place = || format!("variable \"${name}\"");
        let (value, origin) = match (given.get(name), &definition.default_value) {
            (Some(value), _) => (value, Origin::Json),
            (None, Some(default)) => (&default.node, Origin::Document),
            (None, None) if matches!(ty, TypeRef::NonNull(_)) => {
                return Err(Problem::input(format!("{} of type {ty} is missing", place())));
            }
            (None, None) => continue,
        };
        let coercion = Coercion { model, variables: &Values::new(), origin };
        if let Some(value) = coercion.value(&value.clone().into_value(), &ty, &place)? {
            out.insert(name.clone(), value);
        }
    }
    Ok(out)
}

/// Coerces the arguments of a field; what is wrong stands where the argument's value stands, if anywhere.
pub(super) fn arguments(
    model: &Model,
    field: &Field,
    written: &AstField,
    variables: &Values,
) -> Result<Values, (Problem, Option<Pos>)> {
    let coercion = Coercion { model, variables, origin: Origin::Document };
    let mut out = Values::new();
    for argument in &field.args {
        let value = written.get_argument(&argument.name);
        let of_value = |_: &str| value.map(|value| &value.node);
        let coerced = coercion.members(std::iter::once(argument), of_value, &|name| format!("argument \"{name}\""));
        out.extend(coerced.map_err(|problem| (problem, value.map(|value| value.pos)))?);
    }
    Ok(out)
}

/// The type that a variable is declared with.
pub(crate) fn type_ref(ty: &AstType) -> TypeRef {
    let base = match &ty.base {
        BaseType::Named(name) => TypeRef::named(name.as_str()),
        BaseType::List(inner) => TypeRef::List(Box::new(type_ref(inner))),
    };
    if ty.nullable { base } else { TypeRef::NonNull(Box::new(base)) }
}

/// Where a value was written: in JSON an enumeration's value is a string, in a document it is a name.
#[derive(Clone, Copy, PartialEq)]
enum Origin {
    Document,
    Json,
}

struct Coercion<'a> {
    model: &'a Model,
    variables: &'a Values,
    origin: Origin,
}

impl Coercion<'_> {
    /// The value as its type has it; nothing where it is a variable that was left out.
    fn value(&self, value: &Value, ty: &TypeRef, place: &dyn Fn() -> String) -> Result<Option<ConstValue>, Problem> {
        if let Value::Variable(name) = value {
            return match (self.variables.get(name), ty) {
                (Some(ConstValue::Null), TypeRef::NonNull(_)) => Err(missing(ty, place)),
                (found, _) => Ok(found.cloned()),
            };
        }
        match ty {
            TypeRef::NonNull(_) if *value == Value::Null => Err(missing(ty, place)),
            TypeRef::NonNull(inner) => self.value(value, inner, place),
            _ if *value == Value::Null => Ok(Some(ConstValue::Null)),
            TypeRef::List(inner) => self.list(value, inner, place).map(Some),
            TypeRef::Named(name) => self.named(value, name, place).map(Some),
        }
    }

    fn list(&self, value: &Value, inner: &TypeRef, place: &dyn Fn() -> String) -> Result<ConstValue, Problem> {
        let item = |item: &Value| match self.value(item, inner, place)? {
            Some(item) => Ok(item),
            None if matches!(inner, TypeRef::NonNull(_)) => Err(missing(inner, place)),
            None => Ok(ConstValue::Null),
        };
        match value {
            Value::List(items) => items.iter().map(item).collect::<Result<_, _>>(),
            single => Ok(vec![item(single)?]),
        }
        .map(ConstValue::List)
    }

    fn named(&self, value: &Value, name: &str, place: &dyn Fn() -> String) -> Result<ConstValue, Problem> {
        match (self.model.types.get(name), value) {
            (Some(Type::Input(input)), Value::Object(members)) => self.object(input, members, place),
            (Some(Type::Enum(list)), Value::Enum(value)) if list.values.contains_key(value.as_str()) => {
                Ok(ConstValue::Enum(value.clone()))
            }
            (Some(Type::Enum(list)), Value::String(value))
                if self.origin == Origin::Json && list.values.contains_key(value) =>
            {
                Ok(ConstValue::Enum(Name::new(value)))
            }
            (Some(Type::Enum(_)), Value::Enum(written)) if is_dimension(name) => {
                Err(no_dimension(place, name, written))
            }
            (Some(Type::Enum(_)), Value::String(written)) if is_dimension(name) => {
                Err(no_dimension(place, name, written))
            }
            (Some(Type::Input(_) | Type::Enum(_)), _) => Err(Problem::input(format!("{} {}", place(), unfit(name)))),
            _ if name == ANY => Ok(representation(self.model, value, self.variables)),
            _ => leaf(name, value).ok_or_else(|| Problem::input(format!("{} {}", place(), unfit(name)))),
        }
    }

    fn object(
        &self,
        input: &Input,
        members: &IndexMap<Name, Value>,
        place: &dyn Fn() -> String,
    ) -> Result<ConstValue, Problem> {
        if let Some(unknown) = members.keys().find(|name| !input.fields.contains_key(name.as_str())) {
            return Err(Problem::input(format!("{}: {} has no field \"{unknown}\"", place(), input.name)));
        }
        let member = |name: &str| members.get(name);
        let inner = |name: &str| format!("{}, field \"{name}\"", place());
        let values = self.members(input.fields.values(), member, &inner)?;
        // What is written counts, also a variable that was left out.
        let one = members.len() == 1 && values.len() == 1 && values.values().all(|value| *value != ConstValue::Null);
        if input.one_of && !one {
            return Err(Problem::input(format!("{}: exactly one field of {} must be given", place(), input.name)));
        }
        Ok(ConstValue::Object(values))
    }

    fn members<'a, 'v>(
        &self,
        defined: impl Iterator<Item = &'a InputValue>,
        written: impl Fn(&str) -> Option<&'v Value>,
        place: &dyn Fn(&str) -> String,
    ) -> Result<Values, Problem> {
        let mut out = Values::new();
        for input in defined {
            let place = || place(&input.name);
            let value = match written(&input.name) {
                Some(value) => self.value(value, &input.ty, &place)?,
                None => None,
            };
            match value.or_else(|| input.default.clone()) {
                Some(value) => {
                    out.insert(Name::new(&input.name), value);
                }
                None if matches!(input.ty, TypeRef::NonNull(_)) => return Err(missing(&input.ty, &place)),
                None => {}
            }
        }
        Ok(out)
    }
}

/// Is it a value of this scalar?
pub(crate) fn fits(scalar: &str, value: &Value) -> bool {
    scalar == ANY || leaf(scalar, value).is_some()
}

/// A scalar's value in its one form; nothing where it has another.
fn leaf(scalar: &str, value: &Value) -> Option<ConstValue> {
    match (scalar, value) {
        ("Int", Value::Number(number)) => {
            number.as_i64().filter(|number| i32::try_from(*number).is_ok()).map(ConstValue::from)
        }
        ("Float", Value::Number(number)) => number.as_f64().filter(|number| number.is_finite()).map(ConstValue::from),
        ("Boolean", Value::Boolean(value)) => Some(ConstValue::Boolean(*value)),
        ("String", Value::String(text)) => Some(ConstValue::String(text.clone())),
        ("ID", Value::String(text)) => Some(ConstValue::String(text.clone())),
        ("ID", Value::Number(number)) if number.is_i64() || number.is_u64() => {
            Some(ConstValue::String(number.to_string()))
        }
        ("Date", Value::String(text)) => text.parse::<Date>().ok().map(|_| ConstValue::String(text.clone())),
        _ => None,
    }
}

fn no_dimension(place: &dyn Fn() -> String, ty: &str, written: &str) -> Problem {
    let named = dimension(written).map(|it| format!(", which does not contain {it}")).unwrap_or_default();
    Problem::input(format!("{} {}{named}", place(), unfit(ty)))
}

fn missing(ty: &TypeRef, place: &dyn Fn() -> String) -> Problem {
    Problem::input(format!("{} of type {ty} must be given and not be null", place()))
}

/// What to say of a value that is not of a type: `is not of type Int: a whole number of 32 bits`.
pub(crate) fn unfit(ty: &str) -> String {
    let form = match ty {
        "Date" => ": a day such as \"2025-01-31\"",
        "Int" => ": a whole number of 32 bits",
        _ => "",
    };
    format!("is not of type {ty}{form}")
}
