//! What protection leaves: how much of the tables that supra-regions ask for is shown, and how near to the truth.

use super::{
    LAWS, releases,
    scene::Scene,
    world::{QUARTERS, world},
};
use crate::release::{Area, Rules};

/// The least share of a world's totals that are shown, of supra-regions over the year, in percent.
const TOTALS_SHOWN: f64 = 99.0;

/// The same of totals and cells by a dimension together.
const CELLS_SHOWN: f64 = 35.0;

/// The largest median error, in youths.
const MEDIAN_ERROR: u32 = 4;

#[test]
#[expect(clippy::print_stdout, reason = "the shares are to be read")]
fn protected_tables_of_supra_regions_over_a_year_are_of_use() {
    println!("{:23} {:>13} {:>13} {:>13}", "world", "totals shown", "cells shown", "median error");
    for law in LAWS {
        let world = world(law, 1);
        let scene = Scene::of(&world, &releases(&world, Rules::all()));
        let cells =
            scene.cells.iter().filter(|it| it.release == QUARTERS && matches!(it.id.area, Area::SupraRegion(_)));
        let cells: Vec<_> = cells.filter(|it| it.truth > 0).collect();
        let share = |totals_only: bool| {
            let asked = || cells.iter().filter(|it| !totals_only || it.id.by.is_none());
            100.0 * asked().filter(|it| it.shown.is_some()).count() as f64 / asked().count() as f64
        };
        let mut errors: Vec<u32> = cells.iter().filter_map(|it| Some(it.shown?.abs_diff(it.truth))).collect();
        errors.sort_unstable();
        let median = errors.get(errors.len() / 2).copied().unwrap_or(u32::MAX);
        println!("{:23} {:12.1}% {:12.1}% {median:13}", law.name, share(true), share(false));
        assert!(share(true) >= TOTALS_SHOWN && share(false) >= CELLS_SHOWN && median <= MEDIAN_ERROR, "{}", law.name);
    }
}
