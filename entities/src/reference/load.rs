//! Turns the embedded files of `entities/data` into the rows of the reference tables. Does no IO; what no source states
//! stays empty.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    LoadError, coverage, expertise_network, institution, location, membership, municipality, network_region,
    partnership, plans, postcode, provider, province, region,
    rows::{File, Row},
    school, supra_region, unit,
};

const SUPRA_REGIONS: File = File { name: "supra_regions.csv", text: include_str!("../../data/supra_regions.csv") };
const REGIONS: File = File { name: "jeugdregios_2023.csv", text: include_str!("../../data/jeugdregios_2023.csv") };
const MUNICIPALITIES: File =
    File { name: "gemeenten_jeugdregio_2023.csv", text: include_str!("../../data/gemeenten_jeugdregio_2023.csv") };
const POSTCODES: File = File { name: "swv_pc4_2013_2017.csv", text: include_str!("../../data/swv_pc4_2013_2017.csv") };
const COVERAGES: File = File { name: "swv_per_gemeente.csv", text: include_str!("../../data/swv_per_gemeente.csv") };
const PROVIDERS: File = File { name: "providers.csv", text: include_str!("../../data/providers.csv") };
const LOCATIONS: File = File { name: "locations.csv", text: include_str!("../../data/locations.csv") };
const UNITS: File = File { name: "units.csv", text: include_str!("../../data/units.csv") };
const SCHOOLS: File = File { name: "schools.csv", text: include_str!("../../data/schools.csv") };
const NETWORKS: File = File { name: "networks.csv", text: include_str!("../../data/networks.csv") };
const INSTITUTIONS: File = File { name: "institutions.csv", text: include_str!("../../data/institutions.csv") };

/// All rows of all reference tables, in the order of their files.
#[derive(Clone, Debug)]
pub struct Reference {
    /// Supra-regions.
    pub supra_regions: Vec<supra_region::Model>,
    /// Youth care regions.
    pub regions: Vec<region::Model>,
    /// Provinces, by code.
    pub provinces: Vec<province::Model>,
    /// Municipalities.
    pub municipalities: Vec<municipality::Model>,
    /// Which municipality belongs to which region.
    pub memberships: Vec<membership::Model>,
    /// Providers.
    pub providers: Vec<provider::Model>,
    /// Locations.
    pub locations: Vec<location::Model>,
    /// Units.
    pub units: Vec<unit::Model>,
    /// Education partnerships, by code.
    pub partnerships: Vec<partnership::Model>,
    /// Postcodes.
    pub postcodes: Vec<postcode::Model>,
    /// Which partnership covers which municipality, by code.
    pub coverages: Vec<coverage::Model>,
    /// Schools.
    pub schools: Vec<school::Model>,
    /// Expertise networks, by code.
    pub expertise_networks: Vec<expertise_network::Model>,
    /// Which network supports which region.
    pub network_regions: Vec<network_region::Model>,
    /// Certified institutions.
    pub institutions: Vec<institution::Model>,
    /// Plans and published figures.
    pub plans: plans::Plans,
}

/// Reads all reference data that comes with the project.
///
/// # Errors
///
/// Where a file is not as this function expects it; the error says which line.
pub fn load() -> Result<Reference, LoadError> {
    let municipalities = municipalities()?;
    let postcodes = postcodes()?;
    Ok(Reference {
        supra_regions: SUPRA_REGIONS
            .read(|row| Ok(supra_region::Model { code: row.text("code")?, name: row.text("name")? }))?,
        regions: regions()?,
        provinces: provinces()?,
        memberships: memberships()?,
        providers: PROVIDERS.read(|row| {
            Ok(provider::Model { code: row.text("code")?, name: row.text("name")?, fictional: is_fictional(row)? })
        })?,
        locations: locations(&municipalities)?,
        units: units()?,
        partnerships: partnerships(&postcodes),
        coverages: coverages()?,
        schools: schools()?,
        expertise_networks: expertise_networks()?,
        network_regions: network_regions()?,
        institutions: INSTITUTIONS.read(|row| {
            Ok(institution::Model { code: row.text("code")?, name: row.text("name")?, fictional: is_fictional(row)? })
        })?,
        plans: plans::load(&supra_regions_by_name()?)?,
        municipalities,
        postcodes,
    })
}

/// The codes of supra-regions by the names that other files give them.
fn supra_regions_by_name() -> Result<HashMap<String, String>, LoadError> {
    Ok(SUPRA_REGIONS.read(|row| Ok((row.text("landsdeel_jzplus")?, row.text("code")?)))?.into_iter().collect())
}

fn regions() -> Result<Vec<region::Model>, LoadError> {
    let codes = supra_regions_by_name()?;
    REGIONS.read(|row| {
        let column = "landsdeel_jzplus";
        let supra_region = match row.option(column)? {
            None => None,
            Some(name) => Some(codes.get(&name).ok_or_else(|| row.misfit(column, "a known supra-region"))?.clone()),
        };
        Ok(region::Model {
            code: row.text("jz_code")?,
            name: row.text("jeugdregio")?,
            supra_region,
            latitude: degrees(row, "centroid_lat")?,
            longitude: degrees(row, "centroid_lon")?,
        })
    })
}

