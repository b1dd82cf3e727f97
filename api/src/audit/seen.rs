//! Who consulted data about a youth, when and for what, as it stands in the log. Knows no words for it.

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
    /// What tells the answer from others; one may have several datasets.
    pub operation: String,
    /// Is its event still kept?
    pub is_kept: bool,
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
        operation: own("operation"),
        is_kept: event.is_some(),
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
