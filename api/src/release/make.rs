//! Makes releases: closed periods only, of complete sources only, each period once unless it is revised, all that were
//! asked for or none.

use std::{sync::Arc, thread::available_parallelism};

use chrono::{DateTime, Days, SecondsFormat, Utc};
use entities::{Dataset, Date, datasets};
use futures_util::{StreamExt, TryStreamExt, future::try_join_all, stream};
use tokio::{sync::Semaphore, task::spawn_blocking};

use super::{
    CellId, Observation, Period, Published, Rules, Secret, Vocabulary,
    areas::geography,
    observe::{inspect, observe},
    protect::{Before, Quarters, Rows},
    read::standing,
    record::{Contributor, FORMAT, Header, to_areas, to_code_lists, to_sources},
    revision::{Edition, Issue, editions},
    sign::Signer,
    store::{self, Draft, NotStored, NotWritten},
};
use crate::{
    federation::Sources,
    policy::Grant,
    reference::Reference,
    source::{Database, Failure, Inspected, Source},
};

/// What releases are made of.
#[derive(Clone, Copy)]
pub struct Making<'a> {
    /// The gateway's store.
    pub store: &'a Database,
    /// The sources, all of which must answer.
    pub sources: &'a Sources,
    /// The reference data, for areas.
    pub reference: &'a Reference,
    /// What decides the noise.
    pub secret: &'a Arc<Secret>,
    /// Who signs.
    pub signer: &'a Signer,
    /// The first releases of the periods, or their next versions.
    pub issue: Issue,
    /// How many days after its last day a period is closed.
    pub cut_off_days: u64,
    /// The moment.
    pub now: DateTime<Utc>,
    /// Today, Amsterdam.
    pub today: Date,
}

/// A release that was made. Totals only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Its id: the period's name, and from the second version on the version.
    pub id: String,
    /// How many datasets it has tables of.
    pub datasets: usize,
    /// How many sources it was made with.
    pub sources: usize,
    /// How many cells are shown.
    pub shown: usize,
    /// How many cells there are, whatever the rows.
    pub cells: usize,
}

/// Why no release was made. Names source, dataset and field, and no value.
#[derive(Debug, thiserror::Error)]
pub enum NotMade {
    /// The period's rows may still change.
    #[error("{period} is not closed: its release can be made from {on} on")]
    NotClosed {
        /// The period.
        period: Period,
        /// The cut-off day.
        on: Date,
    },
    /// It was made before.
    #[error("{0} is released already: what corrects it is a version of its own, which `--revision` makes")]
    Standing(String),
    /// There is no release to revise.
    #[error("{0} is not released yet: there is nothing to revise, leave out `--revision`")]
    Unreleased(Period),
    /// It was made since the last closing day.
    #[error("{id} was made of the same sources by this program: its corrections wait for the next closing day, {on}")]
    TooSoon {
        /// The version that stands.
        id: String,
        /// The day from which on the next can be made.
        on: Date,
    },
    /// The revision would show what is shown already.
    #[error("{0} would be the same as the version before: nothing to revise")]
    Unchanged(String),
    /// There is nothing to release.
    #[error("no source holds rows about youths")]
    NoSources,
    /// A source gave no answer, or a part of it cannot be read.
    #[error("source `{source_name}`, {dataset}: {failure}; a release takes complete sources")]
    Unanswered {
        /// The source.
        source_name: Box<str>,
        /// The dataset.
        dataset: Box<str>,
        /// Why not.
        failure: Failure,
    },
    /// A source is not as the contract asks.
    #[error("source `{source_name}`: {inspected}; a release takes complete sources")]
    Faulty {
        /// The source.
        source_name: Box<str>,
        /// What is wrong.
        inspected: Box<Inspected>,
    },
    /// The store cannot be written.
    #[error("the store of releases cannot be written: {0}")]
    Store(NotStored),
    /// A thread has ended.
    #[error("the release was not made to its end")]
    Stopped,
}

impl NotMade {
    pub(super) fn unanswered(source: &dyn Source, dataset: &str, failure: Failure) -> Self {
        Self::Unanswered { source_name: source.name().into(), dataset: dataset.into(), failure }
    }
}

/// The day from which on a period's release can be made.
#[must_use]
pub fn cut_off(period: Period, days: u64) -> Date {
    let last = period.until.to_chrono();
    Date::from_chrono(last.checked_add_days(Days::new(days)).unwrap_or(last))
}

