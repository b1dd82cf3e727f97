//! What whoever reads a release can work out of it: the least and the most of every cell, from all that is shown, the
//! rules, and rows of its own. Hides nothing; see audit.

use std::collections::VecDeque;

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
    /// The cells of which it has all rows, in order.
    pub(super) sure: Vec<usize>,
    /// The relations that lead from those to others, in order.
    pub(super) leads: Vec<usize>,
    /// How many youths others have at least in a cell that is shown.
    pub(super) others: i64,
}

impl Own {
    /// Has the reader all rows of the cell?
    pub(super) fn is_sure(&self, cell: usize) -> bool {
        self.sure.binary_search(&cell).is_ok()
    }
}

/// The bounds of all cells, each with the relations that narrowed it last.
pub(super) struct Feasible<'a> {
    net: &'a Net,
    quantity: Quantity,
    rules: Rules,
    cells: Vec<Cell>,
    /// What the rules say of the parts of each relation, by which cells are shown and which are not.
    tells: Vec<Option<Tells>>,
    /// Which relations wait to be looked at.
    waits: Vec<bool>,
    /// What cells were before a reader's own rows narrowed them, each once.
    before: Vec<(usize, Cell)>,
    /// Is a cell among those?
    is_before: Vec<bool>,
    /// Is a reader's knowledge kept apart, to be forgotten again?
    learns: bool,
    /// What a relation says, while it is looked at.
    said: Vec<(usize, Bounds)>,
}

/// What the rules say of parts of a sum.
enum Tells {
    /// These are a crowd together.
    Crowd(Vec<usize>),
    /// These are few together, if the whole is surely not hidden by its noise.
    Few(Vec<usize>),
    /// Whichever few parts are left out, a crowd remains.
    Remaining,
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
        let tells = |it| if quantity == Quantity::Youths { tells(net, it, rules) } else { None };
        let mut feasible = Self {
            net,
            rules,
            quantity,
            cells: bounds.map(|bounds| Cell { bounds, causes: [None; 2] }).collect(),
            tells: net.relations.iter().map(tells).collect(),
            waits: vec![false; net.relations.len()],
            before: Vec::new(),
            is_before: vec![false; net.nodes.len()],
            learns: false,
            said: Vec::new(),
        };
        let shows = |it: &usize| net.nodes[*it].shown.is_some();
        let says = |at: &usize| {
            let relation = &net.relations[*at];
            shows(&relation.whole) || relation.parts.iter().any(shows)
        };
        feasible.settle((0..net.relations.len()).filter(says).collect());
        feasible.learns = true;
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
        let mut queue = own.leads.clone();
        for at in &own.sure {
            let truth = self.net.nodes[*at].truth;
            self.narrow(*at, Bounds { low: truth, high: truth }, None);
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
        queue.sort_unstable();
        queue.dedup();
        self.settle(queue);
        self.before.iter().map(|(at, _)| *at).collect()
    }

    /// Forgets what only the last reader knows.
    pub(super) fn forget(&mut self) {
        for (at, cell) in self.before.drain(..) {
            self.cells[at] = cell;
            self.is_before[at] = false;
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
        if self.learns && !std::mem::replace(&mut self.is_before[at], true) {
            self.before.push((at, before));
        }
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
            self.look(at);
            for (changed, _) in &self.said {
                for next in &self.net.nodes[*changed].relations {
                    if *next != at && !std::mem::replace(&mut self.waits[*next], true) {
                        queue.push_back(*next);
                    }
                }
            }
        }
    }

    /// What one relation says: leaves what it narrowed.
    fn look(&mut self, at: usize) {
        let relation = &self.net.relations[at];
        let mut said = std::mem::take(&mut self.said);
        said.clear();
        match relation.holds {
            Holds::Sum => self.of_sum(relation, &mut said),
            Holds::AtMost => self.of_cover(relation, true, &mut said),
            Holds::Within => self.of_cover(relation, false, &mut said),
        }
        if let Some(tells) = &self.tells[at] {
            self.told(relation, tells, &mut said);
        }
        said.retain(|(node, said)| self.narrow(*node, *said, Some(at)));
        self.said = said;
    }

    fn of_sum(&self, relation: &Relation, said: &mut Vec<(usize, Bounds)>) {
        let all = sum(relation.parts.iter().map(|it| self.bounds(*it)));
        let mut whole = self.bounds(relation.whole);
        whole.narrow(all.low, all.high);
        let part = |it: &usize| (*it, part_of_sum(whole, all.less(self.bounds(*it))));
        said.extend(std::iter::once((relation.whole, all)).chain(relation.parts.iter().map(part)));
    }

    /// Each part is within the whole. Where the parts cover it, it has no more than they.
    fn of_cover(&self, relation: &Relation, covers: bool, said: &mut Vec<(usize, Bounds)>) {
        let all = sum(relation.parts.iter().map(|it| self.bounds(*it)));
        let whole = self.bounds(relation.whole);
        let largest = relation.parts.iter().map(|it| self.bounds(*it).low).max().unwrap_or(0);
        let part = |it: &usize| {
            let others = all.high - self.bounds(*it).high;
            (*it, Bounds { low: if covers { whole.low - others } else { 0 }, high: whole.high })
        };
        let of_whole = Bounds { low: largest, high: if covers { all.high } else { MANY } };
        said.extend(std::iter::once((relation.whole, of_whole)).chain(relation.parts.iter().map(part)));
    }

    /// What the rules say of a relation's parts.
    fn told(&self, relation: &Relation, tells: &Tells, said: &mut Vec<(usize, Bounds)>) {
        let fewest = i64::from(self.rules.fewest);
        let together = |parts: &[usize]| sum(parts.iter().map(|it| self.bounds(*it)));
        match tells {
            Tells::Crowd(hidden) => {
                let all = together(hidden);
                let of = |it: &usize| (*it, Bounds { low: fewest - (all.high - self.bounds(*it).high), high: MANY });
                said.extend(hidden.iter().map(of));
            }
            Tells::Few(hidden) if self.bounds(relation.whole).low >= NOT_DRAWN => {
                let all = together(hidden);
                let of = |it: &usize| (*it, Bounds { low: 0, high: fewest - 1 - (all.low - self.bounds(*it).low) });
                said.extend(hidden.iter().map(of));
            }
            Tells::Few(_) => {}
            Tells::Remaining => said.extend(self.remaining(relation)),
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
}

/// What the rules say of the parts of a sum, by which of them are shown.
fn tells(net: &Net, relation: &Relation, rules: Rules) -> Option<Tells> {
    if relation.holds != Holds::Sum {
        return None;
    }
    let shows = |it: &usize| net.nodes[*it].shown.is_some();
    let hidden = || relation.parts.iter().copied().filter(|it| !shows(it)).collect::<Vec<_>>();
    let shown = || relation.parts.iter().filter(|it| shows(it)).count();
    match relation.kind {
        Kind::Beside if rules.beside && shown() == 1 => Some(Tells::Crowd(hidden())),
        Kind::Around if rules.beside && shows(&relation.whole) && shown() == 1 => Some(Tells::Crowd(hidden())),
        Kind::Regions if rules.regions_left_out > 0 && shows(&relation.whole) => Some(Tells::Remaining),
        // Is the whole hidden since its hidden parts have few together?
        Kind::Regions if net.nodes[relation.whole].lacks_neighbours && shown() == rules.regions_left_out => {
            let hidden = hidden();
            let together: i64 = hidden.iter().map(|it| net.nodes[*it].truth).sum();
            (together < i64::from(rules.fewest)).then_some(Tells::Few(hidden))
        }
        _ => None,
    }
}
