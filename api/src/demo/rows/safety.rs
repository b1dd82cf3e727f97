//! On which days of a stay something happened that is to be registered. Knows neither what nor how grave it was.

use chrono::NaiveDate;
use entities::placement;
use sea_orm::prelude::DateTimeUtc;

use super::ByHolder;
use crate::demo::{
    calendar::{Day, FIRST, LAST, date},
    random::Random,
};

/// So many days are looked at together.
const STRETCH: Day = 10;

/// What happened during the stays of numbered rows, of each holder: each stay has chance of its own, by the `name` of what
/// is registered.
pub(crate) fn during<M>(
    placements: &ByHolder<placement::Model>,
    name: &str,
    of_stay: impl Fn(&placement::Model, &mut Random) -> Vec<M>,
) -> ByHolder<M> {
    let of_holder = |(holder, stays): (&String, &Vec<placement::Model>)| {
        let chance = |stay: &placement::Model| Random::new(&format!("{name} {holder}"), stay.id.unsigned_abs());
        (holder.clone(), stays.iter().flat_map(|stay| of_stay(stay, &mut chance(stay))).collect())
    };
    placements.iter().map(of_holder).collect()
}

/// The days, in the order of time: of each ten at most one, in so many of a hundred cases, as the year (from 0 on) has it.
pub(crate) fn days(stay: &placement::Model, percent: impl Fn(u64) -> u64, random: &mut Random) -> Vec<Day> {
    let count = |day: NaiveDate| Day::try_from((day - FIRST).num_days()).unwrap_or(LAST);
    let (first, end) = (count(stay.started_on).max(0), stay.ended_on.map_or(LAST, count));
    let stretches = (0..).map(|it| first + it * STRETCH).take_while(|start| start + STRETCH <= end);
    let mut days = Vec::new();
    for start in stretches {
        let year = u64::from(start.unsigned_abs()) / 365;
        if random.chance(percent(year)) {
            days.push(start + random.between(0, STRETCH - 1));
        }
    }
    days
}

/// A moment of that day, the same day in UTC and in Amsterdam.
pub(crate) fn moment(day: Day, random: &mut Random) -> (DateTimeUtc, NaiveDate) {
    let on = date(day);
    let (hour, minute) = (random.between(5, 20), random.between(0, 59));
    let narrow = |number: i32| number.unsigned_abs();
    let at = on.and_hms_opt(narrow(hour), narrow(minute), 0).unwrap_or_default();
    (at.and_utc(), on)
}
