//! Where in a token stands what: a value by its path, among several the one that means something here, in the words of
//! the policy. Knows no role.

use serde_json::{Map, Value};

use super::Unauthenticated;
use crate::config::ClaimRule;

/// The longest text of a claim, in bytes.
const LONGEST: usize = 256;

/// The one value of a claim that is usable, by its rule; without one, the text of that name.
pub(super) fn one<'c>(
    claims: &'c Map<String, Value>,
    rule: Option<&'c ClaimRule>,
    name: &'static str,
) -> Result<&'c str, Unauthenticated> {
    match of(claims, rule, name, |_| true)?.as_slice() {
        [one] => Ok(one),
        _ => Err(Unauthenticated::Claim(name)),
    }
}

/// All values of a claim that are usable and mean something, by its rule, each once. Without a rule it is the one text of
/// that name, whatever it means.
pub(super) fn of<'c>(
    claims: &'c Map<String, Value>,
    rule: Option<&'c ClaimRule>,
    name: &'static str,
    means: impl Fn(&str) -> bool,
) -> Result<Vec<&'c str>, Unauthenticated> {
    let missing = || Unauthenticated::Claim(name);
    let (path, values) = match rule {
        None => return Ok(vec![claims.get(name).and_then(sane).ok_or_else(missing)?]),
        Some(ClaimRule::Constant { constant }) => return Ok(vec![constant]),
        Some(ClaimRule::At(path)) => (path, None),
        Some(ClaimRule::Named { path, values }) => (path, values.as_ref()),
    };
    let (first, rest) = path.0.split_first().ok_or_else(missing)?;
    let value = rest.iter().try_fold(claims.get(&**first).ok_or_else(missing)?, |value, name| value.get(&**name));
    let texts: Vec<_> = match value.ok_or_else(missing)? {
        Value::Array(several) => several.iter().filter_map(sane).collect(),
        one => vec![sane(one).ok_or_else(missing)?],
    };
    let mut found = Vec::new();
    for text in texts {
        let text = match values {
            None => Some(text),
            Some(values) => values.get(text).map(AsRef::as_ref),
        };
        found.extend(text.filter(|text| means(text) && !found.contains(text)));
    }
    Ok(found)
}

/// A text with something in it, and nothing that could not be printed.
fn sane(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| (1..=LONGEST).contains(&text.len()) && !text.contains(char::is_control))
}
