//! What each attacker knows besides the releases: nothing, or the exact rows of some. A cell's youths are those that the
//! attacker knows and the rest; the rest is what it is after.

use super::{scene::Scene, world::World};
use crate::release::{Area, Observation};

/// Whose exact rows an attacker has.
#[derive(Clone, Debug)]
pub(super) enum Knows {
    /// (a) Nobody's.
    Nothing,
    /// (b), (c) Those of some regions.
    Regions(&'static [&'static str]),
    /// (b) Those of a source.
    Source(usize),
    /// (e) All but those of a youth.
    AllBut(i64),
}

/// An attacker before a scene.
#[derive(Clone, Debug)]
pub(super) struct View {
    /// How many youths of each cell it knows.
    pub(super) own: Vec<u32>,
    /// Of which cells it knows that there are no others.
    pub(super) sure: Vec<bool>,
    /// Which cells lie where it is after any: others tell it too little to count.
    pub(super) near: Vec<bool>,
    /// The cells that it is after.
    pub(super) targets: Vec<usize>,
}

impl Knows {
    /// Does it have that row?
    pub(super) fn has(&self, row: &Observation) -> bool {
        match self {
            Self::Nothing => false,
            Self::Regions(known) => known.contains(&&*row.region),
            Self::Source(source) => row.source == *source,
            Self::AllBut(youth) => row.youth != *youth,
        }
    }

    /// What the table calls it.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Nothing => "a: the public",
            Self::Regions([_]) => "b: one region",
            Self::Regions(_) => "c: two regions of three",
            Self::Source(_) => "b: one source",
            Self::AllBut(_) => "e: all but one youth",
        }
    }

    /// How far it may come above the best guess without the releases, in points: as to the number, and as to zero.
    pub(super) fn allowed(&self) -> Option<(f64, f64)> {
        match self {
            Self::Nothing => Some((5.0, 5.0)),
            Self::Regions(_) | Self::Source(_) => Some((15.0, 5.0)),
            Self::AllBut(_) => None,
        }
    }

    /// What it knows of a scene. Who knows some regions is after the others of their supra-region, everyone else after
    /// all that is hidden.
    pub(super) fn view(&self, world: &World, scene: &Scene) -> View {
        let own = scene.count(|row| self.has(&world.observations[row]));
        let knows_regions = |it: &[&str], area: &Area| region(world, area).is_some_and(|code| it.contains(&&*code));
        let area = |cell: usize| &scene.cells[cell].id.area;
        let all = 0..scene.cells.len();
        let (sure, near): (Vec<bool>, Vec<bool>) = match self {
            Self::Regions(known) => (
                all.clone().map(|it| knows_regions(known, area(it))).collect(),
                all.clone()
                    .map(|it| supra_region(world, area(it)) == known.first().and_then(|it| of(world, it)))
                    .collect(),
            ),
            Self::Nothing | Self::Source(_) => (vec![false; own.len()], vec![true; own.len()]),
            Self::AllBut(_) => (vec![false; own.len()], scene.cells.iter().map(|it| it.truth > 0).collect()),
        };
        let targets = all.filter(|it| scene.cells[*it].shown.is_none() && near[*it] && !sure[*it]).collect();
        View { own, sure, near, targets }
    }
}

fn region(world: &World, area: &Area) -> Option<Box<str>> {
    match area {
        Area::Region(code) => Some(code.clone()),
        Area::Municipality(code) => world.geography.municipalities.get(code).cloned(),
        Area::Country | Area::SupraRegion(_) => None,
    }
}

fn of(world: &World, region: &str) -> Option<Box<str>> {
    world.geography.regions.get(region).cloned().flatten()
}

fn supra_region(world: &World, area: &Area) -> Option<Box<str>> {
    match area {
        Area::SupraRegion(code) => Some(code.clone()),
        area => region(world, area).and_then(|it| of(world, &it)),
    }
}
