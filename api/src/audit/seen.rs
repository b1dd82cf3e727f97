//! Who consulted data about a youth, when and for what: what the holder of its data tells it or its parents, in plain words.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use sea_orm::DbBackend;

use super::{
    Settings, Unopened,
    chain::{Cell, Log},
    record::people,
    select::text,
    store::{Store, Stored},
};

/// One answer in which rows about the youth stood, or which told how many there are, or that there are none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// When.
    pub at: DateTime<Utc>,
    /// The dataset.
    pub dataset: String,
    /// The sources whose rows of it stood in the answer, or that were asked for such rows about the youth: of one of them, or
    /// of several. None where it was asked whether there is anything about the youth at all.
    pub sources: String,
    /// The role; none where the event is kept no more.
    pub role: Option<String>,
    /// The issuer of the token; none where the event does not say it.
    pub issuer: Option<String>,
    /// The organisation.
    pub organisation: Option<String>,
    /// What for.
    pub purpose: Option<String>,
    /// By which rules.
    pub rules: Option<String>,
    /// The other gateway that asked.
    pub gateway: Option<String>,
}

/// The language of what is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Language {
    /// Dutch.
    #[default]
    Nl,
    /// English.
    En,
}

/// All answers with rows about a youth of one of these sources, the oldest first; of any source where none is named. The
/// pseudonym is the one that sources know.
///
/// # Errors
/// Where the log cannot be read.
pub async fn seen(settings: &Settings, pseudonym: &str, sources: &[String]) -> Result<Vec<Sighting>, Unopened> {
    let store = Store::read(&settings.place).await?;
    let holds = match store.connection.get_database_backend() {
        DbBackend::Postgres => "position($1 in people) > 0",
        _ => "instr(people, $1) > 0",
    };
    let rest = format!("WHERE people IS NOT NULL AND {holds} ORDER BY at, writer, number");
    let mut all = Vec::new();
    // Each key of before encrypted in its own time.
    for subject in settings.key.subjects(pseudonym) {
        let found = store.stored(Log::Processing, &rest, vec![subject.to_vec().into()]).await?;
        for record in found.iter().filter(|it| is_about(it, &subject) && is_of(it, sources)) {
            let operation = text(record, Log::Processing, "operation").unwrap_or_default();
            let events = store.stored(Log::Event, "WHERE operation = $1", vec![operation.into()]).await?;
            all.extend(sighting(record, events.first()));
        }
    }
    all.sort_by_key(|it| it.at);
    let _ = store.connection.close().await;
    Ok(all)
}

/// Is the youth among the people of the record, and not only its bytes?
fn is_about(record: &Stored, subject: &[u8]) -> bool {
    match record.record.cells.get(Log::Processing.place("people")) {
        Some(Cell::Bytes(bytes)) => people(bytes).contains(&subject),
        _ => false,
    }
}

/// What names no source is about any.
fn is_of(record: &Stored, sources: &[String]) -> bool {
    let of = text(record, Log::Processing, "source").unwrap_or_default();
    sources.is_empty() || of.is_empty() || of.split(", ").any(|it| sources.iter().any(|source| source == it))
}

fn sighting(record: &Stored, event: Option<&Stored>) -> Option<Sighting> {
    let Some(Cell::Number(at)) = record.record.cells.first() else { return None };
    let of_event = |column: &str| event.and_then(|it| text(it, Log::Event, column)).map(ToOwned::to_owned);
    let own = |column: &str| text(record, Log::Processing, column).unwrap_or_default().to_owned();
    Some(Sighting {
        at: DateTime::from_timestamp_millis(*at)?,
        dataset: own("dataset"),
        sources: own("source"),
        role: of_event("role"),
        issuer: of_event("issuer"),
        organisation: of_event("organisation"),
        purpose: of_event("purpose"),
        rules: of_event("rules"),
        gateway: of_event("gateway"),
    })
}

/// What is told of them, in plain words; times as in Amsterdam.
#[must_use]
pub fn say(sightings: &[Sighting], language: Language) -> String {
    let mut out = match (language, sightings.len()) {
        (Language::Nl, 0) => {
            return "In dit logboek staat niet dat gegevens over deze jongere zijn geraadpleegd.\n".to_owned();
        }
        (Language::En, 0) => return "This log does not say that data about this youth were consulted.\n".to_owned(),
        (Language::Nl, number) => format!("Gegevens over deze jongere zijn {number} keer geraadpleegd:\n"),
        (Language::En, number) => format!("Data about this youth were consulted {number} times:\n"),
    };
    for it in sightings {
        let at = it.at.with_timezone(&chrono_tz::Europe::Amsterdam);
        let unknown = match language {
            Language::Nl => "onbekend",
            Language::En => "unknown",
        };
        let known = |text: &Option<String>| text.clone().unwrap_or_else(|| unknown.to_owned());
        let (role, organisation, purpose) = (known(&it.role), known(&it.organisation), known(&it.purpose));
        let (dataset, sources, rules) = (&it.dataset, &it.sources, known(&it.rules));
        let _ = match language {
            Language::Nl => write!(
                out,
                "\nOp {} raadpleegde {organisation} (rol {role}) gegevens van het soort {dataset}.\n  Doel: {purpose}\n  Bron: \
                 {sources}\n  Regel van het toegangsbeleid: {rules}\n",
                at.format("%d-%m-%Y om %H:%M")
            ),
            Language::En => write!(
                out,
                "\nOn {} {organisation} (role {role}) consulted data of the kind {dataset}.\n  Purpose: {purpose}\n  Source: \
                 {sources}\n  Rule of the access policy: {rules}\n",
                at.format("%Y-%m-%d at %H:%M")
            ),
        };
        if let Some(issuer) = &it.issuer {
            let _ = match language {
                Language::Nl => writeln!(out, "  Aangemeld bij: {issuer}"),
                Language::En => writeln!(out, "  Signed in at: {issuer}"),
            };
        }
        if let Some(gateway) = &it.gateway {
            let _ = match language {
                Language::Nl => writeln!(out, "  Gevraagd via: {gateway}"),
                Language::En => writeln!(out, "  Asked through: {gateway}"),
            };
        }
    }
    out
}
