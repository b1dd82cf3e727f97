//! How the cells of a release add up, with the quarters before it and with each other. Holds the truth, to know which
//! sums hold; hides nothing.

use std::collections::BTreeMap;

use entities::Bucket;

use super::{
    Area, Counted, Geography, Hidden, Period, Published, Rules, Vocabulary,
    bounds::{Bounds, MANY},
    ledger::{Block, COUNTRY, Ledger, Span},
    perturbation::{LARGEST_ERROR, STEP},
    tally::{Place, Tally},
};

/// What is shown of each cell that has a row, or why nothing is.
pub(super) type Shown = BTreeMap<Place, Result<Published, Hidden>>;

/// A release before its audit.
#[derive(Clone, Copy)]
pub(super) struct Draft<'a> {
    pub(super) ledger: &'a Ledger<'a>,
    pub(super) tallies: &'a BTreeMap<Place, Tally>,
    pub(super) vocabulary: &'a Vocabulary,
    pub(super) geography: &'a Geography,
    pub(super) period: Period,
    pub(super) rules: Rules,
    /// What the releases of a year's quarters show of the same rows.
    pub(super) earlier: &'a BTreeMap<Place, Published>,
}

/// What is counted in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quantity {
    Youths,
    Rows,
}

/// One cell, those without rows too.
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) truth: i64,
    /// What the published number says alone; none where it is hidden.
    pub(super) shown: Option<Shows>,
    /// Is it hidden since too few would remain without its regions?
    pub(super) lacks_neighbours: bool,
    /// The relations that it is in.
    pub(super) relations: Vec<usize>,
}

/// A published number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shows {
    pub(super) number: u32,
    pub(super) possible: Bounds,
    /// Is it in an earlier release, and cannot be hidden any more?
    pub(super) is_fixed: bool,
}

/// What it tells that parts of a whole are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The whole is not shown unless a crowd remains without some of its parts.
    Regions,
    /// A part is not shown unless there is a crowd beside it.
    Beside,
    /// The whole is not shown unless there is a crowd beside each part.
    Around,
    /// Nothing.
    Times,
}

/// A cell and its parts.
pub(super) struct Relation {
    pub(super) kind: Kind,
    pub(super) whole: usize,
    pub(super) parts: Vec<usize>,
    pub(super) holds: Holds,
}

/// Which sum holds. What truly holds is taken as known: who guesses it right must not find anything either.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// The whole is the sum.
    Sum,
    /// Some are in two parts: the whole is at most the sum.
    AtMost,
    /// Some are in no part.
    Within,
}

/// All cells and relations.
pub(super) struct Net {
    pub(super) nodes: Vec<Node>,
    pub(super) relations: Vec<Relation>,
    blocks: BTreeMap<Block, usize>,
    /// The first place of each dimension's values among a block's nodes.
    firsts: Vec<usize>,
    size: usize,
}

impl Net {
    pub(super) fn new(draft: Draft<'_>, shown: &Shown, quantity: Quantity) -> Self {
        let mut firsts = Vec::new();
        let mut size = 1;
        for (_, values) in &draft.vocabulary.dimensions {
            firsts.push(size);
            size += values.len();
        }
        let blocks: BTreeMap<_, _> =
            blocks(draft).into_iter().enumerate().map(|(nth, block)| (block, nth * size)).collect();
        let mut net = Self { nodes: Vec::new(), relations: Vec::new(), blocks, firsts, size };
        let mut bys = vec![None];
        for (dimension, (_, values)) in draft.vocabulary.dimensions.iter().enumerate() {
            bys.extend((0..values.len()).map(|value| Some((dimension, value))));
        }
        let mut ordered: Vec<_> = net.blocks.iter().map(|(block, first)| (*first, *block)).collect();
        ordered.sort_unstable_by_key(|it| it.0);
        let places = ordered.into_iter().flat_map(|(_, block)| bys.iter().map(move |by| (block, *by)));
        net.nodes = places.map(Node::without_rows).collect();
        for place in draft.tallies.keys().chain(draft.earlier.keys()).chain(shown.keys()) {
            if let Some(at) = net.at(*place) {
                net.nodes[at] = node(draft, shown, quantity, *place);
            }
        }
        net.relate(draft);
        for (at, relation) in net.relations.iter().enumerate() {
            for node in std::iter::once(&relation.whole).chain(&relation.parts) {
                net.nodes[*node].relations.push(at);
            }
        }
        net
    }

