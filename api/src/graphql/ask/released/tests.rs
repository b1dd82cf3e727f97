//! Whatever is asked, the cells are of the vocabulary, once each, and as many as the codes multiply to.

use std::collections::BTreeSet;

use entities::{FieldId, by_name};
use proptest::{prelude::*, sample::select};

use super::*;
use crate::{graphql::axis::axes, query::Test, release::Area};

fn geography() -> Geography {
    let regions =
        [("JZ01", Some("NO")), ("JZ02", Some("NO")), ("JZ34", Some("ZW")), ("JZ36", Some("ZW")), ("JZ10", None)];
    let regions = regions.map(|(region, supra_region)| (region.into(), supra_region.map(Into::into)));
    let municipalities = [("GM01", "JZ01"), ("GM02", "JZ01"), ("GM36", "JZ36"), ("GM10", "JZ10")];
    let municipalities = municipalities.map(|(key, region)| (key.into(), region.into()));
    Geography { regions: regions.into(), municipalities: municipalities.into() }
}

fn placement() -> Vocabulary {
    Vocabulary::of(by_name("Placement").expect("a dataset"))
}

fn field(name: &str) -> FieldId {
    placement().dataset.field(name).expect("a field")
}

fn is(name: &str, values: &[&str]) -> Predicate {
    Predicate::is(field(name), Test::In(values.iter().map(|it| Datum::from(*it)).collect()))
}

fn period(text: &str) -> Period {
    text.parse().expect("a period")
}

fn by(values: &[&str]) -> Vec<&'static Axis> {
    values.iter().map(|it| crate::graphql::axis::by_value(placement().dataset, it).expect("an axis")).collect()
}

fn picked(release: &str, axes: &[&str], filter: &Predicate) -> Result<Picked, String> {
    let wanted = Wanted { axes: &by(axes), filter: filter.clone(), open_on: None };
    let picked = pick(&placement(), (&geography(), period(release)), &wanted);
    picked.map_err(|problem| problem.message)
}

fn areas(release: &str, axes: &[&str], filter: &Predicate) -> Vec<Area> {
    picked(release, axes, filter).expect("cells").into_iter().map(|(_, cell)| cell.area).collect()
}

#[test]
fn areas_are_those_that_the_filter_leaves() {
    let region = |code: &str| Area::Region(code.into());
    let whole = is("region", &["JZ36", "JZ34"]);
    assert_eq!(areas("2025", &[], &Predicate::All), [Area::Country]);
    assert_eq!(areas("2025", &[], &is("region", &["JZ36"])), [region("JZ36")]);
    assert_eq!(areas("2025", &[], &whole), [Area::SupraRegion("ZW".into())]);
    assert_eq!(areas("2025", &["SUPRA_REGION"], &whole), [Area::SupraRegion("ZW".into())]);
    assert_eq!(areas("2025", &["REGION"], &whole), [region("JZ34"), region("JZ36")]);
    assert_eq!(areas("2025", &["MUNICIPALITY"], &whole), [Area::Municipality("GM36".into())]);
    assert_eq!(areas("2025", &[], &is("municipality", &["GM02"])), [Area::Municipality("GM02".into())]);
}

#[test]
fn a_cell_bears_its_month_its_value_and_its_key() {
    let urgent = Predicate::is(field("urgent"), Test::Eq(Datum::Bool(true)));
    let cells = picked("2025Q4", &["STARTED_ON_MONTH", "STARTED_ON_QUARTER"], &urgent).expect("cells");
    assert_eq!(cells.len(), 3);
    let day = |text: &str| text.parse::<Date>().expect("a day");
    let (key, cell) = &cells[1];
    assert_eq!(**key, [Datum::Date(day("2025-11-01")), Datum::Date(day("2025-10-01"))]);
    assert_eq!(cell.month, Some(day("2025-11-01")));
    assert_eq!(cell.by, Some((field("urgent"), Datum::Bool(true))));
}

