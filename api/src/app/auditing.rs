//! The commands of the audit log: does it hold together, who saw a youth, and what has been kept long enough; and the
//! events of requests that were refused at the door.

use std::{fmt::Write as _, io::BufRead, path::Path};

use anyhow::{Context, bail};

use super::{App, Foundation, Language, telling::Words};
use crate::{
    audit::{
        self, Action, Audit, Ends, Entry, Event, Kind, LOG_DATASET, Outcome, Processing, SUBJECT_ACCESS, Subjects,
    },
    config, graphql,
    http::Refused,
    query::Holder,
    source::Settings,
    telemetry::trace_id,
};

/// What `audit verify` found.
#[derive(Debug)]
pub struct Verified {
    /// In words.
    pub report: String,
    /// Is anything wrong?
    pub is_whole: bool,
}

/// `audit verify`: walks every chain and holds it against its signed heads, and against the ends that an auditor keeps in a
/// file; where all is well, the ends of now are put into that file.
///
/// # Errors
/// Where the log cannot be read, or what is kept cannot be read or written.
pub async fn verify(foundation: &Foundation, kept: Option<&Path>) -> anyhow::Result<Verified> {
    let before = kept.map(Ends::read).transpose()?.flatten();
    let verified = audit::verify_with(&standing(foundation)?, &before.clone().unwrap_or_default()).await?;
    let mut report = String::new();
    if verified.chains == 0 {
        report.push_str("there is no log: nothing was ever written here, or all of it was taken away\n");
        return Ok(Verified { report, is_whole: false });
    }
    for fault in &verified.faults {
        let _ = writeln!(report, "{fault}");
    }
    let of = |log: &str| verified.records.get(log).copied().unwrap_or_default();
    let (events, processings) = (of("event"), of("processing"));
    let (chains, heads, faults) = (verified.chains, verified.heads, verified.faults.len());
    let _ = writeln!(
        report,
        "{events} events and {processings} processings in {chains} chains, {heads} signed heads: {}",
        if faults == 0 { "all is as it was written".to_owned() } else { format!("{faults} faults") }
    );
    if let Some(kept) = kept.filter(|_| faults == 0) {
        verified.ends.write(kept)?;
        let was = if before.is_some() { "all that was kept stands in the log" } else { "nothing was kept before" };
        let _ = writeln!(report, "{was}; {} now holds the ends of today", kept.display());
    }
    Ok(Verified { report, is_whole: faults == 0 })
}

/// Which sources `audit subject` is about.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Of {
    /// Only answers with rows of this source.
    #[arg(long)]
    pub source: Option<String>,
    /// Only answers with rows of the sources of this holder, such as JZ36 or ALMATA.
    #[arg(long, conflicts_with = "source")]
    pub holder: Option<String>,
}

/// `audit subject`: who saw the youth whose pseudonym, as sources know it, is the first line of the input.
///
/// # Errors
/// Where there is no pseudonym, no such source or holder, or the log cannot be read.
pub async fn subject(
    foundation: &Foundation,
    of: &Of,
    language: Language,
    input: impl BufRead,
) -> anyhow::Result<String> {
    let line = input.lines().next().transpose().context("cannot read the pseudonym from standard input")?;
    let pseudonym = line.unwrap_or_default();
    let pseudonym = pseudonym.trim();
    if pseudonym.is_empty() {
        bail!("the youth's pseudonym, as the source knows it, must come on standard input");
    }
    let all = foundation.described()?;
    let (sources, log) = (sources(&all, of)?, standing(foundation)?);
    let words = Words::new(&foundation.policy, &all, language)?;
    let seen = audit::seen(&log, pseudonym, &sources).await?;
    let told = Processing {
        activity: SUBJECT_ACCESS.to_owned(),
        dataset: LOG_DATASET,
        sources: sources.into_iter().map(Into::into).collect(),
        released: None,
        subjects: Subjects::Each(vec![pseudonym.into()]),
    };
    let event = Event { rows: seen.len() as u64, ..command(foundation, "audit_subject") };
    leave_trace(log, Entry { event, processings: vec![told] }).await?;
    Ok(words.tell(&seen))
}

/// `audit expire`: takes out the months that have been kept long enough.
///
/// # Errors
/// Where the log cannot be written.
pub async fn expire(foundation: &Foundation) -> anyhow::Result<String> {
    let log = standing(foundation)?;
    let due = audit::due(&log).await?;
    let event = Event { action: Action::Delete, rows: due.records, ..command(foundation, "audit_expire") };
    leave_trace(log.clone(), event.into()).await?;
    let expired = audit::expire(&log).await?;
    Ok(format!("{} months of chains expired, with {} records\n", expired.segments, expired.records))
}

/// The event of a command that reads or changes the log.
fn command(foundation: &Foundation, name: &str) -> Event {
    Event {
        subject: operator(),
        name: Some(name.into()),
        datasets: [LOG_DATASET].into(),
        outcome: Outcome::Answered,
        ..Event::new(Kind::Command, foundation.world.clock.now(), foundation.policy.version())
    }
}

/// Who runs the command, as the system knows it; where it tells that at all.
fn operator() -> Option<Box<str>> {
    #[cfg(unix)]
    let user = std::fs::metadata("/proc/self").ok().map(|it| std::os::unix::fs::MetadataExt::uid(&it));
    #[cfg(not(unix))]
    let user: Option<u32> = None;
    user.map(|id| format!("user {id} of the system").into())
}

/// Writes down what a command does, before anything of it is printed or done.
async fn leave_trace(log: audit::Settings, entry: Entry) -> anyhow::Result<()> {
    let audit = Audit::beside(log);
    audit.write(entry).await.context("nothing is told or done that cannot be written down")?;
    audit.sign().await.context("what was written down cannot be signed")
}

/// The log, where there is one.
fn standing(foundation: &Foundation) -> anyhow::Result<audit::Settings> {
    if let config::Database::Sqlite(path) = &foundation.config.audit.database
        && !path.exists()
    {
        bail!("there is no audit log at {}", path.display());
    }
    Ok(foundation.audit()?)
}

fn code_of(holder: &Holder) -> &str {
    match holder {
        Holder::Region(code) | Holder::Provider(code) | Holder::Partnership(code) | Holder::Network(code) => code,
    }
}

/// The names of the sources that are meant; none where all are.
fn sources(all: &[Settings], of: &Of) -> anyhow::Result<Vec<String>> {
    if of.source.is_none() && of.holder.is_none() {
        return Ok(Vec::new());
    }
    let is_meant = |it: &&Settings| match (&of.source, &of.holder) {
        (Some(name), _) => *it.name == **name,
        (_, Some(code)) => code_of(&it.holder) == code.as_str(),
        (None, None) => true,
    };
    let named: Vec<String> = all.iter().filter(is_meant).map(|it| it.name.to_string()).collect();
    if named.is_empty() {
        bail!("no source is meant by that: `regiograph check` names them all");
    }
    Ok(named)
}

impl App {
    /// The event of a request that was refused before anything was asked.
    pub(super) fn refused_event(&self, refused: &Refused) -> Event {
        let (policy, now) = (self.policy.version(), self.world.clock.now());
        let event = match &refused.caller {
            Some(caller) => graphql::event_of(Kind::Request, caller, policy, now),
            None => Event { trace: trace_id().map(Into::into), ..Event::new(Kind::Request, now, policy) },
        };
        Event { status: refused.status, codes: refused.code.into_iter().collect(), ..event }
    }
}
