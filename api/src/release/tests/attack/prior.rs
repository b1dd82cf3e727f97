//! What is known of hidden cells without the releases. Two guesses are made of it, and an attack is held against the
//! better one: the most common number of cells that look alike, and the likeliest number for a cell of its size, which
//! is known from other worlds of the same law and what is released of them (of real youth care: from population figures
//! and other years).

use std::collections::BTreeMap;

use super::{
    bounds::Bounds,
    likely::Belief,
    rules::Tell,
    scene::Scene,
    view::{Knows, View},
    world::World,
};

/// A best guess: the number of unknown youths, and whether there are none.
pub(super) type Guess = (u32, bool);

/// Other worlds of one law, with their cells.
pub(super) type Others = Vec<(World, Scene)>;

/// What who has some rows knows of a law, from other worlds of it and what is released of them.
pub(super) struct Known {
    /// How often each number of unknown youths occurs among other worlds' small cells of a class, of which some are known
    /// or not.
    common: BTreeMap<(usize, bool), BTreeMap<u32, u32>>,
    /// The same of all cells that have about as many elsewhere: what is unknown beforehand spreads them more than chance.
    alike: BTreeMap<(u8, u32), BTreeMap<u32, u32>>,
    /// The unknown youths that each cell has in all other worlds together, and how many these are.
    elsewhere: (Vec<u32>, u32),
    /// Of each class's cells with so many youths: how many are hidden, and how many there are.
    hidden: BTreeMap<(usize, u32), (f64, f64)>,
}

/// What is known of each cell without the releases.
pub(super) struct Prior<'a> {
    pub(super) scene: &'a Scene,
    pub(super) view: &'a View,
    pub(super) tell: Tell,
    known: &'a Known,
}

/// From so many youths up noise alone hides no cell.
const NOT_DRAWN: u32 = 15;

/// Cells with so many youths or more are hidden equally often.
const LARGE: u32 = 60;

impl Known {
    pub(super) fn of(others: &Others, knows: &Knows, fewest: u32) -> Self {
        let unknown = others.iter().map(|(world, scene)| scene.count(|row| !knows.has(&world.observations[row])));
        let unknown: Vec<Vec<u32>> = unknown.collect();
        let mut elsewhere = vec![0; unknown.first().map_or(0, Vec::len)];
        for of_world in &unknown {
            elsewhere.iter_mut().zip(of_world).for_each(|(sum, it)| *sum += it);
        }
        let worlds = u32::try_from(others.len()).unwrap_or(1);
        let mut known = Self {
            common: BTreeMap::new(),
            alike: BTreeMap::new(),
            elsewhere: (elsewhere, worlds),
            hidden: BTreeMap::new(),
        };
        for ((_, scene), unknown) in others.iter().zip(unknown) {
            for (at, (cell, rest)) in scene.cells.iter().zip(unknown).enumerate() {
                let sum = known.elsewhere.0[at] - rest;
                let alike = known.alike.entry((cell.level, size(sum, others.len() - 1))).or_default();
                *alike.entry(rest).or_default() += 1;
                if cell.truth < fewest {
                    let counts = known.common.entry((cell.class, cell.truth > rest)).or_default();
                    *counts.entry(rest).or_default() += 1;
                }
                for count in [cell.truth.min(LARGE), LARGE + 1].into_iter().filter(|_| cell.truth >= fewest) {
                    let (hidden, all) = known.hidden.entry((cell.class, count)).or_default();
                    *hidden += f64::from(u8::from(cell.shown.is_none()));
                    *all += 1.0;
                }
            }
        }
        known
    }

    /// How often cells of a class with so many youths are hidden.
    fn hides(&self, class: usize, count: u32) -> f64 {
        let of = |count: u32| self.hidden.get(&(class, count)).copied().unwrap_or_default();
        let (hidden, all) = of(LARGE + 1);
        let commonly = (hidden + 0.01) / (all + 0.02);
        let (hidden, all) = of(count.min(LARGE));
        (hidden + 2.0 * commonly) / (all + 2.0)
    }
}

impl<'a> Prior<'a> {
    /// What an attacker knows.
    pub(super) fn of(scene: &'a Scene, view: &'a View, tell: Tell, known: &'a Known) -> Self {
        Self { scene, view, tell, known }
    }

