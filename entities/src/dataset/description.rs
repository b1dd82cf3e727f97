//! Builds a [`Dataset`] from a sea-orm entity, one described column after another.

use std::marker::PhantomData;

use sea_orm::{ColumnTrait, ColumnType, EntityTrait, IdenStatic, Iterable};

use super::{Closed, Dataset, Field, FieldId, List, Period, Told};
use crate::{
    code::CodeList,
    kind::{Bucket, Kind, Tier},
};

/// A descriptor in the making; [`Description::done`] ends it.
#[derive(Debug)]
pub struct Description<E> {
    dataset: Dataset,
    entity: PhantomData<E>,
}

/// What is said of one field; what is not said is sensitive and does not sort.
#[derive(Debug)]
pub struct FieldDescription(Field);

impl FieldDescription {
    /// How telling the field is.
    #[must_use]
    pub fn tier(mut self, tier: Tier) -> Self {
        self.0.tier = tier;
        self
    }

    /// Rows may be ordered by it: the table has an index on it and the id.
    #[must_use]
    pub fn sorts(mut self) -> Self {
        self.0.sorts = true;
        self
    }

    /// Of a date: this bucket of it is less telling than the day itself.
    #[must_use]
    pub fn bucket(mut self, bucket: Bucket, tier: Tier) -> Self {
        self.0.buckets.push((bucket, tier));
        self
    }

    /// Protected tables (releases) may be broken down by it.
    #[must_use]
    pub fn groups(mut self) -> Self {
        self.0.groups = true;
        self
    }

    /// Its unit differs from row to row, and is said by this field.
    #[must_use]
    pub fn in_unit(mut self, field: &'static str) -> Self {
        self.0.unit = Some(field);
        self
    }

    /// Its values are codes of a list.
    #[must_use]
    pub fn code(mut self, list: &'static CodeList) -> Self {
        self.0.kind = Kind::Code(list);
        self
    }

    /// Its values are several codes of a list, stored as a JSON array.
    #[must_use]
    pub fn codes(mut self, list: &'static CodeList) -> Self {
        self.0.kind = Kind::Codes(list);
        self
    }

    /// Clients know it by another name than the column's (snake_case).
    #[must_use]
    pub fn named(mut self, name: &'static str) -> Self {
        self.0.name = name;
        self
    }
}

impl<E: EntityTrait> Description<E> {
    pub(super) fn new(dataset: Dataset) -> Self {
        Self { dataset, entity: PhantomData }
    }

    /// The row's own id at its source. Comes first.
    #[must_use]
    pub fn id(mut self, column: E::Column) -> Self {
        let field = describe(column, "Opaque id of the row, stable over time and different for every consumer.");
        self.dataset.fields.push(Field { kind: Kind::Id, tier: Tier::Open, ..field });
        self
    }

    /// The natural key of a reference table, such as `JZ36`. Comes first.
    #[must_use]
    pub fn key(mut self, column: E::Column, doc: &'static str) -> Self {
        self.dataset.fields.push(Field { tier: Tier::Open, sorts: true, ..describe(column, doc) });
        self
    }

    /// The key of a reference table whose rows are of one row of another table each, such as a supra-region's plan.
    /// Comes first.
    #[must_use]
    pub fn key_link(mut self, column: E::Column, target: &'static str, doc: &'static str) -> Self {
        let field = describe(column, doc);
        self.dataset.fields.push(Field { kind: Kind::Reference(target), tier: Tier::Open, sorts: true, ..field });
        self
    }

    /// A field, with what there is to say of it.
    #[must_use]
    pub fn field(
        mut self,
        column: E::Column,
        doc: &'static str,
        say: impl FnOnce(FieldDescription) -> FieldDescription,
    ) -> Self {
        self.dataset.fields.push(say(FieldDescription(describe(column, doc))).0);
        self
    }

    /// A link to a reference row, whose key the column holds.
    #[must_use]
    pub fn link(mut self, column: E::Column, target: &'static str, tier: Tier, doc: &'static str) -> Self {
        self.dataset.fields.push(Field { kind: Kind::Reference(target), tier, ..describe(column, doc) });
        self
    }

    /// A link to a row of another dataset at the same source, whose id the column holds.
    #[must_use]
    pub fn row(mut self, column: E::Column, target: &'static str, tier: Tier, doc: &'static str) -> Self {
        self.dataset.fields.push(Field { kind: Kind::Row(target), tier, ..describe(column, doc) });
        self
    }

