//! The part of the reference data that the demonstration plays in: the regions of the supra-regions, and who gives care
//! and education there.

use std::collections::HashMap;

use entities::reference::Reference;

/// Regions, units, partnerships and institutions of the demonstration.
#[derive(Debug)]
pub(crate) struct Areas<'r> {
    /// The regions that belong to a supra-region.
    pub(crate) regions: Vec<Region<'r>>,
    /// All units, in the order of the file.
    pub(crate) units: Vec<Unit<'r>>,
    /// The secondary-education partnerships with most of their postcodes in the regions, by code.
    pub(crate) partnerships: Vec<&'r str>,
    /// Schools: code, partnership, municipality.
    pub(crate) schools: Vec<School<'r>>,
    /// Certified institutions, by code.
    pub(crate) institutions: Vec<&'r str>,
    /// Expertise networks: code, and the codes of their regions.
    pub(crate) networks: Vec<(&'r str, Vec<&'r str>)>,
}

/// A region and its municipalities.
#[derive(Debug)]
pub(crate) struct Region<'r> {
    pub(crate) code: &'r str,
    pub(crate) supra_region: &'r str,
    pub(crate) municipalities: Vec<Municipality<'r>>,
}

/// A municipality and the secondary-education partnerships that cover it.
#[derive(Debug)]
pub(crate) struct Municipality<'r> {
    pub(crate) code: &'r str,
    pub(crate) name: &'r str,
    /// Each with its number of postcodes.
    pub(crate) partnerships: Vec<(&'r str, u64)>,
}

/// A unit, and where it stands.
#[derive(Debug)]
pub(crate) struct Unit<'r> {
    /// Its place in [`Areas::units`].
    pub(crate) number: usize,
    pub(crate) code: &'r str,
    pub(crate) location: &'r str,
    pub(crate) provider: &'r str,
    pub(crate) municipality: &'r str,
    pub(crate) region: &'r str,
    pub(crate) supra_region: &'r str,
    /// As of today: `CLOSED`, `HYBRID`, `OPEN` or `AMBULATORY`.
    pub(crate) setting: &'r str,
    pub(crate) places: i32,
}

/// A school.
#[derive(Debug)]
pub(crate) struct School<'r> {
    pub(crate) code: &'r str,
    pub(crate) partnership: Option<&'r str>,
    pub(crate) municipality: &'r str,
}

impl Unit<'_> {
    /// May its doors be closed?
    pub(crate) fn is_closed(&self) -> bool {
        matches!(self.setting, "CLOSED" | "HYBRID")
    }
}

impl<'r> Areas<'r> {
    /// The demonstration's part of the reference data.
    pub(crate) fn of(reference: &'r Reference) -> Self {
        let partnerships = partnerships(reference);
        Self {
            regions: regions(reference, &partnerships),
            units: units(reference),
            schools: schools(reference),
            institutions: reference.institutions.iter().map(|it| it.code.as_str()).collect(),
            networks: networks(reference),
            partnerships,
        }
    }
}

fn regions<'r>(reference: &'r Reference, partnerships: &[&str]) -> Vec<Region<'r>> {
    let municipalities = |region: &str| {
        let within = reference.memberships.iter().filter(|it| it.region == region).map(|it| it.municipality.as_str());
        let codes: Vec<_> = within.collect();
        let all = reference.municipalities.iter().filter(|it| codes.contains(&it.code.as_str()));
        all.map(|it| municipality(reference, partnerships, (&it.code, &it.name))).collect()
    };
    let all = reference.regions.iter();
    all.filter_map(|it| {
        let supra_region = it.supra_region.as_deref()?;
        Some(Region { code: &it.code, supra_region, municipalities: municipalities(&it.code) })
    })
    .collect()
}

fn municipality<'r>(
    reference: &'r Reference,
    partnerships: &[&str],
    (code, name): (&'r str, &'r str),
) -> Municipality<'r> {
    let covers = reference.coverages.iter().filter(|it| it.municipality == code);
    let covers = covers.filter(|it| partnerships.contains(&it.partnership.as_str()));
    let partnerships = covers.map(|it| (it.partnership.as_str(), u64::from(it.postcodes.unsigned_abs()))).collect();
    Municipality { code, name, partnerships }
}

fn partnerships(reference: &Reference) -> Vec<&str> {
    let all = reference.partnerships.iter().filter(|it| it.sector == "VO").map(|it| it.code.as_str());
    let within = |code: &str| -> i32 {
        reference.coverages.iter().filter(|it| it.partnership == code).map(|it| it.postcodes).sum()
    };
    let whole = |code: &str| reference.postcodes.iter().filter(|it| it.secondary_partnership == code).count();
    all.filter(|code| 2 * i64::from(within(code)) > i64::try_from(whole(code)).unwrap_or(i64::MAX)).collect()
}

fn units(reference: &Reference) -> Vec<Unit<'_>> {
    let locations: HashMap<_, _> = reference.locations.iter().map(|it| (it.code.as_str(), it)).collect();
    let region_of: HashMap<_, _> =
        reference.memberships.iter().map(|it| (it.municipality.as_str(), it.region.as_str())).collect();
    let regions: HashMap<_, _> = reference.regions.iter().map(|it| (it.code.as_str(), it)).collect();
    let placed = reference.units.iter().filter_map(|unit| {
        let location = locations.get(unit.location.as_str())?;
        let region = regions.get(region_of.get(location.municipality.as_str())?)?;
        Some((unit, *location, *region))
    });
    placed
        .enumerate()
        .map(|(number, (unit, location, region))| Unit {
            number,
            code: &unit.code,
            location: &location.code,
            provider: &location.provider,
            municipality: &location.municipality,
            region: &region.code,
            supra_region: region.supra_region.as_deref().unwrap_or_default(),
            setting: &unit.setting,
            places: unit.places,
        })
        .collect()
}

fn networks(reference: &Reference) -> Vec<(&str, Vec<&str>)> {
    let regions = |network: &str| {
        let of = reference.network_regions.iter().filter(|it| it.network == network);
        of.map(|it| it.region.as_str()).collect()
    };
    reference.expertise_networks.iter().map(|it| (it.code.as_str(), regions(&it.code))).collect()
}

fn schools(reference: &Reference) -> Vec<School<'_>> {
    let all = reference.schools.iter();
    all.map(|it| School { code: &it.code, partnership: it.partnership.as_deref(), municipality: &it.municipality })
        .collect()
}
