//! What whoever reads a release can work out of it: the least and the most of every cell, from all that is shown, the
//! rules, and rows of its own. Hides nothing; see audit.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{
    Rules,
    bounds::{Bounds, MANY, part_of_sum, sum},
    net::{Holds, Kind, Net, Quantity, Relation},
};

/// A published number from which on noise alone hides no cell, whatever was drawn.
const NOT_DRAWN: i64 = 15;

/// So many times each relation is looked at, at most: bounds that are not narrow then never come to be.
const LOOKS: usize = 64;

/// What a reader knows besides, by rows of its own.
#[derive(Clone, Debug, Default)]
pub(super) struct Own {
    /// Cells, and how many youths and rows of theirs the reader has.
    pub(super) numbers: Vec<(usize, [i64; 2])>,
    /// The cells of which it has all rows.
    pub(super) sure: BTreeSet<usize>,
    /// How many youths others have at least in a cell that is shown.
    pub(super) others: i64,
}

/// The bounds of all cells, each with the relations that narrowed it last.
pub(super) struct Feasible<'a> {
    net: &'a Net,
    quantity: Quantity,
    rules: Rules,
    cells: Vec<Cell>,
    /// Which relations wait to be looked at.
    waits: Vec<bool>,
    /// What cells were before a reader's own rows narrowed them.
    before: BTreeMap<usize, Cell>,
}

/// The bounds of one cell.
#[derive(Clone, Copy)]
struct Cell {
    bounds: Bounds,
    /// What narrowed it from below and from above.
    causes: [Option<usize>; 2],
}

impl<'a> Feasible<'a> {
    /// For everyone.
    pub(super) fn public(net: &'a Net, quantity: Quantity, rules: Rules) -> Self {
        let bounds = net.nodes.iter().map(|it| it.shown.map_or(Bounds::ANY, |shown| shown.possible));
        let cells = bounds.map(|bounds| Cell { bounds, causes: [None; 2] }).collect();
        let waits = vec![false; net.relations.len()];
        let mut feasible = Self { net, quantity, rules, cells, waits, before: BTreeMap::new() };
        let shows = |it: &usize| net.nodes[*it].shown.is_some();
        let tells = |at: &usize| {
            let relation = &net.relations[*at];
            shows(&relation.whole) || relation.parts.iter().any(shows)
        };
        feasible.settle((0..net.relations.len()).filter(tells).collect());
        feasible.before.clear();
        feasible
    }

    pub(super) fn bounds(&self, cell: usize) -> Bounds {
        self.cells[cell].bounds
    }

    /// The relations that narrowed a cell.
    pub(super) fn causes(&self, cell: usize) -> impl Iterator<Item = usize> {
        self.cells[cell].causes.into_iter().flatten()
    }

    /// For who has rows of its own, until [`Self::forget`]. Returns the cells of which it knows more than everyone.
    pub(super) fn learn(&mut self, own: &Own) -> Vec<usize> {
        let mut queue = BTreeSet::new();
        for at in &own.sure {
            let truth = self.net.nodes[*at].truth;
            if self.narrow(*at, Bounds { low: truth, high: truth }, None) {
                let relations = self.net.nodes[*at].relations.iter();
                queue.extend(relations.filter(|it| !own.sure.contains(&self.net.relations[**it].whole)));
            }
        }
        for (at, numbers) in &own.numbers {
            let others = if self.net.nodes[*at].shown.is_some() { own.others } else { 0 };
            let number = match self.quantity {
                Quantity::Youths => numbers[0],
                Quantity::Rows => numbers[1],
            };
            if self.narrow(*at, Bounds { low: number + others, high: MANY }, None) {
                queue.extend(&self.net.nodes[*at].relations);
            }
        }
        self.settle(queue.into_iter().collect());
        self.before.keys().copied().collect()
    }

    /// Forgets what only the last reader knows.
    pub(super) fn forget(&mut self) {
        for (at, cell) in std::mem::take(&mut self.before) {
            self.cells[at] = cell;
        }
    }

    fn narrow(&mut self, at: usize, to: Bounds, cause: Option<usize>) -> bool {
        let before = self.cells[at];
        let cell = &mut self.cells[at];
        if !cell.bounds.narrow(to.low, to.high) {
            return false;
        }
        if cell.bounds.low != before.bounds.low {
            cell.causes[0] = cause;
        }
        if cell.bounds.high != before.bounds.high {
            cell.causes[1] = cause;
        }
        self.before.entry(at).or_insert(before);
        true
    }

