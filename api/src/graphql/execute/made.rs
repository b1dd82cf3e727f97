//! The small objects that no row holds: viewer, sources, completeness, page information, code lists; as JSON whose
//! members bear the fields' names.

use chrono::{DateTime, SecondsFormat, Utc};
use entities::{Dataset, code::CodeList};
use serde_json::{Value, json};

use super::{Task, lookup, page::Page};
use crate::{
    federation::{Outcome, Status},
    graphql::{access::code_lists, name, schema::own_sdl},
    policy::{Clause, Grant, Rows},
    quality,
    query::{Holder, Row},
    release::{Released, Releases, Shelf},
    source::{Failure, Source},
};

pub(super) fn viewer(task: &Task) -> Value {
    let parts = task.gateway.parts();
    let caller = &task.access.caller;
    let grants = task.access.tables().flat_map(|grant| {
        let rows = task.access.grant(grant.dataset()).map_or(&[][..], Grant::clauses);
        grant.clauses().iter().map(|clause| viewer_grant(grant, clause, !rows.contains(clause)))
    });
    json!({
        "role": caller.role,
        "organisation": Some(&caller.organisation).filter(|name| !name.is_empty()),
        "scope": caller.scope,
        "purpose": caller.purpose,
        "demonstration": parts.demonstration,
        "policyVersion": parts.policy.version(),
        "grants": grants.collect::<Vec<_>>(),
    })
}

fn viewer_grant(grant: &Grant, clause: &Clause, tables_only: bool) -> Value {
    json!({
        "dataset": grant.dataset().name,
        "rule": clause.rule,
        "tier": clause.tier.name().to_uppercase(),
        "monthsOnly": clause.months,
        "tablesOnly": tables_only,
        "relation": match &clause.rows {
            Rows::AboutYouthsOf(relation) => Some(&relation.name),
            Rows::All | Rows::Where(_) => None,
        },
    })
}

/// The caller's own schema as a subgraph.
pub(super) fn service(task: &Task) -> Value {
    let schema = &task.access.schema;
    let sdl = schema.subgraph.get_or_init(|| {
        let sdl = own_sdl(&schema.model);
        sdl.inspect_err(|error| tracing::error!(%error, "a schema cannot be written as a subgraph")).ok()
    });
    json!({ "sdl": sdl })
}

/// The notes on a row, of the fields that its reader is shown.
pub(super) fn quality(task: &Task, page: &Page, row: &Row) -> Value {
    let dataset = page.dataset;
    let Some(grant) = task.access.grant(dataset) else { return json!([]) };
    let reference = &task.gateway.parts().reference;
    let notes = quality::notes(dataset, reference, |field| page.value(row, field), |field| grant.always_sees(field));
    let told = notes
        .into_iter()
        .map(|note| json!({ "rule": note.rule.name(), "field": name::field(&dataset.fields[note.field]) }));
    told.collect()
}

/// The sources that may hold rows for the caller, or rows that its tables are made of.
pub(super) fn sources(task: &Task) -> Value {
    all_sources(task).iter().filter(|source| source["tables"] != json!([])).cloned().collect()
}

/// A source as the caller is shown it.
pub(super) fn source(task: &Task, place: usize) -> &Value {
    all_sources(task).get(place).unwrap_or(&Value::Null)
}

/// All sources as the caller is shown them, by place; made once for each caller.
fn all_sources(task: &Task) -> &[Value] {
    let sources = &task.gateway.parts().sources;
    task.access.shown_sources(|| sources.iter().map(|source| shown(task, source)).collect())
}

fn shown(task: &Task, source: &dyn Source) -> Value {
    let (kind, code) = match source.holder() {
        Holder::Region(code) => ("region", code),
        Holder::Provider(code) => ("provider", code),
        Holder::Partnership(code) => ("partnership", code),
        Holder::Network(code) => ("network", code),
    };
    let mut made = json!({
        "id": lookup::global_id(lookup::SOURCE, source.name()),
        "name": source.name(),
        "holderKind": kind.to_uppercase(),
        "holder": code,
        "datasets": names(task.access.datasets_of(source)),
        "tables": names(task.access.tables_of(source)),
    });
    made[kind] = code.as_ref().into();
    made
}

fn names(datasets: Vec<&Dataset>) -> Vec<&'static str> {
    datasets.into_iter().map(|dataset| dataset.name).collect()
}

