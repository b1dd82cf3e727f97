//! What a column of a mapped source is wherever a test on its meaning is passed. Never less than that: a condition on it
//! may be added anywhere beside the test itself, and changes no answer. Knows no SQL.

mod day;
mod number;

use entities::{Datum, Kind};

use super::Dialect;

use crate::{
    mapping::{Codes, Column, Form, Format, Mapping, Number, Stored},
    query::{Operand, Test},
};

/// What is asked of a value that is there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Asked<'a> {
    /// It is one of these.
    Among(&'a [Datum]),
    /// It is lower.
    Lt(&'a Datum),
    /// It is no higher.
    Lte(&'a Datum),
    /// It is higher.
    Gt(&'a Datum),
    /// It is no lower.
    Gte(&'a Datum),
}

/// What a column's value is, where the test is passed.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Necessary {
    /// Nothing is known of it.
    Nothing,
    /// One of these; no row passes where there are none.
    Among(Vec<Datum>),
    /// No lower than the first and no higher than the second.
    Between(Option<Datum>, Option<Datum>),
}

impl<'a> Asked<'a> {
    /// What a test asks; nothing where it says nothing of whole values.
    pub(super) fn of(test: &'a Test) -> Option<Self> {
        Some(match test {
            Test::Eq(datum) => Self::Among(std::slice::from_ref(datum)),
            Test::Lt(datum) => Self::Lt(datum),
            Test::Lte(datum) => Self::Lte(datum),
            Test::Gt(datum) => Self::Gt(datum),
            Test::Gte(datum) => Self::Gte(datum),
            // Lists say it themselves, also where no test asks.
            Test::In(_) | Test::Null | Test::Contains(_) | Test::StartsWith(_) | Test::Has(_) => return None,
        })
    }

    fn passes(self, value: &Datum) -> bool {
        match self {
            _ if value.is_null() => false,
            Self::Among(data) => data.contains(value),
            Self::Lt(other) => !other.is_null() && value < other,
            Self::Lte(other) => !other.is_null() && value <= other,
            Self::Gt(other) => !other.is_null() && value > other,
            Self::Gte(other) => !other.is_null() && value >= other,
        }
    }
}

/// What the column behind a field is on rows whose value passes, in whichever part of the mapping they stand.
pub(super) fn necessary(dialect: Dialect, mapping: &Mapping, operand: &Operand, asked: Asked<'_>) -> Necessary {
    let (field, bucket) = match operand {
        Operand::Field(field) => (*field, None),
        Operand::Shown(shown) => (shown.field, shown.bucket),
    };
    let is_whole = matches!(mapping.dataset.fields[field].kind, Kind::Int | Kind::Id | Kind::Row(_));
    let of_part = |column: &Column| match column {
        Column::Nothing => Necessary::Among(Vec::new()),
        // A day in a bucket; it is seldom a constant.
        Column::Constant(_) if bucket.is_some() => Necessary::Nothing,
        Column::Constant(datum) if asked.passes(datum) => Necessary::Nothing,
        Column::Constant(_) => Necessary::Among(Vec::new()),
        // In PostgreSQL a narrower number is widened, which no index serves.
        Column::Of(_, Form::Same) if dialect == Dialect::Postgres && is_whole => {
            number::necessary(Number { stored: Stored::Integer, times: 1, divided_by: 1, plus: 0 }, asked)
        }
        Column::Of(_, Form::Same) => Necessary::Nothing,
        Column::Of(_, Form::Prefix(prefix)) => of_prefix(prefix, asked),
        Column::Of(_, Form::Codes(codes)) => of_codes(codes, asked),
        Column::Of(_, Form::Number(form)) => number::necessary(*form, asked),
        Column::Of(_, Form::Date(form)) => {
            let necessary = day::necessary(*form, bucket, asked);
            let is_moment = dialect == Dialect::Postgres && form.format.is_moment();
            if is_moment { necessary.into_days() } else { necessary }
        }
        Column::Of(_, Form::Boolean(truth)) => {
            let data = [(true, &truth.yes), (false, &truth.no)].into_iter();
            let passing = data.filter(|(value, _)| asked.passes(&Datum::Bool(*value)));
            Necessary::Among(passing.flat_map(|(_, data)| data.iter().cloned()).collect())
        }
    };
    let mut written = mapping.parts.iter().filter_map(|part| written(&part.columns[field]));
    if written.next().is_some_and(|first| written.any(|other| other != first)) {
        // A value of one part would be compared as if it were one of the other.
        return Necessary::Nothing;
    }
    let parts = mapping.parts.iter().map(|part| of_part(&part.columns[field]));
    parts.reduce(Necessary::or).unwrap_or(Necessary::Nothing)
}

/// How values are written in a column: as what, and of days in which order.
fn written(column: &Column) -> Option<(Stored, Option<Format>)> {
    let Column::Of(_, form) = column else { return None };
    Some(match form {
        Form::Same | Form::Prefix(_) => (Stored::Text, None),
        Form::Codes(codes) => (codes.stored, None),
        Form::Number(number) => (number.stored, None),
        Form::Date(day) => (day.stored, Some(day.format)),
        Form::Boolean(truth) => (truth.stored, None),
    })
}

fn of_codes(codes: &Codes, asked: Asked<'_>) -> Necessary {
    if codes.default.as_ref().is_some_and(|code| asked.passes(&Datum::from(&**code))) {
        return Necessary::Nothing;
    }
    let passing = codes.pairs.iter().filter(|(_, code)| asked.passes(&Datum::from(&**code)));
    Necessary::Among(passing.map(|(own, _)| own.clone()).collect())
}

fn of_prefix(prefix: &str, asked: Asked<'_>) -> Necessary {
    let Asked::Among(data) = asked else { return Necessary::Nothing };
    let texts = data.iter().filter_map(|datum| datum.as_text()?.strip_prefix(prefix));
    Necessary::Among(texts.map(Datum::from).collect())
}

impl Necessary {
    /// The same of days as PostgreSQL compares moments with.
    fn into_days(self) -> Self {
        let day = |datum: Option<Datum>| datum?.as_text()?.parse().ok().map(Datum::Date);
        match self {
            Self::Between(from, until) => match (day(from), day(until)) {
                (None, None) => Self::Nothing,
                (from, until) => Self::Between(from, until),
            },
            other => other,
        }
    }

    /// What is known where one of both is.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Among(none), other) | (other, Self::Among(none)) if none.is_empty() => other,
            (Self::Among(mut data), Self::Among(others)) => {
                data.extend(others);
                data.sort_unstable();
                data.dedup();
                Self::Among(data)
            }
            (Self::Between(from, until), Self::Between(other_from, other_until)) => {
                let from = from.zip(other_from).and_then(|(a, b)| alike(&a, &b).then(|| a.min(b)));
                let until = until.zip(other_until).and_then(|(a, b)| alike(&a, &b).then(|| a.max(b)));
                Self::Between(from, until)
            }
            _ => Self::Nothing,
        }
    }
}

/// Are both of one kind, so that their order means something?
fn alike(a: &Datum, b: &Datum) -> bool {
    std::mem::discriminant(a) == std::mem::discriminant(b)
}
