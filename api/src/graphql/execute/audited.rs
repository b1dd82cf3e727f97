//! The audit log, for the one role that reads it.

use async_graphql_value::ConstValue;
use chrono::{DateTime, SecondsFormat, TimeZone, Utc};
use entities::Date;
use serde_json::{Value as Json, json};

use super::{Task, coerce::Values, fetch::Found};
use crate::{
    audit::{Listed, Unlisted, Wanted},
    graphql::error::{Code, Problem},
};

/// The page of events that is asked for.
pub(super) async fn events(task: &Task, args: &Values) -> Result<Found, Problem> {
    let limits = &task.gateway.parts().limits;
    let first = match args.get("first") {
        Some(ConstValue::Number(number)) => number.as_u64().and_then(|it| usize::try_from(it).ok()),
        Some(_) | None => Some(limits.page_default),
    };
    let Some(first) = first.filter(|first| *first <= limits.page_max) else {
        return Err(Problem::input(format!("argument \"first\" must be from 0 to {}", limits.page_max)));
    };
    let text = |name: &str| match args.get(name) {
        Some(ConstValue::String(text)) => Some(text.clone()),
        Some(ConstValue::Enum(value)) => Some(value.to_string()),
        _ => None,
    };
    let wanted = Wanted {
        from: text("from").as_deref().and_then(midnight),
        until: text("until").as_deref().and_then(midnight),
        role: text("role"),
        organisation: text("organisation"),
        outcome: text("outcome"),
        subject: text("subject"),
        client: text("client"),
        dataset: text("dataset"),
        trace: text("traceId"),
        first,
        after: text("after"),
    };
    let page = task.gateway.parts().audit.events(&wanted).await.map_err(|unlisted| match unlisted {
        Unlisted::NoCursor => Problem::input(
            "argument \"after\" is no cursor of the audit log, or its event has expired; give one that the log gave to you"
                .to_owned(),
        ),
        Unlisted::Unread => Problem {
            code: Code::Internal,
            message: "the audit log cannot be read now; try again, and if it lasts tell whoever runs this gateway"
                .to_owned(),
        },
    })?;
    task.progress().account.reads_log(page.events.len());
    let nodes: Vec<Json> = page.events.iter().map(event).collect();
    let cursors: Vec<String> = page.events.iter().map(Listed::cursor).collect();
    let edges = nodes.iter().zip(&cursors).map(|(node, cursor)| json!({ "cursor": cursor, "node": node }));
    Ok(Found::Made(json!({
        "edges": edges.collect::<Vec<_>>(),
        "nodes": nodes,
        "pageInfo": {
            "hasNextPage": page.has_next,
            "hasPreviousPage": wanted.after.is_some(),
            "startCursor": cursors.first(),
            "endCursor": cursors.last(),
        },
    })))
}

/// The moment at which a day begins in Amsterdam.
fn midnight(day: &str) -> Option<DateTime<Utc>> {
    day.parse::<Date>().ok()?;
    let day: chrono::NaiveDate = day.parse().ok()?;
    let begins = chrono_tz::Europe::Amsterdam.from_local_datetime(&day.and_hms_opt(0, 0, 0)?).earliest()?;
    Some(begins.with_timezone(&Utc))
}

fn event(event: &Listed) -> Json {
    let list = |column: &str| {
        let all = event.text(column).unwrap_or_default().split(", ").filter(|it| !it.is_empty());
        all.map(Json::from).collect::<Vec<_>>()
    };
    let rows = event.number("rows").unwrap_or_default().min(i64::from(i32::MAX));
    json!({
        "at": event.at().map(|at| at.to_rfc3339_opts(SecondsFormat::Millis, true)),
        "event": event.text("event"),
        "action": event.text("action"),
        "role": event.text("role"),
        "issuer": event.text("issuer"),
        "subject": event.text("subject"),
        "client": event.text("client"),
        "organisation": event.text("organisation"),
        "purpose": event.text("purpose"),
        "gateway": event.text("gateway"),
        "policyVersion": event.text("policy"),
        "rules": list("rules"),
        "operationName": event.text("name"),
        "documentHash": event.text("document"),
        "documentShape": event.text("shape"),
        "datasets": list("datasets"),
        "sources": list("sources"),
        "rows": rows,
        "outcome": event.text("outcome"),
        "status": event.number("status"),
        "codes": list("codes"),
        "traceId": event.text("trace"),
    })
}
