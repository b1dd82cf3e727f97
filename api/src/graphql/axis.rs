//! What tables can be grouped by, under the names that clients know: the fields of a dataset, the buckets of its dates,
//! and what its links lead to. Knows no caller.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use entities::{Bucket, Dataset, Datum, FieldId, Kind, Tier, by_name, datasets};

use super::name;
use crate::{query::Dimension, reference::Reference};

/// The links and codes of reference tables that groups go on by. Whatever else reference rows tell is no dimension: the
/// municipality of a unit, say, would stand for that of a youth.
const STEPS: [(&str, &str); 5] = [
    ("Region", "supra_region"),
    ("Municipality", "province"),
    ("Unit", "setting"),
    ("Unit", "location"),
    ("Location", "provider"),
];

/// One thing that tables can be grouped by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axis {
    /// Its name, snake_case: `started_on_month`, `supra_region`.
    pub name: String,
    /// What it says.
    pub doc: String,
    /// What the values are; of a bucket its first day.
    pub kind: Kind,
    /// The dataset's field that it starts from.
    pub field: FieldId,
    /// The bucket of a date.
    pub bucket: Option<Bucket>,
    /// Where the value is not the field's own: the fields of reference tables that lead from it to the group.
    path: Vec<(&'static str, FieldId)>,
}

static AXES: LazyLock<HashMap<&'static str, Vec<Axis>>> =
    LazyLock::new(|| datasets().iter().map(|dataset| (dataset.name, of(dataset))).collect());

/// All that tables of a dataset can be grouped by, in the order that clients see: the dataset's own fields, then what
/// their links lead to.
#[must_use]
pub fn axes(dataset: &Dataset) -> &'static [Axis] {
    AXES.get(dataset.name).map_or(&[], Vec::as_slice)
}

/// The one of that enumeration value.
#[must_use]
pub fn by_value(dataset: &Dataset, value: &str) -> Option<&'static Axis> {
    axes(dataset).iter().find(|axis| axis.value() == value)
}

impl Axis {
    /// The enumeration's value: `STARTED_ON_MONTH`.
    #[must_use]
    pub fn value(&self) -> String {
        self.name.to_uppercase()
    }

    /// The field of a group that shows it: `startedOnMonth`.
    #[must_use]
    pub fn shown(&self) -> String {
        name::camel(&self.name)
    }

    /// How telling it is.
    #[must_use]
    pub fn tier(&self, dataset: &Dataset) -> Tier {
        let field = &dataset.fields[self.field];
        self.bucket.map_or(field.tier, |bucket| field.bucket_tier(bucket))
    }

    /// Is it the field itself, and nothing coarser?
    #[must_use]
    pub fn is_field(&self, field: FieldId) -> bool {
        self.field == field && self.bucket.is_none() && self.path.is_empty()
    }

    /// Is it a dimension of releases? Their areas are the youths' regions and what those lie in, and municipalities;
    /// their periods are of the day from which on rows hold.
    #[must_use]
    pub fn is_released(&self, dataset: &Dataset) -> bool {
        let field = &dataset.fields[self.field];
        if dataset.youth().is_none() {
            return false;
        }
        match self.bucket {
            Some(bucket) => bucket >= Bucket::Month && dataset.period.is_some_and(|period| period.from == self.field),
            None if self.path.is_empty() => field.groups || matches!(self.name.as_str(), "region" | "municipality"),
            None => field.name == "region" && self.name == "supra_region",
        }
    }

    /// What sources are asked to group by. Keys and codes that nobody knows are none, as in rows.
    #[must_use]
    pub fn dimension(&self, reference: &Reference) -> Dimension {
        let leads_to = match self.kind {
            _ if !self.path.is_empty() => Some(self.leads_to(reference)),
            Kind::Reference(target) => {
                let rows = reference
                    .table(target)
                    .into_iter()
                    .flat_map(|table| table.rows().iter().map(move |row| &row[table.dataset.key()]));
                Some(rows.map(|key| (key.clone(), key.clone())).collect())
            }
            Kind::Code(list) => {
                Some(list.codes.iter().map(|code| (Datum::from(code.code), Datum::from(code.code))).collect())
            }
            _ => None,
        };
        Dimension { field: self.field, bucket: self.bucket, leads_to: leads_to.map(Arc::new) }
    }

