//! What holds of any rows, against a plain reading of them.

use std::collections::{BTreeMap, BTreeSet};

use entities::{Bucket, Datum};
use proptest::prelude::*;

use super::Table;
use crate::release::{Area, CellId, Counted, Hidden, Observation, Rules};

/// Rows crowded enough that many cells are shown: youths, regions, municipalities, holders, days and two dimensions.
fn rows(table: &Table, seeds: &[(u8, u8, u8, u16)]) -> Vec<Observation> {
    let regions = ["JZ01", "JZ02", "JZ03", "JZ10", "JZ11", "JZ99"];
    let (_, urgent) = table.dimension("urgent");
    let (_, outside) = table.dimension("outside_region");
    let row = |(youth, region, value, day): &(u8, u8, u8, u16)| {
        let region = usize::from(*region).isqrt() % regions.len();
        let first: entities::Date = "2024-11-01".parse().unwrap();
        let from = first.to_chrono() + chrono::Days::new(u64::from(*day % 500));
        let until = (value % 3 == 0).then(|| entities::Date::from_chrono(from + chrono::Days::new(u64::from(*value))));
        let mut row = table.row(i64::from(*youth), regions[region], "2025-01-01");
        row.values[urgent] = Datum::Bool(value % 2 == 0);
        row.values[outside] = if value % 7 == 0 { Datum::Null } else { Datum::Bool(value % 5 == 0) };
        row.municipality = (value % 4 > 0).then(|| ["GM01", "GM02", "GM03"][usize::from(value % 3)].into());
        row.source = usize::from(value % 3);
        row.measures[0] = (value % 3 > 0).then(|| i64::from(*value));
        Observation { from: entities::Date::from_chrono(from), until, ..row }
    };
    seeds.iter().map(row).collect()
}

/// Is the row one of the cell's?
fn has(table: &Table, cell: &CellId, row: &Observation) -> bool {
    let counted = match cell.counted {
        Counted::Begun => table.period.contains(row.from),
        Counted::Open => row.from <= table.period.until && row.until.is_none_or(|it| it > table.period.until),
    };
    let region = table.geography.regions.get(&row.region);
    let area = match &cell.area {
        Area::Country => true,
        Area::SupraRegion(code) => region.is_some_and(|it| it.as_ref() == Some(code)),
        Area::Region(code) => region.is_some() && row.region == *code,
        Area::Municipality(code) => {
            row.municipality.as_ref() == Some(code) && table.geography.municipalities.get(code) == Some(&row.region)
        }
    };
    let month = cell.month.is_none_or(|it| row.from.start_of(Bucket::Month) == it);
    let value = cell.by.as_ref().is_none_or(|(field, value)| {
        let place = table.vocabulary.dimensions.iter().position(|(it, _)| it == field).unwrap();
        row.values[place] == *value
    });
    counted && area && month && value
}

fn youths<'a>(rows: impl Iterator<Item = &'a Observation>) -> BTreeSet<i64> {
    rows.map(|it| it.youth).collect()
}

/// The fewest youths that are left when what one region, supra-region or holder has is left out.
fn fewest_left(table: &Table, cell: &CellId, of: &BTreeSet<i64>, rows: &[&Observation]) -> usize {
    let outer = |row: &Observation| match (&cell.area, table.geography.regions.get(&row.region)) {
        (Area::Country, Some(Some(supra_region))) => Some(supra_region.clone()),
        (Area::Country | Area::SupraRegion(_), _) => Some(row.region.clone()),
        _ => None,
    };
    let mut known: BTreeMap<String, BTreeSet<i64>> = BTreeMap::new();
    for row in rows.iter().filter(|it| of.contains(&it.youth)) {
        known.entry(format!("holder {}", row.source)).or_default().insert(row.youth);
        if let Some(outer) = outer(row) {
            known.entry(format!("area {outer}")).or_default().insert(row.youth);
        }
    }
    of.len() - known.values().map(BTreeSet::len).max().unwrap_or(0)
}

fn seeds() -> impl Strategy<Value = Vec<(u8, u8, u8, u16)>> {
    proptest::collection::vec(any::<(u8, u8, u8, u16)>(), 0..1200)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn shown_numbers_are_near_and_rounded_and_never_one_to_nine(seeds in seeds(), is_year: bool) {
        let table = Table::of("Placement", if is_year { "2025" } else { "2025Q3" });
        let rows = rows(&table, &seeds);
        let vocabulary: BTreeSet<_> = table.vocabulary.cells(&table.geography, table.period).collect();
        for (cell, shown) in table.protect(&rows, Rules::all()) {
            let true_youths = youths(rows.iter().filter(|it| has(&table, &cell, it))).len();
            prop_assert!(vocabulary.contains(&cell) && true_youths > 0, "{:?}", cell);
            prop_assert_eq!(shown == Err(Hidden::FewYouths), true_youths < 10);
            let Ok(shown) = shown else { continue };
            prop_assert!(shown.youths >= 10 && shown.youths % 5 == 0);
            prop_assert!((shown.youths as usize).abs_diff(true_youths) <= 9);
            prop_assert!(shown.rows.is_none_or(|it| it >= 10 && it % 5 == 0));
            for measure in shown.measures {
                prop_assert!(measure.average.is_none_or(|it| it >= 0 && it % 5 == 0));
            }
        }
    }

    #[test]
    fn beside_and_without_any_one_who_knows_a_crowd_remains(seeds in seeds()) {
        let table = Table::of("Placement", "2025");
        let rows = rows(&table, &seeds);
        for (cell, _) in table.protect(&rows, Rules::all()).into_iter().filter(|(_, shown)| shown.is_ok()) {
            let inside: Vec<_> = rows.iter().filter(|it| has(&table, &cell, it)).collect();
            let around = CellId { by: None, ..cell.clone() };
            let around: Vec<_> = rows.iter().filter(|it| has(&table, &around, it)).collect();
            let known = youths(inside.iter().copied());
            prop_assert!(fewest_left(&table, &cell, &known, &inside) >= 10, "{:?}", cell);
            let beside = youths(around.iter().copied()).difference(&known).copied().collect();
            let left = fewest_left(&table, &cell, &beside, &around);
            prop_assert!(cell.by.is_none() || left >= 10, "{:?}: {}", cell, left);
        }
    }

    #[test]
    fn the_order_of_rows_does_not_matter_and_no_rules_show_the_truth(
        (seeds, shuffled) in seeds().prop_flat_map(|seeds| (Just(seeds.clone()), Just(seeds).prop_shuffle())),
    ) {
        let table = Table::of("Placement", "2025");
        let rows_in_order = rows(&table, &seeds);
        prop_assert_eq!(
            table.protect(&rows_in_order, Rules::all()),
            table.protect(&rows(&table, &shuffled), Rules::all())
        );
        let cells = table.protect(&rows_in_order, Rules::none());
        for cell in table.vocabulary.cells(&table.geography, table.period) {
            let inside: Vec<_> = rows_in_order.iter().filter(|it| has(&table, &cell, it)).collect();
            let truth = (youths(inside.iter().copied()).len(), inside.len());
            let shown = cells.get(&cell).map_or((0, 0), |it| {
                it.as_ref().map_or((0, 0), |it| (it.youths as usize, it.rows.unwrap_or_default() as usize))
            });
            prop_assert_eq!(shown, truth, "{:?}", cell);
        }
    }
}