    /// Carries bounds along relations until nothing narrows any more.
    fn settle(&mut self, relations: Vec<usize>) {
        relations.iter().for_each(|at| self.waits[*at] = true);
        let mut queue: VecDeque<usize> = relations.into();
        let mut left = self.net.relations.len() * LOOKS;
        while let Some(at) = queue.pop_front() {
            self.waits[at] = false;
            left = left.saturating_sub(1);
            if left == 0 {
                continue;
            }
            for changed in self.look(at) {
                for next in &self.net.nodes[changed].relations {
                    if *next != at && !std::mem::replace(&mut self.waits[*next], true) {
                        queue.push_back(*next);
                    }
                }
            }
        }
    }

    /// What one relation says. Returns what it narrowed.
    fn look(&mut self, at: usize) -> Vec<usize> {
        let relation = &self.net.relations[at];
        let mut said = match relation.holds {
            Holds::Sum => self.of_sum(relation),
            Holds::AtMost => self.of_cover(relation, true),
            Holds::Within => self.of_cover(relation, false),
        };
        if relation.holds == Holds::Sum && self.quantity == Quantity::Youths {
            said.extend(self.told(relation));
        }
        said.retain(|(node, said)| self.narrow(*node, *said, Some(at)));
        said.into_iter().map(|(node, _)| node).collect()
    }

    fn of_sum(&self, relation: &Relation) -> Vec<(usize, Bounds)> {
        let all = sum(relation.parts.iter().map(|it| self.bounds(*it)));
        let mut whole = self.bounds(relation.whole);
        whole.narrow(all.low, all.high);
        let part = |it: &usize| (*it, part_of_sum(whole, all.less(self.bounds(*it))));
        std::iter::once((relation.whole, all)).chain(relation.parts.iter().map(part)).collect()
    }

    /// Each part is within the whole. Where the parts cover it, it has no more than they.
    fn of_cover(&self, relation: &Relation, covers: bool) -> Vec<(usize, Bounds)> {
        let all = sum(relation.parts.iter().map(|it| self.bounds(*it)));
        let whole = self.bounds(relation.whole);
        let largest = relation.parts.iter().map(|it| self.bounds(*it).low).max().unwrap_or(0);
        let part = |it: &usize| {
            let others = all.high - self.bounds(*it).high;
            (*it, Bounds { low: if covers { whole.low - others } else { 0 }, high: whole.high })
        };
        let of_whole = Bounds { low: largest, high: if covers { all.high } else { MANY } };
        std::iter::once((relation.whole, of_whole)).chain(relation.parts.iter().map(part)).collect()
    }

    /// What the rules say, by which cells are shown and which are not.
    fn told(&self, relation: &Relation) -> Vec<(usize, Bounds)> {
        let fewest = i64::from(self.rules.fewest);
        let shows = |it: &usize| self.net.nodes[*it].shown.is_some();
        let (shown, hidden): (Vec<usize>, Vec<usize>) = relation.parts.iter().copied().partition(shows);
        let all = sum(hidden.iter().map(|it| self.bounds(*it)));
        let least = || {
            let of = move |it: &usize| (*it, Bounds { low: fewest - (all.high - self.bounds(*it).high), high: MANY });
            hidden.iter().map(of).collect()
        };
        match relation.kind {
            Kind::Beside if self.rules.beside && shown.len() == 1 => least(),
            Kind::Around if self.rules.beside && shown.len() == 1 && shows(&relation.whole) => least(),
            Kind::Regions if self.rules.regions_left_out > 0 && shows(&relation.whole) => self.remaining(relation),
            Kind::Regions if self.lacks_neighbours(relation, &shown, &hidden) => {
                let of = |it: &usize| (*it, Bounds { low: 0, high: fewest - 1 - (all.low - self.bounds(*it).low) });
                hidden.iter().map(of).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Of a shown whole a crowd remains whichever few of its parts are left out.
    fn remaining(&self, relation: &Relation) -> Vec<(usize, Bounds)> {
        let few = self.rules.regions_left_out;
        let high = |it: &usize| self.bounds(*it).high;
        let mut largest: Vec<usize> = relation.parts.clone();
        largest.sort_by_key(|it| std::cmp::Reverse(high(it)));
        largest.truncate(few + 1);
        let all: i64 = relation.parts.iter().map(high).sum();
        let of = |it: &usize| {
            let left_out: i64 = largest.iter().filter(|other| *other != it).take(few).map(high).sum();
            let low = i64::from(self.rules.fewest) - (all - high(it) - left_out);
            (*it, Bounds { low, high: MANY })
        };
        relation.parts.iter().map(of).collect()
    }

    /// Is the whole hidden, surely since its hidden parts have few together?
    fn lacks_neighbours(&self, relation: &Relation, shown: &[usize], hidden: &[usize]) -> bool {
        let whole = &self.net.nodes[relation.whole];
        let together: i64 = hidden.iter().map(|it| self.net.nodes[*it].truth).sum();
        shown.len() == self.rules.regions_left_out
            && whole.lacks_neighbours
            && together < i64::from(self.rules.fewest)
            && self.bounds(relation.whole).low >= NOT_DRAWN
    }
}
