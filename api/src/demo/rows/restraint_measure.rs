//! Rows of restraint measures during closed stays: fewer from year to year, isolation first of all.

use entities::{placement, restraint_measure::Model};

use super::{ByHolder, safety};
use crate::demo::{
    calendar::{Day, LAST, changed, come, date},
    random::Random,
};

/// All measures, not yet numbered, during the stays of numbered rows.
pub(crate) fn rows(placements: &ByHolder<placement::Model>) -> ByHolder<Model> {
    safety::during(placements, "measure", |stay, random| {
        if stay.authorisation.is_none() {
            return Vec::new();
        }
        let days = safety::days(stay, |year| 11_u64.saturating_sub(year), random);
        days.into_iter().map(|day| row(stay, day, random)).collect()
    })
}

fn row(stay: &placement::Model, day: Day, random: &mut Random) -> Model {
    let (updated_at, updated_on) = changed(day, random);
    let (applied_at, applied_on) = safety::moment(day, random);
    let (kind, minutes) = kind(day, random);
    let (in_plan, minutes) = (random.chance(46), random.between(minutes.0, minutes.1));
    let evaluated = come(day + random.between(1, 9)).filter(|it| *it <= LAST);
    let reason = random.weighted(&[
        ("Fictief: dreigde zichzelf iets aan te doen.", 1),
        ("Fictief: ruzie op de groep liep op.", 1),
        ("Fictief: kwam niet op tijd terug en had iets bij zich.", 1),
        ("Fictief: weigerde naar de kamer te gaan.", 1),
    ]);
    let effect = random.weighted(&[
        ("Fictief: werd rustig en praatte het uit.", 3),
        ("Fictief: bleef de hele avond gespannen.", 2),
        ("Fictief: niets gevonden.", 1),
    ]);
    Model {
        id: 0,
        youth: stay.youth.clone(),
        youth_key: stay.youth_key,
        region: stay.region.clone(),
        placement: random.known(97, stay.id),
        unit: stay.unit.clone(),
        kind: kind.to_owned(),
        applied_at,
        applied_on,
        duration_minutes: random.known(88, minutes),
        in_plan: random.known(90, in_plan),
        reason: random.known(84, reason.to_owned()),
        effect: random.known(66, effect.to_owned()),
        evaluated_on: evaluated.filter(|_| random.chance(72)).map(date),
        updated_at,
        updated_on,
    }
}

/// Code, and how many minutes it can last. Isolation goes down to next to nothing.
fn kind(day: Day, random: &mut Random) -> (&'static str, (i32, i32)) {
    let years = u64::from(day.unsigned_abs()) / 365;
    random.weighted(&[
        (("6.3.1-2b", (15, 600)), 42_u64.saturating_sub(years * 8).max(1)),
        (("6.3.1-2d", (1, 25)), 30),
        (("6.3.1-2a", (60, 720)), 14),
        (("6.3.1-2c", (720, 20_160)), 2),
        (("6.3.3-1a", (60, 10_080)), 12),
        (("6.3.3-1b", (30, 240)), 5),
        (("6.3.4-2a", (5, 20)), 9),
        (("6.3.4-2b", (5, 15)), 10),
        (("6.3.4-2c", (5, 40)), 11),
        (("6.3.4-2d", (1, 10)), 2),
        (("6.3.5-1a", (2, 60)), 2),
    ])
}
