//! The rows of a release, put in order once: by youth, with every name replaced by a number. Counts nothing yet.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use entities::{Bucket, Date, Datum};

use super::{
    Area, Counted, Geography, Observation, Period, Vocabulary,
    key::{RecordKey, Secret},
};

/// The days within a period whose rows a cell has. Quarters of a year are counted to protect the year's cells, and are
/// none themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Span {
    Whole,
    Quarter(Date),
    Month(Date),
}

/// Rows of one count, span and area: what cells break down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Block {
    pub(super) counted: Counted,
    pub(super) span: Span,
    /// A place in [`Ledger::areas`].
    pub(super) area: usize,
}

/// One row.
pub(super) struct Entry<'a> {
    pub(super) observation: &'a Observation,
    /// A place in [`Ledger::keys`].
    pub(super) youth: usize,
    /// The region, numbered: what is left out of a supra-region.
    pub(super) region: usize,
    /// The supra-region, or else the region, numbered: what is left out of the country.
    pub(super) outer: usize,
    /// For each dimension the value's place; none where the vocabulary has no such value.
    pub(super) values: Box<[Option<usize>]>,
    /// The areas that the row lies in: the country, supra-region, region and municipality.
    pub(super) areas: [Option<usize>; 4],
}

/// All rows of a period.
pub(super) struct Ledger<'a> {
    /// By youth.
    pub(super) entries: Vec<Entry<'a>>,
    /// The youths' record keys.
    pub(super) keys: Vec<RecordKey>,
    pub(super) areas: Vec<Area>,
    /// For each municipality the region that it is in, both as places in `areas`.
    pub(super) within: HashMap<usize, usize>,
    period: Period,
}

/// The place of [`Area::Country`].
pub(super) const COUNTRY: usize = 0;

impl<'a> Ledger<'a> {
    pub(super) fn new(
        observations: &'a [Observation],
        vocabulary: &Vocabulary,
        geography: &'a Geography,
        period: Period,
        secret: &Secret,
    ) -> Self {
        let mut counted: Vec<_> = observations.iter().filter(|it| begins(it, period) || is_open(it, period)).collect();
        counted.sort_by_key(|it| it.youth);
        let places = Places::new(geography, &counted);
        let values = vocabulary.dimensions.iter().map(|(_, values)| values.iter().zip(0..).collect());
        let values: Vec<HashMap<&Datum, usize>> = values.collect();
        let mut keys = Vec::new();
        let mut last = None;
        let entries = counted.into_iter().map(|observation| {
            if last != Some(observation.youth) {
                last = Some(observation.youth);
                keys.push(secret.record_key(observation.youth));
            }
            let values = values.iter().zip(&observation.values).map(|(known, value)| known.get(value).copied());
            places.entry(observation, keys.len() - 1, values.collect())
        });
        let entries = entries.collect();
        let Places { areas, within, .. } = places;
        Self { entries, keys, areas, within, period }
    }

    /// The places of each block's rows, by youth.
    pub(super) fn blocks(&self, counted: &[Counted]) -> BTreeMap<Block, Vec<usize>> {
        let mut blocks: BTreeMap<Block, Vec<usize>> = BTreeMap::new();
        for (place, entry) in self.entries.iter().enumerate() {
            for block in counted.iter().flat_map(|it| self.blocks_of(entry, *it)) {
                blocks.entry(block).or_default().push(place);
            }
        }
        blocks
    }

    /// The blocks that a row is in.
    pub(super) fn blocks_of(&self, entry: &Entry, counted: Counted) -> impl Iterator<Item = Block> {
        let areas = entry.areas;
        self.spans(entry, counted).into_iter().flatten().flat_map(move |span| {
            let areas = areas.into_iter().flatten();
            let areas = areas.filter(move |area| *area == COUNTRY || !matches!(span, Span::Month(_)));
            areas.map(move |area| Block { counted, span, area })
        })
    }

    fn spans(&self, entry: &Entry, counted: Counted) -> [Option<Span>; 3] {
        let from = entry.observation.from;
        match counted {
            Counted::Begun if begins(entry.observation, self.period) => {
                let is_year = self.period.kind() == Bucket::Year;
                let quarter = is_year.then(|| Span::Quarter(from.start_of(Bucket::Quarter)));
                [Some(Span::Whole), quarter, Some(Span::Month(from.start_of(Bucket::Month)))]
            }
            Counted::Open if is_open(entry.observation, self.period) => [Some(Span::Whole), None, None],
            Counted::Begun | Counted::Open => [None; 3],
        }
    }
}

fn begins(row: &Observation, period: Period) -> bool {
    period.contains(row.from)
}

/// On the period's last day. A row that ends on that day is not.
fn is_open(row: &Observation, period: Period) -> bool {
    row.from <= period.until && row.until.is_none_or(|until| until > period.until)
}

/// Numbers for areas and for regions, those that the geography lacks included.
struct Places<'a> {
    areas: Vec<Area>,
    within: HashMap<usize, usize>,
    numbers: HashMap<Area, usize>,
    geography: &'a Geography,
    regions: HashMap<&'a str, usize>,
    outer: HashMap<&'a str, usize>,
}

impl<'a> Places<'a> {
    fn new(geography: &'a Geography, rows: &[&'a Observation]) -> Self {
        let supra_regions: BTreeSet<_> = geography.regions.values().flatten().collect();
        let mut areas = vec![Area::Country];
        areas.extend(supra_regions.iter().map(|it| Area::SupraRegion((*it).clone())));
        areas.extend(geography.regions.keys().cloned().map(Area::Region));
        areas.extend(geography.municipalities.keys().cloned().map(Area::Municipality));
        let numbers: HashMap<_, _> = areas.iter().cloned().zip(0..).collect();
        let within = geography.municipalities.iter().filter_map(|(code, region)| {
            let region = numbers.get(&Area::Region(region.clone()))?;
            Some((*numbers.get(&Area::Municipality(code.clone()))?, *region))
        });
        let within = within.collect();
        let codes: BTreeSet<&str> = rows.iter().map(|it| &*it.region).collect();
        let regions: HashMap<_, _> = codes.into_iter().zip(0..).collect();
        // A supra-region goes by its number among areas; a region of none by one that no area has.
        let outer = regions.iter().map(|(code, number)| {
            let supra_region = geography.regions.get(*code).and_then(|it| it.clone().map(Area::SupraRegion));
            (*code, supra_region.and_then(|it| numbers.get(&it).copied()).unwrap_or(areas.len() + number))
        });
        let outer = outer.collect();
        Self { areas, within, numbers, geography, regions, outer }
    }

    fn entry(&self, observation: &'a Observation, youth: usize, values: Box<[Option<usize>]>) -> Entry<'a> {
        let number = |area: Option<Area>| area.and_then(|area| self.numbers.get(&area).copied());
        let supra_region = self.geography.regions.get(&observation.region).cloned().flatten();
        let region = number(Some(Area::Region(observation.region.clone())));
        let municipality = number(observation.municipality.clone().map(Area::Municipality));
        // By the fixed membership: a municipality that lies elsewhere is not the row's.
        let municipality = municipality.filter(|it| region.is_some() && self.within.get(it).copied() == region);
        let areas = [Some(COUNTRY), number(supra_region.map(Area::SupraRegion)), region, municipality];
        let of = |numbers: &HashMap<&str, usize>| numbers.get(&*observation.region).copied().unwrap_or_default();
        Entry { observation, youth, region: of(&self.regions), outer: of(&self.outer), values, areas }
    }
}