fn provinces() -> Result<Vec<province::Model>, LoadError> {
    let named: BTreeMap<String, String> =
        MUNICIPALITIES.read(|row| Ok((row.text("pv_code")?, row.text("provincie")?)))?.into_iter().collect();
    Ok(named.into_iter().map(|(code, name)| province::Model { code, name }).collect())
}

fn municipalities() -> Result<Vec<municipality::Model>, LoadError> {
    MUNICIPALITIES.read(|row| {
        Ok(municipality::Model {
            code: row.text("gm_code")?,
            name: row.text("gemeente")?,
            province: row.text("pv_code")?,
            latitude: degrees(row, "centroid_lat")?,
            longitude: degrees(row, "centroid_lon")?,
        })
    })
}

fn memberships() -> Result<Vec<membership::Model>, LoadError> {
    MUNICIPALITIES.read(|row| {
        let (municipality, region) = (row.text("gm_code")?, row.text("jz_code")?);
        let code = format!("{municipality}-{region}");
        Ok(membership::Model { code, municipality, region, valid_from: None, valid_until: None })
    })
}

fn locations(municipalities: &[municipality::Model]) -> Result<Vec<location::Model>, LoadError> {
    LOCATIONS.read(|row| {
        let code = row.text("municipality")?;
        let municipality = municipalities.iter().find(|it| it.code == code);
        let municipality = municipality.ok_or_else(|| row.misfit("municipality", "a known municipality"))?;
        Ok(location::Model {
            code: row.text("code")?,
            name: row.text("name")?,
            provider: row.text("provider")?,
            municipality: code,
            town: row.text("town")?,
            latitude: municipality.latitude,
            longitude: municipality.longitude,
            fictional: is_fictional(row)?,
        })
    })
}

fn units() -> Result<Vec<unit::Model>, LoadError> {
    UNITS.read(|row| {
        Ok(unit::Model {
            code: row.text("code")?,
            name: row.text("name")?,
            location: row.text("location")?,
            setting: row.text("setting")?,
            places: whole(row, "places")?,
            fictional: is_fictional(row)?,
        })
    })
}

fn postcodes() -> Result<Vec<postcode::Model>, LoadError> {
    POSTCODES.read(|row| {
        Ok(postcode::Model {
            pc4: row.text("pc4")?,
            municipality_name: row.text("gemeente_toen")?,
            primary_partnership: row.text("swv_po")?,
            secondary_partnership: row.text("swv_vo")?,
        })
    })
}

/// The file names none; they are what the postcodes name.
fn partnerships(postcodes: &[postcode::Model]) -> Vec<partnership::Model> {
    let primary = postcodes.iter().map(|it| (it.primary_partnership.as_str(), "PO"));
    let secondary = postcodes.iter().map(|it| (it.secondary_partnership.as_str(), "VO"));
    let all: BTreeSet<_> = primary.chain(secondary).collect();
    all.into_iter()
        .map(|(code, sector)| partnership::Model { code: code.to_owned(), sector: sector.to_owned() })
        .collect()
}

/// A line of the file has one partnership of each sector, so that one partnership can have several lines.
fn coverages() -> Result<Vec<coverage::Model>, LoadError> {
    let mut sums: BTreeMap<(String, String), i32> = BTreeMap::new();
    let lines = COVERAGES.read(|row| {
        Ok((row.text("gm_code")?, [row.text("swv_po")?, row.text("swv_vo")?], whole(row, "aantal_pc4")?))
    })?;
    for (municipality, partnerships, postcodes) in lines {
        for partnership in partnerships {
            *sums.entry((partnership, municipality.clone())).or_default() += postcodes;
        }
    }
    let row = |((partnership, municipality), postcodes)| coverage::Model {
        code: format!("{partnership}-{municipality}"),
        partnership,
        municipality,
        postcodes,
    };
    Ok(sums.into_iter().map(row).collect())
}

fn schools() -> Result<Vec<school::Model>, LoadError> {
    SCHOOLS.read(|row| {
        Ok(school::Model {
            code: row.text("code")?,
            name: row.text("name")?,
            municipality: row.text("municipality")?,
            town: row.text("town")?,
            partnership: row.option("partnership")?,
            fictional: is_fictional(row)?,
        })
    })
}

fn expertise_networks() -> Result<Vec<expertise_network::Model>, LoadError> {
    let named: BTreeMap<String, String> =
        NETWORKS.read(|row| Ok((row.text("code")?, row.text("name")?)))?.into_iter().collect();
    Ok(named.into_iter().map(|(code, name)| expertise_network::Model { code, name }).collect())
}

fn network_regions() -> Result<Vec<network_region::Model>, LoadError> {
    NETWORKS.read(|row| {
        let (network, region) = (row.text("code")?, row.text("region")?);
        Ok(network_region::Model { code: format!("{network}-{region}"), network, region })
    })
}

fn is_fictional(row: &Row<'_>) -> Result<bool, LoadError> {
    row.parse("fictional", "`true` or `false`")
}

fn degrees(row: &Row<'_>, column: &'static str) -> Result<f64, LoadError> {
    row.parse(column, "a number of degrees")
}

fn whole(row: &Row<'_>, column: &'static str) -> Result<i32, LoadError> {
    row.parse(column, "a whole number")
}
