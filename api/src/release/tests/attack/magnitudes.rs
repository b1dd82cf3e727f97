//! Rows and averages: what can be found out of the numbers that youths have different parts of. Bounds are carried along
//! sums as for youths; the best guess adds and subtracts what is shown, each number weighed by how noisy it is, and what
//! is common elsewhere.

use super::{
    bounds::{Bounds, bounds},
    prior::Others,
    releases,
    scene::Scene,
    tell,
    view::{Knows, View},
    world::{DAYS_MOST, Law, World, world},
};
use crate::release::{
    Cells, Rules, STEP, VARIANCE,
    bounds::{MANY, part_of_sum, sum},
};

/// One magnitude of every cell: as it is, as the attacker has it from its own rows, and as it is shown, with the variance
/// of the noise and the most that noise adds or takes.
struct Magnitude {
    truth: Vec<f64>,
    own: Vec<f64>,
    shown: Vec<Option<Shown>>,
}

#[derive(Clone, Copy)]
struct Shown {
    number: f64,
    variance: f64,
    most: f64,
}

/// What is to be expected of each cell's unknown part: the mean and the variance.
type Expected = Vec<(f64, f64)>;

/// How an attack on rows and averages went: cells, hits before and after in percent, cells with one possible value.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Found {
    pub(super) of: f64,
    before: f64,
    after: f64,
    pub(super) single: u32,
}

impl Found {
    fn count(&mut self, before: bool, after: bool, is_single: bool) {
        self.of += 1.0;
        self.before += f64::from(u8::from(before));
        self.after += f64::from(u8::from(after));
        self.single += u32::from(is_single);
    }

    /// In percent: before and after.
    pub(super) fn percent(self) -> (f64, f64) {
        (100.0 * self.before / self.of.max(1.0), 100.0 * self.after / self.of.max(1.0))
    }
}

/// The days that a row has.
fn days(world: &World, row: usize) -> f64 {
    world.observations[row].measures.first().copied().flatten().unwrap_or(0) as f64
}

/// Adds up a number of each row over the rows of each cell that count.
fn add_up(scene: &Scene, counts: impl Fn(usize) -> bool, number: impl Fn(usize) -> f64) -> Vec<f64> {
    let mut out = vec![0.0; scene.cells.len()];
    for (row, cells) in scene.members.iter().enumerate().filter(|(row, _)| counts(*row)) {
        cells.iter().for_each(|cell| out[*cell] += number(row));
    }
    out
}

/// Rows, then days, of a scene.
fn magnitudes(world: &World, scene: &Scene, cells: &[Cells], knows: &Knows, rules: Rules) -> [Magnitude; 2] {
    let known = |row: usize| knows.has(&world.observations[row]);
    let noise = if rules.perturbs { 1.0 } else { 0.0 };
    let published = |at: usize| cells[scene.cells[at].release].get(&scene.cells[at].id)?.as_ref().ok();
    let shown_rows = |at: usize| {
        let most_rows = world.law.rows as f64;
        let most = noise * (9.0 * most_rows + STEP as f64 / 2.0);
        let variance = noise * VARIANCE as f64 * most_rows * most_rows;
        Some(Shown { number: f64::from(published(at)?.rows?), variance, most })
    };
    let shown_days = |at: usize| {
        let (shown, rows) = (published(at)?, f64::from(published(at)?.rows?));
        let average = shown.measures.first()?.average? as f64;
        let largest = world.law.rows as f64 * DAYS_MOST as f64;
        let variance = noise * VARIANCE as f64 * largest * largest / 4.0 + rows * rows * 25.0 / 12.0;
        Some(Shown { number: average * rows, variance, most: noise * 6.0 * largest + 2.5 * rows })
    };
    let all = 0..scene.cells.len();
    let rows = Magnitude {
        truth: add_up(scene, |_| true, |_| 1.0),
        own: add_up(scene, known, |_| 1.0),
        shown: all.clone().map(shown_rows).collect(),
    };
    let of_days = Magnitude {
        truth: add_up(scene, |_| true, |row| days(world, row)),
        own: add_up(scene, known, |row| days(world, row)),
        shown: all.map(shown_days).collect(),
    };
    [rows, of_days]
}

/// The unknown part of each cell as other worlds have it, and how far it strays.
fn expected(others: &Others, knows: &Knows, number: impl Fn(&World, usize) -> f64) -> Expected {
    let unknown = |(world, scene): &(World, Scene)| {
        add_up(scene, |row| !knows.has(&world.observations[row]), |row| number(world, row))
    };
    let elsewhere: Vec<Vec<f64>> = others.iter().map(unknown).collect();
    let many = elsewhere.len() as f64;
    let mean = |at: usize| elsewhere.iter().map(|it| it[at]).sum::<f64>() / many;
    let means: Vec<f64> = (0..elsewhere[0].len()).map(mean).collect();
    let strays = |it: &Vec<f64>| it.iter().zip(&means).map(|(one, mean)| (one - mean).powi(2)).sum::<f64>();
    let dispersion = elsewhere.iter().map(strays).sum::<f64>() / (many - 1.0) / means.iter().sum::<f64>().max(1.0);
    means.into_iter().map(|mean| (mean, dispersion * mean.max(0.2))).collect()
}

