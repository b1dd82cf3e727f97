//! The rows of all sources, by dataset and holder, in memory.

pub(crate) mod capacity_report;
pub(crate) mod education_arrangement;
pub(crate) mod placement;
pub(crate) mod referral;
pub(crate) mod ret_case;

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{areas::Areas, calendar::LAST, places::Places, random::Random, story};

/// Rows of one dataset by the code of their holder, each numbered from 1 on in the order in which they came up.
type ByHolder<M> = BTreeMap<String, Vec<M>>;

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

    fn add(&mut self, areas: &Areas<'_>, places: &mut Places, youth: (u64, i32)) {
        let story = story::tell(areas, places, youth);
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

/// Youths come up one after the other, from the first day to the last, each a little off its turn.
pub(crate) fn first_referral(number: u64, youths: u64) -> i32 {
    let turn = number * u64::from(LAST.unsigned_abs()) / youths.max(1);
    let off = Random::new("turn", number).between(-40, 40);
    (i32::try_from(turn).unwrap_or(LAST) + off).clamp(0, LAST)
}

fn number<M>(by_holder: &mut ByHolder<M>, order: impl Fn(&M) -> (NaiveDate, i64), set: impl Fn(&mut M, i64)) {
    for rows in by_holder.values_mut() {
        rows.sort_by_key(&order);
        for (row, id) in rows.iter_mut().zip(1..) {
            set(row, id);
        }
    }
}
