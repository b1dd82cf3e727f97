//! The last step of a release: hides more where what is shown would give a hidden cell away. Bounds of every hidden cell
//! are worked out for everyone, for each region, for each two regions of a supra-region and for each holder; where they
//! leave one number, the smallest published number that they rest on is hidden, again until nothing is given away. No
//! draw of the noise is so unlucky that it could tell. That a cell has somebody may still come out where it does not
//! come out how many: hiding for that, too, would leave half of a sparse table.

use std::collections::BTreeSet;

use super::{
    Area, Hidden, Rules,
    crowd::has_several_holders,
    feasible::{Feasible, Own},
    ledger::Entry,
    net::{Draft, Holds, Kind, Net, Node, Quantity, Shown},
};

/// Hides what tells too much.
pub(super) fn audit(draft: Draft<'_>, shown: &mut Shown) {
    let readers = readers(draft);
    let mut own: Option<Vec<Own>> = None;
    for quantity in [Quantity::Youths, Quantity::Rows] {
        if quantity == Quantity::Rows && is_said_of_youths(draft, shown) {
            // Rows then tell no more than youths, and of those less is known.
            break;
        }
        let mut net = Net::new(draft, shown, quantity);
        let own = own.get_or_insert_with(|| {
            let mut counting = Counting::over(&net);
            readers.iter().map(|it| it.own(draft, &net, &mut counting)).collect()
        });
        // Who found something is asked again at once, and everyone once those find nothing any more.
        let mut asked: Vec<&Own> = own.iter().collect();
        loop {
            let Findings { hide, finders } = to_hide(&net, &asked, quantity, draft.rules);
            if hide.is_empty() && asked.len() == own.len() {
                break;
            }
            asked = if hide.is_empty() { own.iter().collect() } else { finders };
            for at in hide {
                net.nodes[at].shown = None;
                let place = net.nodes[at].place;
                match (quantity, shown.get_mut(&place)) {
                    (Quantity::Youths, Some(cell)) => *cell = Err(Hidden::Audit),
                    (Quantity::Rows, Some(Ok(cell))) => cell.rows = None,
                    _ => {}
                }
            }
        }
    }
}

/// Is there one row of each youth in every cell, and the same number shown of both?
fn is_said_of_youths(draft: Draft<'_>, shown: &Shown) -> bool {
    let published = shown.values().filter_map(|it| it.as_ref().ok()).chain(draft.earlier.values());
    draft.tallies.values().all(|it| it.rows.whole_numbers() == (i64::from(it.youths), 1) || it.youths == 0)
        && published.into_iter().all(|it| it.rows == Some(it.youths))
}

/// What some readers find.
struct Findings<'o> {
    /// The cells to hide next. Each is shown, so there is an end.
    hide: BTreeSet<usize>,
    /// Who makes that necessary.
    finders: Vec<&'o Own>,
}

/// What everyone and some readers find.
fn to_hide<'o>(net: &Net, readers: &[&'o Own], quantity: Quantity, rules: Rules) -> Findings<'o> {
    let mut feasible = Feasible::public(net, quantity, rules);
    let mut hide: BTreeSet<usize> = given_away(&feasible, net, &Own::default(), 0..net.nodes.len()).collect();
    if quantity == Quantity::Youths {
        hide.extend(net.relations.iter().filter_map(|it| left_alone(net, it, rules)));
    }
    let mut finders = Vec::new();
    for own in readers {
        let knows = feasible.learn(own);
        let mut found = given_away(&feasible, net, own, knows.into_iter()).peekable();
        finders.extend(found.peek().is_some().then_some(*own));
        hide.extend(found);
        feasible.forget();
    }
    Findings { hide, finders }
}

/// For each cell that is given away, of those, what to hide.
fn given_away<'a>(
    feasible: &'a Feasible<'a>,
    net: &'a Net,
    own: &'a Own,
    cells: impl Iterator<Item = usize> + 'a,
) -> impl Iterator<Item = usize> + 'a {
    let is_given =
        move |at: &usize| net.nodes[*at].shown.is_none() && !own.is_sure(*at) && feasible.bounds(*at).is_single();
    cells.filter(is_given).filter_map(|at| culprit(feasible, net, own, at))
}

/// The smallest published number that a cell's bounds rest on: in the relations that narrowed it, or else in those that
/// narrowed their other cells, and so on.
fn culprit(feasible: &Feasible<'_>, net: &Net, own: &Own, cell: usize) -> Option<usize> {
    let mut seen = BTreeSet::new();
    let mut next: Vec<usize> = feasible.causes(cell).collect();
    while !next.is_empty() {
        let members = |at: &usize| {
            let relation = &net.relations[*at];
            std::iter::once(relation.whole).chain(relation.parts.iter().copied())
        };
        let members: BTreeSet<usize> = next.iter().flat_map(members).collect();
        let can_hide = |it: &&usize| number(&net.nodes[**it]).is_some() && !own.is_sure(**it);
        if let Some(smallest) =
            members.iter().filter(can_hide).min_by_key(|it| (number(&net.nodes[**it]), net.nodes.len() - **it))
        {
            return Some(*smallest);
        }
        seen.extend(next);
        let causes = members.iter().flat_map(|it| feasible.causes(*it));
        next = causes.filter(|it| !seen.contains(it)).collect::<BTreeSet<_>>().into_iter().collect();
    }
    None
}

