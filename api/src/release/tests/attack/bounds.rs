//! The least and the most that every cell can have: bounds are carried along all relations until nothing narrows any more.
//! That is weaker than whole-number programming only where two relations bind the same cells crosswise.

use super::{
    rules::Tell,
    scene::{Relation, Scene},
    view::View,
};
pub(super) use crate::release::bounds::Bounds;
use crate::release::bounds::{MANY, part_of_sum, sum};

/// The bounds of every cell's unknown youths.
pub(super) fn bounds(scene: &Scene, view: &View, tell: Tell) -> Vec<Bounds> {
    let mut all: Vec<Bounds> = (0..scene.cells.len()).map(|cell| alone(scene, view, tell, cell)).collect();
    let mut changes = true;
    let mut passes = 0;
    while changes && passes < 100 {
        passes += 1;
        changes = false;
        for relation in &scene.relations {
            changes |= if relation.exact { additive(&mut all, relation) } else { covered(&mut all, view, relation) };
            changes |= relation.exact && told(&mut all, scene, view, tell, relation);
        }
    }
    let unsound = all.iter().zip(&scene.cells).zip(&view.own).filter(|((it, cell), own)| {
        let rest = i64::from(cell.truth - **own);
        rest < it.low || it.high < rest
    });
    assert_eq!(unsound.count(), 0, "bounds must hold the truth");
    all
}

/// What a cell says by itself: a hidden one may have any number, since there are more reasons to hide than few youths.
fn alone(scene: &Scene, view: &View, tell: Tell, cell: usize) -> Bounds {
    let own = i64::from(view.own[cell]);
    match scene.cells[cell].shown.map(|it| tell.range(it)) {
        _ if view.sure[cell] => Bounds { low: 0, high: 0 },
        Some((low, high)) => Bounds { low: (i64::from(low) - own).max(0), high: i64::from(high) - own },
        None if !tell.hides_more_than_few() => Bounds { low: 0, high: i64::from(tell.rules.fewest.max(1)) - 1 - own },
        None => Bounds { low: 0, high: MANY },
    }
}

/// No youth is in two parts.
fn additive(all: &mut [Bounds], relation: &Relation) -> bool {
    let parts = sum(relation.parts.iter().map(|it| all[*it]));
    let mut changes = all[relation.whole].narrow(parts.low, parts.high);
    let whole = all[relation.whole];
    for part in &relation.parts {
        let said = part_of_sum(whole, parts.less(all[*part]));
        changes |= all[*part].narrow(said.low, said.high);
    }
    changes
}

/// Youths may be in several parts: the whole has at most all of them, and at least those of the largest.
fn covered(all: &mut [Bounds], view: &View, relation: &Relation) -> bool {
    let own = |cell: usize| i64::from(view.own[cell]);
    let (whole, known) = (relation.whole, relation.parts.iter().map(|it| own(*it)).sum::<i64>());
    let high = sum(relation.parts.iter().map(|it| all[*it])).high;
    let largest = relation.parts.iter().map(|it| all[*it].low + own(*it)).max().unwrap_or(0);
    let mut changes = all[whole].narrow(largest - own(whole), high + known - own(whole));
    let Bounds { low: least, high: most } = all[whole];
    for part in &relation.parts {
        let others = high - all[*part].high + known - own(*part);
        let (least, most) = (least + own(whole) - others - own(*part), most + own(whole) - own(*part));
        changes |= all[*part].narrow(least, most);
    }
    changes
}

/// What the pattern of shown and hidden parts says of the hidden ones together.
fn told(all: &mut [Bounds], scene: &Scene, view: &View, tell: Tell, relation: &Relation) -> bool {
    let told = tell.of(scene, relation);
    let hidden = || relation.parts.iter().filter(|it| scene.cells[**it].shown.is_none());
    let known: i64 = hidden().map(|it| i64::from(view.own[*it])).sum();
    let Bounds { low, high } = sum(hidden().map(|it| all[*it]));
    let surely_not_drawn = all[relation.whole].low + i64::from(view.own[relation.whole]) > 14;
    let mut changes = false;
    if let Some(least) = told.least {
        for part in hidden() {
            let others = high - all[*part].high;
            changes |= all[*part].narrow(i64::from(least) - known - others, MANY);
        }
    }
    if let Some(below) = told.below.filter(|_| told.guessed && surely_not_drawn) {
        for part in hidden() {
            let others = low - all[*part].low;
            changes |= all[*part].narrow(0, i64::from(below) - 1 - known - others);
        }
    }
    changes
}