    /// The youth that the row is about, always pseudonymous; and what a row is called where that youth is told of it.
    #[must_use]
    pub fn youth(mut self, column: E::Column, told: Told) -> Self {
        self.dataset.told = Some(told);
        let field = describe(
            column,
            "The youth that the row is about, under a pseudonym of the consumer's own (Dutch: jeugdige).",
        );
        self.dataset.fields.push(Field { kind: Kind::Youth, tier: Tier::Pseudonymous, ..field });
        self
    }

    /// When something happened: the moment stays hidden, its Amsterdam day is shown by the moment's name.
    #[must_use]
    pub fn moment(self, (moment, day): (E::Column, E::Column), tier: Tier, doc: &'static str) -> Self {
        let name = moment.as_str();
        self.hidden(moment).field(day, doc, |it| it.named(name).tier(tier).sorts())
    }

    /// When the row last changed at its source: as telling as the day from which on it holds (which comes before), soon
    /// after which it is written down.
    #[must_use]
    pub fn updated(self, moment: E::Column, day: E::Column) -> Self {
        let begins = self.dataset.period.map(|period| self.dataset.fields[period.from].tier);
        let tier = begins.unwrap_or(Tier::Indirect).max(Tier::Indirect);
        self.moment((moment, day), tier, "Day on which the row last changed at its source.")
    }

    /// The day from which a row holds, and the day on which it no longer does. Both fields come before.
    #[must_use]
    pub fn period(mut self, from: E::Column, until: E::Column) -> Self {
        let until = self.place(until);
        self.dataset.period = self.place(from).map(|from| Period { from, until });
        self
    }

    /// The one day that a row is of. The field comes before.
    #[must_use]
    pub fn dated(mut self, day: E::Column) -> Self {
        self.dataset.period = self.place(day).map(|from| Period { from, until: None });
        self
    }

    /// A row is closed by this code, whatever its period. The field comes before.
    #[must_use]
    pub fn closed_by(mut self, column: E::Column, code: &'static str) -> Self {
        let closed = self.place(column).map(|field| Closed::By(field, code));
        self.dataset.closed.extend(closed);
        self
    }

    /// A row is closed by any value of this field, whatever its period. The field comes before.
    #[must_use]
    pub fn closed_by_any(mut self, column: E::Column) -> Self {
        let closed = self.place(column).map(Closed::ByAny);
        self.dataset.closed.extend(closed);
        self
    }

    fn place(&self, column: E::Column) -> Option<FieldId> {
        self.dataset.fields.iter().position(|field| field.column == column.as_str())
    }

    /// A column that serves the gateway and is shown to nobody.
    #[must_use]
    pub fn hidden(mut self, column: E::Column) -> Self {
        self.dataset.hidden.push(column.as_str());
        self
    }

    /// A to-many link between reference rows: the rows of `target` whose field `back` names this one.
    #[must_use]
    pub fn list(mut self, name: &'static str, target: &'static str, back: &'static str, doc: &'static str) -> Self {
        self.dataset.lists.push(List { name, doc, target, back, through: None });
        self
    }

    /// A to-many link over a joining type: what field `through` of `target` names, where its field `back` names this one.
    #[must_use]
    pub fn list_through(
        mut self,
        name: &'static str,
        (target, back, through): (&'static str, &'static str, &'static str),
        doc: &'static str,
    ) -> Self {
        self.dataset.lists.push(List { name, doc, target, back, through: Some(through) });
        self
    }

    /// The descriptor, with the columns that nobody described noted.
    #[must_use]
    pub fn done(mut self) -> Dataset {
        let dataset = &self.dataset;
        let described = |column: &str| {
            dataset.hidden.contains(&column) || dataset.fields.iter().any(|field| field.column == column)
        };
        let undescribed = E::Column::iter().map(|column| column.as_str()).filter(|it| !described(it));
        self.dataset.undescribed = undescribed.map(ToOwned::to_owned).collect();
        self.dataset
    }
}

fn describe<C: ColumnTrait>(column: C, doc: &'static str) -> Field {
    let definition = column.def();
    Field {
        column: column.as_str(),
        name: column.as_str(),
        doc,
        kind: kind(definition.get_column_type()),
        nullable: definition.is_null(),
        tier: Tier::Sensitive,
        sorts: false,
        buckets: Vec::new(),
        groups: false,
        unit: None,
    }
}

fn kind(column: &ColumnType) -> Kind {
    match column {
        ColumnType::Boolean => Kind::Boolean,
        ColumnType::Date => Kind::Date,
        ColumnType::Double | ColumnType::Float => Kind::Float,
        ColumnType::Integer | ColumnType::BigInteger | ColumnType::SmallInteger => Kind::Int,
        _ => Kind::Text,
    }
}