/// The published number of a cell that can be hidden.
fn number(node: &Node) -> Option<u32> {
    node.shown.filter(|it| !it.is_fixed).map(|it| it.number)
}

/// Of a sum of few cells whose only hidden one is a part: the smallest of its other parts. The noise of two or three
/// numbers is too little to blur a fourth.
fn left_alone(net: &Net, relation: &super::net::Relation, rules: Rules) -> Option<usize> {
    let is_hidden = |it: &&usize| net.nodes[**it].shown.is_none();
    let is_exposed = matches!(relation.kind, Kind::Regions | Kind::Beside)
        && relation.holds == Holds::Sum
        && relation.parts.len() <= rules.blurred_by
        && net.nodes[relation.whole].shown.is_some()
        && relation.parts.iter().filter(is_hidden).count() == 1;
    let parts = || relation.parts.iter().copied().filter(|it| number(&net.nodes[*it]).is_some());
    parts().filter(|_| is_exposed).min_by_key(|it| (number(&net.nodes[*it]), net.nodes.len() - it))
}

/// Who has rows of its own: regions, two at most, or a holder.
enum Reader {
    /// Places of regions among the ledger's areas.
    Regions(Vec<usize>),
    Holder(usize),
}

/// All readers against whom the release is audited.
fn readers(draft: Draft<'_>) -> Vec<Reader> {
    let areas = draft.ledger.areas.iter().enumerate();
    let regions: Vec<(usize, &str)> = areas
        .filter_map(|(at, area)| match area {
            Area::Region(code) => Some((at, &**code)),
            _ => None,
        })
        .collect();
    let around = |code: &str| draft.geography.regions.get(code).and_then(Option::as_ref);
    let mut out: Vec<_> = regions.iter().map(|(at, _)| Reader::Regions(vec![*at])).collect();
    for (nth, (one, code)) in regions.iter().enumerate() {
        let others =
            regions[nth + 1..].iter().filter(|(_, other)| around(code).is_some() && around(other) == around(code));
        out.extend(others.map(|(other, _)| Reader::Regions(vec![*one, *other])));
    }
    if has_several_holders(draft.vocabulary) {
        let holders: BTreeSet<usize> = draft.ledger.entries.iter().map(|it| it.observation.source).collect();
        out.extend(holders.into_iter().map(Reader::Holder));
    }
    out
}

/// The rows of one reader after another, counted in cells.
struct Counting {
    /// How many youths and rows each cell has.
    counts: Vec<[i64; 2]>,
    /// The youth that was counted last in each cell; rows come by youth.
    last: Vec<Option<usize>>,
    /// The cells that have any.
    touched: Vec<usize>,
}

impl Counting {
    fn over(net: &Net) -> Self {
        let cells = net.nodes.len();
        Self { counts: vec![[0; 2]; cells], last: vec![None; cells], touched: Vec::new() }
    }

    fn count(&mut self, cell: usize, youth: usize) {
        let last = self.last[cell].replace(youth);
        if last.is_none() {
            self.touched.push(cell);
        }
        self.counts[cell][0] += i64::from(last != Some(youth));
        self.counts[cell][1] += 1;
    }

    /// The cells and their numbers, and ready for the next reader.
    fn take(&mut self) -> Vec<(usize, [i64; 2])> {
        let mut touched = std::mem::take(&mut self.touched);
        touched.sort_unstable();
        let mut take = |cell: usize| {
            self.last[cell] = None;
            (cell, std::mem::take(&mut self.counts[cell]))
        };
        touched.into_iter().map(&mut take).collect()
    }
}

impl Reader {
    fn own(&self, draft: Draft<'_>, net: &Net, counting: &mut Counting) -> Own {
        let has = |entry: &Entry<'_>| match self {
            Self::Regions(known) => entry.areas[REGION].is_some_and(|it| known.contains(&it)),
            Self::Holder(holder) => entry.observation.source == *holder,
        };
        let knows = |area: usize| matches!(self, Self::Regions(known) if known.contains(&area));
        for entry in draft.ledger.entries.iter().filter(|it| has(it)) {
            let counted = draft.vocabulary.counted().iter();
            for block in counted.flat_map(|it| draft.ledger.blocks_of(entry, *it)).filter(|it| !knows(it.area)) {
                let values = entry.values.iter().enumerate();
                let values = values.filter_map(|(dimension, value)| Some(Some((dimension, (*value)?))));
                for cell in std::iter::once(None).chain(values).filter_map(|by| net.at((block, by))) {
                    counting.count(cell, entry.youth);
                }
            }
        }
        let is_sure = |area: usize| knows(area) || draft.ledger.within.get(&area).is_some_and(|it| knows(*it));
        let (sure, others) = match self {
            Self::Regions(_) => (net.of_areas(is_sure), 0),
            Self::Holder(_) if draft.rules.holders_left_out > 0 => (Vec::new(), i64::from(draft.rules.fewest)),
            Self::Holder(_) => (Vec::new(), 0),
        };
        let leads = net.leads(&sure);
        Own { numbers: counting.take(), sure, leads, others }
    }
}

/// The place of the region among an entry's areas.
const REGION: usize = 2;
