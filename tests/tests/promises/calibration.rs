//! The figures that the plans print come out of the demonstration's rows: asked over HTTP by a role that may see them,
//! and read from the files where no role is shown the day or the youth behind it.

pub(super) mod demonstration;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use regiograph::app::commands::Who;
use serde_json::Value;

use self::demonstration::DEMONSTRATION as DEMO;

/// The regions of each supra-region.
const ZUIDWEST: [&str; 3] = ["JZ34", "JZ36", "JZ38"];
const NOORD_HOLLAND_NOORD: [&str; 3] = ["JZ03", "JZ05", "JZ06"];
const NOORD: [&str; 3] = ["JZ01", "JZ02", "JZ04"];

/// Days in a month, on average.
const MONTH: f64 = 365.25 / 12.0;

fn public() -> Who {
    Who::new("public")
}

fn analyst(region: &str) -> Who {
    Who { region: Some(region.to_owned()), ..Who::new("region_analyst") }
}

/// How many rows the analysts of some regions are shown together.
fn together(regions: &[&str], list: &str, filter: &str) -> i64 {
    regions.iter().map(|it| DEMO.count(&analyst(it), list, filter)).sum()
}

/// Places contracted of units of a setting on the last report of a year.
fn contracted(providers: &str, setting: &str, year: i32) -> i64 {
    let filter = format!(
        "{{ setting: {{ eq: {setting} }}, reportedOn: {{ eq: \"{year}-12-01\" }}, \
           unit: {{ location: {{ provider: {{ code: {{ in: [{providers}] }} }} }} }} }}"
    );
    let rows = DEMO.rows(&public(), "capacityReports", &filter, "contractedPlaces");
    rows.iter().filter_map(|row| row["contractedPlaces"].as_i64()).sum()
}

#[test]
fn zuidwest_bought_57_46_and_36_closed_places() {
    assert_eq!([2020, 2021, 2023].map(|year| contracted("\"ALMATA\"", "CLOSED", year)), [57, 46, 36]);
}

#[test]
fn zuidwest_has_24_closed_places_and_12_hybrid_ones_in_roosendaal_in_2024_and_2025() {
    for year in [2024, 2025] {
        assert_eq!(["CLOSED", "HYBRID"].map(|setting| contracted("\"ALMATA\"", setting, year)), [24, 12]);
    }
    let hybrid = "{ setting: { eq: HYBRID }, unit: { location: { provider: { code: { eq: \"ALMATA\" } } } } }";
    let rows = DEMO.rows(&public(), "capacityReports", hybrid, "unit { location { town } }");
    assert!(!rows.is_empty() && rows.iter().all(|row| row["unit"]["location"]["town"] == "Roosendaal"));
}

#[test]
fn zuidwest_used_43_of_its_places_in_2020() {
    let coordinator = Who { supra_region: Some("ZW".to_owned()), ..Who::new("coordinator") };
    let filter = "{ setting: { eq: CLOSED }, reportedOn: { gte: \"2020-01-01\", lt: \"2021-01-01\" }, \
                    unit: { location: { provider: { code: { eq: \"ALMATA\" } } } } }";
    let rows = DEMO.rows(&coordinator, "capacityReports", filter, "occupiedPlaces");
    let used: i64 = rows.iter().filter_map(|row| row["occupiedPlaces"].as_i64()).sum();
    assert!((42.0..44.0).contains(&(used as f64 / 12.0)), "{used} over 12 months");
}

#[test]
fn noord_had_48_places_at_the_end_of_2020() {
    assert_eq!(contracted("\"ELKER\", \"JHF\"", "CLOSED", 2020), 48);
}