/// Makes, signs and stores the releases of these periods, in one transaction.
///
/// # Errors
/// Where a period is not closed, was released before or has nothing to revise, where a source does not answer completely,
/// or where the store refuses. Then nothing is stored.
pub async fn make(periods: &[Period], making: Making<'_>) -> Result<Vec<Made>, NotMade> {
    for period in periods {
        let on = cut_off(*period, making.cut_off_days);
        if making.today < on {
            return Err(NotMade::NotClosed { period: *period, on });
        }
    }
    let standing = standing(making.store, &making.signer.verifier()).await.map_err(NotMade::Store)?;
    let (held, contributors) = contributors(making.sources);
    let editions = editions(periods, (&making, &standing), &contributors)?;
    if held.is_empty() {
        return Err(NotMade::NoSources);
    }
    let inspected = making.sources.iter().map(|source| inspect(source, &held)).collect::<Vec<_>>();
    stream::iter(inspected).buffered(TOGETHER).try_collect::<()>().await?;
    let mut drafts: Vec<_> = editions.iter().map(|it| draft(it, &held, &contributors, making)).collect();
    let mut made: Vec<_> = drafts.iter().map(|it| started(it, held.len(), contributors.len())).collect();
    for dataset in held {
        let tables = tables(Vocabulary::of(dataset), &editions, making).await?;
        for ((draft, made), (vocabulary, cells, all)) in drafts.iter_mut().zip(&mut made).zip(tables) {
            made.shown += cells.len();
            made.cells += all;
            draft.tables.push((vocabulary, cells));
        }
    }
    for (edition, draft) in editions.iter().zip(&mut drafts) {
        if !edition.is_other(&making, &contributors, &draft.tables) {
            return Err(NotMade::Unchanged(draft.header.id.clone()));
        }
        draft.header.code_lists = Some(to_code_lists(draft.tables.iter().map(|(vocabulary, _)| vocabulary)));
    }
    store::write(making.store, drafts, making.signer).await.map_err(|error| match error {
        NotWritten::Standing(id) => NotMade::Standing(id),
        NotWritten::Formless(_) | NotWritten::Stopped => NotMade::Stopped,
        NotWritten::Store(error) => NotMade::Store(error),
    })?;
    Ok(made)
}

/// How many sources are looked at at the same time.
const TOGETHER: usize = 4;

/// What is shown of one dataset over one period, and how many cells there are.
type Table = (Vocabulary, Vec<(CellId, Published)>, usize);

/// The tables of a dataset over each period. Rows are read once.
async fn tables(vocabulary: Vocabulary, editions: &[Edition], making: Making<'_>) -> Result<Vec<Table>, NotMade> {
    let grant = Grant::for_release(vocabulary.dataset);
    let periods: Vec<_> = editions.iter().map(|it| it.period).collect();
    let observations: Arc<[Observation]> = observe(&vocabulary, &periods, making.sources, &grant).await?.into();
    let before: Before = editions.iter().filter_map(|it| it.shown_before(vocabulary.dataset)).collect();
    let (before, quarters) = (Arc::new(before), Arc::new(Quarters::default()));
    // A year takes as long as many quarters: none waits for it but its own thread.
    let threads = Semaphore::new(available_parallelism().map_or(1, usize::from));
    let tables = periods.iter().map(async |period| {
        let _turn = threads.acquire().await.map_err(|_| NotMade::Stopped)?;
        let (observations, vocabulary) = (Arc::clone(&observations), vocabulary.clone());
        let (before, quarters) = (Arc::clone(&before), Arc::clone(&quarters));
        let (secret, geography, period) = (Arc::clone(making.secret), geography(making.reference, *period), *period);
        let made = blocking(move || {
            let (secret, rules, before, quarters) = (&*secret, Rules::all(), &*before, &*quarters);
            let rows = Rows {
                observations: &observations,
                vocabulary: &vocabulary,
                geography: &geography,
                secret,
                rules,
                before,
                quarters,
            };
            let cells = rows.protect(period);
            let shown = cells.into_iter().filter_map(|(id, shown)| Some((id, shown.ok()?))).collect();
            let all = vocabulary.cells(&geography, period).count();
            (vocabulary, shown, all)
        });
        made.await
    });
    try_join_all(tables).await
}

pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, NotMade> {
    spawn_blocking(work).await.map_err(|_| NotMade::Stopped)
}

/// The datasets of persons that sources hold, and which source holds which.
fn contributors(sources: &Sources) -> (Vec<&'static Dataset>, Vec<Contributor>) {
    let persons: Vec<_> = datasets().iter().filter(|it| it.youth().is_some()).collect();
    let holds = |source: &dyn Source| -> Vec<Box<str>> {
        persons.iter().filter(|it| source.holds(it)).map(|it| it.name.into()).collect()
    };
    let of = |source: &dyn Source| Contributor {
        name: source.name().into(),
        holder: source.holder().clone(),
        datasets: holds(source),
    };
    let contributors = sources.iter().map(of).filter(|it| !it.datasets.is_empty()).collect();
    let held = persons.iter().copied().filter(|it| sources.iter().any(|source| source.holds(it))).collect();
    (held, contributors)
}

fn draft(edition: &Edition, held: &[&'static Dataset], contributors: &[Contributor], making: Making<'_>) -> Draft {
    let Edition { period, version, cut_off, .. } = edition;
    let names: Vec<_> = held.iter().map(|it| it.name).collect();
    let header = Header {
        format: FORMAT,
        id: period.id(*version),
        period: period.to_string(),
        version: (*version).into(),
        first_day: period.from.to_string(),
        last_day: period.until.to_string(),
        cut_off: cut_off.to_string(),
        made_at: making.now.to_rfc3339_opts(SecondsFormat::Secs, true),
        program_version: env!("CARGO_PKG_VERSION").to_owned(),
        sources: to_sources(contributors),
        datasets: serde_json::Value::from(names).to_string(),
        key_id: making.signer.verifier().key_id(),
        areas: Some(to_areas(&geography(making.reference, *period))),
        code_lists: None,
    };
    Draft { header, tables: Vec::new() }
}

fn started(draft: &Draft, datasets: usize, sources: usize) -> Made {
    Made { id: draft.header.id.clone(), datasets, sources, shown: 0, cells: 0 }
}
