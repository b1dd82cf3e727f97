//! What says who asks on a WebSocket: the `Authorization` of its opening, or that of `connection_init`.

use serde_json::{Map, Value};

use super::message::Close;

/// The one `Authorization` among these; none where none is given. Its name in the payload is taken in any case, as a
/// header's is. Two that differ are refused: nobody could say who asks.
pub(super) fn one_of(header: Option<String>, payload: &Map<String, Value>) -> Result<Option<String>, Close> {
    let mut one = header;
    for (_, value) in payload.iter().filter(|(name, _)| name.eq_ignore_ascii_case("authorization")) {
        let value = match value {
            Value::Null => continue,
            Value::String(value) => value,
            _ => return Err(Close::forbidden("`Authorization` is not a string")),
        };
        if one.as_ref().is_some_and(|given| given != value) {
            return Err(Close::forbidden("two tokens are given, and they differ"));
        }
        one = Some(value.clone());
    }
    Ok(one)
}