/// The day and the youth are shown to the provider alone, and to each provider the youth under another pseudonym.
#[test]
fn noord_admitted_131_children_in_2020() {
    let admitted = "SELECT youth FROM placement WHERE authorisation IS NOT NULL AND started_on LIKE '2020-%'";
    let of = |provider: &str| DEMO.read::<String>(&format!("provider-{provider}"), admitted);
    let children: BTreeSet<_> = of("elker").into_iter().chain(of("jhf")).collect();
    assert_eq!(children.len(), 131);
}

#[test]
fn nine_youths_were_placed_outside_noord_holland_noord_in_a_year() {
    let placed = |until: &str| {
        let filter = format!(
            "{{ authorisation: {{ isNull: false }}, startedOn: {{ gte: \"2020-02-01\", lt: \"{until}\" }}, \
               unit: {{ location: {{ provider: {{ code: {{ ne: \"HORIZON\" }} }} }} }} }}"
        );
        together(&NOORD_HOLLAND_NOORD, "placements", &filter)
    };
    // The last month may be thought with it or not.
    assert_eq!(["2021-02-01", "2021-03-01"].map(placed), [9, 9]);
    let far = "SELECT youth FROM placement WHERE authorisation IS NOT NULL AND region IN ('JZ03', 'JZ05', 'JZ06') \
                 AND unit NOT LIKE 'HORIZON-%' AND started_on BETWEEN '2020-02-01' AND '2021-02-28'";
    assert_eq!(DEMO.read::<String>("provider", far).into_iter().collect::<BTreeSet<_>>().len(), 9, "each once");
}

#[test]
fn closed_stays_in_noord_holland_noord_last_8_months_of_which_3_to_4_behind_closed_doors() {
    let horizon = Who { provider: Some("HORIZON".to_owned()), ..Who::new("provider") };
    let filter = "{ authorisation: { eq: CLOSED }, endedOn: { gte: \"2021-01-01\", lt: \"2022-01-01\" } }";
    let rows = DEMO.rows(&horizon, "placements", filter, "startedOn endedOn closedDays");
    let day = |value: &Value| value.as_str().and_then(|it| it.parse::<NaiveDate>().ok()).expect("a day");
    let average = |of: fn(&Value, i64) -> i64| {
        let days = rows.iter().map(|row| of(row, (day(&row["endedOn"]) - day(&row["startedOn"])).num_days()));
        days.sum::<i64>() as f64 / rows.len() as f64 / MONTH
    };
    let (whole, closed) = (average(|_, days| days), average(|row, _| row["closedDays"].as_i64().unwrap_or(0)));
    assert!(rows.len() > 20 && (7.5..8.5).contains(&whole), "{whole} months");
    assert!((3.0..4.0).contains(&closed), "{closed} months closed");
}

#[test]
fn groups_in_noord_holland_noord_are_of_4_to_6() {
    let of = |more: &str| {
        let filter = format!("{{ unit: {{ location: {{ provider: {{ code: {{ eq: \"HORIZON\" }} }} }} }} {more} }}");
        DEMO.count(&public(), "capacityReports", &filter)
    };
    assert!(of("") > 400);
    assert_eq!(of(", or: [{ contractedPlaces: { lt: 4 } }, { contractedPlaces: { gt: 6 } }]"), 0);
}

#[test]
fn olivijncollege_loses_its_pupils_as_ossendrecht_shrinks() {
    let regions = [ZUIDWEST, NOORD_HOLLAND_NOORD, NOORD].concat();
    let pupils = |year: i32| {
        let filter = format!(
            "{{ school: {{ code: {{ eq: \"OLIVIJN\" }} }}, startedOn: {{ lte: \"{year}-10-01\" }}, \
               or: [{{ endedOn: {{ isNull: true }} }}, {{ endedOn: {{ gt: \"{year}-10-01\" }} }}] }}"
        );
        together(&regions, "educationArrangements", &filter)
    };
    let pupils = [2020, 2022, 2025].map(pupils);
    assert!(pupils[0] >= 2 * pupils[2] && pupils[2] > 0 && pupils.is_sorted_by(|a, b| a > b), "{pupils:?}");
    let places = [2020, 2022, 2025].map(|year| {
        let filter =
            format!("{{ location: {{ code: {{ eq: \"ALMATA-OSS\" }} }}, reportedOn: {{ eq: \"{year}-12-01\" }} }}");
        let rows = DEMO.rows(&public(), "capacityReports", &filter, "contractedPlaces");
        rows.iter().filter_map(|row| row["contractedPlaces"].as_i64()).sum::<i64>()
    });
    assert!(places.is_sorted_by(|a, b| a > b), "{places:?}");
}

