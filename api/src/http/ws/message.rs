//! The messages of the protocol, from text and to text, and the codes that a WebSocket is closed with.

use axum::extract::ws::{CloseFrame, Utf8Bytes};
use serde_json::{Map, Value, json};

use crate::graphql::{Reply, Request};
use crate::http::decode::from_members;
use crate::http::refusal::Refusal;

/// What a client says.
#[derive(Debug)]
pub(super) enum Incoming {
    /// `connection_init`
    Init(Map<String, Value>),
    /// `ping`
    Ping(Option<Map<String, Value>>),
    /// `pong`
    Pong,
    /// `subscribe`
    Subscribe {
        /// The client's name for the operation.
        id: String,
        /// What is asked.
        request: Request,
    },
    /// `complete`
    Complete {
        /// The operation that the client gives up.
        id: String,
    },
}

/// Why a WebSocket is closed: a code of the protocol or of RFC 6455, and a few words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Close {
    code: u16,
    reason: String,
    /// The code of the refusal that it is in the audit log, where it is one.
    refused_as: Option<&'static str>,
}

/// What the client sent cannot be what is meant.
const MALFORMED: &str = "BAD_USER_INPUT";
/// Who asks is not known, or not any more.
const UNKNOWN: &str = "UNAUTHENTICATED";

/// The longest reason, in bytes: a close frame takes no more.
const REASON_LONGEST: usize = 123;

impl Incoming {
    /// What is wrong with a message is told without a word of it.
    pub(super) fn parse(text: &str) -> Result<Self, Close> {
        let message = serde_json::from_str(text).map_err(|_| Close::invalid("the message is not JSON"))?;
        let Value::Object(mut message) = message else {
            return Err(Close::invalid("the message is not an object"));
        };
        let Some(Value::String(ty)) = message.remove("type") else {
            return Err(Close::invalid("`type` must be a string"));
        };
        match ty.as_str() {
            "connection_init" => Ok(Self::Init(payload(&mut message)?.unwrap_or_default())),
            "ping" => Ok(Self::Ping(payload(&mut message)?)),
            "pong" => payload(&mut message).map(|_| Self::Pong),
            "subscribe" => {
                let id = id(&mut message)?;
                let members = payload(&mut message)?.ok_or_else(|| Close::invalid("`payload` must be an object"))?;
                let request = from_members(members).map_err(|refusal| Close::invalid(refusal.message()))?;
                Ok(Self::Subscribe { id, request })
            }
            "complete" => Ok(Self::Complete { id: id(&mut message)? }),
            "connection_ack" | "next" | "error" => {
                Err(Close::invalid("a message of this type is for the server to send"))
            }
            _ => Err(Close::invalid("no message has this `type`")),
        }
    }
}

fn payload(message: &mut Map<String, Value>) -> Result<Option<Map<String, Value>>, Close> {
    match message.remove("payload") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(payload)) => Ok(Some(payload)),
        Some(_) => Err(Close::invalid("`payload` must be an object or null")),
    }
}

fn id(message: &mut Map<String, Value>) -> Result<String, Close> {
    match message.remove("id") {
        Some(Value::String(id)) if !id.is_empty() => Ok(id),
        _ => Err(Close::invalid("`id` must be a string with something in it")),
    }
}

