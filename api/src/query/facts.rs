//! What is known of all rows of a source without asking it: read off who holds it and the reference data.

use entities::{Dataset, Datum, FieldId, Kind, dataset::Held, reference::Reference};

use super::{Holder, Test};

/// What is known of every row of a source before it is asked: for some fields, the only values that can stand there
/// (null besides).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Field and its possible values.
    pub values: Vec<(FieldId, Vec<Datum>)>,
}

impl Facts {
    /// Can a row have this value, which is not null, in the field?
    #[must_use]
    pub fn allow(&self, field: FieldId, value: &Datum) -> bool {
        self.values.iter().find(|(known, _)| *known == field).is_none_or(|(_, values)| values.contains(value))
    }

    /// Can no row pass the test on this field?
    pub(super) fn exclude(&self, field: FieldId, test: &Test) -> bool {
        let Some((_, values)) = self.values.iter().find(|(known, _)| *known == field) else {
            return false;
        };
        *test != Test::Null && !values.iter().any(|value| test.passes(value))
    }
}

/// What is known of every row of a dataset at a source of this holder.
///
/// - A region's sources hold rows of that region.
/// - A provider's sources hold rows of its units and locations; where no row is a person, the regions are the places'.
/// - A partnership's sources hold rows of that partnership.
///
/// Nothing is known where another kind of holder holds the dataset, or where the reference data know nothing of the
/// holder.
#[must_use]
pub fn facts(holder: &Holder, dataset: &Dataset, reference: &Reference) -> Facts {
    let known = dataset.fields.iter().enumerate().filter_map(|(field, it)| {
        let Kind::Reference(target) = it.kind else {
            return None;
        };
        let values = possible((holder, dataset), target, reference);
        (!values.is_empty()).then(|| (field, values.into_iter().map(Datum::from).collect()))
    });
    Facts { values: known.collect() }
}

/// The keys of the reference table `target` that rows can hold; none where that is not known.
fn possible<'a>((holder, dataset): (&'a Holder, &Dataset), target: &str, reference: &'a Reference) -> Vec<&'a str> {
    match (holder, dataset.held, target) {
        (Holder::Region(code), Held::Region | Held::RegionOrNetwork, "Region")
        | (Holder::Provider(code), Held::Provider, "Provider")
        | (Holder::Partnership(code), Held::Partnership, "Partnership") => vec![code],
        (Holder::Provider(code), Held::Provider, "Location") => locations(code, reference),
        (Holder::Provider(code), Held::Provider, "Unit") => {
            let locations = locations(code, reference);
            let units = reference.units.iter().filter(|it| locations.contains(&it.location.as_str()));
            units.map(|it| it.code.as_str()).collect()
        }
        (Holder::Provider(code), Held::Provider, "Region") if dataset.youth().is_none() => {
            let places = reference.locations.iter().filter(|it| *it.provider == **code);
            let municipalities: Vec<_> = places.map(|it| it.municipality.as_str()).collect();
            let within = reference.memberships.iter().filter(|it| municipalities.contains(&it.municipality.as_str()));
            let mut regions: Vec<_> = within.map(|it| it.region.as_str()).collect();
            regions.sort_unstable();
            regions.dedup();
            regions
        }
        _ => Vec::new(),
    }
}

fn locations<'a>(provider: &str, reference: &'a Reference) -> Vec<&'a str> {
    reference.locations.iter().filter(|it| it.provider == provider).map(|it| it.code.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use entities::{by_name, reference::load};

    use super::*;

    fn known(holder: &Holder, dataset: &str) -> Vec<(&'static str, Vec<Datum>)> {
        let dataset = by_name(dataset).unwrap();
        let facts = facts(holder, dataset, &load().unwrap());
        facts.values.into_iter().map(|(field, values)| (dataset.fields[field].name, values)).collect()
    }

    #[test]
    fn a_regions_rows_are_of_that_region() {
        let region = Holder::Region("JZ36".into());
        assert_eq!(known(&region, "Referral"), [("region", vec!["JZ36".into()])]);
        assert_eq!(known(&region, "RetCase"), [("region", vec!["JZ36".into()])]);
        assert_eq!(known(&region, "RecurringPattern"), [("region", vec!["JZ36".into()])]);
    }

    #[test]
    fn a_providers_rows_are_of_its_units_and_its_youths_of_any_region() {
        let provider = Holder::Provider("JHF".into());
        let units = vec!["JHF-LWD-1".into(), "JHF-LWD-2".into(), "JHF-HVN-1".into(), "JHF-HVN-2".into()];
        assert_eq!(known(&provider, "Placement"), [("unit", units.clone())]);
        let locations = vec!["JHF-LWD".into(), "JHF-HVN".into()];
        let places = [("region", vec!["JZ02".into()]), ("unit", units), ("location", locations)];
        assert_eq!(known(&provider, "CapacityReport"), places);
    }

    #[test]
    fn a_partnerships_rows_are_its_own() {
        let partnership = Holder::Partnership("VO3001".into());
        assert_eq!(known(&partnership, "EducationArrangement"), [("partnership", vec!["VO3001".into()])]);
    }

    #[test]
    fn nothing_is_known_of_holders_that_the_reference_data_lack_or_that_hold_what_others_do() {
        assert_eq!(known(&Holder::Provider("NOBODY".into()), "Placement"), []);
        assert_eq!(known(&Holder::Region("JZ36".into()), "Placement"), []);
        assert_eq!(known(&Holder::Network("BEN".into()), "RetCase"), []);
        assert_eq!(known(&Holder::Network("BEN".into()), "RecurringPattern"), []);
    }
}
