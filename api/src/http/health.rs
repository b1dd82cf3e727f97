//! Is the program alive, and can it answer? For supervisors and load balancers; tells numbers and no names.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::Gateway;

/// Can requests be answered now?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Readiness {
    /// Is the program about to stop? Then requests are still answered, and new ones belong elsewhere.
    pub stopping: bool,
    /// Can the store be read?
    pub store: bool,
    /// Is there a policy?
    pub policy: bool,
    /// Are the reference data there?
    pub reference: bool,
    /// Whose tokens are accepted.
    pub issuers: IssuerCounts,
    /// How the sources answered the last question that each was asked.
    pub sources: SourceCounts,
}

/// How many sources there are, and how they answered last. No source is asked for this, and none decides: whoever
/// answers without it still answers, and says in every answer what it lacks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SourceCounts {
    /// All.
    pub configured: usize,
    /// Those that answered.
    pub answering: usize,
    /// Those that did not.
    pub failing: usize,
}

/// How many issuers there are. One whose keys are not known is told of, and tokens of it are not taken; only without the
/// keys of any is there nobody to answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IssuerCounts {
    /// All.
    pub configured: usize,
    /// Those whose keys are known.
    pub with_keys: usize,
}

impl Readiness {
    /// Should requests be sent here?
    #[must_use]
    pub fn is_ready(&self) -> bool {
        !self.stopping && self.store && self.policy && self.reference && self.issuers.with_keys > 0
    }
}

/// The process runs.
pub(super) async fn live() -> Response {
    respond(StatusCode::OK, r#"{"status":"live"}"#.to_owned())
}

/// Requests can be answered, or not now.
pub(super) async fn ready(State(gateway): State<Arc<dyn Gateway>>) -> Response {
    let readiness = gateway.readiness().await;
    let Readiness { stopping, store, policy, reference, issuers, sources } = readiness;
    let (status, word) = match (readiness.is_ready(), stopping) {
        (true, _) => (StatusCode::OK, "ready"),
        (false, true) => (StatusCode::SERVICE_UNAVAILABLE, "stopping"),
        (false, false) => (StatusCode::SERVICE_UNAVAILABLE, "not ready"),
    };
    let SourceCounts { configured, answering, failing } = sources;
    let unasked = configured.saturating_sub(answering + failing);
    let sources = json!({
        "configured": configured, "answering": answering, "failing": failing, "notAskedYet": unasked,
    });
    let issuers = json!({ "configured": issuers.configured, "withKeys": issuers.with_keys });
    let body = json!({
        "status": word, "store": store, "policy": policy, "referenceData": reference, "issuers": issuers,
        "sources": sources,
    });
    respond(status, body.to_string())
}

fn respond(status: StatusCode, body: String) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    (status, headers, body).into_response()
}
