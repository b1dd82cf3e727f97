//! Says which release a table is of, and why cells of it are hidden: kinds of reasons without numbers, and only to who
//! may read all rows of the cell.

use std::{borrow::Cow, fmt::Write, sync::Arc};

use entities::{Dataset, Datum, Kind};

use crate::{
    graphql::{
        axis::Axis,
        error::Problem,
        execute::{
            Task, Values,
            table::{self, AskedReleased, Language, label},
        },
    },
    reference::Reference,
    release::{Reason, Reasoning, Secret, reasons},
};

/// The most cells of which a reason is told.
const TOLD_MOST: usize = 200;

/// What is told of every released table, whoever asks.
const TOLD_TO: &str = "why a cell is hidden is told only to who may read all rows of the cell\n";

pub(super) async fn released(
    task: &Task,
    dataset: &'static Dataset,
    args: &Values,
    secret: Option<&Arc<Secret>>,
) -> Result<String, Problem> {
    let asked = table::asked_released(task, dataset, args).await?;
    let release = &asked.release;
    let name = dataset.name;
    let mut out = format!("released table of {name}, the same for everyone: no source is asked\n");
    let made = release.made_at.format("%Y-%m-%d");
    let (period, version) = (release.period, release.version);
    let _ = writeln!(out, "release {period}: {} to {}, made on {made}, version {version}", period.from, period.until);
    out.push_str(TOLD_TO);
    // A grant for tables is no right to rows.
    let Some(grant) = task.access.grant(dataset) else { return Ok(out) };
    let Some(secret) = secret else {
        out.push_str("no reason can be told: the disclosure secret is not here\n");
        return Ok(out);
    };
    let parts = task.gateway.parts();
    // As rows are asked for: nobody is told of rows that a source hides from it.
    let grant = &task.granted.asking(Cow::Borrowed(grant));
    let (sources, cells) = (&parts.sources, asked.cells.iter().map(|(_, cell)| cell.clone()));
    let (vocabulary, geography) = (&asked.vocabulary, &asked.geography);
    let reasoning = Reasoning { grant, sources, vocabulary, geography, release, secret };
    match reasons(&cells.collect::<Vec<_>>(), reasoning).await {
        Ok(reasons) => out.push_str(&lines(&asked, &reasons, &parts.reference)),
        Err(problem) => {
            let _ = writeln!(out, "no reason can be told: {problem}");
        }
    }
    Ok(out)
}

fn lines(asked: &AskedReleased, reasons: &[Option<Reason>], reference: &Reference) -> String {
    let keys = asked.cells.iter().map(|(key, _)| key);
    let mut told = keys.zip(reasons).filter_map(|(key, reason)| Some((key, (*reason)?))).peekable();
    let mut out = String::new();
    if told.peek().is_some() {
        out.push_str("hidden, as the rows stand now:\n");
    }
    for (key, reason) in told.by_ref().take(TOLD_MOST) {
        let _ = writeln!(out, "- {}: {reason}", words(asked, key, reference));
    }
    if told.peek().is_some() {
        let _ = writeln!(out, "and more than these {TOLD_MOST}: filter for fewer");
    }
    out
}

/// A group as the table has it: `REGION JZ36 (West-Brabant Oost), STARTED_ON_YEAR 2025-01-01 (2025)`.
fn words(asked: &AskedReleased, key: &[Datum], reference: &Reference) -> String {
    let day = key.first().filter(|_| asked.form.is_on_days).map(|day| format!("open on {}", code(day)));
    let values = &key[usize::from(day.is_some())..];
    let value = |(axis, value): (&&Axis, &Datum)| {
        let label = label(axis, value, Language::English, reference);
        let said = match axis.kind {
            Kind::Code(list) => value.as_text().and_then(|it| list.by_code(it)).map(|it| it.value.to_owned()),
            _ => None,
        };
        let said = said.unwrap_or_else(|| code(value));
        if said == label { format!("{} {said}", axis.value()) } else { format!("{} {said} ({label})", axis.value()) }
    };
    let parts: Vec<_> = day.into_iter().chain(asked.form.axes.iter().zip(values).map(value)).collect();
    if parts.is_empty() { "the one group".to_owned() } else { parts.join(", ") }
}

fn code(value: &Datum) -> String {
    match value {
        Datum::Null => "null".to_owned(),
        Datum::Bool(truth) => truth.to_string(),
        Datum::Int(number) => number.to_string(),
        Datum::Float(number) => number.to_string(),
        Datum::Date(date) => date.to_string(),
        Datum::Text(text) => text.to_string(),
    }
}
