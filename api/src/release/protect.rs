//! Protects the tables of one dataset over one period: from all rows to what may be shown of each cell. Nothing but
//! rows, geography, period and secret comes in, and the order of the rows does not matter.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use entities::Bucket;

use super::{
    Area, CellId, Cells, Counted, Geography, Hidden, Observation, Period, Published, PublishedMeasure, Rules,
    Vocabulary,
    audit::audit,
    key::Secret,
    ledger::{Block, COUNTRY, Ledger, Span},
    magnitude,
    net::{Draft, Shown},
    tally::{Place, Tally, tally},
};

/// What is shown of each cell that has a row, and why of the others nothing is.
///
/// `source` of an observation stands for who holds it: sources of one holder go by one number.
#[must_use]
pub fn protect(
    observations: &[Observation],
    vocabulary: &Vocabulary,
    geography: &Geography,
    period: Period,
    secret: &Secret,
    rules: Rules,
) -> Cells {
    let (before, quarters) = (&Before::new(), &Quarters::default());
    Rows { observations, vocabulary, geography, secret, rules, before, quarters }.protect(period)
}

/// Of periods that are revised: the cells that the version before shows.
pub(super) type Before = BTreeMap<Period, BTreeSet<CellId>>;

/// What all releases of one dataset are made of.
pub(super) struct Rows<'a> {
    pub(super) observations: &'a [Observation],
    pub(super) vocabulary: &'a Vocabulary,
    pub(super) geography: &'a Geography,
    pub(super) secret: &'a Secret,
    pub(super) rules: Rules,
    pub(super) before: &'a Before,
    /// Of these rows.
    pub(super) quarters: &'a Quarters,
}

/// What is shown of the quarters of some rows: for their own releases and for the audit of their years, worked out once.
#[derive(Default)]
pub(super) struct Quarters(Mutex<Vec<Quarter>>);

struct Quarter {
    period: Period,
    geography: Geography,
    shown: Arc<OnceLock<Shown>>,
}

impl Quarters {
    fn of(&self, period: Period, geography: &Geography) -> Arc<OnceLock<Shown>> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.iter().find(|it| it.period == period && it.geography == *geography) {
            return Arc::clone(&known.shown);
        }
        let shown = Arc::default();
        known.push(Quarter { period, geography: geography.clone(), shown: Arc::clone(&shown) });
        shown
    }
}

impl Rows<'_> {
    /// What is shown over a period.
    pub(super) fn protect(&self, period: Period) -> Cells {
        self.over(period, |truth| {
            let own = match period.kind() {
                Bucket::Quarter => self.quarters.of(period, self.geography),
                _ => Arc::default(),
            };
            let shown = own.get_or_init(|| self.shown(truth));
            shown.iter().filter_map(|(place, shown)| Some((truth.cell(*place)?, shown.clone()))).collect()
        })
    }

    /// What comes of the truth over a period.
    fn over<T>(&self, period: Period, make: impl FnOnce(&Truth<'_>) -> T) -> T {
        let &Self { observations, vocabulary, geography, secret, rules, .. } = self;
        let ledger = Ledger::new(observations, vocabulary, geography, period, secret);
        let tallies = tally(&ledger, vocabulary, vocabulary.counted(), rules);
        make(&Truth { ledger: &ledger, tallies: &tallies, vocabulary, period, rules })
    }

    fn shown(&self, truth: &Truth<'_>) -> Shown {
        let &Self { vocabulary, geography, rules, .. } = self;
        let before = self.before.get(&truth.period);
        let shown = truth.tallies.iter().filter_map(|(place, tally)| {
            let cell = truth.cell(*place)?;
            let is_new = before.is_some_and(|before| !before.contains(&cell));
            let hidden = truth.hidden(*place, tally);
            let hidden = hidden.or_else(|| (is_new && tally.youths < rules.held_back).then_some(Hidden::HeldBack));
            Some((*place, hidden.map_or_else(|| truth.show(&cell, tally, self.secret), Err)))
        });
        let mut shown: Shown = shown.collect();
        if rules.audits {
            let earlier = &self.of_quarters(truth.period);
            let (ledger, tallies, period) = (truth.ledger, truth.tallies, truth.period);
            audit(Draft { ledger, tallies, vocabulary, geography, period, rules, earlier }, &mut shown);
        }
        shown
    }

    /// What the releases of a year's quarters show of the same rows, as places in the year's. Rows that came later are
    /// in no sum with what was shown before.
    fn of_quarters(&self, year: Period) -> BTreeMap<Place, Published> {
        let mut out = BTreeMap::new();
        for from in year.quarters().filter(|_| year.kind() == Bucket::Year) {
            let period = Period::of(from, Bucket::Quarter);
            let own = self.quarters.of(period, self.geography);
            let shown = own.get_or_init(|| self.over(period, |truth| self.shown(truth)));
            for ((block, by), shown) in shown {
                let span = match (block.counted, block.span) {
                    (Counted::Begun, Span::Whole) => Span::Quarter(from),
                    (Counted::Open, _) if period.until != year.until => continue,
                    (_, span) => span,
                };
                if let Ok(shown) = shown {
                    out.insert((Block { span, ..*block }, *by), shown.clone());
                }
            }
        }
        out
    }
}

