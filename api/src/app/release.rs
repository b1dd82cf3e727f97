//! Releases as the program makes them: at a command, and those that the demonstration comes with.

use std::{collections::BTreeSet, sync::Arc};

use anyhow::Context;

use super::{App, Foundation, store};
use crate::{
    audit::{Action, Entry, Event, Kind, Outcome, Processing, Subjects},
    demo,
    release::{Issue, Made, Making, NotMade, Period, Secret, Shelf, make},
};

/// `release`: makes the protected tables of a closed period, or the next version of them, and says what was made. Totals
/// only.
///
/// # Errors
/// Where the period is none or not closed, where it was released before or has nothing to revise, or where a source does
/// not answer completely. Then nothing is stored.
pub async fn release(foundation: &Foundation, period: &str, issue: Issue) -> anyhow::Result<String> {
    let period: Period = period.parse().with_context(|| format!("--period {period}"))?;
    let app = App::start(foundation.setup()?).await?;
    let secret = Arc::new(foundation.disclosure()?);
    let made = app.issue(issue, &[period], &secret, foundation.config.release.cut_off_days()).await?;
    Ok(made.iter().map(say).collect())
}

/// Makes the releases of the demonstration's closed years and quarters that are not there yet; how many.
///
/// # Errors
/// Where they cannot be made.
pub async fn demonstrate(foundation: &Foundation, app: &App) -> anyhow::Result<usize> {
    if !foundation.demonstration {
        return Ok(0);
    }
    let days = foundation.config.release.cut_off_days();
    let releases = app.releases().releases().await?;
    let stands = |period: &Period| {
        let id = period.to_string();
        releases.by_id(&id).is_some() || releases.unverified().iter().any(|it| **it == *id)
    };
    let mut wanted = demo::closed_periods(app.world.clock.today(), days);
    wanted.retain(|period| !stands(period));
    if wanted.is_empty() || !mark(foundation).await? {
        return Ok(0);
    }
    let secret = Arc::new(foundation.disclosure()?);
    match app.release(&wanted, &secret, days).await {
        // Another process was faster.
        Err(NotMade::Standing(_)) => Ok(0),
        made => {
            let releases = made?.len();
            tracing::info!(releases, "the demonstration's releases were made");
            Ok(releases)
        }
    }
}

/// May the demonstration's releases stand in the store? Not beside those of real sources.
async fn mark(foundation: &Foundation) -> anyhow::Result<bool> {
    let may = store::mark_demonstration(&foundation.store()?, &demo::version()).await?;
    if !may {
        tracing::warn!("the store holds releases of other sources: the demonstration goes without its own");
    }
    Ok(may)
}

fn say(made: &Made) -> String {
    let Made { id, datasets, sources, shown, cells } = made;
    format!("release {id}: {shown} of {cells} cells are shown; {datasets} datasets of {sources} sources\n")
}

impl App {
    /// The releases of the store.
    #[must_use]
    pub fn releases(&self) -> &Shelf {
        &self.releases
    }

    /// Makes the first releases of these periods, all or none.
    ///
    /// # Errors
    /// Where one cannot be made. Then nothing is stored.
    pub async fn release(
        &self,
        periods: &[Period],
        secret: &Arc<Secret>,
        cut_off_days: u64,
    ) -> Result<Vec<Made>, NotMade> {
        self.issue(Issue::First, periods, secret, cut_off_days).await
    }

    /// Makes the first releases of these periods, or their next versions, all or none.
    ///
    /// # Errors
    /// Where one cannot be made. Then nothing is stored.
    pub async fn issue(
        &self,
        issue: Issue,
        periods: &[Period],
        secret: &Arc<Secret>,
        cut_off_days: u64,
    ) -> Result<Vec<Made>, NotMade> {
        let parts = self.gateway.parts();
        let making = Making {
            store: &self.store,
            sources: &parts.sources,
            reference: &parts.reference,
            secret,
            signer: &self.signer,
            issue,
            cut_off_days,
            now: self.world.clock.now(),
            today: self.world.clock.today(),
        };
        let made = make(periods, making).await;
        self.log_releases(periods, made.as_deref().unwrap_or_default()).await;
        made
    }

    /// Writes down that releases were made, or were to be: from all rows of all sources.
    async fn log_releases(&self, periods: &[Period], made: &[Made]) {
        let parts = self.gateway.parts();
        let mut event = Event::new(Kind::Release, self.world.clock.now(), parts.policy.version());
        event.action = Action::Create;
        event.outcome = if made.is_empty() { Outcome::Refused } else { Outcome::Answered };
        event.name = Some(periods.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ").into());
        event.purpose = Some("release".into());
        event.sources = parts.sources.iter().map(|source| source.name().into()).collect();
        let of = |release: &Made| {
            let released: Box<str> = release.id.as_str().into();
            let processing = move |source: &str| Processing {
                activity: "urn:regiograph:processing:release".to_owned(),
                dataset: "Release",
                sources: BTreeSet::from([source.into()]),
                released: Some(released.clone()),
                subjects: Subjects::Table,
            };
            event.sources.iter().map(|source| processing(source)).collect::<Vec<_>>()
        };
        let processings = made.iter().flat_map(of).collect();
        // What was made names nobody, and stands already; that the log fails is in the program's own log.
        let _ = parts.audit.write(Entry { event, processings }).await;
    }
}
