//! Which rows: two-valued conditions over fields, so that `not` is an exact complement in memory and in every database.
//! A comparison with a null on either side does not hold; its `not` does.

use std::sync::Arc;

use entities::{Bucket, Dataset, Datum, FieldId};

use super::{Facts, Test};

/// A condition on one row.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Predicate {
    /// Every row.
    All,
    /// No row.
    None,
    /// Rows for which all hold.
    And(Vec<Predicate>),
    /// Rows for which one holds.
    Or(Vec<Predicate>),
    /// The rows for which it does not hold.
    Not(Box<Predicate>),
    /// A field's value passes the test.
    Is(Operand, Test),
    /// The row's source bears one of these names.
    Source(Vec<Box<str>>),
    /// The row's source is held by this holder.
    HeldBy(Holder),
    /// The field holds the id of a row of another dataset at the same source, and that row meets a condition.
    Linked(Box<Linked>),
}

/// A condition on the row that a field links to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Linked {
    /// The field that holds the row's id.
    pub field: FieldId,
    /// The row's dataset.
    pub dataset: &'static Dataset,
    /// The condition, on stored values of that row.
    pub rows: Predicate,
}

/// The value that is tested, ordered by or shown.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Operand {
    /// The field as it is stored.
    Field(FieldId),
    /// The field as a caller is shown it.
    Shown(Arc<Shown>),
}

/// How a caller is shown a field: the first day of a bucket of a date, or null on rows where its grant ends below the field's tier.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Shown {
    /// The field.
    pub field: FieldId,
    /// The bucket of a date whose first day is shown; none where the value itself is.
    pub bucket: Option<Bucket>,
    /// On which rows it is shown; null on all others.
    pub when: Predicate,
}

/// Who holds a source.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Holder {
    /// A region, by code: its dashboard or its expert team's monitor.
    Region(Box<str>),
    /// A provider, by code.
    Provider(Box<str>),
    /// An education partnership, by code.
    Partnership(Box<str>),
    /// An expertise network, by code.
    Network(Box<str>),
}

impl Operand {
    /// The field behind the value.
    #[must_use]
    pub fn field(&self) -> FieldId {
        match self {
            Self::Field(field) => *field,
            Self::Shown(shown) => shown.field,
        }
    }

    fn is_bucket(&self) -> bool {
        matches!(self, Self::Shown(shown) if shown.bucket.is_some())
    }

    /// The value of a row, given its stored values and its source.
    pub fn value<'r>(&self, row: &impl Fn(FieldId) -> &'r Datum, source: (&str, &Holder)) -> Datum {
        match self {
            Self::Field(field) => row(*field).clone(),
            Self::Shown(shown) if !shown.when.holds(row, source) => Datum::Null,
            Self::Shown(shown) => match (row(shown.field), shown.bucket) {
                (Datum::Date(date), Some(bucket)) => Datum::Date(date.start_of(bucket)),
                (value, _) => value.clone(),
            },
        }
    }
}

impl Predicate {
    /// All of them; nothing is asked for where there are none.
    #[must_use]
    pub fn and(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Vec::new();
        for part in parts {
            match part {
                Self::All => {}
                Self::None => return Self::None,
                Self::And(inner) => all.extend(inner),
                other => all.push(other),
            }
        }
        match all.len() {
            0 => Self::All,
            1 => all.remove(0),
            _ => Self::And(all),
        }
    }

    /// One of them; no row where there are none.
    #[must_use]
    pub fn or(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut any = Vec::new();
        for part in parts {
            match part {
                Self::None => {}
                Self::All => return Self::All,
                Self::Or(inner) => any.extend(inner),
                other => any.push(other),
            }
        }
        match any.len() {
            0 => Self::None,
            1 => any.remove(0),
            _ => Self::Or(any),
        }
    }

    /// The complement.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Self::All => Self::None,
            Self::None => Self::All,
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    /// A field, as it is stored, passes a test.
    #[must_use]
    pub fn is(field: FieldId, test: Test) -> Self {
        Self::Is(Operand::Field(field), test)
    }

