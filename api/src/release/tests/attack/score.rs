//! How well an attacker does: how often its best guess is right, against the better of the guesses without the releases.

use super::{
    bounds::{Bounds, bounds},
    likely::{Belief, Beliefs},
    prior::{Guess, Known, Prior, guess},
    rules::Tell,
    scene::Scene,
    view::View,
};

/// How an attack went.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Score {
    /// The number of unknown youths, of all hidden cells that it was after.
    pub(super) numbers: Right,
    /// The same of those with 0 to 9 youths.
    pub(super) few: Right,
    /// Whether there are any, of those with 0 to 9 youths of which it knows none.
    pub(super) zeros: Right,
    /// The same of those that are the only thing unknown in a sum.
    pub(super) exposed: Right,
    /// Cells with one value that is possible at all.
    pub(super) single: u32,
}

/// Of how many cells a guess was right.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Right {
    pub(super) of: u32,
    common: u32,
    likely: u32,
    after: u32,
}

/// How many rounds relations speak. More change nothing that counts.
const ROUNDS: usize = 3;

/// Attacks.
pub(super) fn attack(scene: &Scene, view: &View, tell: Tell, known: &Known) -> Score {
    let prior = Prior::of(scene, view, tell, known);
    let possible = bounds(scene, view, tell);
    let alone = (0..scene.cells.len()).map(|cell| prior.belief(cell, possible[cell])).collect();
    score(&prior, &possible, &believe(scene, view, tell, alone))
}

/// What is believed after relations have spoken.
pub(super) fn believe<'a>(scene: &'a Scene, view: &'a View, tell: Tell, alone: Vec<Belief>) -> Beliefs<'a> {
    let mut beliefs = Beliefs::new(scene, view, tell, alone);
    (0..ROUNDS).for_each(|_| beliefs.round(view));
    beliefs
}

/// Holds the guesses against the truth.
pub(super) fn score(prior: &Prior, possible: &[Bounds], beliefs: &Beliefs) -> Score {
    let (scene, view) = (prior.scene, prior.view);
    let mut score = Score::default();
    for cell in view.targets.iter().copied() {
        let (common, likely) = prior.guesses(cell);
        let (truth, own) = (scene.cells[cell].truth, view.own[cell]);
        score.single += u32::from(possible[cell].low == possible[cell].high);
        score.count(truth, own, [common, likely, guess(&beliefs.of(cell))], is_exposed(scene, view, cell));
    }
    score
}

/// Is everything else shown or known that adds up with the cell to a whole that is shown?
fn is_exposed(scene: &Scene, view: &View, cell: usize) -> bool {
    let is_known = |it: &usize| *it == cell || scene.cells[*it].shown.is_some() || view.sure[*it];
    let mut wholes = scene.relations.iter().filter(|it| it.exact && it.parts.contains(&cell));
    wholes.any(|it| scene.cells[it.whole].shown.is_some() && it.parts.iter().all(is_known))
}

impl Score {
    /// Counts a cell with the guesses: the most common, the likeliest, and that after the attack.
    fn count(&mut self, truth: u32, own: u32, guesses: [Guess; 3], is_exposed: bool) {
        let rest = truth - own;
        let numbers = guesses.map(|it| it.0 == rest);
        self.numbers.count(numbers);
        if truth < 10 {
            self.few.count(numbers);
        }
        if truth < 10 && own == 0 {
            let zeros = guesses.map(|it| it.1 == (rest == 0));
            self.zeros.count(zeros);
            if is_exposed {
                self.exposed.count(zeros);
            }
        }
    }
}

impl Right {
    fn count(&mut self, right: [bool; 3]) {
        self.of += 1;
        self.common += u32::from(right[0]);
        self.likely += u32::from(right[1]);
        self.after += u32::from(right[2]);
    }

    /// In percent: of the better guess before, and of that after.
    pub(super) fn percent(self) -> (f64, f64) {
        let percent = |right: u32| 100.0 * f64::from(right) / f64::from(self.of.max(1));
        (percent(self.common.max(self.likely)), percent(self.after))
    }

    /// How far the guess after is above the better one before, in points.
    pub(super) fn gain(self) -> f64 {
        let (before, after) = self.percent();
        after - before
    }
}

impl std::ops::Add for Right {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            of: self.of + other.of,
            common: self.common + other.common,
            likely: self.likely + other.likely,
            after: self.after + other.after,
        }
    }
}

impl std::ops::Add for Score {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            numbers: self.numbers + other.numbers,
            few: self.few + other.few,
            zeros: self.zeros + other.zeros,
            exposed: self.exposed + other.exposed,
            single: self.single + other.single,
        }
    }
}