    /// The node of a cell; none of what no release shows.
    pub(super) fn at(&self, (block, by): Place) -> Option<usize> {
        let first = self.blocks.get(&block)?;
        Some(first + by.map_or(0, |(dimension, value)| self.firsts[dimension] + value))
    }

    /// The nodes of all cells of some areas, in order.
    pub(super) fn of_areas(&self, is_of: impl Fn(usize) -> bool) -> Vec<usize> {
        let blocks = self.blocks.iter().filter(|(block, _)| is_of(block.area));
        let mut nodes: Vec<usize> = blocks.flat_map(|(_, first)| *first..first + self.size).collect();
        nodes.sort_unstable();
        nodes
    }

    /// The relations that lead from some cells, in order, to a whole that is none of them; in order.
    pub(super) fn leads(&self, cells: &[usize]) -> Vec<usize> {
        let leads_on = |it: &&usize| cells.binary_search(&self.relations[**it].whole).is_err();
        let mut leads: Vec<usize> =
            cells.iter().flat_map(|at| self.nodes[*at].relations.iter().filter(leads_on).copied()).collect();
        leads.sort_unstable();
        leads.dedup();
        leads
    }

    fn relate(&mut self, draft: Draft<'_>) {
        let children = children(draft);
        let blocks: Vec<_> = self.blocks.iter().map(|(block, first)| (*block, *first)).collect();
        for (block, first) in blocks {
            let around = |areas: &Vec<usize>| areas.iter().map(|area| Block { area: *area, ..block }).collect();
            let inside: Vec<Block> = children.get(&block.area).map(around).unwrap_or_default();
            let is_region = matches!(draft.ledger.areas[block.area], Area::Region(_));
            let kind = if is_region { Kind::Beside } else { Kind::Regions };
            self.relate_blocks(kind, first, &inside);
            for (dimension, (_, values)) in draft.vocabulary.dimensions.iter().enumerate() {
                let from = first + self.firsts[dimension];
                self.add(Kind::Beside, first, (from..from + values.len()).collect());
            }
            for (kind, spans) in spans(draft, block) {
                let inside: Vec<_> = spans.into_iter().map(|span| Block { span, ..block }).collect();
                self.relate_blocks(kind, first, &inside);
            }
        }
    }

    /// Relates each cell of a block to those of its parts that are broken down alike.
    fn relate_blocks(&mut self, kind: Kind, whole: usize, parts: &[Block]) {
        let firsts: Vec<_> = parts.iter().filter_map(|it| self.blocks.get(it).copied()).collect();
        for by in 0..self.size {
            self.add(kind, whole + by, firsts.iter().map(|first| first + by).collect());
        }
    }

    fn add(&mut self, kind: Kind, whole: usize, parts: Vec<usize>) {
        if parts.is_empty() {
            return;
        }
        let sum: i64 = parts.iter().map(|it| self.nodes[*it].truth).sum();
        let holds = match sum.cmp(&self.nodes[whole].truth) {
            std::cmp::Ordering::Equal => Holds::Sum,
            std::cmp::Ordering::Greater => Holds::AtMost,
            std::cmp::Ordering::Less => Holds::Within,
        };
        self.relations.push(Relation { kind, whole, parts, holds });
    }
}

impl Node {
    fn without_rows(place: Place) -> Self {
        Self { place, truth: 0, shown: None, lacks_neighbours: false, relations: Vec::new() }
    }
}

