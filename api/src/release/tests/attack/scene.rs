//! What lies before every attacker: all cells of the vocabulary over several releases, what is shown of each, and how
//! cells add up. Holds the truth too, for the score alone.

use std::collections::{BTreeMap, BTreeSet};

use entities::{Bucket, Date};

use super::world::{QUARTERS, World, periods};
use crate::release::{Area, CellId, Cells, Counted, Observation, Period, protect::Before};

/// One cell of one release.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    /// The place of its release among [`periods`].
    pub(super) release: usize,
    pub(super) id: CellId,
    /// The distinct youths that it has.
    pub(super) truth: u32,
    /// The youths that are shown.
    pub(super) shown: Option<u32>,
    /// 0 of the country to 3 of a municipality; 4 more if broken down.
    pub(super) level: u8,
    /// Cells of one class look alike to who has seen nothing yet.
    pub(super) class: usize,
}

/// Which cells add up to another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The regions of a supra-region, or supra-regions and loose regions of the country: some of them are left out.
    Regions,
    /// Parts that a crowd must be beside: codes of a dimension, municipalities of a region, months of a quarter.
    Parts,
    /// Quarters of a year, months of a year.
    Times,
}

/// A cell and the parts that it is the sum of.
#[derive(Clone, Debug)]
pub(super) struct Relation {
    pub(super) kind: Kind,
    pub(super) whole: usize,
    pub(super) parts: Vec<usize>,
    /// No youth is in two parts. Otherwise the whole is at most the sum and at least the largest.
    pub(super) exact: bool,
}

/// All cells, how they add up, and which cells each row is counted in.
#[derive(Clone, Debug, Default)]
pub(super) struct Scene {
    pub(super) cells: Vec<Cell>,
    pub(super) relations: Vec<Relation>,
    pub(super) classes: usize,
    /// The cells that each row is counted in.
    pub(super) members: Vec<Vec<usize>>,
    /// Whose each row is.
    pub(super) youths: Vec<i64>,
}

impl Scene {
    /// Lays out the releases of a world: one for each of [`periods`].
    pub(super) fn of(world: &World, releases: &[Cells]) -> Self {
        let periods = periods();
        let mut layout = Layout { world, periods: &periods, at: BTreeMap::new(), classes: BTreeMap::new() };
        let mut scene = Self::default();
        for (release, cells) in releases.iter().enumerate() {
            for id in layout.vocabulary(release) {
                let shown = cells.get(&id).and_then(|it| it.as_ref().ok()).map(|it| it.youths);
                let class = layout.class(release, &id);
                layout.at.insert((release, id.clone()), scene.cells.len());
                let level = level(&id.area) + if id.by.is_some() { 4 } else { 0 };
                scene.cells.push(Cell { release, id, truth: 0, shown, level, class });
            }
        }
        scene.relations = layout.relations(&scene.cells);
        scene.classes = layout.classes.len();
        scene.members = world.observations.iter().map(|it| layout.members(it)).collect();
        scene.youths = world.observations.iter().map(|it| it.youth).collect();
        for (cell, truth) in scene.count(|_| true).into_iter().enumerate() {
            scene.cells[cell].truth = truth;
        }
        scene
    }

    /// The cells that are shown, by the period of their release.
    pub(super) fn shown(&self) -> Before {
        let (periods, mut out) = (periods(), Before::new());
        periods.iter().for_each(|it| drop(out.insert(*it, BTreeSet::new())));
        for cell in self.cells.iter().filter(|it| it.shown.is_some()) {
            out.entry(periods[cell.release]).or_default().insert(cell.id.clone());
        }
        out
    }

    /// The distinct youths that each cell has in the rows that count. A youth's rows lie together.
    pub(super) fn count(&self, counts: impl Fn(usize) -> bool) -> Vec<u32> {
        let (mut out, mut last) = (vec![0; self.cells.len()], vec![0; self.cells.len()]);
        for (row, cells) in self.members.iter().enumerate().filter(|(row, _)| counts(*row)) {
            for cell in
                cells.iter().filter(|cell| std::mem::replace(&mut last[**cell], self.youths[row]) != self.youths[row])
            {
                out[*cell] += 1;
            }
        }
        out
    }
}