/// The best guess of each cell: what is expected, and what each sum says of it.
fn guesses(scene: &Scene, view: &View, magnitude: &Magnitude, expected: &Expected) -> Vec<f64> {
    let alone: Vec<(f64, f64)> = (0..scene.cells.len())
        .map(|at| {
            let (mean, variance) = (expected[at].0 + magnitude.own[at], expected[at].1.max(1e-3));
            match magnitude.shown[at] {
                _ if view.sure[at] => (magnitude.own[at], 1e-3),
                Some(shown) => {
                    let (one, other) = (1.0 / variance, 1.0 / shown.variance.max(1e-3));
                    ((mean * one + shown.number * other) / (one + other), 1.0 / (one + other))
                }
                None => (mean, variance),
            }
        })
        .collect();
    let mut totals: Vec<(f64, f64)> = alone.iter().map(|(mean, variance)| (mean / variance, 1.0 / variance)).collect();
    for relation in &scene.relations {
        let of_parts = relation.parts.iter().fold((0.0, 0.0), |it, at| (it.0 + alone[*at].0, it.1 + alone[*at].1));
        let whole = alone[relation.whole];
        let mut says = |at: usize, (number, variance): (f64, f64)| {
            totals[at].0 += number / variance;
            totals[at].1 += 1.0 / variance;
        };
        says(relation.whole, of_parts);
        for at in &relation.parts {
            let others = (of_parts.0 - alone[*at].0, of_parts.1 - alone[*at].1);
            says(*at, (whole.0 - others.0, (whole.1 + others.1).max(1e-3)));
        }
    }
    totals.into_iter().map(|(weighed, weight)| weighed / weight).collect()
}

/// The least and the most of each cell, by all sums.
fn possible(scene: &Scene, view: &View, magnitude: &Magnitude, alone: impl Fn(usize) -> Bounds) -> Vec<Bounds> {
    let start = |at: usize| {
        let own = magnitude.own[at] as i64;
        let mut it = alone(at);
        it.narrow(own, if view.sure[at] { own } else { MANY });
        if let Some(shown) = magnitude.shown[at] {
            it.narrow((shown.number - shown.most).floor() as i64, (shown.number + shown.most).ceil() as i64);
        }
        it
    };
    let mut all: Vec<Bounds> = (0..scene.cells.len()).map(start).collect();
    for _ in 0..8 {
        for relation in &scene.relations {
            let parts = sum(relation.parts.iter().map(|it| all[*it]));
            all[relation.whole].narrow(parts.low, parts.high);
            let whole = all[relation.whole];
            for part in &relation.parts {
                let said = part_of_sum(whole, parts.less(all[*part]));
                all[*part].narrow(said.low, said.high);
            }
        }
    }
    let unsound = all
        .iter()
        .zip(&magnitude.truth)
        .filter(|(it, truth)| **truth < it.low as f64 || it.high as f64 <= **truth - 1.0);
    assert_eq!(unsound.count(), 0, "bounds must hold the truth");
    all
}

/// What is attacked: a world, what is released of it, and other worlds of its law.
pub(super) struct Stage {
    world: World,
    cells: Vec<Cells>,
    scene: Scene,
    rules: Rules,
}

impl Stage {
    pub(super) fn of(law: Law, rules: Rules) -> Self {
        let world = world(law, 1);
        let cells = releases(&world, rules);
        let scene = Scene::of(&world, &cells);
        Self { world, cells, scene, rules }
    }
}

/// Attacks the rows of all cells that hide them, then the averages of those with a row.
pub(super) fn attack(stage: &Stage, others: &Others, knows: &Knows) -> [Found; 2] {
    let Stage { world, cells, scene, rules } = stage;
    let view = knows.view(world, scene);
    let [rows, of_days] = magnitudes(world, scene, cells, knows, *rules);
    let expected = [expected(others, knows, |_, _| 1.0), expected(others, knows, days)];
    let youths = bounds(scene, &view, tell(world.law, *rules));
    let most_rows = world.law.rows as i64;
    let youths_of = |at: usize| {
        let own = i64::from(view.own[at]);
        Bounds { low: youths[at].low + own, high: (youths[at].high.saturating_add(own)).min(MANY / 8) * most_rows }
    };
    let possible_rows = possible(scene, &view, &rows, youths_of);
    let of_rows = |at: usize| Bounds { low: possible_rows[at].low, high: possible_rows[at].high * DAYS_MOST };
    let possible_days = possible(scene, &view, &of_days, of_rows);
    let best = [guesses(scene, &view, &rows, &expected[0]), guesses(scene, &view, &of_days, &expected[1])];
    let on_grid = |days: f64, rows: f64| (days.max(0.0) / rows.max(1.0) / 5.0).round() * 5.0;
    let (mut of_number, mut of_average) = (Found::default(), Found::default());
    for at in (0..scene.cells.len()).filter(|it| view.near[*it] && !view.sure[*it]) {
        let before = [0, 1].map(|it| expected[it][at].0 + [rows.own[at], of_days.own[at]][it]);
        let after = [best[0][at], best[1][at]];
        if rows.shown[at].is_none() {
            let is_right = |guess: f64| (guess.floor() - rows.truth[at]).abs() < 0.5;
            of_number.count(is_right(before[0]), is_right(after[0]), possible_rows[at].is_single());
        }
        if of_days.shown[at].is_none() && rows.truth[at] > 0.0 {
            let truth = on_grid(of_days.truth[at], rows.truth[at]);
            let is_right = |guess: [f64; 2]| (on_grid(guess[1], guess[0]) - truth).abs() < 0.5;
            let (few, most) = (possible_rows[at].low.max(1) as f64, possible_rows[at].high as f64);
            let least = on_grid(possible_days[at].low as f64, most);
            let is_single = (least - on_grid(possible_days[at].high as f64, few)).abs() < 0.5;
            of_average.count(is_right(before), is_right(after), is_single);
        }
    }
    [of_number, of_average]
}