    /// For each key of the first reference table where the path ends.
    fn leads_to(&self, reference: &Reference) -> HashMap<Datum, Datum> {
        let first = self.path.first().and_then(|(table, _)| reference.table(table));
        let keys = first.into_iter().flat_map(|table| table.rows().iter().map(|row| &row[table.dataset.key()]));
        let ends = keys.filter_map(|key| {
            let end = self.path.iter().try_fold(key, |at, (table, field)| {
                let table = reference.table(table)?;
                Some(&table.row(table.place(at.as_text()?)?)[*field])
            })?;
            (!end.is_null()).then(|| (key.clone(), end.clone()))
        });
        ends.collect()
    }
}

fn of(dataset: &'static Dataset) -> Vec<Axis> {
    let mut axes: Vec<Axis> = (0..dataset.fields.len()).flat_map(|field| own(dataset, field)).collect();
    let mut level: Vec<Axis> = axes.clone();
    // Of several links to one type, the one that is named after it says what it leads to.
    level.sort_by_key(|axis| axis.kind.target().is_some_and(|target| !target.eq_ignore_ascii_case(&axis.shown())));
    while !level.is_empty() {
        let mut next: Vec<Axis> = Vec::new();
        for axis in level.iter().flat_map(|axis| steps(dataset, axis)) {
            if !axes.iter().chain(&next).any(|known| known.name == axis.name) {
                next.push(axis);
            }
        }
        axes.extend(next.iter().cloned());
        level = next;
    }
    axes
}

fn own(dataset: &Dataset, field: FieldId) -> Vec<Axis> {
    let described = &dataset.fields[field];
    let axis =
        |name: String, doc: String, bucket| Axis { name, doc, kind: described.kind, field, bucket, path: Vec::new() };
    match described.kind {
        Kind::Boolean | Kind::Code(_) | Kind::Reference(_) => {
            vec![axis(described.name.to_owned(), described.doc.to_owned(), None)]
        }
        Kind::Date => {
            let of_bucket = |bucket: Bucket| {
                let doc = format!("{} By {}: its first day.", described.doc, bucket.name());
                axis(format!("{}_{}", described.name, bucket.name()), doc, Some(bucket))
            };
            Bucket::ALL.map(of_bucket).into()
        }
        _ => Vec::new(),
    }
}

/// Where reference data lead on from an axis, one step.
fn steps(dataset: &Dataset, axis: &Axis) -> Vec<Axis> {
    let Kind::Reference(target) = axis.kind else { return Vec::new() };
    let Some(table) = by_name(target) else { return Vec::new() };
    let fields = STEPS.iter().filter(|(of, _)| *of == target).filter_map(|(_, step)| table.field(step));
    let on = fields.map(|field| {
        let described = &table.fields[field];
        let doc = format!("{} Found by `{}`.", described.doc, name::field(&dataset.fields[axis.field]));
        let path = axis.path.iter().copied().chain([(target, field)]).collect();
        Axis { name: described.name.to_owned(), doc, kind: described.kind, field: axis.field, bucket: None, path }
    });
    on.collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn names(dataset: &str) -> Vec<String> {
        let dataset = by_name(dataset).expect("a dataset");
        axes(dataset).iter().filter(|axis| axis.bucket.is_none()).map(Axis::value).collect()
    }

    #[test]
    fn links_lead_on_by_the_nearest_way_and_own_fields_come_first() {
        assert_eq!(names("WaitingTime"), ["REGION", "PROVIDER", "CARE_FORM", "SUPRA_REGION"]);
        let report = ["REGION", "UNIT", "LOCATION", "SETTING", "SUPRA_REGION", "PROVIDER"];
        assert_eq!(names("CapacityReport"), report);
        let placement = names("Placement");
        let led = ["SUPRA_REGION", "SETTING", "LOCATION", "PROVINCE", "PROVIDER"];
        assert_eq!(placement[placement.len() - led.len()..], led);
        let arrangement = by_name("EducationArrangement").expect("a dataset");
        assert!(by_value(arrangement, "MUNICIPALITY").is_none(), "a school's is not the youth's");
    }

    #[test]
    fn no_two_fields_of_a_group_bear_one_name() {
        for dataset in datasets() {
            let shown = axes(dataset).iter().flat_map(|axis| {
                let name = axis.shown();
                let code = matches!(axis.kind, Kind::Reference(_)).then(|| format!("{name}Code"));
                [Some(name.clone()), Some(format!("{name}Label")), code]
            });
            let measures = dataset.fields.iter().filter(|field| field.kind == Kind::Int).map(name::field);
            let fixed = ["openOn", "rows", "youths", "suppressed"].map(ToOwned::to_owned);
            let all: Vec<_> = shown.flatten().chain(measures).chain(fixed).collect();
            assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "{}: {all:?}", dataset.name);
        }
    }
}
