//! Conditions and operands on their way: fields by name.

use std::sync::Arc;

use entities::{Bucket, Dataset, Datum, FieldId, Kind, datasets};
use serde::{Deserialize, Serialize};

use super::{
    Unheard,
    value::{Scalar, kind_of},
};
use crate::{
    query::{Linked, Operand, Predicate, Shown, Test},
    source::node::link::Youths,
};

/// A [`Predicate`].
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Condition {
    All,
    None,
    And(Vec<Self>),
    Or(Vec<Self>),
    Not(Box<Self>),
    Is(Value, Trial),
    Linked(Box<Link>),
}

/// A [`Linked`].
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Link {
    field: Box<str>,
    dataset: Box<str>,
    rows: Condition,
}

/// An [`Operand`].
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Value {
    Field(Box<str>),
    Shown(Box<View>),
}

/// A [`Shown`].
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct View {
    field: Box<str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bucket: Option<Box<str>>,
    when: Condition,
}

/// A [`Test`].
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Trial {
    Null,
    Eq(Scalar),
    In(Vec<Scalar>),
    Lt(Scalar),
    Lte(Scalar),
    Gt(Scalar),
    Gte(Scalar),
    Contains(Scalar),
    StartsWith(Scalar),
    Has(Scalar),
}

/// The most values of one test: as many as a filter has, and more than youths stand in a relation.
const VALUES_MOST: usize = 10_000;

/// Writes conditions on rows of one dataset.
#[derive(Clone, Copy)]
pub(super) struct Writer<'w> {
    pub(super) dataset: &'static Dataset,
    pub(super) youths: &'w Youths,
}

impl Writer<'_> {
    pub(super) fn name(self, field: FieldId) -> Box<str> {
        self.dataset.fields[field].column.into()
    }

    /// The condition; nothing where it is one on the source, which has another name at the node and is known here.
    pub(super) fn condition(self, predicate: &Predicate) -> Option<Condition> {
        let all = |parts: &[Predicate]| parts.iter().map(|part| self.condition(part)).collect::<Option<Vec<_>>>();
        Some(match predicate {
            Predicate::All => Condition::All,
            Predicate::None => Condition::None,
            Predicate::And(parts) => Condition::And(all(parts)?),
            Predicate::Or(parts) => Condition::Or(all(parts)?),
            Predicate::Not(inner) => Condition::Not(Box::new(self.condition(inner)?)),
            Predicate::Is(operand, test) => Condition::Is(self.value(operand)?, self.trial(operand.field(), test)),
            Predicate::Linked(linked) => Condition::Linked(Box::new(Link {
                field: self.name(linked.field),
                dataset: linked.dataset.name.into(),
                rows: Writer { dataset: linked.dataset, ..self }.condition(&linked.rows)?,
            })),
            Predicate::Source(_) | Predicate::HeldBy(_) => return None,
        })
    }

    pub(super) fn value(self, operand: &Operand) -> Option<Value> {
        Some(match operand {
            Operand::Field(field) => Value::Field(self.name(*field)),
            Operand::Shown(shown) => Value::Shown(Box::new(View {
                field: self.name(shown.field),
                bucket: shown.bucket.map(|bucket| bucket.name().into()),
                when: self.condition(&shown.when)?,
            })),
        })
    }

    fn trial(self, field: FieldId, test: &Test) -> Trial {
        let kind = Some(kind_of(self.dataset, field));
        let scalar = |datum: &Datum| Scalar::of(datum, kind, self.youths);
        let text = |text: &str| scalar(&Datum::from(text));
        match test {
            Test::Null => Trial::Null,
            Test::Eq(datum) => Trial::Eq(scalar(datum)),
            Test::In(data) => Trial::In(data.iter().map(scalar).collect()),
            Test::Lt(datum) => Trial::Lt(scalar(datum)),
            Test::Lte(datum) => Trial::Lte(scalar(datum)),
            Test::Gt(datum) => Trial::Gt(scalar(datum)),
            Test::Gte(datum) => Trial::Gte(scalar(datum)),
            Test::Contains(part) => Trial::Contains(text(part)),
            Test::StartsWith(part) => Trial::StartsWith(text(part)),
            Test::Has(code) => Trial::Has(text(code)),
        }
    }
}

/// Reads conditions on rows of one dataset.
#[derive(Clone, Copy)]
pub(super) struct Reader<'r> {
    pub(super) dataset: &'static Dataset,
    pub(super) youths: &'r Youths,
}

