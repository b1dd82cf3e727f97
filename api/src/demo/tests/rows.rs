//! Rows on their own: how many, the same every time, and within what the law allows.

use chrono::{NaiveDate, TimeDelta};
use entities::placement;
use sha2::{Digest, Sha256};

use super::{AREAS, ROWS};
use crate::demo::{
    DEMONSTRATION_DAY,
    prepare::VERSION,
    rows::{ByHolder, Rows},
};

fn all<M>(rows: &ByHolder<M>) -> impl Iterator<Item = &M> {
    rows.values().flatten()
}

fn days(from: NaiveDate, to: NaiveDate) -> i64 {
    (to - from).num_days()
}

#[test]
fn rows_are_the_same_every_time() {
    assert_eq!(Rows::about(&AREAS, 300), Rows::about(&AREAS, 300));
}

/// Whoever changes the rows raises the version, so that old demonstrations are made anew.
#[test]
fn other_rows_are_another_version() {
    let digest = Sha256::digest(format!("{:?}", *ROWS));
    let start: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    assert_eq!((VERSION, start.as_str()), (2, "5b2feb83"));
}

#[test]
fn there_are_enough_rows_and_not_too_many() {
    let numbers = [
        all(&ROWS.referrals).count(),
        all(&ROWS.care_episodes).count(),
        all(&ROWS.waiting_times).count(),
        all(&ROWS.ret_cases).count(),
        all(&ROWS.consultations).count(),
        all(&ROWS.explanatory_analyses).count(),
        all(&ROWS.capacity_reports).count(),
        all(&ROWS.placements).count(),
        all(&ROWS.education_arrangements).count(),
    ];
    let unwanted = [all(&ROWS.restraint_measures).count(), all(&ROWS.incidents).count()];
    assert!(unwanted.iter().all(|it| (1_000..3_000).contains(it)), "{unwanted:?}");
    let few = [all(&ROWS.education_agreements).count(), all(&ROWS.recurring_patterns).count()];
    assert!(
        (36_000..=45_000).contains(&(numbers.iter().chain(&few).chain(&unwanted).sum::<usize>())),
        "{numbers:?} {few:?}"
    );
    assert!(numbers.iter().all(|it| *it > 1_500) && few[0] > 500 && few[1] > 80, "{numbers:?} {few:?}");
}

#[test]
fn ids_count_from_one_in_each_source() {
    for rows in ROWS.placements.values() {
        assert!(rows.iter().zip(1..).all(|(row, id)| row.id == id));
        assert!(rows.is_sorted_by_key(|it| it.started_on));
    }
}

/// The longest stay that the authorisation allows, the first night counted.
fn longest(authorisation: Option<&str>) -> i64 {
    match authorisation {
        Some("6.1.3") => 27,
        Some("6.1.4") => 183,
        Some(_) => 364,
        None => 600,
    }
}

#[test]
fn stays_are_within_what_the_law_allows() {
    for it in all(&ROWS.placements) {
        let length = days(it.started_on, it.ended_on.unwrap_or(DEMONSTRATION_DAY));
        assert!(length <= longest(it.authorisation.as_deref()), "{it:?}");
        assert!(it.ended_on.is_none_or(|end| end > it.started_on && end <= DEMONSTRATION_DAY), "{it:?}");
        assert!(it.started_on <= DEMONSTRATION_DAY, "{it:?}");
        assert_eq!(it.closed_days.is_some(), it.ended_on.is_some(), "{it:?}");
        assert_eq!(it.outflow.is_some(), it.ended_on.is_some(), "{it:?}");
        assert!(it.closed_days.is_none_or(|closed| (0..=length).contains(&i64::from(closed))), "{it:?}");
        assert!(it.housing_perspective_on.is_none_or(|on| on <= it.ended_on.unwrap_or(DEMONSTRATION_DAY)), "{it:?}");
        assert!(it.authorisation.is_none() || it.age_band.as_deref() != Some("0-11"), "{it:?}");
        let unit = AREAS.units.iter().find(|unit| unit.code == it.unit).unwrap();
        assert_eq!(it.authorisation.is_some(), unit.is_closed(), "{it:?}");
        assert_eq!(it.outside_region, unit.region != it.region, "{it:?}");
        assert_eq!(it.updated_on, it.updated_at.with_timezone(&chrono_tz::Europe::Amsterdam).date_naive(), "{it:?}");
        assert!(it.updated_on <= DEMONSTRATION_DAY, "{it:?}");
    }
}

