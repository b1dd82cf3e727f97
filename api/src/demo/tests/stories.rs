//! Stories: what several sources hold on one youth fits together.

use std::collections::HashMap;

use chrono::NaiveDate;
use entities::{
    care_episode, consultation, education_arrangement, explanatory_analysis, placement, referral, ret_case,
};

use super::{AREAS, ROWS};

/// What all sources hold on one youth, each in the order of time.
#[derive(Default)]
struct Story<'a> {
    referrals: Vec<&'a referral::Model>,
    cases: Vec<&'a ret_case::Model>,
    episodes: Vec<&'a care_episode::Model>,
    consultations: Vec<&'a consultation::Model>,
    analyses: Vec<&'a explanatory_analysis::Model>,
    stays: Vec<&'a placement::Model>,
    schooling: Vec<&'a education_arrangement::Model>,
}

fn stories() -> HashMap<&'static str, Story<'static>> {
    let mut stories: HashMap<&str, Story<'_>> = HashMap::new();
    for row in ROWS.referrals.values().flatten() {
        stories.entry(&row.youth).or_default().referrals.push(row);
    }
    for row in ROWS.ret_cases.values().flatten() {
        stories.entry(&row.youth).or_default().cases.push(row);
    }
    for row in ROWS.care_episodes.values().flatten() {
        stories.entry(&row.youth).or_default().episodes.push(row);
    }
    for row in ROWS.consultations.values().flatten() {
        stories.entry(&row.youth).or_default().consultations.push(row);
    }
    for row in ROWS.explanatory_analyses.values().flatten() {
        stories.entry(&row.youth).or_default().analyses.push(row);
    }
    for row in ROWS.placements.values().flatten() {
        stories.entry(&row.youth).or_default().stays.push(row);
    }
    for row in ROWS.education_arrangements.values().flatten() {
        stories.entry(&row.youth).or_default().schooling.push(row);
    }
    for story in stories.values_mut() {
        story.referrals.sort_by_key(|it| it.received_on);
        story.stays.sort_by_key(|it| it.started_on);
        story.schooling.sort_by_key(|it| it.started_on);
    }
    stories
}

#[test]
fn a_youth_stands_in_several_sources_in_the_order_of_time() {
    let stories = stories();
    for story in stories.values() {
        if let (Some(referral), Some(case)) = (story.referrals.first(), story.cases.first()) {
            assert!(referral.decided_on.is_some_and(|on| on <= case.registered_on), "{referral:?} {case:?}");
        }
        if let (Some(referral), Some(stay)) = (story.referrals.first(), story.stays.first()) {
            assert!(referral.decided_on.is_some_and(|on| on < stay.started_on), "{referral:?} {stay:?}");
        }
        if let (Some(stay), Some(schooling)) = (story.stays.first(), story.schooling.first()) {
            assert!(stay.started_on <= schooling.started_on, "{stay:?} {schooling:?}");
        }
        for case in &story.cases {
            assert!(case.closed_on.is_none_or(|on| on > case.registered_on), "{case:?}");
            assert_eq!(case.closed_on.is_some(), case.status == "CLOSED", "{case:?}");
            assert_eq!(case.outcome.is_some(), case.status == "CLOSED", "{case:?}");
        }
        assert!(story.schooling.iter().all(|it| it.ended_on.is_none_or(|end| end > it.started_on)));
    }
    let whole = stories.values().filter(|it| {
        !(it.referrals.is_empty() || it.cases.is_empty() || it.stays.is_empty() || it.schooling.is_empty())
    });
    assert!(whole.count() > 500);
}

#[test]
fn stays_follow_one_another_and_say_so() {
    let mut transfers = 0;
    for story in stories().values() {
        for pair in story.stays.windows(2) {
            let [first, second] = pair else { continue };
            let end = first.ended_on.expect("a stay that goes on is the last");
            assert!(end < second.started_on, "{first:?} {second:?}");
            let closed = [first, second].map(|it| it.authorisation.is_some());
            if closed == [true, true] && (second.started_on - end).num_days() == 1 {
                transfers += 1;
                assert_eq!(first.outflow.as_deref(), Some("CLOSED"), "{first:?}");
                assert!(second.previous_placement.as_deref().is_none_or(|it| it == "CLOSED"), "{second:?}");
            }
        }
    }
    assert!(transfers > 50, "{transfers}");
}

#[test]
fn a_youth_has_one_region_one_key_and_grows_older() {
    let bands = ["0-11", "12-13", "14-15", "16-17", "18+"];
    let mut keys = HashMap::new();
    for (youth, story) in stories() {
        let placed = story.stays.iter().map(|it| (it.youth_key, &it.region));
        let taught = story.schooling.iter().map(|it| (it.youth_key, &it.region));
        let known = story.referrals.iter().map(|it| (it.youth_key, &it.region));
        let cared = story.episodes.iter().map(|it| (it.youth_key, &it.region));
        let talked = story.consultations.iter().map(|it| (it.youth_key, &it.region));
        let all: Vec<_> = placed.chain(taught).chain(known).chain(cared).chain(talked).collect();
        assert!(all.windows(2).all(|pair| pair[0] == pair[1]), "{all:?}");
        if let Some((key, _)) = all.first() {
            assert_eq!(keys.insert(*key, youth), None, "two youths have one key");
        }
        assert_eq!(youth.len(), 32);
        let ages =
            story.stays.iter().filter_map(|it| bands.iter().position(|band| it.age_band.as_deref() == Some(band)));
        assert!(ages.is_sorted());
    }
}