impl Reader<'_> {
    /// The field of that name.
    pub(super) fn field(self, name: &str) -> Result<FieldId, Unheard> {
        let known = self.dataset.fields.iter().position(|field| field.column == name);
        known.ok_or_else(|| Unheard::unknown(&[self.dataset.table, name]))
    }

    pub(super) fn condition(self, condition: Condition) -> Result<Predicate, Unheard> {
        let all = |parts: Vec<Condition>| parts.into_iter().map(|part| self.condition(part)).collect::<Result<_, _>>();
        Ok(match condition {
            Condition::All => Predicate::All,
            Condition::None => Predicate::None,
            Condition::And(parts) => Predicate::And(all(parts)?),
            Condition::Or(parts) => Predicate::Or(all(parts)?),
            Condition::Not(inner) => Predicate::Not(Box::new(self.condition(*inner)?)),
            Condition::Is(value, trial) => {
                let operand = self.operand(value)?;
                let test = self.test(operand.field(), trial)?;
                Predicate::Is(operand, test)
            }
            Condition::Linked(link) => {
                let Link { field, dataset, rows } = *link;
                let (field, dataset) = (self.field(&field)?, dataset_named(&dataset)?);
                let rows = Reader { dataset, ..self }.condition(rows)?;
                Predicate::Linked(Box::new(Linked { field, dataset, rows }))
            }
        })
    }

    pub(super) fn operand(self, value: Value) -> Result<Operand, Unheard> {
        Ok(match value {
            Value::Field(name) => Operand::Field(self.field(&name)?),
            Value::Shown(view) => {
                let View { field, bucket, when } = *view;
                let bucket = bucket.map(|name| bucket_named(&name)).transpose()?;
                let (field, when) = (self.field(&field)?, self.condition(when)?);
                if bucket.is_some() && kind_of(self.dataset, field) != Kind::Date {
                    return Err(Unheard::Unreadable);
                }
                Operand::Shown(Arc::new(Shown { field, bucket, when }))
            }
        })
    }

    /// A test of values of the field's kind, of a sort that there is for them.
    fn test(self, field: FieldId, trial: Trial) -> Result<Test, Unheard> {
        let kind = kind_of(self.dataset, field);
        let is_good = match &trial {
            Trial::In(scalars) => scalars.len() <= VALUES_MOST,
            Trial::Contains(_) | Trial::StartsWith(_) => {
                matches!(kind, Kind::Text | Kind::Code(_) | Kind::Reference(_))
            }
            Trial::Has(_) => matches!(kind, Kind::Codes(_)),
            _ => true,
        };
        if !is_good {
            return Err(Unheard::Unreadable);
        }
        let kind = Some(kind);
        let datum = |scalar: Scalar| scalar.read(kind, self.youths).ok_or(Unheard::Unreadable);
        let text = |scalar: Scalar| match scalar.read(kind, self.youths) {
            Some(Datum::Text(text)) => Ok(text),
            _ => Err(Unheard::Unreadable),
        };
        Ok(match trial {
            Trial::Null => Test::Null,
            Trial::Eq(scalar) => Test::Eq(datum(scalar)?),
            Trial::In(scalars) => Test::In(scalars.into_iter().map(datum).collect::<Result<_, _>>()?),
            Trial::Lt(scalar) => Test::Lt(datum(scalar)?),
            Trial::Lte(scalar) => Test::Lte(datum(scalar)?),
            Trial::Gt(scalar) => Test::Gt(datum(scalar)?),
            Trial::Gte(scalar) => Test::Gte(datum(scalar)?),
            Trial::Contains(scalar) => Test::Contains(text(scalar)?),
            Trial::StartsWith(scalar) => Test::StartsWith(text(scalar)?),
            Trial::Has(scalar) => Test::Has(text(scalar)?),
        })
    }
}

impl Value {
    /// The name of its field.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Field(name) => name,
            Self::Shown(view) => &view.field,
        }
    }
}

/// The dataset of that name.
pub(super) fn dataset_named(name: &str) -> Result<&'static Dataset, Unheard> {
    datasets().iter().find(|dataset| dataset.name == name).ok_or_else(|| Unheard::unknown(&[name]))
}

fn bucket_named(name: &str) -> Result<Bucket, Unheard> {
    Bucket::ALL.into_iter().find(|bucket| bucket.name() == name).ok_or(Unheard::Unreadable)
}
