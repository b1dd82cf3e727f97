//! Whom a condition names, whatever comes of it: youths by their pseudonyms, and rows by their ids. A number of rows tells of
//! whoever its condition names as much as a row would. Pure.

use std::collections::{BTreeMap, BTreeSet};

use entities::{Dataset, Datum, FieldId, Kind, by_name};

use super::{Predicate, Test};

/// The names of the sources that a row can be of; none for any.
pub type Among = Option<BTreeSet<Box<str>>>;

/// Whom a condition names, whether it is to hold or not.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// By the pseudonyms that sources know.
    pub youths: BTreeSet<Box<str>>,
    /// The ids of rows of these datasets, at these sources.
    pub rows: BTreeMap<(&'static str, Among), BTreeSet<Datum>>,
}

/// Hides them.
impl std::fmt::Debug for Named {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ids: usize = self.rows.values().map(BTreeSet::len).sum();
        write!(f, "Named({} youths, {ids} rows)", self.youths.len())
    }
}

impl Named {
    /// Those that a condition on rows of a dataset names.
    #[must_use]
    pub fn by(dataset: &'static Dataset, filter: &Predicate) -> Self {
        Self::by_all_but(dataset, filter, &|_| false)
    }

    /// Those that it names, but for lists of which this holds.
    #[must_use]
    pub fn by_all_but(dataset: &'static Dataset, filter: &Predicate, passed: &dyn Fn(&[Datum]) -> bool) -> Self {
        let mut named = Self::default();
        named.condition((dataset, filter), &None, passed);
        named
    }

    /// Is nobody named?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.youths.is_empty() && self.rows.is_empty()
    }

    /// Adds those that values of a field name: the youth, or the rows that it links to.
    pub fn values(&mut self, (dataset, field): (&'static Dataset, FieldId), values: &[Datum], among: &Among) {
        let rows_of = match dataset.fields[field].kind {
            Kind::Youth => {
                self.youths.extend(values.iter().filter_map(Datum::as_text).map(Into::into));
                return;
            }
            Kind::Row(target) => by_name(target),
            Kind::Id => Some(dataset),
            _ => None,
        };
        let Some(rows_of) = rows_of.filter(|it| it.youth().is_some() && !values.is_empty()) else { return };
        self.rows.entry((rows_of.name, among.clone())).or_default().extend(values.iter().cloned());
    }

    fn condition(
        &mut self,
        (dataset, filter): (&'static Dataset, &Predicate),
        among: &Among,
        passed: &dyn Fn(&[Datum]) -> bool,
    ) {
        match filter {
            Predicate::And(parts) => {
                let among = parts.iter().fold(among.clone(), narrowed);
                parts.iter().for_each(|part| self.condition((dataset, part), &among, passed));
            }
            Predicate::Or(parts) => parts.iter().for_each(|part| self.condition((dataset, part), among, passed)),
            Predicate::Not(inner) => self.condition((dataset, inner), among, passed),
            Predicate::Is(operand, Test::Eq(value)) => {
                self.values((dataset, operand.field()), std::slice::from_ref(value), among);
            }
            Predicate::Is(operand, Test::In(values)) if !passed(values) => {
                self.values((dataset, operand.field()), values, among);
            }
            Predicate::Linked(linked) => self.condition((linked.dataset, &linked.rows), among, passed),
            Predicate::Is(..) | Predicate::All | Predicate::None | Predicate::Source(_) | Predicate::HeldBy(_) => {}
        }
    }
}

/// The sources of rows for which this holds as well.
fn narrowed(among: Among, part: &Predicate) -> Among {
    let Predicate::Source(names) = part else { return among };
    let names = names.iter().filter(|name| among.as_ref().is_none_or(|among| among.contains(*name)));
    Some(names.cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Linked;

    fn dataset(name: &str) -> &'static Dataset {
        by_name(name).expect("it is a dataset")
    }

    fn is(dataset: &Dataset, field: &str, values: &[Datum]) -> Predicate {
        let field = dataset.fields.iter().position(|it| it.column == field).expect("it is a field");
        Predicate::is(field, Test::In(values.into()))
    }

    #[test]
    fn whoever_stands_in_a_condition_is_named_however_deep_and_also_where_it_must_not_hold() {
        let stay = dataset("Placement");
        let youth = |name: &str| is(stay, "youth", &[Datum::text(name)]);
        let linked = Linked { field: 0, dataset: stay, rows: youth("c") };
        let filter = Predicate::Or(vec![
            youth("a"),
            Predicate::And(vec![youth("b").negated(), Predicate::Linked(Box::new(linked))]),
        ]);
        let named = Named::by(stay, &filter);
        assert_eq!(named.youths, ["a", "b", "c"].map(Box::from).into());
        assert!(named.rows.is_empty() && Named::by(stay, &Predicate::All).is_empty());
        assert_eq!(format!("{named:?}"), "Named(3 youths, 0 rows)");
    }

    #[test]
    fn rows_are_named_at_the_sources_that_they_can_be_of() {
        let stay = dataset("Placement");
        let ids = |id: i64| is(stay, "id", &[Datum::Int(id)]);
        let at = |names: &[&str]| Predicate::Source(names.iter().map(|it| Box::from(*it)).collect());
        let filter = Predicate::Or(vec![
            Predicate::And(vec![at(&["x", "y"]), at(&["y"]), ids(1)]),
            Predicate::And(vec![at(&["x"]), ids(2)]),
            ids(3),
        ]);
        let among = |name: &str| ("Placement", Some(BTreeSet::from([Box::from(name)])));
        let rows = Named::by(stay, &filter).rows;
        assert_eq!(rows.get(&among("y")), Some(&[Datum::Int(1)].into()));
        assert_eq!(rows.get(&among("x")), Some(&[Datum::Int(2)].into()));
        assert_eq!(rows.get(&("Placement", None)), Some(&[Datum::Int(3)].into()));
    }

    #[test]
    fn values_that_name_nobody_are_passed_over() {
        let stay = dataset("Placement");
        assert!(Named::by(stay, &is(stay, "region", &[Datum::text("a region")])).is_empty());
    }
}
