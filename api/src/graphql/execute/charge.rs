//! Takes what an operation costs from what its caller may ask, before anything is asked of a source.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::{
    Task,
    collect::Selected,
    cost::{Scale, cost},
};
use crate::{
    config::Allowance,
    graphql::{
        error::{Code, Problem},
        gateway::Gateway,
        meter::{Allowed, Price},
        model::Resolve,
        request::{Client, Reply},
    },
    policy::Caller,
};

/// What is known of an operation's cost before it is looked at.
#[derive(Clone, Copy, Debug)]
pub(in crate::graphql) struct Payer {
    /// Where the client is, where that is known.
    pub(in crate::graphql) client: Option<Client>,
    /// When it asks.
    pub(in crate::graphql) now: DateTime<Utc>,
    /// What reading the document costs: its bytes.
    pub(in crate::graphql) document: u64,
    /// Does the client want to be told?
    pub(in crate::graphql) is_told: bool,
}

impl Payer {
    /// What it takes to read the document.
    pub(in crate::graphql) fn reading(&self) -> Price {
        Price { cost: self.document, again: self.document }
    }
}

/// Takes from what a caller may ask in a minute, and says what is left.
///
/// # Errors
/// The refusal, where there is not enough.
pub(in crate::graphql) fn take(
    gateway: &Gateway,
    (caller, payer): (&Caller, &Payer),
    price: Price,
) -> Result<u64, Reply> {
    let parts = gateway.parts();
    let minute = parts.limits.allowance(&caller.role).minute;
    match parts.meter.take((caller, payer.client), price, minute, payer.now) {
        Allowed::Left(left) => Ok(left),
        Allowed::After(wait) => {
            let seconds = wait.as_millis().div_ceil(1_000);
            let message = format!("all that may be asked in a minute was asked; ask again in {seconds} s");
            Err(Reply::later(&Problem { code: Code::RateLimited, message }, wait))
        }
    }
}

/// Charges an operation; what it costs is given back to be told, where the client wants to know.
///
/// # Errors
/// The refusal, where it costs more than it may.
pub(super) fn charge(task: &Task, selected: &[Selected<'_>]) -> Result<Option<String>, Reply> {
    let (parts, caller) = (task.gateway.parts(), &task.access.caller);
    let whole = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let (page, page_max) = (whole(parts.limits.page_default), whole(parts.limits.page_max));
    let form = cost(selected, Scale { sources: whole(parts.sources.len()), page, page_max });
    let requested = form.saturating_add(task.payer.document);
    let Allowance { operation, minute, introspection } = parts.limits.allowance(&caller.role);
    // The document may have been found valid for another role with the same schema.
    if !introspection && selected.iter().any(|field| matches!(field.resolve(), Some(Resolve::Service))) {
        return Err(Reply::refused(&Problem::introspection(), &[]));
    }
    if requested > operation {
        parts.meter.too_dear(caller);
        let message = format!("the operation costs {requested} and may cost {operation}; ask for less at a time");
        return Err(Reply::refused(&Problem { code: Code::CostLimit, message }, &[]));
    }
    let remaining = take(&task.gateway, (caller, &task.payer), Price { cost: form, again: requested })?;
    let told = || json!({ "requested": requested, "limit": operation, "remaining": remaining, "perMinute": minute });
    Ok(task.payer.is_told.then(|| told().to_string()))
}
