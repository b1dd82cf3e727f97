//! What is true of each cell: youths, rows, sums, and who knows how many of them. Hides nothing; see protect.

use std::collections::BTreeMap;

use super::{
    Counted, Rules, Vocabulary,
    crowd::{Crowd, LeftOut},
    key::RecordKey,
    ledger::{Block, Entry, Ledger, Span},
    magnitude::{Measured, Shares, measure},
};

/// A cell by numbers: its block, and the places of its dimension and value.
pub(super) type Place = (Block, Option<(usize, usize)>);

/// The truth about one cell.
pub(super) struct Tally {
    pub(super) youths: u32,
    /// The youths that remain when what the rules say is left out.
    pub(super) remaining: u32,
    /// The same of those beside the cell; none where it is broken down by nothing.
    pub(super) beside: Option<u32>,
    pub(super) key: RecordKey,
    /// Rows per youth.
    pub(super) rows: Shares,
    pub(super) measures: Box<[Measured]>,
}

/// The truth about every cell that has a row.
pub(super) fn tally(
    ledger: &Ledger,
    vocabulary: &Vocabulary,
    counted: &[Counted],
    rules: Rules,
) -> BTreeMap<Place, Tally> {
    let mut tallies = BTreeMap::new();
    for (block, rows) in ledger.blocks(counted) {
        let left_out = LeftOut::of(&ledger.areas[block.area], vocabulary, rules);
        let is_shown = !matches!(block.span, Span::Quarter(_));
        let left_out = if is_shown { left_out } else { LeftOut::nothing() };
        let whole = Whole::new(ledger, vocabulary, &rows, left_out, is_shown);
        tallies.insert((block, None), whole.tally(&rows));
        for (dimension, (_, values)) in vocabulary.dimensions.iter().enumerate() {
            for (value, rows) in by_value(ledger, &rows, dimension, values.len()).iter().enumerate() {
                if !rows.is_empty() {
                    tallies.insert((block, Some((dimension, value))), whole.part(rows));
                }
            }
        }
    }
    tallies
}

fn by_value(ledger: &Ledger, rows: &[usize], dimension: usize, values: usize) -> Vec<Vec<usize>> {
    let mut parts = vec![Vec::new(); values];
    for row in rows {
        if let Some(value) = ledger.entries[*row].values[dimension] {
            parts[value].push(*row);
        }
    }
    parts
}

/// All rows of a block, which its cells are parts of.
struct Whole<'a> {
    ledger: &'a Ledger<'a>,
    vocabulary: &'a Vocabulary,
    rows: &'a [usize],
    crowd: Crowd,
    left_out: LeftOut,
    /// Is the block shown, or only counted to protect others?
    is_shown: bool,
}

impl<'a> Whole<'a> {
    fn new(
        ledger: &'a Ledger<'a>,
        vocabulary: &'a Vocabulary,
        rows: &'a [usize],
        left_out: LeftOut,
        is_shown: bool,
    ) -> Self {
        let mut crowd = Crowd::default();
        for of_youth in of_each_youth(ledger, rows) {
            crowd.add(entries(ledger, of_youth), left_out);
        }
        Self { ledger, vocabulary, rows, crowd, left_out, is_shown }
    }

    fn tally(&self, rows: &[usize]) -> Tally {
        let mut crowd = Crowd::default();
        let mut key = RecordKey::default();
        let mut shares = Shares::default();
        for of_youth in of_each_youth(self.ledger, rows) {
            crowd.add(entries(self.ledger, of_youth), self.left_out);
            key = key.and(self.key(of_youth));
            shares.add(u64::try_from(of_youth.len()).unwrap_or(u64::MAX));
        }
        let measures = if self.is_shown { self.measures(rows) } else { Box::default() };
        let remaining = crowd.remaining(self.left_out);
        Tally { youths: crowd.youths, remaining, beside: None, key, rows: shares, measures }
    }

    /// Beside a part are the youths that have no row in it. Who has a row of such a youth knows the youth, in the part
    /// or beside it.
    fn part(&self, rows: &[usize]) -> Tally {
        let tally = self.tally(rows);
        let beside = if self.left_out.is_nothing() {
            self.crowd.youths - tally.youths
        } else {
            self.crowd.without(&self.of_the_same_youths(rows)).remaining(self.left_out)
        };
        Tally { beside: Some(beside), ..tally }
    }

    /// A part's youths, with all their rows.
    fn of_the_same_youths(&self, rows: &[usize]) -> Crowd {
        let mut crowd = Crowd::default();
        let mut youths = of_each_youth(self.ledger, rows).map(|it| self.youth(it)).peekable();
        for of_youth in of_each_youth(self.ledger, self.rows) {
            if youths.next_if_eq(&self.youth(of_youth)).is_some() {
                crowd.add(entries(self.ledger, of_youth), self.left_out);
            }
        }
        crowd
    }

    fn measures(&self, rows: &[usize]) -> Box<[Measured]> {
        let youths = || of_each_youth(self.ledger, rows).map(|it| (self.key(it), entries(self.ledger, it)));
        (0..self.vocabulary.measures.len()).map(|place| measure(self.vocabulary, place, youths())).collect()
    }

    fn youth(&self, rows: &[usize]) -> usize {
        self.ledger.entries[rows[0]].youth
    }

    fn key(&self, rows: &[usize]) -> RecordKey {
        self.ledger.keys[self.youth(rows)]
    }
}

/// Rows lie by youth: each youth's lie together.
fn of_each_youth<'a>(ledger: &'a Ledger, rows: &'a [usize]) -> impl Iterator<Item = &'a [usize]> {
    rows.chunk_by(|a, b| ledger.entries[*a].youth == ledger.entries[*b].youth)
}

fn entries<'a>(ledger: &'a Ledger<'a>, rows: &'a [usize]) -> impl Iterator<Item = &'a Entry<'a>> {
    rows.iter().map(|row| &ledger.entries[*row])
}
