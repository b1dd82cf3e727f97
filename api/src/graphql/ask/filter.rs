//! From a filter's coerced input to a predicate. Pseudonyms and ids are opened for the caller that was given them; what
//! is foreign or forged matches nothing.

mod size;

use std::collections::BTreeMap;

use async_graphql_value::ConstValue;
use entities::{Dataset, Date, Datum, FieldId, Kind, code::CodeList};

use crate::{
    config::Limits,
    graphql::{
        access::Access,
        error::Problem,
        execute::Values,
        gateway::Parts,
        model::{Meaning, Model},
        name,
    },
    opaque::Opaque,
    query::{Holder, Operand, Predicate, Test},
    reference::{Reference, Table},
};

/// What it takes to read a filter.
pub(in crate::graphql) struct Asking<'a> {
    pub(in crate::graphql) model: &'a Model,
    pub(in crate::graphql) reference: &'a Reference,
    pub(in crate::graphql) opaque: &'a Opaque,
    pub(in crate::graphql) limits: &'a Limits,
}

/// The places of the rows of a reference table for which a condition holds.
pub(in crate::graphql) fn rows_of_reference(table: &Table, filter: &Predicate) -> Vec<usize> {
    // Reference rows have no source; no filter over them asks for one.
    let nowhere = ("", &Holder::Region("".into()));
    let rows = table.rows().iter().enumerate();
    rows.filter(|(_, row)| filter.holds(&|field: FieldId| &row[field], nowhere)).map(|(place, _)| place).collect()
}

impl<'a> Asking<'a> {
    /// For one caller.
    pub(in crate::graphql) fn new(parts: &'a Parts, access: &'a Access) -> Self {
        let model = &access.schema.model;
        Self { model, reference: &parts.reference, opaque: &access.opaque, limits: &parts.limits }
    }

    /// The predicate of a filter input over a dataset or reference table. How much it says is bounded before any of it
    /// is worked out: conditions on linked rows are, for every row that there is.
    pub(in crate::graphql) fn filter(
        &self,
        input: &str,
        dataset: &'static Dataset,
        members: &Values,
    ) -> Result<Predicate, Problem> {
        size::check(members)?;
        self.all_of(input, dataset, members)
    }

    fn all_of(&self, input: &str, dataset: &'static Dataset, members: &Values) -> Result<Predicate, Problem> {
        let mut all = Vec::new();
        for (name, value) in members {
            let meaning = self.model.input(input).and_then(|input| input.fields.get(name.as_str()));
            let meaning = meaning.map_or(Meaning::Plain, |field| field.meaning);
            all.push(match (meaning, name.as_str(), value) {
                (_, _, ConstValue::Null) => return Err(null(input, name)),
                (Meaning::Field(field), _, ConstValue::Object(tests)) => self.field(dataset, field, tests)?,
                (Meaning::Source, _, ConstValue::Object(tests)) => sources(tests)?,
                (Meaning::Plain, "and", ConstValue::List(parts)) => Predicate::and(self.parts(input, dataset, parts)?),
                (Meaning::Plain, "or", ConstValue::List(parts)) => Predicate::or(self.parts(input, dataset, parts)?),
                (Meaning::Plain, "not", ConstValue::Object(part)) => self.all_of(input, dataset, part)?.negated(),
                // A link's `isNull` is read by `link`; what stands by itself is always there.
                (Meaning::Plain, "isNull", ConstValue::Boolean(false)) => Predicate::All,
                (Meaning::Plain, "isNull", ConstValue::Boolean(true)) => Predicate::None,
                _ => return Err(Problem::input(format!("filter field \"{name}\" is not of its type"))),
            });
        }
        Ok(Predicate::and(all))
    }

    fn parts(&self, input: &str, dataset: &'static Dataset, parts: &[ConstValue]) -> Result<Vec<Predicate>, Problem> {
        let parts = parts.iter().map(|part| match part {
            ConstValue::Object(members) => self.all_of(input, dataset, members),
            _ => Err(Problem::input(format!("{input} is not of its type"))),
        });
        parts.collect()
    }

