//! Whether a period may be released, and as which version. A period is released once; a revision corrects it, on purpose,
//! and not as often as one likes: two versions that differ by one late row can be subtracted. Knows no row.

use std::{collections::BTreeSet, sync::Arc};

use chrono::Days;
use entities::{Bucket, Dataset, Date};

use super::{
    CellId, NotMade, Period, Published, Released, Releases, Vocabulary, areas::geography, make::Making, make::cut_off,
    period::named, record::Contributor,
};

/// Which release of a period is to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Issue {
    /// The first.
    First,
    /// The next version of one that stands.
    Revision,
}

/// A version of a period's release, before it is made.
pub(super) struct Edition {
    pub(super) period: Period,
    pub(super) version: u32,
    /// The day from which on it can be made.
    pub(super) cut_off: Date,
    /// The version before, where it verifies.
    before: Option<Arc<Released>>,
}

/// The versions of these periods that can be made today.
///
/// Corrections wait for the next closing day after the version before was made, so that there are few versions, and each
/// has all corrections of a quarter. Other sources or another program do not wait: without that a period would be served
/// by none of them.
pub(super) fn editions(
    periods: &[Period],
    (making, standing): (&Making<'_>, &Releases),
    contributors: &[Contributor],
) -> Result<Vec<Edition>, NotMade> {
    periods.iter().map(|period| edition(*period, (making, standing), contributors)).collect()
}

fn edition(
    period: Period,
    (making, standing): (&Making<'_>, &Releases),
    contributors: &[Contributor],
) -> Result<Edition, NotMade> {
    let unverified = standing.unverified().iter().filter_map(|id| named(id));
    let unverified = unverified.filter(|(of, _)| *of == period).map(|(_, version)| version.unwrap_or(1)).max();
    let before = standing.list().iter().find(|it| it.period == period);
    let last = unverified.max(before.map(|it| it.version));
    let on = cut_off(period, making.cut_off_days);
    let Some(last) = last else {
        return match making.issue {
            Issue::First => Ok(Edition { period, version: 1, cut_off: on, before: None }),
            Issue::Revision => Err(NotMade::Unreleased(period)),
        };
    };
    if making.issue == Issue::First {
        return Err(NotMade::Standing(period.id(last)));
    }
    let mut edition = Edition { period, version: last.saturating_add(1), cut_off: on, before: None };
    // What was made by one that does not verify is not known.
    let Some(before) = before.filter(|it| it.version == last) else { return Ok(edition) };
    let on = next_closing(Date::from_chrono(before.made_at.date_naive()), making.cut_off_days);
    let is_other = before.sources != contributors || *before.program_version != *env!("CARGO_PKG_VERSION");
    edition.cut_off = match making.today >= on {
        true => on,
        false if is_other => before.cut_off,
        false => return Err(NotMade::TooSoon { id: before.id.to_string(), on }),
    };
    edition.before = Some(Arc::clone(before));
    Ok(edition)
}

/// The first day after this one on which a quarter is closed.
fn next_closing(day: Date, days: u64) -> Date {
    let closing = day.to_chrono().checked_sub_days(Days::new(days)).map_or(day, Date::from_chrono);
    let quarters = std::iter::successors(Some(closing), |it| Some(it.next(Bucket::Quarter)));
    let mut ends = quarters.map(|day| cut_off(Period::of(day, Bucket::Quarter), days));
    ends.find(|it| *it > day).unwrap_or(day)
}

impl Edition {
    /// The cells of a dataset that the version before shows; nothing where there is none, or none that verifies.
    pub(super) fn shown_before(&self, dataset: &Dataset) -> Option<(Period, BTreeSet<CellId>)> {
        let before = self.before.as_ref().filter(|it| it.datasets.iter().any(|known| known.name == dataset.name))?;
        Some((self.period, before.cells(dataset).iter().map(|(id, _)| id.clone()).collect()))
    }

    /// Is it another release than the version before: of other sources, areas or code lists, or with other numbers?
    pub(super) fn is_other(
        &self,
        making: &Making<'_>,
        contributors: &[Contributor],
        tables: &[(Vocabulary, Vec<(CellId, Published)>)],
    ) -> bool {
        let Some(before) = &self.before else { return true };
        let is_same = |(vocabulary, cells): &(Vocabulary, Vec<(CellId, Published)>)| {
            let dataset = vocabulary.dataset;
            before.cells(dataset) == cells.as_slice() && before.vocabulary(dataset).dimensions == vocabulary.dimensions
        };
        let areas = geography(making.reference, self.period);
        before.sources != contributors
            || before.areas.as_deref().is_some_and(|it| *it != areas)
            || !tables.iter().all(is_same)
            || before.datasets.len() != tables.len()
    }
}
