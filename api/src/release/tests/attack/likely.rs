//! The most likely value of each hidden cell: what is shown of the cells that it adds up with, the probabilities of the
//! perturbation table, what the rules say of which cells are shown, and what is known of hidden cells in general.
//!
//! Beliefs go from cell to cell along the relations for a few rounds. That is exact where relations form no loops, and
//! close where they do; within one relation all joint assignments are counted, by convolution.

use super::{
    rules::{Tell, Told},
    scene::Scene,
    view::View,
};

/// How often each number of unknown youths is to be expected, before any relation is looked at: from `low` up.
#[derive(Clone, Debug, Default)]
pub(super) struct Belief {
    pub(super) low: i64,
    pub(super) weights: Vec<f64>,
}

/// What an attacker believes of every cell.
pub(super) struct Beliefs<'a> {
    scene: &'a Scene,
    own: &'a [u32],
    tell: Tell,
    /// What each cell says alone.
    alone: Vec<Belief>,
    /// By relation: what it says of its whole, then of each part.
    messages: Vec<Vec<Vec<f64>>>,
    /// Where each cell stands in relations.
    places: Vec<Vec<(usize, usize)>>,
}

/// No number is excluded for one relation's sake: rounding must not exclude the truth.
const FLOOR: f64 = 1e-7;

impl<'a> Beliefs<'a> {
    /// Starts from what each cell says alone.
    pub(super) fn new(scene: &'a Scene, view: &'a View, tell: Tell, alone: Vec<Belief>) -> Self {
        let mut places = vec![Vec::new(); alone.len()];
        let mut messages = Vec::new();
        for (at, relation) in scene.relations.iter().enumerate() {
            let members = std::iter::once(&relation.whole).chain(&relation.parts);
            messages.push(members.clone().map(|cell| vec![1.0; alone[*cell].weights.len()]).collect());
            members.enumerate().for_each(|(slot, cell)| places[*cell].push((at, slot)));
        }
        Self { scene, own: &view.own, tell, alone, messages, places }
    }

    /// Lets every relation speak once that is near to what the attacker is after.
    pub(super) fn round(&mut self, view: &View) {
        for at in 0..self.scene.relations.len() {
            let relation = &self.scene.relations[at];
            let is_target = |cell: &usize| view.targets.binary_search(cell).is_ok();
            if relation.exact && (view.near[relation.whole] || relation.parts.iter().any(is_target)) {
                self.speak(at);
            }
        }
    }

    /// What is believed of a cell.
    pub(super) fn of(&self, cell: usize) -> Belief {
        self.without(usize::MAX, cell)
    }

    fn speak(&mut self, at: usize) {
        let relation = &self.scene.relations[at];
        let members: Vec<usize> = std::iter::once(relation.whole).chain(relation.parts.iter().copied()).collect();
        let others: Vec<Belief> = members.iter().map(|cell| self.without(at, *cell)).collect();
        let is_shown = |cell: &usize| self.scene.cells[*cell].shown.is_some();
        let (shown, hidden): (Vec<usize>, Vec<usize>) = (1..members.len()).partition(|slot| is_shown(&members[*slot]));
        let told = self.tell.of(self.scene, relation);
        let known: i64 = hidden.iter().map(|slot| i64::from(self.own[members[*slot]])).sum();
        let (shown_but, shown_all) = sums(&others, &shown);
        let (hidden_but, hidden_all) = sums(&others, &hidden);
        let hidden_told = weigh(&hidden_all, told, known);
        let mut spoken: Vec<(usize, Vec<f64>)> = vec![(0, said_of_whole(&others[0], &shown_all, &hidden_told))];
        // How well each sum of the hidden parts fits the shown parts and the whole, and the other way round.
        let fits_hidden = told_fit(&others[0], &shown_all, told, known);
        let fits_shown = fit(&others[0], &hidden_told);
        for (slot, but) in shown.iter().zip(&shown_but) {
            spoken.push((*slot, said_of_part(&others[*slot], but, &fits_shown)));
        }
        for (slot, but) in hidden.iter().zip(&hidden_but) {
            spoken.push((*slot, said_of_part(&others[*slot], but, &fits_hidden)));
        }
        for (slot, mut message) in spoken {
            normalise(&mut message);
            message.iter_mut().for_each(|it| *it = it.max(FLOOR));
            self.messages[at][slot] = message;
        }
    }

