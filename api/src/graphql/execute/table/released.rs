//! A table of a release: picked cells, in order. Who asks makes no difference, and nothing is asked of sources.

use std::sync::{Arc, OnceLock};

use async_graphql_value::ConstValue;
use entities::{Dataset, Datum};

use super::{Comes, Line, Statistics, order};
use crate::{
    graphql::{
        ask::{self, Asking, Form, Picked, Wanted},
        error::Problem,
        execute::{Task, Values, fetch::Found, lookup, made},
    },
    release::{CellId, Geography, Published, Released, Releases, Vocabulary, geography_of, named, reference_of},
};

/// A released table as it is asked for.
pub(in crate::graphql::execute) struct AskedReleased {
    pub(in crate::graphql::execute) form: Form,
    pub(in crate::graphql::execute) release: Arc<Released>,
    pub(in crate::graphql::execute) vocabulary: Vocabulary,
    pub(in crate::graphql::execute) geography: Arc<Geography>,
    pub(in crate::graphql::execute) cells: Picked,
}

pub(super) async fn released(task: &Task, dataset: &'static Dataset, args: &Values) -> Result<Found, Problem> {
    let AskedReleased { form, release, vocabulary, cells, .. } = asked(task, dataset, args).await?;
    let lines = cells.into_iter().map(|(key, cell)| line(&release, &vocabulary, key, &cell)).collect();
    let lines = order::arranged(lines, &form, &vocabulary.measures);
    let (measures, completeness) = (vocabulary.measures, OnceLock::new());
    let release = Some(made::release(task, &release));
    let table = Statistics { form, measures, lines, is_publishable: true, outcomes: None, completeness, release };
    Ok(Found::Table(Arc::new(table)))
}

/// What is asked for, before anything is read of a cell.
pub(in crate::graphql::execute) async fn asked(
    task: &Task,
    dataset: &'static Dataset,
    args: &Values,
) -> Result<AskedReleased, Problem> {
    if dataset.youth().is_none() || !task.access.sees_releases() {
        let name = dataset.name;
        let message = format!("there are no releases of {name} for you; ask for \"view: OWN\"");
        return Err(Problem::input(message));
    }
    let parts = task.gateway.parts();
    let releases = lookup::releases(task).await?;
    let form = ask::form(&task.access.schema.model, dataset, args)?;
    let asking = Asking::new(parts, &task.access);
    let wanted = ask::wanted(&asking, dataset, (&form.axes, args))?;
    let release = Arc::clone(find(&releases, dataset, &wanted, args)?);
    let others = |problem| Problem::input(format!("{problem}; \"releases\" lists those there are"));
    release.is_of(&parts.sources, dataset).map_err(others)?;
    let (vocabulary, geography) = (release.vocabulary(dataset), geography_of(&release, &parts.reference));
    // Which areas a filter names is known now: those that the release was made with.
    let asking = Asking { reference: reference_of(&release, &parts.reference), ..asking };
    let wanted = ask::wanted(&asking, dataset, (&form.axes, args))?;
    let cells = ask::pick(&vocabulary, (&geography, release.period), &wanted)?;
    Ok(AskedReleased { form, release, vocabulary, geography, cells })
}

/// The release that is asked for by its id or its name; else the last version of the newest of the length that the table
/// has.
fn find<'r>(
    releases: &'r Releases,
    dataset: &'static Dataset,
    wanted: &Wanted<'_>,
    args: &Values,
) -> Result<&'r Arc<Released>, Problem> {
    let name = dataset.name;
    if let Some(ConstValue::String(id)) = args.get("release") {
        let key = lookup::key_of_release(id);
        let release = match &key {
            Some(key) => releases.by_id(key).filter(|release| release.has(dataset)),
            None => releases.by_name(id, dataset),
        };
        return release.ok_or_else(|| {
            // The name of a release is repeated; any other text is the caller's own.
            let name_of = key.as_ref().unwrap_or(id);
            let said = named(name_of).map_or_else(String::new, |_| format!(" ({name_of})"));
            Problem::input(format!(
                "argument \"release\"{said} names no release of {name}; \"releases\" lists those there are"
            ))
        });
    }
    let length = wanted.length(dataset);
    let fits = |it: &Released| it.has(dataset) && length.is_none_or(|length| it.period.kind() == length);
    let newest = match wanted.open_on {
        None => releases.newest(dataset, length),
        Some(day) => releases.list().iter().find(|it| it.period.until == day && fits(it)),
    };
    newest.ok_or_else(|| {
        Problem::input(match wanted.open_on {
            None => format!("there is no release of {name} with this table yet; \"releases\" lists those there are"),
            Some(_) => format!(
                "argument \"openOn\" must be the last day of a release of {name} with this table; \"releases\" lists those \
                 there are"
            ),
        })
    })
}

/// A cell that is not shown looks like one without rows.
fn line(release: &Released, vocabulary: &Vocabulary, key: Box<[Datum]>, cell: &CellId) -> Line {
    let shown = release.cell(vocabulary.dataset, cell);
    let number = |of: fn(&Published) -> Option<u32>| shown.and_then(of).map(u64::from);
    let measures = (0..vocabulary.measures.len())
        .map(|place| Comes::Published(shown.and_then(|it| it.measures.get(place).copied()).unwrap_or_default()));
    Line {
        key,
        rows: number(|it| it.rows),
        youths: number(|it| Some(it.youths)),
        measures: measures.collect(),
        is_hidden: shown.is_none(),
    }
}