    /// What a cell says before any relation is looked at. Nothing outside what is possible.
    pub(super) fn belief(&self, cell: usize, possible: Bounds) -> Belief {
        let own = self.view.own[cell];
        let likely = self.likely(cell);
        let high = possible.high.min((likely.len() as i64 - 1).max(possible.low));
        let weight = |rest: i64| {
            let rest = u32::try_from(rest).unwrap_or(0);
            let before = likely.get(rest as usize).copied().unwrap_or(0.0).max(1e-9);
            before * self.chance(cell, rest + own)
        };
        Belief { low: possible.low, weights: (possible.low..=high).map(weight).collect() }
    }

    /// The guesses before: the most common, and the likeliest.
    pub(super) fn guesses(&self, cell: usize) -> (Guess, Guess) {
        let class = (self.scene.cells[cell].class, self.view.own[cell] > 0);
        let numbers = || self.known.common.get(&class).into_iter().flatten();
        let best = numbers().max_by_key(|it| it.1).map_or(0, |it| *it.0);
        let of = |from: u32, to: u32| numbers().filter(|it| (from..to).contains(it.0)).map(|it| it.1).sum::<u32>();
        let unbounded = Bounds { low: 0, high: i64::MAX };
        ((best, of(0, 1) >= of(1, 10)), guess(&self.belief(cell, unbounded)))
    }

    /// How often what is shown of a cell is shown for a true count.
    pub(super) fn chance(&self, cell: usize, count: u32) -> f64 {
        let Some(shown) = self.scene.cells[cell].shown else {
            let hidden = self.known.hides(self.scene.cells[cell].class, count);
            return match count {
                it if it < self.tell.rules.fewest => 1.0,
                it if it < NOT_DRAWN => hidden.max(self.tell.chance(it, 5) / 1000.0),
                _ => hidden,
            };
        };
        self.tell.chance(count, shown)
    }

    /// How likely each number of unknown youths is: half by chance alone, half as cells of that size have it elsewhere.
    fn likely(&self, cell: usize) -> Vec<f64> {
        let mut likely = self.by_chance(cell);
        let (elsewhere, worlds) = &self.known.elsewhere;
        let size = size(elsewhere[cell], *worlds as usize);
        let alike = self.known.alike.get(&(self.scene.cells[cell].level, size));
        let (all, seen) = (likely.iter().sum::<f64>(), alike.into_iter().flatten().map(|it| it.1).sum::<u32>());
        likely.iter_mut().for_each(|it| *it /= all);
        for (number, count) in alike.into_iter().flatten() {
            let weight = likely.get_mut(*number as usize);
            weight.into_iter().for_each(|it| *it += f64::from(*count) / f64::from(seen));
        }
        likely
    }

    /// Poisson numbers with one unknown mean, given how many there are in other worlds.
    fn by_chance(&self, cell: usize) -> Vec<f64> {
        let (elsewhere, worlds) = &self.known.elsewhere;
        let (seen, worlds) = (f64::from(elsewhere[cell]) + 0.5, f64::from(*worlds));
        let mean = seen / worlds;
        let last = (mean + 6.0 * mean.sqrt() + 12.0) as usize;
        let mut logarithms = vec![0.0_f64];
        for number in 0..last {
            let step = ((number as f64 + seen) / ((number + 1) as f64 * (worlds + 1.0))).ln();
            logarithms.push(logarithms[number] + step);
        }
        let most = logarithms.iter().copied().fold(f64::MIN, f64::max);
        logarithms.into_iter().map(|it| (it - most).exp()).collect()
    }
}

/// The size of cells with so many in so many worlds: alike within a quarter.
fn size(sum: u32, worlds: usize) -> u32 {
    (3.0 * (f64::from(sum) / worlds as f64 + 0.2).log2()).round().max(-6.0) as i32 as u32
}

/// The most likely number of unknown youths, and whether none are likelier than 1 to 9.
pub(super) fn guess(belief: &Belief) -> Guess {
    let numbers = || (belief.low..).zip(&belief.weights);
    let best = numbers().max_by(|a, b| a.1.total_cmp(b.1)).map_or(0, |it| it.0);
    let none: f64 = numbers().filter(|it| it.0 == 0).map(|it| it.1).sum();
    let some: f64 = numbers().filter(|it| (1..10).contains(&it.0)).map(|it| it.1).sum();
    (u32::try_from(best).unwrap_or(0), none >= some)
}