    fn field(&self, dataset: &'static Dataset, field: FieldId, tests: &Values) -> Result<Predicate, Problem> {
        match dataset.fields[field].kind {
            Kind::Reference(target) => self.link(field, target, tests),
            Kind::Row(target) => match tests.get("id") {
                Some(ConstValue::Object(tests)) => {
                    let name = name::field(&dataset.fields[field]);
                    equalities(&name, tests, &Predicate::is(field, Test::Null), |values| {
                        self.rows(target, field, values)
                    })
                }
                Some(_) => Err(null(&name::link_filter(target), "id")),
                None => Ok(Predicate::All),
            },
            Kind::Youth => match tests.get("pseudonym") {
                Some(ConstValue::Object(tests)) => {
                    let open = |text: &str| Some(Datum::text(self.opaque.open_youth(text)?));
                    let name = name::field(&dataset.fields[field]);
                    equalities(&name, tests, &Predicate::is(field, Test::Null), |values| {
                        Predicate::is(field, Test::In(values.iter().filter_map(|text| open(text)).collect()))
                    })
                }
                Some(_) => Err(null("YouthFilter", "pseudonym")),
                None => Ok(Predicate::All),
            },
            Kind::Id if !dataset.is_reference() => {
                equalities("id", tests, &Predicate::None, |values| self.rows(dataset.name, field, values))
            }
            kind => {
                let name = name::field(&dataset.fields[field]);
                let tests = tests.iter().map(|(operator, value)| test(kind, &name, operator, value));
                let parts = tests.map(|test| test.map(|(test, holds)| said(field, test, holds)));
                Ok(Predicate::and(parts.collect::<Result<Vec<_>, _>>()?))
            }
        }
    }

    /// Rows whose field holds the id of one of these rows: one condition per source.
    fn rows(&self, dataset: &str, field: FieldId, texts: &[&str]) -> Predicate {
        let mut by_source: BTreeMap<String, Vec<Datum>> = BTreeMap::new();
        let rows = texts.iter().filter_map(|text| self.opaque.open_row_id(text));
        for row in rows.filter(|row| row.dataset == dataset) {
            by_source.entry(row.source).or_default().push(row.id);
        }
        Predicate::or(by_source.into_iter().map(|(source, ids)| {
            let ids = Predicate::Is(Operand::Field(field), Test::In(ids.into()));
            Predicate::and([Predicate::Source(vec![source.into()]), ids])
        }))
    }

    /// A condition on a linked row becomes one on its key: there is a linked row, and it meets the condition. Only
    /// `isNull` is about the link itself, also among the parts of `and`, `or` and `not`.
    fn link(&self, field: FieldId, target: &'static str, tests: &Values) -> Result<Predicate, Problem> {
        let table = self.reference.table(target);
        let table = table.ok_or_else(|| Problem::input(format!("there is no reference data on {target}")))?;
        let input = name::filter(target);
        let keys = |condition: &Predicate| {
            let key = table.dataset.key();
            let keys = rows_of_reference(table, condition).into_iter().map(|place| table.row(place)[key].clone());
            Predicate::is(field, Test::In(keys.collect()))
        };
        let part = |part: &ConstValue| match part {
            ConstValue::Object(members) => self.link(field, target, members),
            _ => Err(null(&input, "and, or, not")),
        };
        let (mut all, mut own) = (Vec::new(), Values::new());
        for (name, value) in tests {
            match (name.as_str(), value) {
                ("isNull", ConstValue::Boolean(is_null)) => all.push(said(field, Test::Null, *is_null)),
                ("and", ConstValue::List(parts)) => {
                    all.push(Predicate::and(parts.iter().map(part).collect::<Result<Vec<_>, _>>()?));
                }
                ("or", ConstValue::List(parts)) => {
                    all.push(Predicate::or(parts.iter().map(part).collect::<Result<Vec<_>, _>>()?));
                }
                ("not", inner @ ConstValue::Object(_)) => all.extend([keys(&Predicate::All), part(inner)?.negated()]),
                _ => {
                    own.insert(name.clone(), value.clone());
                }
            }
        }
        if !own.is_empty() {
            all.push(keys(&self.all_of(&input, table.dataset, &own)?));
        }
        Ok(Predicate::and(all))
    }
}

