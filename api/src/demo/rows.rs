//! The rows of all sources, by dataset and holder, in memory.

pub(crate) mod capacity_report;
pub(crate) mod care_episode;
pub(crate) mod consultation;
pub(crate) mod education_agreement;
pub(crate) mod education_arrangement;
pub(crate) mod explanatory_analysis;
pub(crate) mod incident;
pub(crate) mod placement;
pub(crate) mod recurring_pattern;
pub(crate) mod referral;
pub(crate) mod restraint_measure;
pub(crate) mod ret_case;
pub(crate) mod safety;
pub(crate) mod waiting_time;

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{
    areas::Areas,
    calendar::{Day, LAST},
    places::Places,
    random::Random,
    story::{self, Story},
};
use waiting_time::Waits;

/// How many days before the first the story begins.
const BEFORE: Day = 420;

/// Rows of one dataset by the code of their holder, each numbered from 1 on in the order in which they came up.
pub(crate) type ByHolder<M> = BTreeMap<String, Vec<M>>;

/// All rows of the demonstration.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Rows {
    pub(crate) referrals: ByHolder<entities::referral::Model>,
    pub(crate) care_episodes: ByHolder<entities::care_episode::Model>,
    pub(crate) waiting_times: ByHolder<entities::waiting_time::Model>,
    pub(crate) ret_cases: ByHolder<entities::ret_case::Model>,
    pub(crate) consultations: ByHolder<entities::consultation::Model>,
    pub(crate) explanatory_analyses: ByHolder<entities::explanatory_analysis::Model>,
    pub(crate) capacity_reports: ByHolder<entities::capacity_report::Model>,
    pub(crate) placements: ByHolder<entities::placement::Model>,
    pub(crate) restraint_measures: ByHolder<entities::restraint_measure::Model>,
    pub(crate) incidents: ByHolder<entities::incident::Model>,
    pub(crate) education_arrangements: ByHolder<entities::education_arrangement::Model>,
    pub(crate) education_agreements: ByHolder<entities::education_agreement::Model>,
    pub(crate) recurring_patterns: ByHolder<entities::recurring_pattern::Model>,
}

impl Rows {
    /// Makes up so many youths, and the rows about them.
    pub(crate) fn about(areas: &Areas<'_>, youths: u64) -> Self {
        let mut rows = Self::default();
        let (mut places, mut waits) = (Places::new(areas), Waits::default());
        for number in 0..youths {
            let story = story::tell(areas, &mut places, (number, first_referral(number, youths)));
            // Sources began to register on the first day: of stories that were over by then they hold nothing.
            if !story.is_over_by(0) {
                rows.add(number, &story);
                note_waits(&mut waits, &story);
            }
        }
        for unit in &areas.units {
            rows.capacity_reports
                .entry(unit.provider.to_owned())
                .or_default()
                .extend(capacity_report::rows(&places, unit));
        }
        rows.waiting_times = waits.rows();
        rows.education_agreements = education_agreement::rows(areas);
        rows.recurring_patterns = recurring_pattern::rows(areas, &rows.ret_cases);
        rows.number();
        // These name the placements' own ids.
        rows.restraint_measures = restraint_measure::rows(&rows.placements);
        rows.incidents = incident::rows(&rows.placements);
        number(&mut rows.restraint_measures, |it| (it.applied_on, it.youth_key), |it, id| it.id = id);
        number(&mut rows.incidents, |it| (it.occurred_on, it.youth_key), |it, id| it.id = id);
        rows
    }

    /// The rows of one story.
    fn add(&mut self, number: u64, story: &Story<'_>) {
        let random = &mut Random::new("rows", number);
        let (youth, region) = (&story.youth, || story.youth.region.code.to_owned());
        let referrals = story.referrals.iter().map(|it| referral::row(youth, it, random));
        self.referrals.entry(region()).or_default().extend(referrals);
        let cases = story.case.iter().map(|it| ret_case::row(youth, it, random));
        self.ret_cases.entry(region()).or_default().extend(cases);
        let episodes = story.episodes.iter().map(|it| care_episode::row(youth, it, random));
        self.care_episodes.entry(region()).or_default().extend(episodes);
        let consultations = story.consultations.iter().map(|it| consultation::row(youth, it, random));
        self.consultations.entry(region()).or_default().extend(consultations);
        let analyses = story.case.iter().filter_map(|it| it.analysis.as_ref());
        let analyses = analyses.map(|it| explanatory_analysis::row(youth, it, random));
        self.explanatory_analyses.entry(region()).or_default().extend(analyses);
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
        number(&mut self.care_episodes, |it| (it.started_on, it.youth_key), |it, id| it.id = id);
        number(&mut self.waiting_times, |it| (it.measured_on, 0), |it, id| it.id = id);
        number(&mut self.ret_cases, |it| (it.registered_on, it.youth_key), |it, id| it.id = id);
        number(&mut self.consultations, |it| (it.requested_on, it.youth_key), |it, id| it.id = id);
        number(&mut self.explanatory_analyses, |it| (it.started_on, it.youth_key), |it, id| it.id = id);
        number(&mut self.placements, |it| (it.started_on, it.youth_key), |it, id| it.id = id);
        number(&mut self.capacity_reports, |it| (it.reported_on, 0), |it, id| it.id = id);
        number(&mut self.education_arrangements, |it| (it.started_on, it.youth_key), |it, id| it.id = id);
        number(&mut self.education_agreements, |it| (it.agreed_on.unwrap_or(it.updated_on), 0), |it, id| it.id = id);
        number(&mut self.recurring_patterns, |it| (it.first_seen_on, 0), |it, id| it.id = id);
    }
}

/// Care begins some time after it was asked for; what is not a stay was asked for when the referral came.
fn note_waits(waits: &mut Waits, story: &Story<'_>) {
    for episode in &story.episodes {
        let stay = story.stays.iter().find(|it| it.start == episode.start);
        let received = story.referrals.iter().rev().map(|it| it.received).find(|day| *day <= episode.start);
        if let Some(asked) = stay.map(|it| it.asked).or(received) {
            waits.note(&story.youth, episode, asked);
        }
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
