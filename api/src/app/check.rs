//! Is everything as it should be? `check` looks at all of it; `serve` looks at the sources once, in passing.

mod coverage;
mod quality;

use std::{fmt::Write as _, path::Path, sync::Arc, time::Duration};

use entities::datasets;
use futures_util::{StreamExt, future::join_all, stream};
use tokio::time::timeout;

use super::{
    App, Foundation,
    origin::{Origin, say_misfits},
    release::demonstrate,
};
use crate::{
    policy::{Caller, OnBehalf},
    source::{Failure, Inspected, Select, Source},
};

/// How long `serve` waits for what it looks at in passing.
const PASSING: Duration = Duration::from_secs(2);
/// How long `check` waits for each source, which reads all its rows.
const THOROUGH: Duration = Duration::from_secs(60);
/// How many sources `check` looks at at the same time.
const TOGETHER: usize = 4;

/// What `check` found.
#[derive(Debug)]
pub struct Checked {
    /// One line for the policy, per source and dataset, and per thing that is wrong.
    pub report: String,
    /// How many things are wrong.
    pub faults: usize,
    /// How many things are as they may be, and seldom should.
    pub warnings: usize,
}

/// `check`: configuration, policy, and every source against the contract.
///
/// # Errors
/// Where the gateway cannot be made at all.
pub async fn check(foundation: &Foundation) -> anyhow::Result<Checked> {
    let app = App::start(foundation.setup()?).await?;
    let policy = &foundation.policy;
    let report = format!("policy: version {}, {} roles\n", policy.version(), policy.roles().len());
    let mut checked = Checked { report, faults: 0, warnings: 0 };
    if let Err(error) = demonstrate(foundation, &app).await {
        checked.fault(1, format_args!("the demonstration's releases cannot be made: {error:#}"));
    }
    tell_releases(&app, &mut checked).await;
    if let Err(error) = foundation.listen() {
        checked.fault(1, error);
    }
    for warning in warnings(foundation) {
        checked.warnings += 1;
        checked.line(format_args!("warning: {warning}"));
    }
    for misfit in misfits(foundation, &app) {
        checked.fault(1, misfit);
    }
    for (name, asked) in app.authenticator.inspect().await {
        match asked {
            Ok(keys) => checked.line(format_args!("issuer `{name}`: {keys} key{}", if keys == 1 { "" } else { "s" })),
            Err(silence) => {
                let mut all = foundation.config.issuers.iter();
                let place = all.find(|it| *it.name == *name).map_or_else(String::new, |it| format!("{}: ", it.section));
                checked.fault(1, format_args!("{place}issuer `{name}`: {silence}"));
            }
        }
    }
    let inspect = async |source| {
        let (lines, inspected) = inspect(source, Origin::of(Source::name(source), &app, &foundation.config)).await;
        let notes = quality::count(source, app.reference()).await;
        (lines, notes, coverage::of(source, inspected).await)
    };
    let mut covered = Vec::new();
    let mut inspected = stream::iter(app.gateway.parts().sources.iter().map(inspect)).buffered(TOGETHER);
    while let Some((lines, notes, covers)) = inspected.next().await {
        for (faults, line) in lines {
            checked.fault(faults, line);
        }
        for note in notes {
            checked.warnings += 1;
            checked.line(format_args!("warning: {note}"));
        }
        covered.extend(covers);
    }
    checked.report.push_str(&coverage::matrix(&covered));
    let number = |number: usize, word: &str| format!("{number} {word}{}", if number == 1 { "" } else { "s" });
    match (checked.faults, checked.warnings) {
        (0, 0) => checked.line("all is as it should be"),
        (0, warnings) => checked.line(format_args!("nothing is wrong; {}", number(warnings, "warning"))),
        (faults, 0) => checked.line(number(faults, "fault")),
        (faults, warnings) => {
            checked.line(format_args!("{}, {}", number(faults, "fault"), number(warnings, "warning")));
        }
    }
    Ok(checked)
}

