//! Rows of placements: of the demonstration and of generated sources alike.

use entities::placement::Model;

use crate::demo::{
    calendar::{LAST, changed, date},
    care::{Care, Stay},
    places::setting_on,
    random::Random,
    youth::Youth,
};

/// The provider's row of a stay, not yet numbered.
pub(crate) fn row(youth: &Youth<'_>, stay: &Stay<'_>, random: &mut Random) -> Model {
    let (updated_at, updated_on) = changed(stay.end.unwrap_or(stay.start), random);
    let housing = stay.start + random.between(10, 320);
    let housing = Some(housing).filter(|day| *day <= stay.end.unwrap_or(LAST) && random.chance(70));
    Model {
        id: 0,
        youth: youth.pseudonym.clone(),
        youth_key: youth.key,
        region: youth.region.code.to_owned(),
        institution: youth
            .institution
            .filter(|_| stay.care != Care::Ambulatory || random.chance(60))
            .map(str::to_owned),
        unit: stay.unit.code.to_owned(),
        municipality: random.known(93, youth.municipality.code.to_owned()),
        age_band: random.known(97, youth.age_band(stay.start)),
        authorisation: stay.authorisation.map(str::to_owned),
        urgent: stay.urgent,
        started_on: date(stay.start),
        ended_on: stay.end.map(date),
        closed_days: stay.end.map(|end| closed_days(stay, end, random)),
        previous_placement: random.known(97, stay.previous.to_owned()),
        outflow: stay.outflow.map(str::to_owned),
        consultation_held: stay.consulted,
        outside_region: stay.unit.region != youth.region.code,
        mentor_present: random.weighted(&[(Some(true), 34), (Some(false), 48), (None, 18)]),
        housing_perspective_on: housing.map(date),
        updated_at,
        updated_on,
    }
}

/// All days of a closed stay; a part of them where the unit is hybrid or the authorisation conditional or suspended, and
/// in Noord-Holland-Noord, which prints 3 to 4 months out of 8.
fn closed_days(stay: &Stay<'_>, end: i32, random: &mut Random) -> i32 {
    let days = end - stay.start;
    match stay.authorisation {
        None => 0,
        Some("6.1.4" | "6.1.12-5") => days * random.between(0, 40) / 100,
        Some("6.1.2") if stay.unit.supra_region == "NHN" => days * random.between(28, 58) / 100,
        _ if setting_on(stay.unit, stay.start) == "HYBRID" => days * random.between(20, 80) / 100,
        _ => days,
    }
}