#[test]
fn a_placement_that_says_so_was_talked_about_before_and_one_that_was_not_mostly_was_urgent() {
    let (mut held, mut urgent) = (0, [0, 0]);
    for story in stories().values() {
        for it in &story.consultations {
            assert!(it.held_on.is_none_or(|on| on >= it.requested_on && it.not_held_reason.is_none()), "{it:?}");
            assert_eq!(it.outcome.is_some(), it.held_on.is_some(), "{it:?}");
            assert_eq!(it.alternative.is_some(), it.outcome.as_deref() == Some("ALTERNATIVE"), "{it:?}");
            assert!(it.youth_present.is_none() || it.held_on.is_some(), "{it:?}");
        }
        for stay in story.stays.iter().filter(|it| it.authorisation.is_some()) {
            let before = |on: NaiveDate, days| (1..=days).contains(&(stay.started_on - on).num_days());
            if stay.consultation_held == Some(true) {
                held += 1;
                assert!(story.consultations.iter().any(|it| it.held_on.is_some_and(|on| before(on, 33))), "{stay:?}");
            }
            let skipped = |it: &consultation::Model| it.not_held_reason.as_deref() == Some("URGENT");
            if story.consultations.iter().any(|it| before(it.requested_on, 3) && skipped(it)) {
                urgent[usize::from(stay.urgent)] += 1;
            }
        }
    }
    assert!(held > 1_000 && urgent[1] > 100 && urgent[0] * 5 < urgent[1], "{held} {urgent:?}");
}

#[test]
fn an_analysis_belongs_to_a_case_that_knows_of_it() {
    let mut analyses = 0;
    for story in stories().values() {
        assert!(story.analyses.len() <= story.cases.len());
        for case in &story.cases {
            assert!(case.analysis_present.is_none_or(|it| it != story.analyses.is_empty()), "{case:?}");
        }
        for it in &story.analyses {
            assert!(it.completed_on.is_none_or(|on| on > it.started_on), "{it:?}");
            analyses += 1;
        }
    }
    assert!(analyses > 1_000, "{analyses}");
}

#[test]
fn care_is_given_before_during_and_after_closed_stays() {
    let mut found = [0; 3];
    for story in stories().values() {
        for it in &story.episodes {
            assert!(it.ended_on.is_none_or(|end| end > it.started_on), "{it:?}");
            assert_eq!(it.end_reason.is_some(), it.ended_on.is_some(), "{it:?}");
            assert_eq!(it.planned_volume.is_some(), it.volume_unit.is_some(), "{it:?}");
            for stay in story.stays.iter().filter(|it| it.authorisation.is_some()) {
                let is_during = it.care_form == "13" && it.started_on == stay.started_on;
                let is_before = it.care_form != "13" && it.started_on < stay.started_on;
                let is_after = it.care_form != "13" && stay.ended_on.is_some_and(|end| it.started_on >= end);
                for (place, is) in [is_before, is_during, is_after].into_iter().enumerate() {
                    found[place] += i32::from(is);
                }
            }
        }
    }
    assert!(found.iter().all(|it| *it > 400), "{found:?}");
}

#[test]
fn a_pattern_counts_the_cases_of_its_region_or_network() {
    let stuck = |regions: &[&str], theme: &str| {
        let cases = regions.iter().filter_map(|it| ROWS.ret_cases.get(*it)).flatten();
        i32::try_from(cases.filter(|it| it.bottleneck.as_deref() == Some(theme)).count()).unwrap()
    };
    for (holder, patterns) in &ROWS.recurring_patterns {
        let network = AREAS.networks.iter().find(|(code, _)| code == holder);
        let regions = network.map_or_else(|| vec![holder.as_str()], |(_, regions)| regions.clone());
        for it in patterns {
            assert_eq!(it.region.as_ref(), network.is_none().then_some(holder), "{it:?}");
            assert!(it.occurrences.is_none_or(|number| number == stuck(&regions, &it.theme)), "{it:?}");
        }
    }
    assert!(["BEN", "JENN"].iter().all(|it| ROWS.recurring_patterns[*it].len() > 5));
}

#[test]
fn arrangements_are_held_where_the_youth_lives() {
    for (partnership, rows) in &ROWS.education_arrangements {
        for row in rows {
            assert_eq!(row.partnership, *partnership);
            let region = AREAS.regions.iter().find(|it| it.code == row.region).unwrap();
            let covers = region.municipalities.iter().flat_map(|it| &it.partnerships);
            assert!(covers.into_iter().any(|(code, _)| code == partnership), "{row:?}");
        }
    }
}

#[test]
fn some_are_placed_far_from_home() {
    let supra_region = |code: &str| AREAS.regions.iter().find(|it| it.code == code).unwrap().supra_region;
    let unit = |code: &str| AREAS.units.iter().find(|it| it.code == code).unwrap();
    let stays: Vec<_> = ROWS.placements.values().flatten().collect();
    let far = stays.iter().filter(|it| unit(&it.unit).supra_region != supra_region(&it.region)).count();
    assert!((2..=20).contains(&(far * 100 / stays.len())), "{far} of {}", stays.len());
}
