//! Rows of recurring patterns: what the cases of a region, or of a network's regions, share.

use chrono::NaiveDate;
use entities::{
    code::{BOTTLENECK, Code},
    recurring_pattern::Model,
    ret_case,
};

use super::ByHolder;
use crate::demo::{
    areas::Areas,
    calendar::{FIRST, changed},
    random::Random,
};

/// A region notes a pattern when it has seen as many cases; a network waits for more.
const OF_REGION: usize = 6;
const OF_NETWORK: usize = 25;

/// All patterns, not yet numbered, read off the cases.
pub(crate) fn rows(areas: &Areas<'_>, cases: &ByHolder<ret_case::Model>) -> ByHolder<Model> {
    let of = |region: &str| cases.get(region).into_iter().flatten();
    let mut rows = ByHolder::new();
    for region in &areas.regions {
        let found = patterns(region.code, &of(region.code).collect::<Vec<_>>(), OF_REGION);
        let found = found.into_iter().map(|it| Model { region: Some(region.code.to_owned()), ..it });
        rows.insert(region.code.to_owned(), found.collect());
    }
    for (network, regions) in &areas.networks {
        let together: Vec<_> = regions.iter().flat_map(|it| of(it)).collect();
        rows.insert((*network).to_owned(), patterns(network, &together, OF_NETWORK));
    }
    rows
}

/// One pattern for each bottleneck that enough cases are stuck on.
fn patterns(holder: &str, cases: &[&ret_case::Model], enough: usize) -> Vec<Model> {
    let random = &mut Random::new(holder, 0);
    let stuck_on = |code: &Code| {
        let stuck = cases.iter().filter(|it| it.bottleneck.as_deref() == Some(code.code));
        let mut days: Vec<_> = stuck.map(|it| it.registered_on).collect();
        days.sort_unstable();
        days
    };
    let seen = BOTTLENECK.codes.iter().map(|code| (code, stuck_on(code)));
    seen.filter_map(|(code, days)| Some(row(code, *days.get(enough - 1)?, days.len(), random))).collect()
}

fn row(theme: &Code, first: NaiveDate, number: usize, random: &mut Random) -> Model {
    let (status, by) = random.weighted(&[
        (("NOTED", None), 22),
        (("TAKEN_UP", Some("EXPERT_TEAM")), 16),
        (("TAKEN_UP", Some("MUNICIPALITIES")), 18),
        (("TAKEN_UP", Some("PROVIDERS")), 12),
        (("ESCALATED", Some("EXPERTISE_NETWORK")), 12),
        (("ESCALATED", Some("STATE")), 4),
        (("RESOLVED", Some("EDUCATION")), 8),
        (("RESOLVED", Some("MUNICIPALITIES")), 8),
    ]);
    let day = i32::try_from((first - FIRST).num_days()).unwrap_or(0);
    let (updated_at, updated_on) = changed(day + random.between(10, 700), random);
    let what = theme.dutch.to_lowercase();
    let description = format!("Fictieve rode draad: {what} komt in {number} casussen terug.");
    Model {
        id: 0,
        region: None,
        theme: theme.code.to_owned(),
        first_seen_on: first,
        status: status.to_owned(),
        addressed_by: by.map(str::to_owned),
        occurrences: random.known(94, i32::try_from(number).unwrap_or(i32::MAX)),
        description: random.known(85, description),
        updated_at,
        updated_on,
    }
}
