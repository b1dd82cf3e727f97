//! The rows of all sources, by dataset and holder, in memory.

pub(crate) mod capacity_report;
pub(crate) mod education_arrangement;
pub(crate) mod placement;
pub(crate) mod referral;
pub(crate) mod ret_case;

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{
    areas::Areas,
    calendar::{Day, LAST},
    places::Places,
    random::Random,
    story,
};

/// How many days before the first the story begins.
const BEFORE: Day = 420;

/// Rows of one dataset by the code of their holder, each numbered from 1 on in the order in which they came up.
pub(crate) type ByHolder<M> = BTreeMap<String, Vec<M>>;

/// All rows of the demonstration.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Rows {
    pub(crate) referrals: ByHolder<entities::referral::Model>,
    pub(crate) ret_cases: ByHolder<entities::ret_case::Model>,
    pub(crate) placements: ByHolder<entities::placement::Model>,
    pub(crate) capacity_reports: ByHolder<entities::capacity_report::Model>,
    pub(crate) education_arrangements: ByHolder<entities::education_arrangement::Model>,
}

impl Rows {
    /// Makes up so many youths, and the rows about them.
    pub(crate) fn about(areas: &Areas<'_>, youths: u64) -> Self {
        let mut rows = Self::default();
        let mut places = Places::new(areas);
        for number in 0..youths {
            rows.add(areas, &mut places, (number, first_referral(number, youths)));
        }
        for unit in &areas.units {
            rows.capacity_reports
                .entry(unit.provider.to_owned())
                .or_default()
                .extend(capacity_report::rows(&places, unit));
        }
        rows.number();
        rows
    }

    /// Sources began to register on the first day: of stories that were over by then they hold nothing.
    fn add(&mut self, areas: &Areas<'_>, places: &mut Places, youth: (u64, Day)) {
        let story = story::tell(areas, places, youth);
        if story.is_over_by(0) {
            return;
        }
        let random = &mut Random::new("rows", youth.0);
        let (region, youth) = (story.youth.region.code, &story.youth);
        let referrals = self.referrals.entry(region.to_owned()).or_default();
        referrals.extend(story.referrals.iter().map(|it| referral::row(youth, it, random)));
        let cases = story.case.iter().map(|it| ret_case::row(youth, it, random));
        self.ret_cases.entry(region.to_owned()).or_default().extend(cases);
        for stay in &story.stays {
            let row = placement::row(youth, stay, random);
            self.placements.entry(stay.unit.provider.to_owned()).or_default().push(row);
        }
        for schooling in &story.schooling {
            let row = education_arrangement::row(youth, schooling, random);
            self.education_arrangements.entry(schooling.partnership.to_owned()).or_default().push(row);
        }
    }

    fn number(&mut self) {
        number(&mut self.referrals, |it| (it.received_on, it.youth_key), |it, id| it.id = id);
        number(&mut self.ret_cases, |it| (it.registered_on, it.youth_key), |it, id| it.id = id);
        number(&mut self.placements, |it| (it.started_on, it.youth_key), |it, id| it.id = id);
        number(&mut self.capacity_reports, |it| (it.reported_on, 0), |it, id| it.id = id);
        number(&mut self.education_arrangements, |it| (it.started_on, it.youth_key), |it, id| it.id = id);
    }
}

/// Youths come up one after the other, up to the last day, each a little off its turn. The first come before the first
/// day, so that on that day units are not empty.
pub(crate) fn first_referral(number: u64, youths: u64) -> Day {
    let span = u64::from((LAST + BEFORE).unsigned_abs());
    let turn = i32::try_from(number * span / youths.max(1)).unwrap_or(LAST);
    let off = Random::new("turn", number).between(-40, 40);
    (turn - BEFORE + off).min(LAST)
}

fn number<M>(by_holder: &mut ByHolder<M>, order: impl Fn(&M) -> (NaiveDate, i64), set: impl Fn(&mut M, i64)) {
    for rows in by_holder.values_mut() {
        rows.sort_by_key(&order);
        for (row, id) in rows.iter_mut().zip(1..) {
            set(row, id);
        }
    }
}