#[test]
fn municipalities_lie_in_the_region_of_origin() {
    let within = |municipality: &Option<String>, region: &str| {
        let region = AREAS.regions.iter().find(|it| it.code == region).unwrap();
        municipality.as_ref().is_none_or(|code| region.municipalities.iter().any(|it| it.code == code))
    };
    assert!(all(&ROWS.placements).all(|it| within(&it.municipality, &it.region)));
    assert!(all(&ROWS.referrals).all(|it| within(&it.municipality, &it.region)));
    assert!(all(&ROWS.care_episodes).all(|it| within(&it.municipality, &it.region)));
    let agreed = |it: &entities::education_agreement::Model| within(&Some(it.municipality.clone()), &it.region);
    assert!(all(&ROWS.education_agreements).all(agreed));
}

#[test]
fn reports_count_the_placements_of_that_day() {
    let open_on = |unit: &str, day: NaiveDate| {
        let is_open = |it: &&placement::Model| it.started_on <= day && it.ended_on.is_none_or(|end| end > day);
        all(&ROWS.placements).filter(|it| it.unit == unit).filter(is_open).count()
    };
    for it in all(&ROWS.capacity_reports) {
        let taken = it.occupied_places + it.available_places + it.reserved_places.unwrap_or_default();
        assert!(it.occupied_places >= 0 && it.available_places >= 0, "{it:?}");
        assert!(taken == it.contracted_places || it.reserved_places.is_none(), "{it:?}");
    }
    for it in all(&ROWS.capacity_reports).step_by(37) {
        assert_eq!(usize::try_from(it.occupied_places).unwrap(), open_on(&it.unit, it.reported_on), "{it:?}");
    }
}

#[test]
fn contracted_places_are_those_that_the_plans_print() {
    let closed = |providers: &[&str], on: &str| -> i32 {
        let reports = providers.iter().flat_map(|it| &ROWS.capacity_reports[*it]);
        let that_day = reports.filter(|it| it.reported_on.to_string() == on && it.setting == "CLOSED");
        that_day.map(|it| it.contracted_places).sum()
    };
    let zuidwest = ["2020-07-01", "2021-07-01", "2023-07-01"].map(|on| closed(&["ALMATA"], on));
    assert_eq!(zuidwest, [57, 46, 36]);
    assert_eq!(closed(&["ELKER", "JHF"], "2020-12-01"), 48);
}

#[test]
fn some_stories_are_not_over() {
    let open_stays = all(&ROWS.placements).filter(|it| it.ended_on.is_none()).count();
    let to_be_held = |it: &&entities::consultation::Model| it.held_on.is_none() && it.not_held_reason.is_none();
    assert!(all(&ROWS.consultations).filter(to_be_held).count() > 3);
    assert!(all(&ROWS.explanatory_analyses).any(|it| it.completed_on.is_none()));
    let open_cases = all(&ROWS.ret_cases).filter(|it| it.closed_on.is_none()).count();
    assert!(open_stays > 100 && open_cases > 30, "{open_stays} {open_cases}");
    let recent = DEMONSTRATION_DAY - TimeDelta::days(30);
    assert!(all(&ROWS.referrals).any(|it| it.received_on > recent && it.decided_on.is_none()));
}

#[test]
fn measures_and_incidents_happen_during_the_stay_that_they_name() {
    let stay = |holder: &str, id: i64| ROWS.placements[holder].iter().find(|it| it.id == id).unwrap();
    let during = |stay: &placement::Model, youth: &str, on: NaiveDate| {
        stay.youth == youth && stay.started_on <= on && stay.ended_on.is_none_or(|end| on < end)
    };
    for (holder, measures) in &ROWS.restraint_measures {
        for it in measures {
            let stay = it.placement.map(|id| stay(holder, id));
            assert!(stay.is_none_or(|stay| stay.authorisation.is_some()), "{it:?}");
            assert!(stay.is_none_or(|stay| during(stay, &it.youth, it.applied_on)), "{it:?}");
            assert!(it.evaluated_on.is_none_or(|on| on > it.applied_on && on <= DEMONSTRATION_DAY), "{it:?}");
            assert_eq!(it.applied_on, it.applied_at.with_timezone(&chrono_tz::Europe::Amsterdam).date_naive());
        }
    }
    for (holder, incidents) in &ROWS.incidents {
        for it in incidents {
            let stay = it.placement.map(|id| stay(holder, id));
            assert!(stay.is_none_or(|stay| during(stay, &it.youth, it.occurred_on)), "{it:?}");
        }
    }
    let isolated = |year: &str| {
        let isolations = all(&ROWS.restraint_measures).filter(|it| it.kind == "6.3.1-2b");
        isolations.filter(|it| it.applied_on.to_string().starts_with(year)).count()
    };
    assert!(isolated("2019") > 50 && isolated("2025") * 5 < isolated("2019"));
}