struct Truth<'a> {
    ledger: &'a Ledger<'a>,
    tallies: &'a BTreeMap<Place, Tally>,
    vocabulary: &'a Vocabulary,
    period: Period,
    rules: Rules,
}

impl Truth<'_> {
    /// None for what is counted to protect other cells alone.
    fn cell(&self, (block, by): Place) -> Option<CellId> {
        let area = self.ledger.areas[block.area].clone();
        let month = match block.span {
            Span::Whole => None,
            Span::Month(month) => Some(month),
            Span::Quarter(_) => return None,
        };
        if matches!(area, Area::Municipality(_)) && self.period.kind() != Bucket::Year {
            return None;
        }
        let by = by.map(|(dimension, value)| {
            let (field, values) = &self.vocabulary.dimensions[dimension];
            (*field, values[value].clone())
        });
        Some(CellId { counted: block.counted, area, month, by })
    }

    /// Why nothing is shown, before noise is drawn.
    fn hidden(&self, place: Place, tally: &Tally) -> Option<Hidden> {
        let fewest = self.rules.fewest;
        if tally.youths < fewest {
            return Some(Hidden::FewYouths);
        }
        if tally.remaining < fewest {
            return Some(Hidden::Neighbour);
        }
        let is_alone = tally.beside.is_some_and(|it| it < fewest) || self.is_nearly_all(place, tally);
        (self.rules.beside && is_alone).then_some(Hidden::Complement)
    }

    /// Is the cell nearly all of a wider one that may be shown, or is a narrower one that may be shown nearly all of
    /// it? Noise is the same where youths are: two cells of the same youths would show that nobody is between them. Wider
    /// areas than a region need no such rule: they hide when a region is nearly all of them.
    fn is_nearly_all(&self, (block, by): Place, tally: &Tally) -> bool {
        let wider = match (block.span, self.ledger.within.get(&block.area)) {
            (Span::Month(month), _) => Some(self.around(month)),
            (_, Some(region)) => Some(Block { area: *region, ..block }),
            _ => None,
        };
        let fewest = self.rules.fewest;
        let is_crowded_by = |other: &Tally| other.youths.abs_diff(tally.youths) < fewest;
        let nearly_wider = wider.and_then(|it| self.tallies.get(&(it, by))).is_some_and(is_crowded_by);
        let mut quarters = self.quarters(block).filter_map(|it| self.tallies.get(&(it, by)));
        nearly_wider || quarters.any(|it| it.youths >= fewest && is_crowded_by(it))
    }

    /// The quarter of a month: in a year's release, too, since the quarter's own shows it.
    fn around(&self, month: entities::Date) -> Block {
        let is_year = self.period.kind() == Bucket::Year;
        let span = if is_year { Span::Quarter(month.start_of(Bucket::Quarter)) } else { Span::Whole };
        Block { counted: Counted::Begun, span, area: COUNTRY }
    }

    /// The quarters of a year: their own releases show them.
    fn quarters(&self, block: Block) -> impl Iterator<Item = Block> {
        let has_quarters = self.period.kind() == Bucket::Year && block.span == Span::Whole;
        let quarters = self.period.quarters().filter(move |_| has_quarters);
        quarters.map(move |it| Block { span: Span::Quarter(it), ..block })
    }

    fn show(&self, cell: &CellId, tally: &Tally, secret: &Secret) -> Result<Published, Hidden> {
        let error = if self.rules.perturbs { magnitude::error(tally.youths, tally.key, secret) } else { 0 };
        let youths = tally.youths.saturating_add_signed(i32::try_from(error).unwrap_or_default());
        if youths < self.rules.fewest {
            return Err(Hidden::Drawn);
        }
        let rows = magnitude::rows(tally.rows, error, self.rules);
        let measures = tally.measures.iter().zip(&self.vocabulary.measures).map(|(measured, field)| {
            let is_of_one_unit = self
                .vocabulary
                .dataset
                .unit_of(*field)
                .is_none_or(|unit| cell.by.as_ref().is_some_and(|(by, value)| *by == unit && !value.is_null()));
            if is_of_one_unit { magnitude::show(measured, secret, self.rules) } else { PublishedMeasure::default() }
        });
        Ok(Published { youths, rows, measures: measures.collect() })
    }
}

#[cfg(test)]
mod tests;