    /// What is believed of a cell for all other reasons than this relation.
    fn without(&self, relation: usize, cell: usize) -> Belief {
        let Belief { low, mut weights } = self.alone[cell].clone();
        for (at, slot) in self.places[cell].iter().filter(|(at, _)| *at != relation) {
            weights.iter_mut().zip(&self.messages[*at][*slot]).for_each(|(weight, said)| *weight *= said);
        }
        normalise(&mut weights);
        Belief { low, weights }
    }
}

/// Makes the greatest weight 1.
fn normalise(weights: &mut [f64]) {
    let most = weights.iter().copied().fold(0.0, f64::max);
    for weight in weights {
        *weight = if most > 0.0 { *weight / most } else { 1.0 };
    }
}

/// The sum of all but each of the chosen, and the sum of them all.
fn sums(beliefs: &[Belief], chosen: &[usize]) -> (Vec<Belief>, Belief) {
    let nothing = Belief { low: 0, weights: vec![1.0] };
    let mut before = vec![nothing.clone()];
    for slot in chosen {
        let next = before.last().map_or_else(|| nothing.clone(), |sum| add(sum, &beliefs[*slot]));
        before.push(next);
    }
    let all = before.pop().unwrap_or_default();
    let mut after = nothing;
    let mut but = Vec::new();
    for (slot, before) in chosen.iter().zip(before).rev() {
        but.push(add(&before, &after));
        after = add(&after, &beliefs[*slot]);
    }
    but.reverse();
    (but, all)
}

fn add(a: &Belief, b: &Belief) -> Belief {
    let mut weights = vec![0.0; a.weights.len() + b.weights.len() - 1];
    for (at, x) in a.weights.iter().enumerate() {
        if *x > FLOOR * 0.1 {
            let onto = &mut weights[at..at + b.weights.len()];
            onto.iter_mut().zip(&b.weights).for_each(|(sum, y)| *sum += x * y);
        }
    }
    let most = weights.iter().copied().fold(1e-300, f64::max);
    weights.iter_mut().for_each(|it| *it /= most);
    Belief { low: a.low + b.low, weights }
}

/// Weighs sums of hidden parts by what the rules say of the sum.
fn weigh(hidden: &Belief, told: Told, known: i64) -> Belief {
    let weights = hidden.weights.iter().zip(hidden.low + known..).map(|(it, sum)| it * told.weight(sum)).collect();
    Belief { low: hidden.low, weights }
}

/// How well each sum fits the whole, given the other sum: from the least that matters up.
fn fit(whole: &Belief, other: &Belief) -> Belief {
    let low = whole.low - (other.low + other.weights.len() as i64 - 1);
    let mut weights = vec![0.0; whole.weights.len() + other.weights.len() - 1];
    let last = other.weights.len() - 1;
    for (at, x) in whole.weights.iter().enumerate() {
        for (nth, y) in other.weights.iter().enumerate() {
            weights[at + last - nth] += x * y;
        }
    }
    Belief { low, weights }
}

fn told_fit(whole: &Belief, shown: &Belief, told: Told, known: i64) -> Belief {
    weigh(&fit(whole, shown), told, known)
}

fn said_of_part(part: &Belief, but: &Belief, fits: &Belief) -> Vec<f64> {
    let fitting = |sum: i64| usize::try_from(sum - fits.low).ok().and_then(|it| fits.weights.get(it)).copied();
    let of =
        |value: i64| but.weights.iter().zip(but.low..).filter_map(|(it, rest)| Some(it * fitting(value + rest)?)).sum();
    (part.low..).take(part.weights.len()).map(of).collect()
}

fn said_of_whole(whole: &Belief, shown: &Belief, hidden: &Belief) -> Vec<f64> {
    let all = add(shown, hidden);
    let of = |value: i64| usize::try_from(value - all.low).ok().and_then(|it| all.weights.get(it)).copied();
    (whole.low..).take(whole.weights.len()).map(|it| of(it).unwrap_or(0.0)).collect()
}
