//! (d) Two releases around one late row. The attacker knows the row, and that nothing else came in between: of each cell
//! that the row is counted in it sees twice what is shown, of all others what it saw before.

use super::{
    bounds::{Bounds, bounds},
    prior::{Known, Prior},
    rules::Tell,
    scene::Scene,
    score::{Score, believe, score},
    view::View,
};

/// Attacks what was hidden before the row came, in the cells that it is counted in.
pub(super) fn attack(before: &Scene, after: &Scene, tell: Tell, known: &Known) -> Score {
    let late = after.members.len() - 1;
    let near: Vec<bool> = after.count(|row| row == late).into_iter().map(|it| it > 0).collect();
    let targets = (0..near.len()).filter(|it| near[*it] && before.cells[*it].shown.is_none()).collect();
    let none = vec![0; near.len()];
    let sure = vec![false; near.len()];
    let view = View { own: none, sure: sure.clone(), near: near.clone(), targets };
    // Of the later releases it knows one youth: the rest is what was there before.
    let own = near.iter().map(|it| u32::from(*it)).collect();
    let later = View { own, sure, near: near.clone(), targets: Vec::new() };
    let pairs = bounds(before, &view, tell).into_iter().zip(bounds(after, &later, tell));
    let possible: Vec<Bounds> =
        pairs.map(|(a, b)| Bounds { low: a.low.max(b.low), high: a.high.min(b.high) }).collect();
    let (prior, again) = (Prior::of(before, &view, tell, known), Prior::of(after, &later, tell, known));
    let alone = (0..near.len()).map(|cell| {
        let mut belief = prior.belief(cell, possible[cell]);
        if near[cell] {
            let number = |it: i64| u32::try_from(it).unwrap_or(0) + 1;
            let is_new = before.cells[cell].shown.is_none();
            let seen = (belief.low..).map(|it| revised(&again, cell, number(it), is_new).max(1e-6));
            belief.weights.iter_mut().zip(seen).for_each(|(weight, seen)| *weight *= seen);
        }
        belief
    });
    score(&prior, &possible, &believe(before, &view, tell, alone.collect()))
}

/// How often what the next version shows of a cell is shown for a true count.
fn revised(again: &Prior<'_>, cell: usize, count: u32, is_new: bool) -> f64 {
    let is_held_back = is_new && count < again.tell.rules.held_back;
    match (is_held_back, again.scene.cells[cell].shown) {
        (true, None) => 1.0,
        (true, Some(_)) => 0.0,
        (false, _) => again.chance(cell, count),
    }
}