/// The blocks that a release shows, and those of the quarters that add up to a year's.
fn blocks(draft: Draft<'_>) -> Vec<Block> {
    let is_year = draft.period.kind() == Bucket::Year;
    let mut out = Vec::new();
    for counted in draft.vocabulary.counted() {
        let block = |span, area| Block { counted: *counted, span, area };
        for (area, of) in draft.ledger.areas.iter().enumerate() {
            if is_year || !matches!(of, Area::Municipality(_)) {
                out.push(block(Span::Whole, area));
            }
            if is_year && *counted == Counted::Begun && !matches!(of, Area::Municipality(_)) {
                out.extend(draft.period.quarters().map(|it| block(Span::Quarter(it), area)));
            }
        }
        if *counted == Counted::Begun {
            out.extend(draft.period.months().map(|it| block(Span::Month(it), COUNTRY)));
        }
    }
    out
}

/// The spans that add up to a block's.
fn spans(draft: Draft<'_>, block: Block) -> Vec<(Kind, Vec<Span>)> {
    let months = |of: Option<entities::Date>| {
        let is_of = move |it: &entities::Date| of.is_none_or(|of| it.start_of(Bucket::Quarter) == of);
        draft.period.months().filter(is_of).map(Span::Month).collect()
    };
    match (block.counted, block.span) {
        (Counted::Begun, Span::Whole) if draft.period.kind() == Bucket::Year => {
            vec![(Kind::Around, draft.period.quarters().map(Span::Quarter).collect()), (Kind::Times, months(None))]
        }
        (Counted::Begun, Span::Whole) => vec![(Kind::Beside, months(None))],
        (Counted::Begun, Span::Quarter(quarter)) => vec![(Kind::Beside, months(Some(quarter)))],
        _ => Vec::new(),
    }
}

/// The areas next below each area, as places in the ledger.
fn children(draft: Draft<'_>) -> BTreeMap<usize, Vec<usize>> {
    let mut out: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let at: BTreeMap<&Area, usize> = draft.ledger.areas.iter().zip(0..).collect();
    for (place, area) in draft.ledger.areas.iter().enumerate() {
        let around = match area {
            Area::Country => None,
            Area::SupraRegion(_) => Some(Area::Country),
            Area::Region(code) => {
                let supra_region = draft.geography.regions.get(code).cloned().flatten();
                Some(supra_region.map_or(Area::Country, Area::SupraRegion))
            }
            Area::Municipality(code) => draft.geography.municipalities.get(code).cloned().map(Area::Region),
        };
        if let Some(around) = around.and_then(|it| at.get(&it)) {
            out.entry(*around).or_default().push(place);
        }
    }
    out
}

fn node(draft: Draft<'_>, shown: &Shown, quantity: Quantity, place: Place) -> Node {
    let tally = draft.tallies.get(&place);
    let earlier = draft.earlier.get(&place);
    let here = shown.get(&place);
    let published = earlier.or_else(|| here.and_then(|it| it.as_ref().ok()));
    let number = published.and_then(|it| match quantity {
        Quantity::Youths => Some(it.youths),
        Quantity::Rows => it.rows,
    });
    let (truth, largest) = tally.map_or((0, 0), |it| match quantity {
        Quantity::Youths => (i64::from(it.youths), 1),
        Quantity::Rows => it.rows.whole_numbers(),
    });
    let shown = number.map(|number| {
        let rounding = if largest > 1 { STEP / 2 } else { 0 };
        let error = if draft.rules.perturbs { LARGEST_ERROR * largest + rounding } else { 0 };
        let (low, high) = (i64::from(number) - error, i64::from(number) + error);
        let possible = Bounds { low: low.max(i64::from(draft.rules.fewest)), high: high.min(MANY) };
        Shows { number, possible, is_fixed: earlier.is_some() }
    });
    let lacks_neighbours = matches!(here, Some(Err(Hidden::Neighbour)));
    Node { truth, shown, lacks_neighbours, ..Node::without_rows(place) }
}
