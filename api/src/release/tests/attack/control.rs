//! The attackers must succeed where they should: else that they fail says nothing.

use super::{
    LAWS, attack, attacks,
    bounds::{Bounds, bounds},
    others, passes,
    prior::Known,
    releases,
    rules::Tell,
    scene::{Cell, Kind, Relation, Scene},
    tell,
    view::{Knows, View},
    world::{Law, periods, world},
};
use crate::release::{Area, CellId, Counted, Observation, Rules, Secret, protect};

#[test]
fn without_protection_an_attacker_knows_nearly_all() {
    for law in LAWS {
        let world = world(law, 1);
        let scene = Scene::of(&world, &releases(&world, Rules::none()));
        let known = Known::of(&others(law, Rules::none()), &Knows::Nothing, Rules::threshold_only().fewest);
        let mut view = Knows::Nothing.view(&world, &scene);
        view.targets = (0..scene.cells.len()).filter(|it| scene.cells[*it].truth < 10).collect();
        let score = attack(&scene, &view, tell(law, Rules::none()), &known);
        let (_, right) = score.few.percent();
        assert!(score.few.of > 100 && right >= 99.0, "{}: {score:?}", law.name);
    }
}

#[test]
fn a_threshold_alone_does_not_stop_the_attackers() {
    let law = Law { youths: 300, dimensions: &[("age_band", 3)], worlds: 1, ..LAWS[1] };
    for (name, (score, allowed)) in attacks(law, Rules::threshold_only()) {
        assert!(allowed.is_none() || !passes((score, allowed)), "{name}: {score:?}");
    }
}

/// The table of CBS that shows the north, Groningen and Fryslân, and hides Drenthe.
const CBS: &str = include_str!("../../../../../entities/data/cbs_82968NED_2020-12-31_voogdij.csv");

/// The whole, then its parts.
const NORTH: [&str; 4] = ["Noord-Nederland (LD)", "Groningen (PV)", "Fryslân (PV)", "Drenthe (PV)"];

/// Of three regions two know their 30 and 24 youths; the third has none. Noise alone does not hide that: where the
/// whole comes out 9 too low, it says that there is no room for anybody else.
#[test]
fn two_regions_of_three_cannot_tell_that_the_third_has_nobody() {
    let told = |rules: Rules| {
        (0..=255).filter(move |secret| {
            let shown = shown_of_whole([30, 24], *secret, rules);
            shown.is_some_and(|it| it + 9 <= 30 + 24)
        })
    };
    assert_eq!(told(Rules::all()).count(), 0);
    assert!(told(Rules { regions_left_out: 1, audits: false, ..Rules::all() }).count() > 0, "the rule is not needed");
}

/// What is shown of a supra-region whose first regions have so many youths, and whose third has none.
fn shown_of_whole(youths: [i64; 2], secret: u8, rules: Rules) -> Option<u32> {
    let mut world = world(Law { youths: 0, ..LAWS[0] }, 1);
    let codes: Vec<_> = world.vocabulary.dimensions.iter().map(|(_, codes)| codes[0].clone()).collect();
    let period = periods()[0];
    for (region, first, many) in [("JZ01", 0, youths[0]), ("JZ02", 1000, youths[1])] {
        world.observations.extend((first..first + many).map(|youth| Observation {
            youth,
            source: 0,
            region: region.into(),
            municipality: None,
            from: period.from,
            until: None,
            values: codes.clone().into(),
            measures: Box::default(),
        }));
    }
    let secret = Secret::new(&[secret; 32]);
    let cells = protect(&world.observations, &world.vocabulary, &world.geography, period, &secret, rules);
    let area = Area::SupraRegion("NO".into());
    let whole = CellId { counted: Counted::Begun, area, month: None, by: None };
    cells.get(&whole)?.as_ref().ok().map(|it| it.youths)
}

#[test]
fn a_threshold_alone_gives_the_hidden_cell_of_the_cbs_table_away() {
    let printed = |area: &str| {
        let line = CBS.lines().find(|line| line.split(',').next() == Some(area));
        line.and_then(|it| it.rsplit(',').next()).and_then(|it| it.parse::<u32>().ok())
    };
    let shown = NORTH.map(printed);
    assert_eq!(shown, [Some(25), Some(10), Some(10), None]);
    let truth = [25, 10, 10, 5];
    let cell = |at: usize| {
        let area = Area::Region(NORTH[at].into());
        let id = CellId { counted: Counted::Open, area, month: None, by: None };
        Cell { release: 0, id, truth: truth[at], shown: shown[at], level: 2, class: 0 }
    };
    let relations = vec![Relation { kind: Kind::Regions, whole: 0, parts: vec![1, 2, 3], exact: true }];
    let scene = Scene { cells: (0..4).map(cell).collect(), relations, classes: 1, ..Scene::default() };
    let none = vec![false; 4];
    let view = View { own: vec![0; 4], sure: none, near: vec![true; 4], targets: vec![3] };
    let drenthe = |rules: Rules| bounds(&scene, &view, Tell { rules, by_region: true })[3];
    assert_eq!(drenthe(Rules::threshold_only()), Bounds { low: 5, high: 5 });
    let protected = drenthe(Rules { regions_left_out: 0, ..Rules::all() });
    assert!(protected.low == 0 && protected.high >= 9, "{protected:?}");
}