/// One line on all releases, and one for each that is not as it should be.
async fn tell_releases(app: &App, checked: &mut Checked) {
    let releases = match app.releases().releases().await {
        Ok(releases) => releases,
        Err(error) => return checked.fault(1, error),
    };
    match releases.list().len() {
        0 => checked.line("releases: none"),
        number => checked.line(format_args!("releases: {number}, verified")),
    }
    for id in releases.unverified() {
        checked
            .fault(1, format_args!("release `{id}` does not verify, and is not served: restore the store, or its key"));
    }
    let sources = &app.gateway.parts().sources;
    for release in releases.list() {
        let other = release.datasets.iter().find_map(|dataset| release.is_of(sources, dataset).err());
        if let Some(other) = other {
            checked.warnings += 1;
            checked.line(format_args!("warning: {other}"));
        }
    }
}

/// What `serve` logs of what it finds in passing: one warning per source that cannot answer, and none delays the others.
pub async fn warn(foundation: &Foundation, app: &App) {
    for warning in warnings(foundation).into_iter().chain(misfits(foundation, app)) {
        tracing::warn!("{warning}");
    }
    // Loads them before the first request asks, and tells of those that do not verify.
    let _ = app.releases().releases().await;
    for (source, trouble) in troubles(foundation, app).await {
        tracing::warn!(source.name = source, "{trouble}");
    }
}

impl Checked {
    fn line(&mut self, words: impl std::fmt::Display) {
        let _ = writeln!(self.report, "{words}");
    }

    fn fault(&mut self, faults: usize, words: impl std::fmt::Display) {
        self.faults += faults;
        self.line(words);
    }
}

fn warnings(foundation: &Foundation) -> Vec<String> {
    let open = foundation.config.issuers.is_empty() && !foundation.config.sources.is_empty();
    let file = foundation.file.as_deref().unwrap_or(Path::new("")).display();
    let words = format!(
        "{file}: no [[issuer]]: the demonstration's own tokens are accepted, and whoever can run `regiograph token` here \
         makes them for any role"
    );
    open.then_some(words).into_iter().collect()
}

fn misfits(foundation: &Foundation, app: &App) -> Vec<String> {
    foundation.config.sources.iter().flat_map(|source| say_misfits(source, app.reference())).collect()
}

/// Compares one source with the contract: lines, each with the number of faults in it, and what there is of each dataset.
async fn inspect(source: &dyn Source, origin: Origin<'_>) -> (Vec<(usize, String)>, Vec<Inspected>) {
    let failure = match timeout(source.deadline().max(THOROUGH), source.check(OnBehalf::inspection())).await {
        Ok(Ok(inspected)) => {
            let line =
                |faults, it: &_| if faults == 0 { format!("source `{}`: {it}", source.name()) } else { origin.say(it) };
            let lines = inspected.iter().map(|it| (it.faults(), line(it.faults(), it))).collect();
            return (lines, inspected);
        }
        // A node need not let its tables be looked at by every gateway whose callers it answers.
        Ok(Err(Failure::Refused)) if source.is_remote() && timeout(THOROUGH, probe(source)).await == Ok(Ok(())) => {
            let line = format!("source `{}`: answers, and does not let this gateway check it", source.name());
            return (vec![(0, line)], Vec::new());
        }
        Ok(Err(failure)) => failure,
        Err(_) => Failure::TimedOut(source.deadline().max(THOROUGH)),
    };
    (vec![(1, origin.say_failure(&failure).await)], Vec::new())
}

/// The sources that cannot answer now, each with why not.
async fn troubles<'a>(foundation: &Foundation, app: &'a App) -> Vec<(&'a str, String)> {
    let probes = app.gateway.parts().sources.iter().map(async |source| {
        let probed = timeout(PASSING, probe(source)).await;
        let failure = probed.unwrap_or(Err(Failure::TimedOut(PASSING))).err()?;
        let origin = Origin::of(source.name(), app, &foundation.config);
        let said = timeout(PASSING, origin.say_failure(&failure)).await;
        Some((source.name(), said.unwrap_or_else(|_| origin.say(&failure))))
    });
    join_all(probes).await.into_iter().flatten().collect()
}

/// Asks a source for one whole row of each dataset that it holds; one that asks for whom, for what everyone may see.
async fn probe(source: &dyn Source) -> Result<(), Failure> {
    for dataset in datasets().iter().filter(|dataset| source.holds(dataset)) {
        let on_behalf = OnBehalf::caller(&Caller::public(), None);
        let records = source.rows(Arc::new(Select { on_behalf, ..Select::whole(dataset, 1) })).await?;
        if !records.lacking.is_empty() {
            return Err(Failure::Drifted(records.lacking.join(", ")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
