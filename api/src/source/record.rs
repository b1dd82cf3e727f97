//! What a source gives to a question for rows.

use std::ops::Deref;

use entities::Datum;

/// Rows of a source, and what it could not say of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Records {
    /// The rows, in the order asked for.
    pub all: Vec<Record>,
    /// The fields that it does not know, `placement.started_on`, and that are null on all its rows: its program is older
    /// than this one.
    pub lacking: Vec<Box<str>>,
}

/// One row of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The row's id at the source.
    pub id: Datum,
    /// The values of [`Select::columns`](super::Select::columns).
    pub values: Box<[Datum]>,
}

impl From<Vec<Record>> for Records {
    fn from(all: Vec<Record>) -> Self {
        Self { all, lacking: Vec::new() }
    }
}

impl IntoIterator for Records {
    type Item = Record;
    type IntoIter = std::vec::IntoIter<Record>;

    fn into_iter(self) -> Self::IntoIter {
        self.all.into_iter()
    }
}

impl Deref for Records {
    type Target = Vec<Record>;

    fn deref(&self) -> &Vec<Record> {
        &self.all
    }
}