/// Where a page begins and ends; made once for each page, on however many parents it stands.
pub(super) fn page_info<'p>(task: &Task, page: &'p Page) -> &'p Value {
    page.info.get_or_init(|| made_info(task, page))
}

fn made_info(task: &Task, page: &Page) -> Value {
    let sources = &task.gateway.parts().sources;
    let cursor = |row: Option<&crate::query::Row>| {
        row.map(|row| {
            let mut out = Vec::new();
            task.access.opaque.cursor(&page.list, &page.position(row, sources), &mut out);
            String::from_utf8_lossy(&out).into_owned()
        })
    };
    json!({
        "hasNextPage": page.answer.has_next,
        "hasPreviousPage": page.answer.has_previous,
        "startCursor": cursor(page.answer.rows.first()),
        "endCursor": cursor(page.answer.rows.last()),
    })
}

/// Which sources a page holds; made once for each page.
pub(super) fn completeness<'p>(task: &Task, page: &'p Page) -> &'p Value {
    page.completeness.get_or_init(|| completeness_of(task, &page.answer.outcomes))
}

/// Which sources an answer holds.
pub(super) fn completeness_of(task: &Task, outcomes: &[Outcome]) -> Value {
    json!({
        "complete": outcomes.iter().all(|outcome| outcome.status == Status::Answered),
        "sources": outcomes.iter().map(|outcome| source_answer(task, outcome)).collect::<Vec<_>>(),
    })
}

fn source_answer(task: &Task, outcome: &Outcome) -> Value {
    let (mut as_of, older) = (None, |as_of: &DateTime<Utc>| as_of.to_rfc3339_opts(SecondsFormat::Millis, true));
    let reason = match &outcome.status {
        Status::Answered => None,
        Status::Failed(failure) => Some(failure.to_string()),
        Status::Stale { as_of: moment, failure, whole } => {
            as_of = Some(older(moment));
            let cut = if *whole { "" } else { "; later rows are missing" };
            Some(format!("{failure}; what it gave at `asOf` stands in for it{cut}"))
        }
        Status::Missed => Some("missed on an earlier page of this list".to_owned()),
    };
    json!({
        "source": source(task, outcome.source),
        "status": status(&outcome.status),
        "asOf": as_of,
        "reason": reason,
    })
}

/// How a source answered, as the enumeration `SourceStatus` has it.
pub(super) fn status(status: &Status) -> &'static str {
    match status {
        Status::Answered => "ANSWERED",
        Status::Failed(Failure::TimedOut(_) | Failure::Busy) => "TIMED_OUT",
        Status::Failed(Failure::Unreachable | Failure::Unconnected | Failure::Resting(_)) => "UNREACHABLE",
        Status::Failed(Failure::Refused | Failure::Looped) => "UNREACHABLE",
        Status::Failed(Failure::Drifted(_)) => "DRIFTED",
        Status::Failed(Failure::Malformed(_) | Failure::TooMany(_)) => "MALFORMED",
        Status::Stale { .. } => "STALE",
        Status::Missed => "MISSED",
    }
}

/// All releases, the newest first.
pub(super) fn releases(task: &Task, releases: &Releases) -> Value {
    releases.list().iter().map(|it| release(task, it)).collect()
}

/// A release as everyone is shown it.
pub(super) fn release(task: &Task, release: &Released) -> Value {
    let public_key = task.gateway.parts().releases.as_ref().map(Shelf::public_key);
    json!({
        "type": lookup::RELEASE,
        "id": lookup::global_id(lookup::RELEASE, &release.id),
        "period": release.period.to_string(),
        "from": release.period.from.to_string(),
        "until": release.period.until.to_string(),
        "version": release.version,
        "cutOff": release.cut_off.to_string(),
        "madeAt": release.made_at.to_rfc3339_opts(SecondsFormat::Millis, true),
        "programVersion": release.program_version,
        "datasets": release.datasets.iter().map(|dataset| dataset.name).collect::<Vec<_>>(),
        "signature": release.signature,
        "publicKey": public_key,
    })
}

pub(super) fn lists(task: &Task) -> Value {
    code_lists(&task.access.visible()).into_iter().map(list).collect()
}

fn list(list: &CodeList) -> Value {
    let codes = list
        .codes
        .iter()
        .map(|code| json!({ "value": code.value, "code": code.code, "NL": code.dutch, "EN": code.english }));
    json!({ "name": list.name, "origin": list.origin, "codes": codes.collect::<Vec<_>>() })
}
