//! What is known of all rows of a source without asking it: read off who holds it and the reference data.

use entities::{Dataset, Datum, Kind, dataset::Held, reference::Reference};

use super::{Facts, Holder};

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
        (Holder::Region(code), Held::Region, "Region")
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
