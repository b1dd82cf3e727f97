//! From an HTTP request to a GraphQL request, after GraphQL over HTTP (draft). Does not know what the document means,
//! except whether it may travel by GET.

use async_graphql_parser::parse_query;
use async_graphql_parser::types::{DocumentOperations, OperationType};
use axum::body::Bytes;
use axum::extract::{FromRequest, Query, Request as HttpRequest};
use axum::http::{Method, StatusCode, Uri};
use serde_json::{Map, Value};

use super::Limits;
use super::media::is_json;
use super::refusal::Refusal;
use super::room::Room;
use crate::graphql::Request;

/// The GraphQL request that an HTTP request carries.
///
/// Against forged requests from other sites: what a page elsewhere can send without the browser asking first is a GET,
/// which never changes anything, and a POST with a simple content type, which is refused unread. No answer ever allows
/// another origin, and no cookie says who asks.
pub(super) async fn decode(http: HttpRequest, limits: Limits, room: &Room) -> Result<Request, Refusal> {
    if http.method() == Method::POST {
        from_body(http, limits, room).await
    } else {
        let request = from_url(http.uri())?;
        refuse_unsafe(&request)?;
        Ok(request)
    }
}

async fn from_body(http: HttpRequest, limits: Limits, room: &Room) -> Result<Request, Refusal> {
    if !is_json(http.headers()) {
        let message = "the body must be application/json, in UTF-8";
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
    }
    let _room = room.take(http.headers(), limits.body)?;
    let read = tokio::time::timeout(limits.read, Bytes::from_request(http, &())).await;
    let body = read.map_err(|_| Refusal::slow_body())?.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large"),
        _ => Refusal::malformed("the body could not be read to its end"),
    })?;
    let text = std::str::from_utf8(&body).map_err(|_| Refusal::malformed("the body is not UTF-8"))?;
    match to_value("the body", text)? {
        Value::Object(members) => from_members(members),
        Value::Array(_) => Err(Refusal::malformed("batches are not taken: the body must be one object")),
        _ => Err(Refusal::malformed("the body must be an object")),
    }
}

fn from_url(uri: &Uri) -> Result<Request, Refusal> {
    let parameters = Query::<Vec<(String, String)>>::try_from_uri(uri)
        .map_err(|_| Refusal::malformed("the parameters of the address cannot be read"))?;
    let mut members = Map::new();
    for (name, text) in parameters.0 {
        // Decoding puts this character wherever the address is not UTF-8.
        if text.contains(char::REPLACEMENT_CHARACTER) {
            return Err(Refusal::malformed("the parameters of the address are not UTF-8"));
        }
        let value = match name.as_str() {
            "query" => Value::String(text),
            "operationName" if text.is_empty() => Value::Null,
            "operationName" | "documentId" => Value::String(text),
            "variables" | "extensions" => to_value(&format!("`{name}`"), &text)?,
            _ => continue,
        };
        if members.insert(name.clone(), value).is_some() {
            return Err(Refusal::malformed(format!("`{name}` is given twice")));
        }
    }
    from_members(members)
}

/// The request that an object says, wherever it came from. Members that the specification does not name are reserved by
/// it, and passed over.
pub(super) fn from_members(mut members: Map<String, Value>) -> Result<Request, Refusal> {
    let document_id = text(&mut members, "documentId")?;
    let is_named =
        document_id.is_some() || members.get("extensions").is_some_and(|it| it.get("persistedQuery").is_some());
    let query = match members.remove("query") {
        Some(Value::String(query)) => query,
        None | Some(Value::Null) if is_named => String::new(),
        None | Some(Value::Null) => return Err(Refusal::malformed("`query` is missing")),
        Some(_) => return Err(Refusal::malformed("`query` must be a string")),
    };
    let operation_name = text(&mut members, "operationName")?;
    let mut object = |name: &str| match members.remove(name) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(object)) => Ok(object),
        Some(_) => Err(Refusal::malformed(format!("`{name}` must be an object or null"))),
    };
    let (variables, extensions) = (object("variables")?, object("extensions")?);
    Ok(Request { query, document_id, operation_name, variables, extensions, ..Request::default() })
}

/// A member that may be there: a string.
fn text(members: &mut Map<String, Value>, name: &str) -> Result<Option<String>, Refusal> {
    match members.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Refusal::malformed(format!("`{name}` must be a string or null"))),
    }
}

/// Only queries travel by GET. What does not parse or names no operation goes on: the executor says so better.
fn refuse_unsafe(request: &Request) -> Result<(), Refusal> {
    let Ok(document) = parse_query(&request.query) else { return Ok(()) };
    let operation = match (&document.operations, &request.operation_name) {
        (DocumentOperations::Single(operation), _) => Some(operation),
        (DocumentOperations::Multiple(operations), Some(name)) => operations.get(name.as_str()),
        (DocumentOperations::Multiple(operations), None) if operations.len() == 1 => operations.values().next(),
        (DocumentOperations::Multiple(_), None) => None,
    };
    match operation.map(|operation| operation.node.ty) {
        None | Some(OperationType::Query) => Ok(()),
        Some(OperationType::Mutation) => Err(Refusal::method("POST", "mutations are taken by POST only")),
        Some(OperationType::Subscription) => Err(Refusal::method("POST", "subscriptions are not taken by GET")),
    }
}

fn to_value(what: &str, text: &str) -> Result<Value, Refusal> {
    serde_json::from_str(text).map_err(|error| Refusal::malformed(format!("{what} is not JSON: {error}")))
}
