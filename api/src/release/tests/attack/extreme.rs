//! The noise as unlucky as it can be: every whole as much too low and every part as much too high as the table allows.
//! What is one draw in a hundred thousand elsewhere is every cell here. Without the audit single numbers come out.

use super::{
    bounds::bounds,
    scene::Scene,
    tell,
    view::Knows,
    world::{Dice, Law, World, periods, plus, world},
};
use crate::release::{Cells, Observation, Rules, Secret, protect};

const LAW: Law = Law { dimensions: &[("urgent", 2), ("age_band", 5)], ..Law::BY_REGION };

/// How many youths a code has in a region: numbers that can be pinned down, and few.
const SIZES: [u64; 8] = [0, 0, 4, 10, 11, 11, 11, 21];

/// Youths in such numbers, of regions that a supra-region has and of others.
fn pinned(seed: u64) -> World {
    let mut dice = Dice(seed);
    let mut world = world(LAW, 1);
    let codes: Vec<_> = world.vocabulary.dimensions.iter().map(|it| it.1.clone()).collect();
    for (region, supra_region) in world.geography.regions.clone() {
        let is_near = supra_region.as_deref() == Some("NO") || region.as_ref() < "JZ20";
        for code in codes[1].iter().filter(|_| is_near) {
            for _ in 0..SIZES[usize::try_from(dice.below(8)).unwrap_or(0)] {
                let urgent = codes[0][usize::from(dice.below(8) == 0)].clone();
                world.observations.push(Observation {
                    youth: world.observations.len() as i64 + 1,
                    source: 0,
                    region: region.clone(),
                    municipality: None,
                    from: plus(periods()[0].from, dice.below(60).cast_signed()),
                    until: None,
                    values: [urgent, code.clone()].into(),
                    measures: Box::default(),
                });
            }
        }
    }
    world
}

/// How many hidden cells have one possible number, for each attacker that a release is safe from.
fn single(world: &World, seed: u64, rules: Rules) -> usize {
    let secret = Secret::unlucky(30 + seed % 3 * 15);
    let of = |period| protect(&world.observations, &world.vocabulary, &world.geography, period, &secret, rules);
    let releases: Vec<Cells> = periods().into_iter().map(of).collect();
    let scene = Scene::of(world, &releases);
    let regions: [&[&str]; 4] = [&["JZ01"], &["JZ13"], &["JZ01", "JZ02"], &["JZ02", "JZ04"]];
    let attackers = std::iter::once(Knows::Nothing).chain(regions.map(Knows::Regions));
    let single = attackers.map(|knows| {
        let view = knows.view(world, &scene);
        let possible = bounds(&scene, &view, tell(LAW, rules));
        view.targets.iter().filter(|it| possible[**it].is_single()).count()
    });
    single.sum()
}

#[test]
#[expect(clippy::print_stdout, reason = "the numbers are to be read")]
fn no_draw_is_so_unlucky_that_a_hidden_cell_has_one_possible_number() {
    let mut without = 0;
    for seed in 0..6 {
        let world = pinned(seed);
        let unaudited = single(&world, seed, Rules { audits: false, ..Rules::all() });
        println!("{} youths: {unaudited} cells without the audit", world.observations.len());
        without += unaudited;
        assert_eq!(single(&world, seed, Rules::all()), 0, "{seed}");
    }
    assert!(without > 0, "the audit is not needed");
}