fn said(field: FieldId, test: Test, holds: bool) -> Predicate {
    let is = Predicate::is(field, test);
    if holds { is } else { is.negated() }
}

fn null(input: &str, name: &str) -> Problem {
    Problem::input(format!("field \"{name}\" of {input} must not be null; leave it out, or ask for isNull"))
}

/// `eq`, `ne`, `in`, `notIn` and `isNull` over texts that something else gives a meaning.
fn equalities(
    name: &str,
    tests: &Values,
    is_null: &Predicate,
    among: impl Fn(&[&str]) -> Predicate,
) -> Result<Predicate, Problem> {
    let mut all = Vec::new();
    for (operator, value) in tests {
        let texts: Vec<&str> = match value {
            ConstValue::String(text) => vec![text.as_str()],
            ConstValue::List(items) => items.iter().filter_map(text).collect(),
            ConstValue::Boolean(holds) => {
                all.push(if *holds { is_null.clone() } else { is_null.clone().negated() });
                continue;
            }
            _ => return Err(null(name, operator)),
        };
        let condition = among(&texts);
        all.push(if matches!(operator.as_str(), "ne" | "notIn") { condition.negated() } else { condition });
    }
    Ok(Predicate::and(all))
}

fn text(value: &ConstValue) -> Option<&str> {
    match value {
        ConstValue::String(text) => Some(text),
        _ => None,
    }
}

fn sources(tests: &Values) -> Result<Predicate, Problem> {
    match tests.get("name") {
        Some(ConstValue::Object(tests)) => equalities("source.name", tests, &Predicate::None, |names| {
            Predicate::Source(names.iter().map(|name| (*name).into()).collect())
        }),
        Some(_) => Err(null("SourceFilter", "name")),
        None => Ok(Predicate::All),
    }
}

/// One operator of a field's filter: the test, and whether it is to hold.
fn test(kind: Kind, name: &str, operator: &str, value: &ConstValue) -> Result<(Test, bool), Problem> {
    let unfit = || {
        Problem::input(format!(
            "operator \"{operator}\" of filter field \"{name}\" must not be null; leave it out, or use isNull"
        ))
    };
    let one = || datum(kind, value).ok_or_else(unfit);
    let several = || match value {
        ConstValue::List(items) => {
            items.iter().map(|item| datum(kind, item)).collect::<Option<_>>().map(Test::In).ok_or_else(unfit)
        }
        _ => Err(unfit()),
    };
    let part = || text(value).map(Box::from).ok_or_else(unfit);
    Ok(match operator {
        "eq" => (Test::Eq(one()?), true),
        "ne" => (Test::Eq(one()?), false),
        "in" => (several()?, true),
        "notIn" => (several()?, false),
        "lt" => (Test::Lt(one()?), true),
        "lte" => (Test::Lte(one()?), true),
        "gt" => (Test::Gt(one()?), true),
        "gte" => (Test::Gte(one()?), true),
        "contains" => (Test::Contains(part()?), true),
        "startsWith" => (Test::StartsWith(part()?), true),
        "has" => match one()? {
            Datum::Text(code) => (Test::Has(code), true),
            _ => return Err(unfit()),
        },
        _ => match value {
            ConstValue::Boolean(is_null) => (Test::Null, *is_null),
            _ => return Err(unfit()),
        },
    })
}

/// A coerced value as rows have it.
fn datum(kind: Kind, value: &ConstValue) -> Option<Datum> {
    let code = |list: &CodeList, name: &str| Some(Datum::text(list.by_value(name)?.code));
    match (kind, value) {
        (Kind::Boolean, ConstValue::Boolean(value)) => Some(Datum::Bool(*value)),
        (Kind::Int, ConstValue::Number(number)) => number.as_i64().map(Datum::Int),
        (Kind::Float, ConstValue::Number(number)) => number.as_f64().map(Datum::Float),
        (Kind::Date, ConstValue::String(text)) => text.parse::<Date>().ok().map(Datum::Date),
        (Kind::Code(list) | Kind::Codes(list), ConstValue::Enum(name)) => code(list, name.as_str()),
        (Kind::Text, ConstValue::String(text)) => Some(Datum::text(text.as_str())),
        _ => None,
    }
}
