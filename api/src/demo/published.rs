//! What the plans print of whole years, held while places are given: who may still come in, and who may still go far.
//! Knows no rows.

use std::{collections::BTreeSet, ops::Range};

use super::{
    areas::Unit,
    calendar::{Day, FIRST},
    youth::Youth,
};

/// Children who came into closed care in Noord in 2020.
const CAME_IN: usize = 131;

/// Where they came in, and in which days.
const COMING: (&str, Range<Day>) = ("NO", day_of(2020, 1)..day_of(2021, 1));

/// How many days ahead of its turn a child may come.
const EARLY: usize = 30;

/// Youths of Noord-Holland-Noord who were placed elsewhere, from February 2020 up to February 2021.
const WENT_FAR: usize = 9;

/// Who went, and between which days; on those of the last month nobody did, so that it does not matter whether the
/// months between are thought with it.
const GOING: &str = "NHN";

/// From 1 February 2020 up to but not with 1 February 2021.
const WINDOW: Range<Day> = day_of(2020, 2)..day_of(2021, 2);

/// The first day after the last month.
const AFTER: Day = day_of(2021, 3);

/// What of the printed numbers is used up.
#[derive(Debug, Default)]
pub(crate) struct Printed {
    came_in: BTreeSet<i64>,
    far: BTreeSet<i64>,
}

impl Printed {
    /// May a closed stay of the youth begin in that unit on that day?
    pub(crate) fn allows(&self, youth: &Youth<'_>, unit: &Unit<'_>, start: Day) -> bool {
        (!is_coming(unit, start) || self.may_come(youth, start)) && (!is_far(youth, unit) || self.may_go(youth, start))
    }

    /// It begins.
    pub(crate) fn note(&mut self, youth: &Youth<'_>, unit: &Unit<'_>, start: Day) {
        if is_coming(unit, start) {
            self.came_in.insert(youth.key);
        }
        if is_far(youth, unit) && WINDOW.contains(&start) {
            self.far.insert(youth.key);
        }
    }

    /// One after the other over the year; who came before may come again.
    fn may_come(&self, youth: &Youth<'_>, start: Day) -> bool {
        let turn = share(start, &COMING.1, CAME_IN, EARLY);
        self.came_in.contains(&youth.key) || self.came_in.len() < turn
    }

    /// One after the other over the months, each youth once.
    fn may_go(&self, youth: &Youth<'_>, start: Day) -> bool {
        if !WINDOW.contains(&start) {
            return !(WINDOW.end..AFTER).contains(&start);
        }
        self.far.len() < share(start, &WINDOW, WENT_FAR, EARLY) && !self.far.contains(&youth.key)
    }
}

fn is_far(youth: &Youth<'_>, unit: &Unit<'_>) -> bool {
    youth.region.supra_region == GOING && unit.supra_region != GOING
}

fn is_coming(unit: &Unit<'_>, start: Day) -> bool {
    unit.supra_region == COMING.0 && COMING.1.contains(&start)
}

/// How many of all should have had their turn by that day, or some days later.
fn share(day: Day, days: &Range<Day>, all: usize, early: usize) -> usize {
    let gone = usize::try_from(day - days.start).unwrap_or(0) + early;
    (all * gone / days.len().max(1)).min(all)
}

/// The first of a month, counted.
const fn day_of(year: i32, month: u32) -> Day {
    let day = chrono::NaiveDate::from_ymd_opt(year, month, 1).expect("a first of a month");
    day.signed_duration_since(FIRST).num_days() as Day
}
