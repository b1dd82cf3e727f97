//! What opaque texts stand for, as far as answers have told.

use std::collections::HashMap;

/// Which opaque text stands for what, as far as answers have told: one for one, or an error.
#[derive(Debug, Default)]
pub struct Names {
    clear: HashMap<String, String>,
    opaque: HashMap<String, String>,
}

impl Names {
    /// Notes that an opaque text stands for something; false where either stood for something else before.
    pub fn learn(&mut self, opaque: &str, clear: &str) -> bool {
        let known = self.clear.entry(opaque.to_owned()).or_insert_with(|| clear.to_owned());
        let back = self.opaque.entry(clear.to_owned()).or_insert_with(|| opaque.to_owned());
        known == clear && back == opaque
    }

    /// The opaque text for something; the thing itself, which no gateway can open, while that is unknown.
    #[must_use]
    pub fn opaque<'a>(&'a self, clear: &'a str) -> &'a str {
        self.opaque.get(clear).map_or(clear, String::as_str)
    }

    /// What an opaque text stands for.
    #[must_use]
    pub fn clear<'a>(&'a self, opaque: &'a str) -> &'a str {
        self.clear.get(opaque).map_or(opaque, String::as_str)
    }
}
