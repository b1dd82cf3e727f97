//! A published table that tells what it hides: in CBS StatLine 82968NED (temporary guardianships on 2020-12-31, rounded
//! to 5) the north has 25, Groningen 10 and Fryslân 10, and Drenthe is hidden.

use std::collections::BTreeSet;

use super::{Table, begun};
use crate::release::{Area, Cells, Geography, Hidden, Perturbation, Rules};

const TABLE: &str = include_str!("../../../../../entities/data/cbs_82968NED_2020-12-31_voogdij.csv");
const NORTH: &str = "Noord-Nederland (LD)";
const SHOWN: [&str; 2] = ["Groningen (PV)", "Fryslân (PV)"];
const HIDDEN: &str = "Drenthe (PV)";

/// The number of temporary guardianships as printed; none where it is hidden.
fn printed(area: &str) -> Option<u32> {
    let line = TABLE.lines().find(|line| line.split(',').next() == Some(area)).unwrap();
    line.rsplit(',').next().unwrap().parse().ok()
}

/// The table's north, row by row: in Drenthe what its own printed numbers leave.
fn release(rules: Rules) -> Cells {
    let regions = SHOWN.iter().chain([&HIDDEN]).map(|it| ((*it).into(), Some(NORTH.into()))).collect();
    let geography = Geography { regions, ..Geography::default() };
    let table = Table { geography, ..Table::of("Referral", "2020Q4") };
    assert_eq!(printed(HIDDEN), None);
    let shown = SHOWN.map(|it| printed(it).unwrap());
    let left = printed(NORTH).unwrap() - shown.iter().sum::<u32>();
    let counts = SHOWN.into_iter().zip(shown).chain([(HIDDEN, left)]);
    let areas = counts.flat_map(|(area, count)| (0..count).map(move |_| area));
    let rows = areas.zip(0..).map(|(area, youth)| table.row(youth, area, "2020-12-31"));
    table.protect(&rows.collect::<Vec<_>>(), rules)
}

fn shown(cells: &Cells, area: Area) -> Result<u32, Hidden> {
    cells[&begun(area)].as_ref().map(|it| it.youths).map_err(|it| *it)
}

/// The true counts that a cell may have that shows this: itself where nothing is perturbed.
fn feasible(shown: Result<u32, Hidden>, rules: Rules) -> Vec<u32> {
    let errors = |count: u32| Perturbation::table().weights(count).map(move |it| i64::from(count) + it.error);
    let shows = |count: u32, number: u32| {
        if rules.perturbs { errors(count).any(|it| it == i64::from(number)) } else { count == number }
    };
    // The rules hide crowds, too, where too few remain without two of their regions.
    let hides = |count: u32| count < 10 || rules.regions_left_out > 0;
    let is_feasible = |count: &u32| match shown {
        Ok(number) => *count >= 10 && shows(*count, number),
        Err(_) => hides(*count),
    };
    (0..60).filter(is_feasible).collect()
}

/// What Drenthe may be, from what is shown of it, the north and the other two.
fn drenthe(rules: Rules) -> BTreeSet<u32> {
    let cells = release(rules);
    let region = |area: &str| feasible(shown(&cells, Area::Region(area.into())), rules);
    let north = feasible(shown(&cells, Area::SupraRegion(NORTH.into())), rules);
    let hidden = region(HIDDEN);
    let [first, second] = SHOWN.map(region);
    let sums: BTreeSet<_> = first.iter().flat_map(|one| second.iter().map(move |other| one + other)).collect();
    let left = north.iter().flat_map(|all| sums.iter().filter_map(|sum| all.checked_sub(*sum)));
    left.filter(|it| hidden.contains(it)).collect()
}

#[test]
fn a_threshold_alone_leaves_drenthe_to_be_computed() {
    assert_eq!(drenthe(Rules::threshold_only()), BTreeSet::from([5]));
}

#[test]
fn all_rules_leave_drenthe_anything_from_zero_to_nine() {
    let possible = drenthe(Rules::all());
    assert!((0..10).all(|it| possible.contains(&it)), "{possible:?}");
}
