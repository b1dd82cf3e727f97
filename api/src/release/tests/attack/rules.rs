//! What an attacker reads from the program: which numbers are shown for a true count and how often, and what it means
//! for the parts of a whole that one cell is shown and another is not.

use super::{
    scene::{Cell, Kind, Relation, Scene},
    world::QUARTERS,
};
use crate::release::{Perturbation, Rules};

/// The rules of a scene, as far as relations can tell anything.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tell {
    pub(super) rules: Rules,
    /// Is each region's cell its source's own, so that no holder is left out of it?
    pub(super) by_region: bool,
}

/// What the rules say of how many youths the hidden parts of a whole have together.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Told {
    /// So many at least.
    pub(super) least: Option<u32>,
    /// Fewer than so many.
    pub(super) below: Option<u32>,
    /// Could the latter have other reasons?
    pub(super) perhaps: bool,
    /// Would who takes it to have none be right? Then bounds take it so.
    pub(super) guessed: bool,
}

/// How often a whole is hidden for other reasons than its regions.
const OTHER_REASONS: f64 = 0.3;

impl Told {
    /// How well a sum fits.
    pub(super) fn weight(self, sum: i64) -> f64 {
        let few = self.least.is_some_and(|it| sum < i64::from(it));
        let many = self.below.is_some_and(|it| sum >= i64::from(it));
        match (few || (many && !self.perhaps), many) {
            (true, _) => 0.0,
            (false, true) => OTHER_REASONS,
            (false, false) => 1.0,
        }
    }
}

impl Tell {
    /// What the pattern of shown and hidden cells says of a relation's hidden parts.
    pub(super) fn of(self, scene: &Scene, relation: &Relation) -> Told {
        let shown = relation.parts.iter().filter(|it| scene.cells[**it].shown.is_some()).count();
        let whole = &scene.cells[relation.whole];
        let fewest = Some(self.rules.fewest);
        let left_out = shown > 0 && shown <= self.rules.regions_left_out;
        match relation.kind {
            Kind::Regions if left_out && whole.shown.is_some() => Told { least: fewest, ..Told::default() },
            Kind::Regions if left_out && shown == self.rules.regions_left_out => {
                let hidden = relation.parts.iter().filter(|it| scene.cells[**it].shown.is_none());
                let together: u32 = hidden.map(|it| scene.cells[*it].truth).sum();
                let (is_plain, is_below) = (self.is_plain(whole), together < self.rules.fewest);
                let perhaps = !is_plain || self.rules.audits;
                Told { below: fewest, perhaps, guessed: is_plain && is_below, ..Told::default() }
            }
            Kind::Parts if self.rules.beside && shown == 1 => Told { least: fewest, ..Told::default() },
            Kind::Parts | Kind::Regions | Kind::Times => Told::default(),
        }
    }

    /// Can the cell be hidden for few youths and few regions only? A year's may be hidden for its quarters, too.
    fn is_plain(self, cell: &Cell) -> bool {
        self.by_region && cell.id.by.is_none() && cell.id.month.is_none() && cell.release < QUARTERS
    }

    /// Are cells hidden for other reasons than few youths?
    pub(super) fn hides_more_than_few(self) -> bool {
        self.rules != Rules::threshold_only() && self.rules != Rules::none()
    }

    /// The least and the most youths that a shown number can stand for.
    pub(super) fn range(self, shown: u32) -> (u32, u32) {
        let error = if self.rules.perturbs { 9 } else { 0 };
        (shown.saturating_sub(error).max(self.rules.fewest), shown + error)
    }

    /// How often this number is shown for a true count.
    pub(super) fn chance(self, count: u32, shown: u32) -> f64 {
        if !self.rules.perturbs {
            return if count == shown { 1.0 } else { 0.0 };
        }
        let table = Perturbation::table();
        let of = table.weights(count).filter(|it| i64::from(count) + it.error == i64::from(shown));
        of.map(|it| f64::from(it.weight)).sum()
    }
}
