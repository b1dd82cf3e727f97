//! What is said of one column: where it comes from, and the form of its values. Only forms that its kind can have are
//! taken, and codes only that its list has.

use std::{collections::BTreeMap, fmt};

use entities::{Datum, Kind, code::CodeList};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};

use super::raw;
use crate::mapping::{Codes, Column, Day, Form, Format, Number, Stored, Truth};

/// Up to here numbers are multiplied, divided and added.
const MOST: i64 = 1_000_000_000;

/// What is said of a column. A text alone names the column that holds the contract's own values.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    pub(super) column: Option<String>,
    rest: Rest,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Rest {
    column: Option<String>,
    constant: Option<Plain>,
    stored: Option<StoredAs>,
    codes: Option<BTreeMap<String, String>>,
    default: Option<String>,
    prefix: Option<String>,
    times: Option<i64>,
    divided_by: Option<i64>,
    plus: Option<i64>,
    format: Option<String>,
    unknown_day: Option<UnknownDay>,
    r#true: Option<Vec<Plain>>,
    r#false: Option<Vec<Plain>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Plain {
    Bool(bool),
    Int(i64),
    Text(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum StoredAs {
    Text,
    Integer,
    Decimal,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum UnknownDay {
    Null,
    First,
}

impl<'de> Deserialize<'de> for Said {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Said;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a column, such as \"started\", or a table, such as { column = \"started\", format = \"yyyyMMdd\" }")
            }

            fn visit_str<E>(self, text: &str) -> Result<Said, E> {
                Ok(Said { column: Some(text.to_owned()), rest: Rest::default() })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Said, A::Error> {
                let rest = Rest::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Said { column: rest.column.clone(), rest })
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// Where the values of a field come from, if that can be said of its kind.
pub(super) fn column(said: &Said, kind: Kind, aliases: &[&str]) -> Result<Column, String> {
    let rest = &said.rest;
    match (&said.column, &rest.constant) {
        (None, Some(constant)) if rest.forms() == 0 => Ok(Column::Constant(datum(constant, kind)?)),
        (Some(column), None) => Ok(Column::Of(raw(column, aliases)?, form(rest, kind)?)),
        _ => Err("either `column` is said, or `constant` and nothing else".to_owned()),
    }
}

fn form(rest: &Rest, kind: Kind) -> Result<Form, String> {
    if rest.forms() > 1 {
        return Err("its values have one form: codes, prefix, a number's, a date's or a truth's".to_owned());
    }
    let is_text = matches!(kind, Kind::Text | Kind::Code(_) | Kind::Reference(_) | Kind::Youth);
    let is_number = matches!(kind, Kind::Int | Kind::Id | Kind::Row(_));
    let fits =
        |fits: bool, what: &str| if fits { Ok(()) } else { Err(format!("{what} cannot be said of such a column")) };
    if let Some(pairs) = &rest.codes {
        fits(is_text, "codes")?;
        return codes(pairs, rest, kind.codes());
    }
    if rest.default.is_some() {
        return Err("default: there are no codes that it would be beside".to_owned());
    }
    if let Some(prefix) = &rest.prefix {
        fits(is_text && rest.stored.is_none_or(|it| it == StoredAs::Text), "prefix")?;
        return text(prefix).map(|prefix| Form::Prefix(prefix.into()));
    }
    if rest.is_number() {
        fits(is_number, "times, divided_by and plus")?;
        return number(rest);
    }
    if let Some(format) = &rest.format {
        fits(kind == Kind::Date, "format")?;
        return day(format, rest);
    }
    if rest.r#true.is_some() || rest.r#false.is_some() {
        fits(kind == Kind::Boolean, "true and false")?;
        return truth(rest);
    }
    if rest.stored.is_some() || rest.unknown_day.is_some() {
        return Err("stored and unknown_day say how a form is written, and there is none".to_owned());
    }
    Ok(Form::Same)
}

impl Rest {
    fn is_number(&self) -> bool {
        self.times.is_some() || self.divided_by.is_some() || self.plus.is_some()
    }

    fn forms(&self) -> usize {
        let truth = self.r#true.is_some() || self.r#false.is_some();
        let forms = [self.codes.is_some(), self.prefix.is_some(), self.is_number(), self.format.is_some(), truth];
        forms.into_iter().filter(|it| *it).count()
    }
}

fn codes(pairs: &BTreeMap<String, String>, rest: &Rest, list: Option<&CodeList>) -> Result<Form, String> {
    let code = |said: &String| match list {
        None => text(said).map(Into::into),
        Some(list) => match list.by_code(said).or_else(|| list.by_value(said)) {
            Some(code) => Ok(code.code.into()),
            None => Err(format!("codes: the list {} has no code `{said}`", list.name)),
        },
    };
    let stored = stored(rest.stored, &[StoredAs::Text, StoredAs::Integer])?;
    let own = |said: &String| match stored {
        Stored::Text => text(said).map(Datum::from),
        _ => said.parse().map(Datum::Int).map_err(|_| format!("codes: `{said}` is no whole number")),
    };
    let pairs = pairs.iter().map(|(raw, said)| Ok((own(raw)?, code(said)?))).collect::<Result<Vec<_>, String>>()?;
    let default = rest.default.as_ref().map(code).transpose()?;
    Ok(Form::Codes(Codes { stored, pairs, default }))
}

fn number(rest: &Rest) -> Result<Form, String> {
    let (times, divided_by, plus) = (rest.times.unwrap_or(1), rest.divided_by.unwrap_or(1), rest.plus.unwrap_or(0));
    if !(1..=MOST).contains(&times) || !(1..=MOST).contains(&divided_by) || !(-MOST..=MOST).contains(&plus) {
        return Err(format!("times and divided_by are from 1 to {MOST}, plus is no further from 0"));
    }
    let stored = stored(rest.stored.or(Some(StoredAs::Integer)), &[StoredAs::Integer, StoredAs::Decimal])?;
    Ok(Form::Number(Number { stored, times, divided_by, plus }))
}

fn day(format: &str, rest: &Rest) -> Result<Form, String> {
    let format = match format {
        "yyyyMMdd" => Format::Compact,
        "yyyy-MM-dd" => Format::Iso,
        "dd-MM-yyyy" => Format::Dutch,
        "timestamp" => Format::Timestamp,
        "timestamp-utc" => Format::Utc,
        other => {
            let known = "yyyyMMdd, yyyy-MM-dd, dd-MM-yyyy, timestamp (of Amsterdam's clock) and timestamp-utc";
            return Err(format!("format: `{other}` is not known; there are {known}"));
        }
    };
    let of = if format == Format::Compact { &[StoredAs::Text, StoredAs::Integer][..] } else { &[StoredAs::Text] };
    let unknown_is_first = rest.unknown_day == Some(UnknownDay::First);
    if unknown_is_first && format.is_moment() {
        return Err("unknown_day: a moment has a day".to_owned());
    }
    Ok(Form::Date(Day { stored: stored(rest.stored, of)?, format, unknown_is_first }))
}

fn truth(rest: &Rest) -> Result<Form, String> {
    let all = || rest.r#true.iter().chain(&rest.r#false).flatten();
    let stored = match all().next() {
        Some(Plain::Int(_)) => Stored::Integer,
        _ => Stored::Text,
    };
    let data = |said: &Option<Vec<Plain>>| {
        let data = said.iter().flatten().map(|plain| match (plain, stored) {
            (Plain::Int(number), Stored::Integer) => Ok(Datum::Int(*number)),
            (Plain::Text(said), Stored::Text) => text(said).map(Datum::from),
            _ => Err("true and false: either all are texts, or all are whole numbers".to_owned()),
        });
        data.collect::<Result<Vec<_>, String>>()
    };
    let (yes, no) = (data(&rest.r#true)?, data(&rest.r#false)?);
    if yes.iter().any(|datum| no.contains(datum)) {
        return Err("true and false: a value is both".to_owned());
    }
    Ok(Form::Boolean(Truth { stored, yes, no }))
}

fn stored(said: Option<StoredAs>, of: &[StoredAs]) -> Result<Stored, String> {
    let said = said.unwrap_or(StoredAs::Text);
    if !of.contains(&said) {
        return Err("stored: values of this form are not stored so".to_owned());
    }
    Ok(match said {
        StoredAs::Text => Stored::Text,
        StoredAs::Integer => Stored::Integer,
        StoredAs::Decimal => Stored::Decimal,
    })
}

fn datum(plain: &Plain, kind: Kind) -> Result<Datum, String> {
    match (plain, kind) {
        (Plain::Bool(value), Kind::Boolean) => Ok(Datum::Bool(*value)),
        (Plain::Int(number), Kind::Int) => Ok(Datum::Int(*number)),
        (Plain::Text(said), Kind::Date) => said.parse().map(Datum::Date).map_err(|it| format!("constant: {it}")),
        (Plain::Text(said), Kind::Code(list)) => {
            let code = list.by_code(said).or_else(|| list.by_value(said));
            code.map(|code| code.code.into())
                .ok_or_else(|| format!("constant: the list {} has no code `{said}`", list.name))
        }
        (Plain::Text(said), Kind::Text | Kind::Reference(_)) => text(said).map(Datum::from),
        _ => Err("constant: it is not of the column's kind".to_owned()),
    }
}

/// A text that every database can hold.
fn text(said: &str) -> Result<&str, String> {
    if said.contains('\0') { Err("the character zero stands in it".to_owned()) } else { Ok(said) }
}
