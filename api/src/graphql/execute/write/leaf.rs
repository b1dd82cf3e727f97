//! Single values as JSON. Knows no field.

use std::io::Write;

use entities::{Datum, Kind};

/// A text, with the escapes that it needs.
pub(super) fn text(out: &mut Vec<u8>, text: &str) {
    if serde_json::to_writer(&mut *out, text).is_err() {
        out.extend_from_slice(b"null");
    }
}

/// A value of a kind; false, with nothing written, where it is a code that its list does not know.
pub(super) fn datum(out: &mut Vec<u8>, kind: Kind, datum: &Datum) -> bool {
    match (kind, datum) {
        (Kind::Code(list), Datum::Text(code)) => {
            let Some(code) = list.by_code(code) else { return false };
            quoted(out, code.value);
        }
        (Kind::Codes(list), Datum::Text(array)) => {
            let Ok(codes) = serde_json::from_str::<Vec<&str>>(array) else { return false };
            out.push(b'[');
            for (place, code) in codes.iter().filter_map(|code| list.by_code(code)).enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                quoted(out, code.value);
            }
            out.push(b']');
        }
        (_, Datum::Bool(true)) => out.extend_from_slice(b"true"),
        (_, Datum::Bool(false)) => out.extend_from_slice(b"false"),
        (_, Datum::Int(number)) => return number32(out, *number),
        (_, Datum::Float(number)) => out.extend_from_slice(serde_json::Value::from(*number).to_string().as_bytes()),
        (_, Datum::Date(date)) => {
            out.push(b'"');
            out.extend_from_slice(&date.ascii());
            out.push(b'"');
        }
        (_, Datum::Text(value)) => text(out, value),
        (_, Datum::Null) => return false,
    }
    true
}

/// GraphQL's Int has 32 bits; a number beyond them is not shown.
fn number32(out: &mut Vec<u8>, number: i64) -> bool {
    i32::try_from(number).is_ok() && write!(out, "{number}").is_ok()
}

/// A text that is known to need no escapes.
fn quoted(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
}
