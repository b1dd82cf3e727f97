//! Rows of incidents during stays.

use entities::{incident::Model, placement};

use super::{ByHolder, safety};
use crate::demo::{
    calendar::{Day, changed},
    random::Random,
};

/// All incidents, not yet numbered, during the stays of numbered rows.
pub(crate) fn rows(placements: &ByHolder<placement::Model>) -> ByHolder<Model> {
    safety::during(placements, "incident", |stay, random| {
        let often = if stay.authorisation.is_some() { 6 } else { 2 };
        let days = safety::days(stay, |_| often, random);
        days.into_iter().map(|day| row(stay, day, random)).collect()
    })
}

fn row(stay: &placement::Model, day: Day, random: &mut Random) -> Model {
    let (updated_at, updated_on) = changed(day, random);
    let (occurred_at, occurred_on) = safety::moment(day, random);
    let kind =
        random.weighted(&[("RUNNING_AWAY", 38), ("AGGRESSION", 33), ("SELF_HARM", 18), ("SUICIDAL_BEHAVIOUR", 11)]);
    let severity = random.weighted(&[("MINOR", 56), ("MODERATE", 33), ("SERIOUS", 11)]);
    Model {
        id: 0,
        youth: stay.youth.clone(),
        youth_key: stay.youth_key,
        region: stay.region.clone(),
        placement: random.known(97, stay.id),
        unit: stay.unit.clone(),
        kind: kind.to_owned(),
        occurred_at,
        occurred_on,
        severity: random.known(92, severity.to_owned()),
        updated_at,
        updated_on,
    }
}