/// `connection_ack`
pub(super) fn ack() -> Utf8Bytes {
    Utf8Bytes::from_static(r#"{"type":"connection_ack"}"#)
}

/// `pong`, with the payload of the `ping`.
pub(super) fn pong(payload: Option<Map<String, Value>>) -> Utf8Bytes {
    let Some(payload) = payload else { return Utf8Bytes::from_static(r#"{"type":"pong"}"#) };
    json!({ "type": "pong", "payload": payload }).to_string().into()
}

/// `next` of an operation that ran.
pub(super) fn next(id: &str, response: &str) -> Utf8Bytes {
    let id = Value::from(id).to_string();
    // The response is put in as it is: it is JSON, and may be large.
    format!(r#"{{"id":{id},"type":"next","payload":{response}}}"#).into()
}

/// `complete` of an operation that ran.
pub(super) fn complete(id: &str) -> Utf8Bytes {
    json!({ "id": id, "type": "complete" }).to_string().into()
}

/// `error` of an operation that did not run, or not to its end.
pub(super) fn error(id: &str, errors: &Value) -> Utf8Bytes {
    json!({ "id": id, "type": "error", "payload": errors }).to_string().into()
}

/// What an operation is answered with: `next` and `complete` where it ran, `error` where it did not.
pub(super) fn answers(id: &str, outcome: Result<Reply, Refusal>) -> Vec<Utf8Bytes> {
    let reply = match outcome {
        Ok(reply) => reply,
        Err(refusal) => return vec![error(id, &refusal.body()["errors"])],
    };
    match std::str::from_utf8(&reply.body) {
        Ok(response) if reply.executed() => vec![next(id, response), complete(id)],
        Ok(response) => {
            let response: Value = serde_json::from_str(response).unwrap_or_default();
            vec![error(id, &response["errors"])]
        }
        Err(_) => vec![error(id, &Refusal::inside().body()["errors"])],
    }
}

impl Close {
    /// 1000: nothing was asked for long.
    pub(super) fn idle() -> Self {
        Self::new(1000, "no operation for a long time")
    }

    /// 1001: the server stops.
    pub(super) fn going_away() -> Self {
        Self::new(1001, "the server stops")
    }

    /// 1002, 1007 or 1009: not a WebSocket as RFC 6455 has it, not UTF-8, or too large.
    pub(super) fn broken(error: axum::Error) -> Option<Self> {
        use tokio_tungstenite::tungstenite::{Error, error::ProtocolError};
        let error = error.into_inner().downcast::<Error>().ok()?;
        match *error {
            Error::Capacity(_) => Some(Self::refusal(1009, "the message is too large", MALFORMED)),
            Error::Utf8(_) => Some(Self::refusal(1007, "the message is not UTF-8", MALFORMED)),
            // Whoever is gone without a word has asked for nothing.
            Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => None,
            Error::Protocol(_) => Some(Self::refusal(1002, "this is not the protocol of WebSockets", MALFORMED)),
            _ => None,
        }
    }

    /// 1013: who asks cannot be found out now.
    pub(super) fn later(reason: &str) -> Self {
        Self::refusal(1013, reason, "INTERNAL")
    }

    /// 4400: a message that is none. The reason names what is wrong.
    pub(super) fn invalid(reason: &str) -> Self {
        Self::refusal(4400, reason, MALFORMED)
    }

    /// 4401: an operation before `connection_init`.
    pub(super) fn unauthorized() -> Self {
        Self::refusal(4401, "Unauthorized", UNKNOWN)
    }

    /// 4403: a token that is not good, or no more.
    pub(super) fn forbidden(reason: &str) -> Self {
        Self::refusal(4403, &format!("Forbidden: {reason}"), UNKNOWN)
    }

    /// 4406: another sub-protocol, or none.
    pub(super) fn subprotocol() -> Self {
        Self::refusal(4406, "Subprotocol not acceptable", MALFORMED)
    }

    /// 4408: no `connection_init`.
    pub(super) fn no_init() -> Self {
        Self::refusal(4408, "Connection initialisation timeout", MALFORMED)
    }

    /// 4409: the id is of an operation that has not ended. The protocol has the reason say the id.
    pub(super) fn duplicate(id: &str) -> Self {
        let reason = format!("Subscriber for {id} already exists");
        let reason = if reason.len() > REASON_LONGEST { "Subscriber already exists" } else { &reason };
        Self::refusal(4409, reason, MALFORMED)
    }

    /// 4429: a second `connection_init`.
    pub(super) fn initialised() -> Self {
        Self::refusal(4429, "Too many initialisation requests", MALFORMED)
    }

    /// The code of the refusal that it is in the audit log; none where nothing is refused.
    pub(super) fn refused_as(&self) -> Option<&'static str> {
        self.refused_as
    }

    fn refusal(code: u16, reason: &str, refused_as: &'static str) -> Self {
        Self { refused_as: Some(refused_as), ..Self::new(code, reason) }
    }

    fn new(code: u16, reason: &str) -> Self {
        let end = reason.floor_char_boundary(REASON_LONGEST);
        Self { code, reason: reason[..end].to_owned(), refused_as: None }
    }
}

impl From<Close> for CloseFrame {
    fn from(close: Close) -> Self {
        Self { code: close.code, reason: close.reason.into() }
    }
}
