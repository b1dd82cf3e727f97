//! Why nothing is shown of cells, worked out anew from the rows as they stand now: a release keeps what is shown alone.
//! Only of areas whose rows the caller may read all of; of every other cell it says nothing, not even whether it has rows.

use std::{collections::BTreeSet, fmt, sync::Arc};

use entities::Tier;

use super::{
    Area, CellId, Cells, Geography, Hidden, NotMade, Released, Rules, Secret, Vocabulary, make::blocking,
    observe::observe, protect,
};
use crate::{
    federation::Sources,
    policy::{Extent, Grant},
};

/// What reasons are worked out from.
#[derive(Clone, Copy)]
pub struct Reasoning<'a> {
    /// The rows that the caller may read one by one: no grant for tables.
    pub grant: &'a Grant,
    /// The sources, of which those are asked that may hold rows of areas that the caller covers.
    pub sources: &'a Sources,
    /// What the table is made of.
    pub vocabulary: &'a Vocabulary,
    /// The areas of the release.
    pub geography: &'a Geography,
    /// The release.
    pub release: &'a Released,
    /// What decided the noise.
    pub secret: &'a Arc<Secret>,
}

/// Why nothing is shown of a cell, or no rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Nothing is there.
    NoRows,
    /// Nothing is shown.
    Hidden(Hidden),
    /// A few youths have most of the rows: youths are shown, rows are not.
    Dominated,
    /// The number of rows came out too low: youths are shown, rows are not.
    RowsDrawn,
    /// By the rows as they stand now it would be shown, were it not for other cells: it does not say which of both, since
    /// that would tell of the others.
    Changed,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoRows => "no rows",
            Self::Hidden(Hidden::FewYouths) => "fewer than 10 youths",
            Self::Hidden(Hidden::HeldBack) => "the version before did not show it, and it has fewer than 20 youths",
            Self::Hidden(Hidden::Drawn) => "its published number came out below 10",
            Self::Hidden(Hidden::Neighbour) => {
                "too few youths would remain without some of its regions or one of its holders"
            }
            Self::Hidden(Hidden::Complement) => "too few youths remain beside it",
            Self::Hidden(Hidden::Audit) => "beside other published numbers it would give a hidden cell away",
            Self::Dominated => "rows are not shown: a few youths have most of them",
            Self::RowsDrawn => "rows are not shown: their published number came out below 10",
            Self::Changed => "would be shown: the rows have changed since, the version before hid it, or it would give another cell away",
        })
    }
}

/// For each cell that is hidden, or of which no rows are shown: why, where the caller may read all of its rows.
///
/// # Errors
/// Where a source that may hold such rows does not answer.
pub async fn reasons(cells: &[CellId], reasoning: Reasoning<'_>) -> Result<Vec<Option<Reason>>, NotMade> {
    let Reasoning { grant, sources, vocabulary, release, .. } = reasoning;
    let is_told: Vec<bool> = cells.iter().map(|cell| reasoning.is_unshown(cell) && reasoning.may_tell(cell)).collect();
    let told = cells.iter().zip(&is_told).filter(|(_, is_told)| **is_told);
    let extents = told.filter_map(|(cell, _)| extent(cell, reasoning.geography));
    let regions = extents.flat_map(|extent| match extent {
        Extent::Everywhere => Vec::new(),
        Extent::Regions(regions) => regions,
    });
    let regions: Vec<_> = regions.collect::<BTreeSet<_>>().into_iter().collect();
    let covered = grant.covered(&regions, tier(vocabulary, None)).filter(|_| is_told.contains(&true));
    let Some(covered) = covered else { return Ok(vec![None; cells.len()]) };
    let observations = observe(vocabulary, &[release.period], sources, &covered).await?;
    let (vocabulary, geography) = (vocabulary.clone(), reasoning.geography.clone());
    let (period, secret) = (release.period, Arc::clone(reasoning.secret));
    let worked_out = blocking(move || {
        // The audit takes all rows, of which these may be some: what it hides looks as if its rows had changed.
        let unaudited = Rules { audits: false, ..Rules::all() };
        let under = |rules| protect(&observations, &vocabulary, &geography, period, &secret, rules);
        Now { cells: under(unaudited), undominated: under(Rules { dominance: false, ..unaudited }) }
    });
    let now = worked_out.await?;
    let reason = |(cell, is_told): (&CellId, bool)| is_told.then(|| reasoning.reason(cell, &now));
    Ok(cells.iter().zip(is_told).map(reason).collect())
}

/// What a release of the rows as they stand now would have.
struct Now {
    cells: Cells,
    /// The same, were rows shown whoever has most of them.
    undominated: Cells,
}

impl Reasoning<'_> {
    fn is_unshown(&self, cell: &CellId) -> bool {
        self.release.cell(self.vocabulary.dataset, cell).is_none_or(|shown| shown.rows.is_none())
    }

    /// May the caller read all rows that the reason rests on, and all fields of them?
    fn may_tell(&self, cell: &CellId) -> bool {
        let tier = tier(self.vocabulary, Some(cell));
        extent(cell, self.geography).is_some_and(|extent| self.grant.covers(&extent, tier))
    }

    fn reason(&self, cell: &CellId, now: &Now) -> Reason {
        let has_youths = self.release.cell(self.vocabulary.dataset, cell).is_some();
        let rows = |cells: &Cells| match cells.get(cell) {
            Some(Ok(shown)) => Some(shown.rows),
            _ => None,
        };
        match (now.cells.get(cell), has_youths) {
            (None, false) => Reason::NoRows,
            (Some(Err(hidden)), false) => Reason::Hidden(*hidden),
            (Some(Ok(shown)), true) if shown.rows.is_none() => match rows(&now.undominated) {
                Some(Some(_)) => Reason::Dominated,
                _ => Reason::RowsDrawn,
            },
            _ => Reason::Changed,
        }
    }
}

/// Where the rows lie that the reason rests on. That of a municipality rests on its region, which it may be nearly all
/// of; no other rests on a wider area.
fn extent(cell: &CellId, geography: &Geography) -> Option<Extent> {
    let regions = |regions: Vec<Box<str>>| Some(regions).filter(|it| !it.is_empty()).map(Extent::Regions);
    match &cell.area {
        Area::Country => Some(Extent::Everywhere),
        Area::SupraRegion(code) => {
            let of = geography.regions.iter().filter(|(_, of)| of.as_ref() == Some(code));
            regions(of.map(|(region, _)| region.clone()).collect())
        }
        Area::Region(code) => regions(vec![code.clone()]),
        Area::Municipality(code) => regions(geography.municipalities.get(code).cloned().into_iter().collect()),
    }
}

/// The tier of the most telling field that the reason rests on.
fn tier(vocabulary: &Vocabulary, cell: Option<&CellId>) -> Tier {
    let dataset = vocabulary.dataset;
    let areas = ["region", "municipality"].into_iter().filter_map(|name| dataset.field(name));
    let dates = dataset.period.into_iter().flat_map(|it| std::iter::once(it.from).chain(it.until));
    let by = cell.and_then(|cell| cell.by.as_ref()).map(|(field, _)| *field);
    let tiers = areas.chain(dates).chain(by).map(|field| dataset.fields[field].tier);
    tiers.fold(Tier::Indirect, Tier::max)
}