#[test]
fn consultations_are_skipped_more_often_when_it_is_urgent() {
    let regions = [ZUIDWEST, NOORD_HOLLAND_NOORD, NOORD].concat();
    let share = |urgent: bool| {
        let of = |held: &str| {
            let filter = format!(
                "{{ authorisation: {{ isNull: false }}, urgent: {{ eq: {urgent} }}, consultationHeld: {{ {held} }} }}"
            );
            together(&regions, "placements", &filter) as f64
        };
        of("eq: false") / of("isNull: false")
    };
    let (urgent, other) = (share(true), share(false));
    assert!(urgent > 0.4 && other > 0.05 && urgent > 2.0 * other, "{urgent} {other}");
    let urgent = together(&regions, "consultations", "{ notHeldReason: { eq: URGENT } }");
    assert!(urgent > 100, "{urgent}");
}

/// Who is in which unit is not shown together with who is taught: a role is shown the youth in one of them only.
#[test]
fn youths_who_are_moved_between_regions_lose_school_days() {
    let region_of: BTreeMap<String, String> =
        pairs("provider", "SELECT DISTINCT unit || ' ' || region FROM capacity_report");
    let stays = DEMO.read::<String>("provider", "SELECT youth || ' ' || started_on || ' ' || unit FROM placement");
    let mut at: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for stay in &stays {
        let mut words = stay.splitn(3, ' ');
        if let (Some(youth), Some(start), Some(unit)) = (words.next(), words.next(), words.next()) {
            at.entry(youth).or_default().push((start, &region_of[unit]));
        }
    }
    at.values_mut().for_each(|stays| stays.sort_unstable());
    let moved: BTreeSet<(&str, &str)> = at
        .iter()
        .flat_map(|(youth, stays)| stays.windows(2).filter(|it| it[0].1 != it[1].1).map(|it| (*youth, it[1].0)))
        .collect();
    let taught = "SELECT youth || ' ' || started_on || ' ' || (interrupted_days > 0) FROM education_arrangement \
                    WHERE interrupted_days IS NOT NULL";
    let (mut movers, mut others) = ([0, 0], [0, 0]);
    for row in DEMO.read::<String>("partnership", taught) {
        let mut words = row.splitn(3, ' ');
        let (Some(youth), Some(start), interrupted) = (words.next(), words.next(), words.next()) else { continue };
        let since = moved.range((youth, "")..=(youth, start)).next_back().is_some_and(|(_, day)| is_soon(day, start));
        let counted = if since { &mut movers } else { &mut others };
        counted[usize::from(interrupted == Some("1"))] += 1;
    }
    let share = |[no, yes]: [i32; 2]| f64::from(yes) / f64::from(no + yes);
    assert!(movers[1] > 50 && share(movers) > 0.7 && share(others) < 0.6, "{movers:?} {others:?}");
}

/// Is the second day at most nine after the first?
fn is_soon(first: &str, second: &str) -> bool {
    let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
    (0..10).contains(&(day(second) - day(first)).num_days())
}

/// What a statement gives as two words each.
fn pairs(kind: &str, statement: &str) -> BTreeMap<String, String> {
    let read = DEMO.read::<String>(kind, statement);
    read.iter().filter_map(|it| it.split_once(' ')).map(|(one, other)| (one.to_owned(), other.to_owned())).collect()
}