fn level(area: &Area) -> u8 {
    match area {
        Area::Country => 0,
        Area::SupraRegion(_) => 1,
        Area::Region(_) => 2,
        Area::Municipality(_) => 3,
    }
}

/// Is it of a year, what is counted, the area's level, is it of a month, and by which field and code.
type Class = (bool, Counted, u8, bool, Option<usize>, Option<usize>);

struct Layout<'a> {
    world: &'a World,
    periods: &'a [Period],
    at: BTreeMap<(usize, CellId), usize>,
    classes: BTreeMap<Class, usize>,
}

impl Layout<'_> {
    fn is_year(&self, release: usize) -> bool {
        self.periods[release].from.next(Bucket::Quarter) <= self.periods[release].until
    }

    fn areas(&self, release: usize) -> Vec<Area> {
        let geography = &self.world.geography;
        let supra: BTreeSet<_> = geography.regions.values().flatten().cloned().collect();
        let mut out = vec![Area::Country];
        out.extend(supra.into_iter().map(Area::SupraRegion));
        out.extend(geography.regions.keys().cloned().map(Area::Region));
        if self.is_year(release) {
            out.extend(geography.municipalities.keys().cloned().map(Area::Municipality));
        }
        out
    }

    fn months(&self, release: usize) -> Vec<Date> {
        let period = self.periods[release];
        let start = Some(period.from);
        std::iter::successors(start, |it| Some(it.next(Bucket::Month))).take_while(|it| *it <= period.until).collect()
    }

    /// All cells of a release, those without rows too.
    fn vocabulary(&self, release: usize) -> Vec<CellId> {
        let mut bys = vec![None];
        for (field, codes) in &self.world.vocabulary.dimensions {
            bys.extend(codes.iter().map(|code| Some((*field, code.clone()))));
        }
        let mut out = Vec::new();
        for by in bys {
            for area in self.areas(release) {
                for counted in [Counted::Begun, Counted::Open] {
                    out.push(CellId { counted, area: area.clone(), month: None, by: by.clone() });
                }
            }
            for month in self.months(release) {
                let (counted, area) = (Counted::Begun, Area::Country);
                out.push(CellId { counted, area, month: Some(month), by: by.clone() });
            }
        }
        out
    }

    /// Small classes are pooled over codes, so that what an attacker knows of a class does not give its cells away.
    fn class(&mut self, release: usize, id: &CellId) -> usize {
        let level = level(&id.area);
        let year = self.is_year(release);
        let field = id.by.as_ref().map(|(field, _)| *field);
        let code = id.by.as_ref().and_then(|(field, code)| {
            let (_, codes) = self.world.vocabulary.dimensions.iter().find(|it| it.0 == *field)?;
            codes.iter().position(|it| it == code).filter(|_| level == 3 || (level == 2 && !year))
        });
        let next = self.classes.len();
        *self.classes.entry((year, id.counted, level, id.month.is_some(), field, code)).or_insert(next)
    }

    /// The cells that a row is counted in.
    fn members(&self, row: &Observation) -> Vec<usize> {
        let mut areas = vec![Area::Country, Area::Region(row.region.clone())];
        areas.extend(self.world.geography.regions.get(&row.region).cloned().flatten().map(Area::SupraRegion));
        areas.extend(row.municipality.clone().map(Area::Municipality));
        let mut bys = vec![None];
        let fields = self.world.vocabulary.dimensions.iter().map(|it| it.0);
        bys.extend(fields.zip(&row.values).map(|(field, value)| Some((field, value.clone()))));
        let mut out = Vec::new();
        for (release, period) in self.periods.iter().enumerate() {
            let begun = period.from <= row.from && row.from <= period.until;
            let open = row.from <= period.until && row.until.is_none_or(|it| it > period.until);
            let month = row.from.start_of(Bucket::Month);
            for by in bys.iter().filter(|_| begun || open) {
                let cell = |counted, area: &Area, month| {
                    let id = CellId { counted, area: area.clone(), month, by: by.clone() };
                    self.at.get(&(release, id)).copied()
                };
                out.extend(areas.iter().filter(|_| begun).filter_map(|it| cell(Counted::Begun, it, None)));
                out.extend(areas.iter().filter(|_| open).filter_map(|it| cell(Counted::Open, it, None)));
                out.extend(
                    Some(()).filter(|()| begun).and_then(|()| cell(Counted::Begun, &Area::Country, Some(month))),
                );
            }
        }
        out
    }

    fn relations(&self, cells: &[Cell]) -> Vec<Relation> {
        let single = self.world.law.rows == 1;
        let mut out = Vec::new();
        for (whole, cell) in cells.iter().enumerate() {
            let mut relation = |kind, parts: Vec<usize>, exact| {
                if !parts.is_empty() {
                    out.push(Relation { kind, whole, parts, exact });
                }
            };
            let (kind, inside) = self.inside(&cell.id.area);
            let within = inside.into_iter().map(|area| CellId { area, ..cell.id.clone() });
            relation(kind, self.cells(cell.release, within), true);
            if cell.id.by.is_none() {
                for (field, codes) in &self.world.vocabulary.dimensions {
                    let coded = codes.iter().map(|it| CellId { by: Some((*field, it.clone())), ..cell.id.clone() });
                    relation(Kind::Parts, self.cells(cell.release, coded), single);
                }
            }
            if cell.id.counted == Counted::Begun && cell.id.month.is_none() {
                let months = self.months(cell.release).into_iter();
                let months = months.map(|it| CellId { month: Some(it), ..cell.id.clone() });
                let of_year = self.is_year(cell.release);
                let kind = if of_year { Kind::Times } else { Kind::Parts };
                relation(kind, self.cells(cell.release, months), single);
                if of_year {
                    let quarters = (0..cell.release).filter_map(|it| self.at.get(&(it, cell.id.clone())).copied());
                    relation(Kind::Times, quarters.collect(), single);
                }
            }
            // The same cell in two releases has the same noise: it tells something where one of them hides it.
            let again = self.at.get(&(QUARTERS.saturating_sub(1), cell.id.clone())).copied();
            let is_again = cell.id.counted == Counted::Open || cell.id.month.is_some();
            let again = again.filter(|it| is_again && self.is_year(cell.release) && *it != whole);
            let again = again.filter(|it| cells[*it].shown.is_some() != cell.shown.is_some());
            relation(Kind::Times, again.into_iter().collect(), true);
        }
        out
    }

    fn cells(&self, release: usize, ids: impl Iterator<Item = CellId>) -> Vec<usize> {
        ids.filter_map(|id| self.at.get(&(release, id)).copied()).collect()
    }

    /// The areas next below an area.
    fn inside(&self, area: &Area) -> (Kind, Vec<Area>) {
        let geography = &self.world.geography;
        match area {
            Area::Country => {
                let supra: BTreeSet<_> = geography.regions.values().flatten().cloned().collect();
                let loose = geography.regions.iter().filter(|(_, supra)| supra.is_none());
                let loose = loose.map(|(code, _)| Area::Region(code.clone()));
                (Kind::Regions, supra.into_iter().map(Area::SupraRegion).chain(loose).collect())
            }
            Area::SupraRegion(code) => {
                let regions = geography.regions.iter().filter(|(_, of)| of.as_ref() == Some(code));
                (Kind::Regions, regions.map(|(code, _)| Area::Region(code.clone())).collect())
            }
            Area::Region(code) => {
                let inside = geography.municipalities.iter().filter(|(_, of)| *of == code);
                (Kind::Parts, inside.map(|(code, _)| Area::Municipality(code.clone())).collect())
            }
            Area::Municipality(_) => (Kind::Parts, Vec::new()),
        }
    }
}