    /// How many conditions it is made of.
    #[cfg(test)]
    pub(crate) fn conditions(&self) -> usize {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().map(Self::conditions).sum(),
            Self::Not(inner) => inner.conditions(),
            Self::Linked(linked) => 1 + linked.rows.conditions(),
            _ => 1,
        }
    }

    /// The first field that is tested and fails a condition, also inside `not`.
    #[must_use]
    pub fn field_where(&self, fails: &impl Fn(FieldId) -> bool) -> Option<FieldId> {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().find_map(|part| part.field_where(fails)),
            Self::Not(inner) => inner.field_where(fails),
            Self::Is(operand, _) => Some(operand.field()).filter(|field| fails(*field)),
            _ => None,
        }
    }

    /// Have all rows that match the same value of this field, by the form of the condition?
    #[must_use]
    pub fn fixes(&self, field: FieldId) -> bool {
        match self {
            Self::And(parts) => parts.iter().any(|part| part.fixes(field)),
            Self::Is(operand, Test::Eq(_)) => operand.field() == field,
            Self::Is(operand, Test::In(data)) => operand.field() == field && data.len() == 1,
            _ => false,
        }
    }

    /// Replaces every operand, also those inside `not`.
    #[must_use]
    pub fn map_operands(&self, map: &impl Fn(&Operand) -> Operand) -> Self {
        let all = |parts: &[Self]| parts.iter().map(|part| part.map_operands(map)).collect::<Vec<_>>();
        match self {
            Self::And(parts) => Self::And(all(parts)),
            Self::Or(parts) => Self::Or(all(parts)),
            Self::Not(inner) => Self::Not(Box::new(inner.map_operands(map))),
            Self::Is(operand, test) => Self::Is(map(operand), test.clone()),
            other => other.clone(),
        }
    }

    /// Does it rest on rows that others link to?
    #[must_use]
    pub fn has_links(&self) -> bool {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().any(Self::has_links),
            Self::Not(inner) => inner.has_links(),
            Self::Linked(_) => true,
            _ => false,
        }
    }

    /// The condition at a source that does not hold every dataset: no row there links to one of a dataset that it does
    /// not hold.
    #[must_use]
    pub fn where_held(&self, holds: &impl Fn(&Dataset) -> bool) -> Self {
        match self {
            Self::And(parts) => Self::and(parts.iter().map(|part| part.where_held(holds))),
            Self::Or(parts) => Self::or(parts.iter().map(|part| part.where_held(holds))),
            Self::Not(inner) => inner.where_held(holds).negated(),
            Self::Linked(linked) if !holds(linked.dataset) => Self::None,
            Self::Is(operand, test) => Self::Is(operand.where_held(holds), test.clone()),
            other => other.clone(),
        }
    }

    /// Does it hold for a row, given its stored values and its source (name and holder)? Of a row that it links to nothing
    /// is known here: no such condition holds.
    pub fn holds<'r>(&self, row: &impl Fn(FieldId) -> &'r Datum, source: (&str, &Holder)) -> bool {
        match self {
            Self::All => true,
            Self::None => false,
            Self::And(parts) => parts.iter().all(|part| part.holds(row, source)),
            Self::Or(parts) => parts.iter().any(|part| part.holds(row, source)),
            Self::Not(inner) => !inner.holds(row, source),
            Self::Is(Operand::Field(field), test) => test.passes(row(*field)),
            Self::Is(operand, test) => test.passes(&operand.value(row, source)),
            Self::Source(names) => names.iter().any(|name| **name == *source.0),
            Self::HeldBy(holder) => holder == source.1,
            Self::Linked(_) => false,
        }
    }

    /// What is left to ask of a source's rows once its name, its holder and its facts are known: [`Predicate::None`]
    /// where no row of it can match. Operands that are shown on some rows only are specialised too.
    #[must_use]
    pub fn for_source(&self, source: (&str, &Holder), facts: &Facts) -> Self {
        match self {
            Self::All => Self::All,
            Self::None => Self::None,
            Self::And(parts) => Self::and(parts.iter().map(|part| part.for_source(source, facts))),
            Self::Or(parts) => Self::or(parts.iter().map(|part| part.for_source(source, facts))),
            Self::Not(inner) => inner.for_source(source, facts).negated(),
            Self::Source(names) => Self::known(names.iter().any(|name| **name == *source.0)),
            Self::HeldBy(holder) => Self::known(holder == source.1),
            Self::Linked(linked) => {
                let rows = linked.rows.for_source(source, &Facts::default());
                let linked = |rows| Self::Linked(Box::new(Linked { rows, ..Linked::clone(linked) }));
                if rows == Self::None { Self::None } else { linked(rows) }
            }
            Self::Is(operand, test) => match operand.for_source(source, facts) {
                None => Self::known(*test == Test::Null),
                Some(operand) if !operand.is_bucket() && facts.exclude(operand.field(), test) => Self::None,
                Some(operand) => Self::Is(operand, test.clone()),
            },
        }
    }

    fn known(holds: bool) -> Self {
        if holds { Self::All } else { Self::None }
    }
}

impl Operand {
    /// The operand at a source that does not hold every dataset.
    #[must_use]
    pub fn where_held(&self, holds: &impl Fn(&Dataset) -> bool) -> Self {
        match self {
            Self::Shown(shown) => {
                let when = shown.when.where_held(holds);
                Self::Shown(Arc::new(Shown { field: shown.field, bucket: shown.bucket, when }))
            }
            Self::Field(_) => self.clone(),
        }
    }

    /// The operand on rows of this source; nothing where it is null on all of them.
    #[must_use]
    pub fn for_source(&self, source: (&str, &Holder), facts: &Facts) -> Option<Self> {
        let Self::Shown(shown) = self else {
            return Some(self.clone());
        };
        match shown.when.for_source(source, facts) {
            Predicate::None => None,
            Predicate::All if shown.bucket.is_none() => Some(Self::Field(shown.field)),
            when => Some(Self::Shown(Arc::new(Shown { field: shown.field, bucket: shown.bucket, when }))),
        }
    }
}