#[test]
fn what_has_no_cell_is_refused() {
    for (release, axes, filter, told) in [
        ("2025", &["REGION"][..], is("municipality", &["GM36"]), "municipalities beside the wider areas"),
        ("2025", &["SUPRA_REGION"], is("municipality", &["GM36"]), "municipalities beside the wider areas"),
        ("2025", &["SUPRA_REGION"], is("region", &["JZ36"]), "a part of a supra-region"),
        ("2025", &[], is("region", &["JZ36", "JZ10"]), "no supra-region together"),
        ("2025", &[], is("municipality", &["GM36", "GM01"]), "several municipalities"),
        ("2025Q4", &[], is("municipality", &["GM36"]), "releases of a year"),
        ("2025Q4", &["URGENT"], is("municipality", &["GM36"]), "releases of a year"),
        ("2025Q4", &["STARTED_ON_YEAR"], Predicate::All, "name a release of that length"),
        ("2025Q4", &["STARTED_ON_MONTH", "SUPRA_REGION"], Predicate::All, "whole country"),
        ("2025Q4", &["STARTED_ON_MONTH"], is("region", &["JZ36"]), "whole country"),
        ("2025", &["AGE_BAND", "URGENT"], Predicate::All, "at most one dimension more"),
        ("2025", &[], Predicate::is(field("urgent"), Test::Null), "does not have"),
        ("2025", &[], Predicate::None, "no value of a dimension"),
    ] {
        let refused = picked(release, axes, &filter).expect_err("it is refused");
        assert!(refused.contains(told), "{refused}");
    }
    let wanted = Wanted { axes: &[], filter: Predicate::All, open_on: Some(period("2025Q3").until) };
    let refused = pick(&placement(), (&geography(), period("2025Q4")), &wanted).expect_err("it is refused");
    assert!(refused.message.contains("\"openOn\" must be 2025-12-31"), "{}", refused.message);
}

#[test]
fn more_groups_than_a_table_may_have_are_refused() {
    let municipalities = (0..5_001).map(|it| (format!("GM{it:04}").into(), "JZ01".into()));
    let geography = Geography { municipalities: municipalities.collect(), ..geography() };
    let pick = |axes: &[&str]| {
        let wanted = Wanted { axes: &by(axes), filter: Predicate::All, open_on: None };
        super::pick(&placement(), (&geography, period("2025")), &wanted)
    };
    assert_eq!(pick(&["MUNICIPALITY"]).map(|it| it.len()).ok(), Some(5_001));
    let refused = pick(&["MUNICIPALITY", "URGENT"]).expect_err("they are 10,002");
    assert_eq!(refused.code, Code::CostLimit);
    assert!(refused.message.contains("10000 groups"), "{}", refused.message);
}

/// How many values a dimension has in a release.
fn size(axis: &Axis, vocabulary: &Vocabulary, period: Period) -> usize {
    match (axis.bucket, axis.kind) {
        (Some(Bucket::Month), _) => period.months().count(),
        (Some(_), _) => 1,
        (None, Kind::Reference("Region")) => 5,
        (None, Kind::Reference("SupraRegion")) => 2,
        (None, Kind::Reference(_)) => 4,
        _ => vocabulary.dimensions.iter().find(|(field, _)| *field == axis.field).map_or(0, |(_, values)| values.len()),
    }
}

proptest! {
    #[test]
    fn cells_are_of_the_vocabulary_once_each_and_as_many_as_codes_multiply_to(
        name in select(entities::datasets().iter().filter(|it| it.youth().is_some()).map(|it| it.name).collect::<Vec<_>>()),
        release in select(vec!["2025Q4", "2025"]),
        is_open in any::<bool>(),
        seeds in prop::collection::vec(any::<usize>(), 0..4),
    ) {
        let vocabulary = Vocabulary::of(by_name(name).expect("a dataset"));
        let all = axes(vocabulary.dataset);
        let mut wanted: Vec<&'static Axis> = Vec::new();
        for seed in seeds {
            let axis = &all[seed % all.len()];
            if !wanted.contains(&axis) && axis.is_released(vocabulary.dataset) {
                wanted.push(axis);
            }
        }
        let period = period(release);
        let can_be_open = vocabulary.counted().contains(&Counted::Open);
        let open_on = (is_open && can_be_open).then_some(period.until);
        let geography = geography();
        let Ok(picked) = pick(&vocabulary, (&geography, period), &Wanted { axes: &wanted, filter: Predicate::All, open_on })
        else {
            return Ok(());
        };
        let known: BTreeSet<CellId> = vocabulary.cells(&geography, period).collect();
        let product: usize = wanted.iter().map(|axis| size(axis, &vocabulary, period)).product();
        prop_assert_eq!(picked.len(), product);
        let cells: BTreeSet<_> = picked.iter().map(|(_, cell)| cell).collect();
        prop_assert_eq!(cells.len(), product, "none is picked twice");
        let keys: BTreeSet<_> = picked.iter().map(|(key, _)| key).collect();
        prop_assert_eq!(keys.len(), product, "no key stands for two");
        prop_assert!(cells.into_iter().all(|cell| known.contains(cell)));
    }
}
