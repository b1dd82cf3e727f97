//! Questions as tests make them up: said once as GraphQL has them, and once, independently, in SQL.

use entities::{Dataset, FieldId, Kind};
use rusqlite::types::Value as Stored;
use serde_json::{Map, Value, json};

use crate::{
    oracle::{Names, linked_id},
    selection::camel,
};

/// What is asked of a list.
#[derive(Clone, Debug)]
pub struct Question {
    /// Which rows; all where nothing is said.
    pub condition: Option<Condition>,
    /// The order's keys.
    pub order: Vec<Key>,
    /// The sizes of pages, taken round and round.
    pub sizes: Vec<usize>,
    /// From the end of the list to its beginning?
    pub backward: bool,
}

/// One key of an order.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// The field.
    pub field: FieldId,
    /// Highest first?
    pub descending: bool,
}

/// Which rows.
#[derive(Clone, Debug)]
pub enum Condition {
    /// A field, an operator and its operands as sources store them.
    Field(FieldId, &'static str, Vec<Stored>),
    /// A condition on what a field links to.
    Link(FieldId, Box<Condition>),
    /// Is there a link?
    Linked(FieldId, bool),
    /// Is there none? Stands among the parts of a condition on a link, and is about the link itself.
    Absent(bool),
    /// `eq`, `ne`, `in` or `notIn` over names of sources.
    Source(&'static str, Vec<String>),
    /// The same over youths, as sources know them.
    Youth(&'static str, Vec<String>),
    /// The same over rows: `source/id`.
    Id(&'static str, Vec<String>),
    /// The same over rows that a field links to.
    Row(FieldId, &'static str, Vec<String>),
    /// All hold.
    And(Vec<Condition>),
    /// One holds.
    Or(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
}

/// What a field links to; links are made up for linking fields only.
fn target(dataset: &Dataset, field: FieldId) -> &'static Dataset {
    let target = match dataset.fields[field].kind {
        Kind::Reference(target) => entities::by_name(target),
        _ => None,
    };
    target.expect("a linking field leads to a reference table")
}

/// The dataset whose rows a field links to.
fn row_target(dataset: &Dataset, field: FieldId) -> &'static Dataset {
    let target = match dataset.fields[field].kind {
        Kind::Row(target) => entities::by_name(target),
        _ => None,
    };
    target.expect("the field leads to a dataset")
}

impl Condition {
    /// Does it name rows or youths, by texts that the gateway must have given before?
    #[must_use]
    pub fn names_rows(&self) -> bool {
        match self {
            Self::Youth(..) | Self::Id(..) | Self::Row(..) => true,
            Self::And(of) | Self::Or(of) => of.iter().any(Self::names_rows),
            Self::Not(of) => of.names_rows(),
            Self::Field(..) | Self::Link(..) | Self::Linked(..) | Self::Absent(_) | Self::Source(..) => false,
        }
    }

    /// The filter's input.
    #[must_use]
    pub fn to_json(&self, dataset: &Dataset, names: &Names) -> Value {
        let name = |field: FieldId| camel(dataset.fields[field].name);
        let opaque = |of: &[String]| of.iter().map(|it| json!(names.opaque(it))).collect::<Vec<_>>();
        let parts = |of: &[Self]| of.iter().map(|it| it.to_json(dataset, names)).collect::<Vec<_>>();
        match self {
            Self::Field(field, operator, operands) => {
                let kind = dataset.fields[*field].kind;
                let kind = if *operator == "isNull" { Kind::Boolean } else { kind };
                let operands = operands.iter().map(|it| to_json(kind, it)).collect();
                json!({ name(*field): { *operator: operand(operator, operands) } })
            }
            Self::Link(field, within) => json!({ name(*field): within.to_json(target(dataset, *field), names) }),
            Self::Linked(field, is) => json!({ name(*field): { "isNull": !is } }),
            Self::Absent(is) => json!({ "isNull": is }),
            Self::Source(operator, sources) => {
                let sources = sources.iter().map(|it| json!(it)).collect();
                json!({ "source": { "name": { *operator: operand(operator, sources) } } })
            }
            Self::Youth(operator, youths) => {
                json!({ "youth": { "pseudonym": { *operator: operand(operator, opaque(youths)) } } })
            }
            Self::Id(operator, rows) => json!({ "id": { *operator: operand(operator, opaque(rows)) } }),
            Self::Row(field, "isNull", of) => {
                json!({ name(*field): { "id": { "isNull": of.is_empty() } } })
            }
            Self::Row(field, operator, rows) => {
                let named = |row: &String| linked_id(row_target(dataset, *field), row);
                let rows: Vec<_> = rows.iter().map(named).collect();
                json!({ name(*field): { "id": { *operator: operand(operator, opaque(&rows)) } } })
            }
            Self::And(of) => merged(&parts(of)).unwrap_or_else(|| json!({ "and": parts(of) })),
            Self::Or(of) => json!({ "or": parts(of) }),
            Self::Not(of) => json!({ "not": of.to_json(dataset, names) }),
        }
    }

    /// A condition of SQL that is 0 or 1 for every row, with its operands in place.
    #[must_use]
    pub fn to_sql(&self, dataset: &Dataset) -> String {
        let column = |field: FieldId| dataset.fields[field].column;
        let joined = |of: &[Self], word: &str| of.iter().map(|it| it.to_sql(dataset)).collect::<Vec<_>>().join(word);
        match self {
            Self::Field(field, operator, operands) => test(column(*field), operator, operands),
            Self::Link(field, within) => within.to_sql_of_link(column(*field), target(dataset, *field)),
            // Only a link can be absent.
            Self::Absent(_) => "0".to_owned(),
            Self::Linked(field, is) => test(column(*field), "isNull", &[Stored::Integer((!is).into())]),
            Self::Source(operator, texts) => test("source", operator, &stored(texts)),
            Self::Youth(operator, texts) => test("youth", operator, &stored(texts)),
            Self::Id(operator, texts) => test("(source || '/' || id)", operator, &stored(texts)),
            Self::Row(field, "isNull", of) => test(column(*field), "isNull", &[Stored::Integer(of.is_empty().into())]),
            Self::Row(field, operator, texts) => {
                test(&format!("(source || '/' || {})", column(*field)), operator, &stored(texts))
            }
            Self::And(of) => format!("({})", joined(of, " AND ")),
            Self::Or(of) => format!("({})", joined(of, " OR ")),
            Self::Not(of) => format!("(NOT {})", of.to_sql(dataset)),
        }
    }
}

impl Condition {
    /// The condition on what a column links to: there is such a row, and it meets the condition.
    fn to_sql_of_link(&self, column: &str, target: &Dataset) -> String {
        let meets = |condition: &str| {
            let key = target.fields[target.key()].column;
            format!("coalesce({column} IN (SELECT {key} FROM store.{} WHERE {condition}), 0)", target.table)
        };
        let joined = |of: &[Self], word: &str| {
            let parts = of.iter().map(|it| it.to_sql_of_link(column, target));
            format!("({})", parts.collect::<Vec<_>>().join(word))
        };
        match self {
            Self::And(of) => joined(of, " AND "),
            Self::Or(of) => joined(of, " OR "),
            Self::Not(of) => format!("({} AND NOT {})", meets("1"), of.to_sql_of_link(column, target)),
            Self::Absent(is) => format!("(({column} IS NULL) = {})", u8::from(*is)),
            other => meets(&other.to_sql(target)),
        }
    }
}

/// Conditions side by side in one input, where they speak of different things.
fn merged(parts: &[Value]) -> Option<Value> {
    let mut out = Map::new();
    for (name, value) in parts.iter().filter_map(Value::as_object).flatten() {
        if out.insert(name.clone(), value.clone()).is_some() {
            return None;
        }
    }
    (!out.is_empty()).then_some(Value::Object(out))
}

fn operand(operator: &str, mut operands: Vec<Value>) -> Value {
    if matches!(operator, "in" | "notIn") { Value::Array(operands) } else { operands.swap_remove(0) }
}

fn stored(texts: &[String]) -> Vec<Stored> {
    texts.iter().cloned().map(Stored::Text).collect()
}

/// A stored value as clients write it.
#[must_use]
pub fn to_json(kind: Kind, value: &Stored) -> Value {
    match (kind, value) {
        (_, Stored::Null | Stored::Blob(_)) => Value::Null,
        (Kind::Boolean, Stored::Integer(number)) => (*number != 0).into(),
        (_, Stored::Integer(number)) => (*number).into(),
        (_, Stored::Real(number)) => (*number).into(),
        (Kind::Code(list) | Kind::Codes(list), Stored::Text(code)) => list.by_code(code).map(|it| it.value).into(),
        (_, Stored::Text(text)) => text.as_str().into(),
    }
}

fn test(value: &str, operator: &str, operands: &[Stored]) -> String {
    let all = || operands.iter().map(literal).collect::<Vec<_>>().join(", ");
    let first = || operands.first().map_or_else(String::new, literal);
    let compared = |with: &str| format!("coalesce({value} {with} {}, 0)", first());
    match operator {
        "eq" => compared("="),
        "ne" => format!("(NOT {})", compared("=")),
        "lt" => compared("<"),
        "lte" => compared("<="),
        "gt" => compared(">"),
        "gte" => compared(">="),
        "in" => format!("coalesce({value} IN ({}), 0)", all()),
        "notIn" => format!("(NOT coalesce({value} IN ({}), 0))", all()),
        "contains" => format!("coalesce(instr({value}, {}) > 0, 0)", first()),
        "startsWith" => format!("coalesce(substr({value}, 1, length({0})) = {0}, 0)", first()),
        "has" => format!("EXISTS (SELECT 1 FROM json_each({value}) AS item WHERE item.value = {})", first()),
        _ => format!("(({value} IS NULL) = {})", first()),
    }
}

fn literal(value: &Stored) -> String {
    match value {
        Stored::Integer(number) => number.to_string(),
        Stored::Real(number) => format!("{number:?}"),
        Stored::Text(text) => format!("'{}'", text.replace('\'', "''")),
        Stored::Null | Stored::Blob(_) => "NULL".to_owned(),
    }
}
