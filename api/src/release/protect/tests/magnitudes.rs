//! Rows, averages and percentiles.

use entities::Datum;

use super::{Table, begun};
use crate::release::{Area, CellId, Observation, Published, PublishedMeasure, Rules};

/// Stays of two providers in one region, each youth with its closed days: one stay for each number.
fn of_days(days: impl IntoIterator<Item = Vec<i64>>, rules: Rules) -> Published {
    let table = Table::of("Placement", "2025Q1");
    let closed_days = table.vocabulary.dataset.field("closed_days").unwrap();
    let place = table.vocabulary.measures.iter().position(|it| *it == closed_days).unwrap();
    let rows = days.into_iter().zip(0..).flat_map(|(days, youth)| {
        let source = usize::try_from(youth % 2).unwrap();
        let row = Observation { source, ..table.row(youth, "JZ01", "2025-01-20") };
        days.into_iter().map(move |days| {
            let mut row = row.clone();
            row.measures[place] = Some(days);
            row
        })
    });
    let cells = table.protect(&rows.collect::<Vec<_>>(), rules);
    cells[&begun(Area::Region("JZ01".into()))].clone().unwrap()
}

#[test]
fn where_each_youth_has_one_row_both_numbers_are_the_same() {
    for youths in 30..60 {
        let shown = of_days((0..youths).map(|_| vec![30]), Rules::all());
        assert_eq!(shown.rows, Some(shown.youths));
    }
}

#[test]
fn rows_are_hidden_where_one_or_two_youths_have_most() {
    let rows = |first: usize, second: usize| {
        let of_others = (0..28).map(|_| vec![30]);
        of_days([vec![30; first], vec![30; second]].into_iter().chain(of_others), Rules::all()).rows.is_some()
    };
    assert!(rows(29, 1), "half");
    assert!(!rows(30, 1), "over half");
    assert!(rows(28, 28), "two thirds");
    assert!(!rows(29, 29), "over 67%");
}

#[test]
fn rows_are_off_by_the_largest_part_times_nine_and_a_rounding_at_most() {
    for youths in 25..60_u32 {
        let shown = of_days((0..youths).map(|it| vec![30; if it == 0 { 6 } else { 2 }]), Rules::all());
        let rows = shown.rows.unwrap();
        assert!(rows % 5 == 0 && rows.abs_diff(2 * youths + 4) <= 6 * 9 + 2, "{youths} youths: {rows}");
    }
}

#[test]
fn an_average_is_near_the_true_one_and_on_the_grid_of_five() {
    for youths in 200..210 {
        let shown = of_days((0..youths).map(|it| vec![90 + it % 21]), Rules::all()).measures[0];
        let average = shown.average.unwrap();
        assert!(average % 5 == 0 && (90..=110).contains(&average), "{youths} youths: {average}");
    }
    assert_eq!(of_days((0..40).map(|it| vec![100 + it % 2]), Rules::none()).measures[0].average, Some(100));
}

#[test]
fn the_median_is_shown_from_twenty_youths_and_p90_from_a_hundred() {
    for (youths, median, p90) in
        [(19, None, None), (20, Some(46), None), (99, Some(46), None), (100, Some(46), Some(318))]
    {
        let days = (0..youths).map(|it| vec![if it * 100 / youths < 80 { 40 } else { 300 }]);
        let shown = of_days(days.collect::<Vec<_>>(), Rules::none()).measures[0];
        assert_eq!((shown.median, shown.p90), (median, p90), "{youths}");
    }
}

#[test]
fn a_measure_that_one_youth_dominates_or_few_have_shows_nothing() {
    let hidden = PublishedMeasure::default();
    assert_eq!(of_days((0..40).map(|it| vec![if it == 0 { 400 } else { 10 }]), Rules::all()).measures[0], hidden);
    assert_eq!(of_days((0..40).map(|it| vec![if it < 9 { 10 } else { -1 }]), Rules::all()).measures[0], hidden);
}

#[test]
fn volumes_are_averaged_within_one_unit_only() {
    let table = Table::of("CareEpisode", "2025Q1");
    let (field, place) = table.dimension("volume_unit");
    let unit = table.vocabulary.dimensions[place].1[0].clone();
    let rows = (0..60).map(|youth| {
        let mut row = table.row(youth, "JZ01", "2025-01-20");
        row.values[place] = if youth < 30 { unit.clone() } else { Datum::Null };
        row.measures.fill(Some(40));
        row
    });
    let cells = table.protect(&rows.collect::<Vec<_>>(), Rules::all());
    let of = |by| cells[&CellId { by, ..begun(Area::Region("JZ01".into())) }].clone().unwrap().measures[0];
    assert!(of(Some((field, unit))).average.is_some());
    assert_eq!(of(Some((field, Datum::Null))), PublishedMeasure::default());
    assert_eq!(of(None), PublishedMeasure::default());
}
