//! How many places municipalities bought in each unit, and who has them, day by day. No unit ever holds more youths than
//! it has places.

use chrono::Datelike;

use super::{
    areas::{Areas, Unit},
    calendar::{Day, LAST, date},
    published::Printed,
    youth::Youth,
};

/// Closed places bought per supra-region, from 2019 on. Printed in the plans are: Zuidwest 57, 46 and 36 in 2020, 2021 and
/// 2023, and 36 in 2024 and 2025, of which 12 hybrid; Noord 48 at the end of 2020; groups of 4 to 6 in
/// Noord-Holland-Noord. What lies between is made up.
const BOUGHT: [(&str, [i32; 8]); 3] = [
    ("ZW", [57, 57, 46, 41, 36, 36, 36, 32]),
    ("NHN", [32, 32, 32, 32, 32, 30, 30, 28]),
    ("NO", [56, 48, 48, 46, 42, 40, 38, 36]),
];

/// The year of the first column of [`BOUGHT`].
const FIRST_YEAR: i32 = 2019;

/// The year from which hybrid units are hybrid; before that they were closed.
const HYBRID_FROM: [(&str, i32); 3] = [("ZW", 2024), ("NHN", 2022), ("NO", 2022)];

/// Day by day, per unit.
#[derive(Debug)]
pub(crate) struct Places {
    units: Vec<Calendar>,
    printed: Printed,
}

#[derive(Debug)]
struct Calendar {
    contracted: Vec<i32>,
    occupied: Vec<i32>,
    waiting: Vec<i32>,
    arrivals: Vec<i32>,
}

impl Places {
    /// All places, free.
    pub(crate) fn new(areas: &Areas<'_>) -> Self {
        let days = days(0, LAST + 1).len();
        let calendar = |unit: &Unit<'_>| {
            let years: Vec<_> = (FIRST_YEAR..=date(LAST).year()).map(|year| bought(areas, unit, year)).collect();
            let of_day = |day| years[usize::try_from(date(day).year() - FIRST_YEAR).unwrap_or(0)];
            let contracted = (0..=LAST).map(of_day).collect();
            Calendar { contracted, occupied: vec![0; days], waiting: vec![0; days], arrivals: vec![0; days] }
        };
        Self { units: areas.units.iter().map(calendar).collect(), printed: Printed::default() }
    }

    /// Takes a place for the youth from `start` up to but not with `end`, if one is free on all of these days and what is
    /// printed allows for it.
    pub(crate) fn take(&mut self, youth: &Youth<'_>, unit: &Unit<'_>, (start, end): (Day, Day)) -> bool {
        if unit.is_closed() && !self.printed.allows(youth, unit, start) {
            return false;
        }
        let of_unit = &mut self.units[unit.number];
        let stay = days(start, end);
        if stay.is_empty() || stay.clone().any(|day| of_unit.occupied[day] >= of_unit.contracted[day]) {
            return false;
        }
        if start >= 0 {
            of_unit.arrivals[stay.start] += 1;
        }
        of_unit.occupied[stay].iter_mut().for_each(|it| *it += 1);
        if unit.is_closed() {
            self.printed.note(youth, unit, start);
        }
        true
    }

    /// A youth waited for a place from `start` up to but not with `end`.
    pub(crate) fn wait(&mut self, unit: &Unit<'_>, start: Day, end: Day) {
        self.units[unit.number].waiting[days(start, end)].iter_mut().for_each(|it| *it += 1);
    }

    /// Places bought, places with a youth in them, youths waiting, and youths who come within a week.
    pub(crate) fn on(&self, unit: &Unit<'_>, day: Day) -> [i32; 4] {
        let unit = &self.units[unit.number];
        let place = usize::try_from(day).unwrap_or(0);
        let coming = unit.arrivals[days(day + 1, day + 8)].iter().sum();
        [unit.contracted[place], unit.occupied[place], unit.waiting[place], coming]
    }
}

/// How closed a unit was on that day.
pub(crate) fn setting_on<'r>(unit: &Unit<'r>, day: Day) -> &'r str {
    let from = HYBRID_FROM.iter().find(|(code, _)| *code == unit.supra_region).map_or(FIRST_YEAR, |(_, year)| *year);
    if unit.setting == "HYBRID" && date(day).year() < from { "CLOSED" } else { unit.setting }
}

fn days(start: Day, end: Day) -> std::ops::Range<usize> {
    let place = |day: Day| usize::try_from(day.clamp(0, LAST + 1)).unwrap_or(0);
    place(start)..place(end).max(place(start))
}

/// Closed places are shared out over the closed units of the supra-region, after their size; the fractions go to the
/// first units. Ambulatory care grows, open care stays as it is.
fn bought(areas: &Areas<'_>, unit: &Unit<'_>, year: i32) -> i32 {
    let since = usize::try_from(year - FIRST_YEAR).unwrap_or(0);
    let total = BOUGHT.iter().find(|(code, _)| *code == unit.supra_region).and_then(|(_, years)| years.get(since));
    let Some(total) = total.filter(|_| unit.is_closed()) else {
        let share = if unit.setting == "AMBULATORY" { (51 + 7 * (year - FIRST_YEAR)).min(100) } else { 100 };
        return unit.places * share / 100;
    };
    let together = || areas.units.iter().filter(|it| it.is_closed() && it.supra_region == unit.supra_region);
    let size: i32 = together().map(|it| it.places).sum();
    let up_to = |places: i32| total * places / size.max(1);
    let before: i32 = together().take_while(|it| it.number != unit.number).map(|it| it.places).sum();
    up_to(before + unit.places) - up_to(before)
}
