//! Rows of care that was given.

use entities::care_episode::Model;

use crate::demo::{
    calendar::{LAST, changed, date},
    episode::Episode,
    random::Random,
    youth::Youth,
};

/// The dashboard's row of an episode, not yet numbered.
pub(crate) fn row(youth: &Youth<'_>, episode: &Episode<'_>, random: &mut Random) -> Model {
    let (updated_at, updated_on) = changed(episode.end.unwrap_or(episode.start), random);
    let days = episode.end.unwrap_or(LAST) - episode.start;
    let (unit, granted, given) = volume(episode.form, days, random);
    let registered = random.chance(91);
    let category = category(episode, random);
    let tailored = episode.is_complex && random.chance(9);
    Model {
        id: 0,
        youth: youth.pseudonym.clone(),
        youth_key: youth.key,
        region: youth.region.code.to_owned(),
        municipality: random.known(96, youth.municipality.code.to_owned()),
        age_band: random.known(98, youth.age_band(episode.start)),
        care_form: episode.form.to_owned(),
        category: random.known(95, category.to_owned()),
        provider: random.known(98, episode.provider.to_owned()),
        started_on: date(episode.start),
        ended_on: episode.end.map(date),
        end_reason: episode.end.map(|_| end_reason(episode, random).to_owned()),
        planned_volume: registered.then_some(granted),
        delivered_volume: random.known(90, given).filter(|_| registered),
        volume_unit: registered.then(|| unit.to_owned()),
        tailored_contract: random.known(88, tailored),
        updated_at,
        updated_on,
    }
}

/// Code of the unit, what was granted and what was given.
fn volume(form: &str, days: i32, random: &mut Random) -> (&'static str, i32, i32) {
    let share = random.between(72, 108);
    let (unit, whole) = match form {
        "01" => ("01", days / 7 * random.between(60, 150)),
        "02" | "04" => ("04", days / 7 * random.between(2, 6)),
        "03" => ("16", days / 7 * random.between(2, 6)),
        _ => return ("14", (days + random.between(0, 30)).max(1), days),
    };
    (unit, whole.max(1), whole * share / 100)
}

fn category(episode: &Episode<'_>, random: &mut Random) -> &'static str {
    match episode.form {
        "13" => random.weighted(&[("43", 70), ("55", 20), ("50", 10)]),
        "14" => random.weighted(&[("43", 52), ("44", 38), ("50", 10)]),
        "11" | "12" => random.weighted(&[("44", 80), ("43", 20)]),
        "03" => "41",
        _ => random.weighted(&[("45", 62), ("54", 14), ("52", 12), ("51", 8), ("46", 4)]),
    }
}

fn end_reason(episode: &Episode<'_>, random: &mut Random) -> &'static str {
    if episode.goes_on {
        return random.weighted(&[("38", 58), ("31", 26), ("37", 10), ("33", 6)]);
    }
    random.weighted(&[("31", 58), ("34", 13), ("32", 10), ("35", 6), ("33", 5), ("39", 5), ("36", 3)])
}
