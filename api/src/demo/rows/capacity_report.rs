//! Rows of capacity reports: what a unit had free and occupied on the first of every month.

use chrono::Datelike;
use entities::capacity_report::Model;

use crate::demo::{
    areas::Unit,
    calendar::{Day, LAST, changed, date},
    places::{Places, setting_on},
    random::Random,
};

/// All reports of a unit, not yet numbered.
pub(crate) fn rows(places: &Places, unit: &Unit<'_>) -> Vec<Model> {
    let random = &mut Random::new(unit.code, 0);
    let (keeps_reserved, keeps_waiting) = (random.chance(70), random.chance(75));
    let firsts = (0..=LAST).filter(|day| date(*day).day() == 1);
    let mut rows: Vec<_> = firsts.map(|day| row(places, (unit, day), random)).collect();
    for row in &mut rows {
        row.reserved_places = row.reserved_places.filter(|_| keeps_reserved);
        row.waiting_youths = row.waiting_youths.filter(|_| keeps_waiting);
    }
    rows
}

fn row(places: &Places, (unit, day): (&Unit<'_>, Day), random: &mut Random) -> Model {
    let [contracted, occupied, waiting, coming] = places.on(unit, day);
    let reserved = coming.min(contracted - occupied);
    let (updated_at, updated_on) = changed(day, random);
    Model {
        id: 0,
        region: unit.region.to_owned(),
        unit: unit.code.to_owned(),
        location: unit.location.to_owned(),
        setting: setting_on(unit, day).to_owned(),
        reported_on: date(day),
        contracted_places: contracted,
        available_places: contracted - occupied - reserved,
        occupied_places: occupied,
        reserved_places: random.known(97, reserved),
        waiting_youths: random.known(97, waiting),
        updated_at,
        updated_on,
    }
}
