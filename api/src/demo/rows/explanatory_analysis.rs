//! Rows of explanatory analyses.

use entities::{code::PROBLEM_AREA, explanatory_analysis::Model};

use crate::demo::{
    calendar::{changed, date},
    random::Random,
    team::Analysis,
    youth::Youth,
};

/// The monitor's row of an analysis, not yet numbered.
pub(crate) fn row(youth: &Youth<'_>, analysis: &Analysis, random: &mut Random) -> Model {
    let (updated_at, updated_on) = changed(analysis.completed.unwrap_or(analysis.started), random);
    let mut known = |percent| {
        let is = random.chance(percent);
        random.known(93, is)
    };
    let (with_youth, with_parents, perspective) = (known(72), known(81), known(58));
    let theme = random.one(PROBLEM_AREA.codes).filter(|_| random.chance(90));
    Model {
        id: 0,
        youth: youth.pseudonym.clone(),
        youth_key: youth.key,
        region: youth.region.code.to_owned(),
        started_on: date(analysis.started),
        completed_on: analysis.completed.map(date),
        with_youth,
        with_parents,
        perspective_described: perspective.filter(|_| analysis.completed.is_some()),
        theme: theme.map(|it| it.code.to_owned()),
        updated_at,
        updated_on,
    }
}
