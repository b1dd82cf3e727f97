//! Code lists: the codes that sources store, the stable English names that clients see, and their labels.

mod lists;

pub use lists::*;

/// A list of codes (Dutch: codelijst).
#[derive(Debug)]
pub struct CodeList {
    /// The GraphQL enum's name, such as `Referrer`.
    pub name: &'static str,
    /// What the list says, with its Dutch name.
    pub doc: &'static str,
    /// Where the codes come from: the list's name in `codelijsten.csv`, or `None` where the list is our own.
    pub origin: Option<&'static str>,
    /// The codes in the list's order.
    pub codes: &'static [Code],
}

/// One code of a list.
#[derive(Debug)]
pub struct Code {
    /// As sources store it, such as `08`.
    pub code: &'static str,
    /// As clients see it: stable, English, UPPER_SNAKE, such as `COURT`.
    pub value: &'static str,
    /// Label in English.
    pub english: &'static str,
    /// Label in Dutch, as the origin prints it.
    pub dutch: &'static str,
}

/// Two lists are the same list when they bear the same name.
impl PartialEq for CodeList {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for CodeList {}

impl CodeList {
    /// The code that sources store, found by it.
    #[must_use]
    pub fn by_code(&self, code: &str) -> Option<&'static Code> {
        self.codes.iter().find(|it| it.code == code)
    }

    /// The code that clients name, found by its value.
    #[must_use]
    pub fn by_value(&self, value: &str) -> Option<&'static Code> {
        self.codes.iter().find(|it| it.value == value)
    }
}
