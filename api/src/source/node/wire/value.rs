//! One value on its way: a JSON scalar, read by the kind of its field. Youths are encrypted for the link.

use std::fmt;

use entities::{Dataset, Date, Datum, FieldId, Kind};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Visitor};

use crate::{query::Operand, source::node::link::Youths};

/// A JSON scalar.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Scalar {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Box<str>),
}

/// The kind of an operand's values; none where they are null on all rows.
pub(super) fn kind(dataset: &Dataset, operand: Option<&Operand>) -> Option<Kind> {
    operand.map(|operand| kind_of(dataset, operand.field()))
}

/// The kind of a field's values.
pub(super) fn kind_of(dataset: &Dataset, field: FieldId) -> Kind {
    dataset.fields[field].kind
}

impl Scalar {
    /// The value of a field of this kind. Of no kind, where rows have only nulls, all that matters is whether there is a value.
    pub(super) fn of(datum: &Datum, kind: Option<Kind>, youths: &Youths) -> Self {
        match (datum, kind) {
            (Datum::Null, _) => Self::Null,
            (_, None) => Self::Bool(true),
            (Datum::Bool(value), _) => Self::Bool(*value),
            (Datum::Int(number), _) => Self::Int(*number),
            (Datum::Float(number), _) => Self::Float(*number),
            (Datum::Date(date), _) => Self::Text(date.to_string().into()),
            (Datum::Text(text), Some(Kind::Youth)) => Self::Text(youths.seal(text).into()),
            (Datum::Text(text), _) => Self::Text(text.clone()),
        }
    }

    /// The value of a field of this kind, if it is one.
    pub(super) fn read(self, kind: Option<Kind>, youths: &Youths) -> Option<Datum> {
        let kind = match kind {
            Some(kind) => kind,
            None if self == Self::Null => return Some(Datum::Null),
            None => return (self == Self::Bool(true)).then_some(Datum::Bool(true)),
        };
        Some(match (self, kind) {
            (Self::Null, _) => Datum::Null,
            (Self::Bool(value), Kind::Boolean) => Datum::Bool(value),
            (Self::Int(number), Kind::Int | Kind::Row(_) | Kind::Id) => Datum::Int(number),
            (Self::Float(number), Kind::Float) => Datum::Float(number),
            (Self::Text(text), Kind::Date) => Datum::Date(text.parse::<Date>().ok()?),
            (Self::Text(text), Kind::Youth) => Datum::text(youths.open(&text)?),
            (
                Self::Text(text),
                Kind::Text | Kind::Code(_) | Kind::Codes(_) | Kind::Reference(_) | Kind::Row(_) | Kind::Id,
            ) => Datum::Text(text),
            _ => return None,
        })
    }
}

impl Serialize for Scalar {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Int(number) => serializer.serialize_i64(*number),
            Self::Float(number) => serializer.serialize_f64(*number),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any)
    }
}

struct Any;

impl Visitor<'_> for Any {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a null, a truth, a number or a text")
    }

    fn visit_unit<E>(self) -> Result<Scalar, E> {
        Ok(Scalar::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Scalar, E> {
        Ok(Scalar::Bool(value))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Scalar, E> {
        Ok(Scalar::Int(number))
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Scalar, E> {
        i64::try_from(number).map(Scalar::Int).map_err(|_| E::custom("beyond 64 bits"))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Scalar, E> {
        Ok(Scalar::Float(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(text.into()))
    }

    fn visit_string<E>(self, text: String) -> Result<Scalar, E> {
        Ok(Scalar::Text(text.into()))
    }
}
