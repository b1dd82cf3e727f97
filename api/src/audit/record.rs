//! Entries as records of the two logs: which column holds what. The order of the columns is the order in which they are
//! hashed, and never changes; columns that came later stand at the end.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::Value;

use super::{
    chain::{Cell, Log},
    event::{Entry, Event, Processing, Subjects, hash_of},
    key::AuditKey,
};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    Number,
    Text,
    Bytes,
}

use Holds::{Bytes, Number, Text};

const EVENT: [(&str, Holds); 23] = [
    ("at", Number),
    ("operation", Text),
    ("trace", Text),
    ("event", Text),
    ("action", Text),
    ("role", Text),
    ("subject", Text),
    ("client", Text),
    ("organisation", Text),
    ("purpose", Text),
    ("gateway", Text),
    ("policy", Text),
    ("rules", Text),
    ("name", Text),
    ("document", Text),
    ("shape", Text),
    ("datasets", Text),
    ("sources", Text),
    ("rows", Number),
    ("outcome", Text),
    ("status", Number),
    ("codes", Text),
    ("issuer", Text),
];

/// How many columns of each log were there from the beginning.
const EVENT_FIRST: usize = 22;
const PROCESSING_FIRST: usize = 8;

const PROCESSING: [(&str, Holds); 8] = [
    ("at", Number),
    ("operation", Text),
    ("trace", Text),
    ("activity", Text),
    ("dataset", Text),
    ("source", Text),
    ("released", Text),
    ("people", Bytes),
];

impl Log {
    /// Its columns after those that every record has.
    pub(super) fn columns(self) -> &'static [(&'static str, Holds)] {
        match self {
            Self::Event => &EVENT,
            Self::Processing => &PROCESSING,
        }
    }

    /// The name of the column there, where it came later: records of before have none, and their hashes stay what they
    /// were.
    pub(super) fn later(self, place: usize) -> Option<&'static str> {
        let first = match self {
            Self::Event => EVENT_FIRST,
            Self::Processing => PROCESSING_FIRST,
        };
        self.columns().get(place).filter(|_| place >= first).map(|(name, _)| *name)
    }

    /// Where a column stands among them.
    pub(super) fn place(self, name: &str) -> usize {
        self.columns().iter().position(|(it, _)| *it == name).expect("the name is one of the columns")
    }
}

impl Holds {
    /// A value of such a column, for a statement.
    pub(super) fn value(self, cell: Cell) -> Value {
        match (self, cell) {
            (_, Cell::Number(number)) => Value::BigInt(Some(number)),
            (_, Cell::Text(text)) => Value::String(Some(text)),
            (_, Cell::Bytes(bytes)) => Value::Bytes(Some(bytes)),
            (Number, Cell::Null) => Value::BigInt(None),
            (Text, Cell::Null) => Value::String(None),
            (Bytes, Cell::Null) => Value::Bytes(None),
        }
    }
}

/// An entry that is ready to be written: nobody can be recognised in it any more.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) event: Event,
    pub(super) processings: Vec<(Processing, Option<Vec<u8>>)>,
}

impl Ready {
    /// Encrypts the data subjects.
    pub(super) fn new(entry: Entry, key: &AuditKey) -> Self {
        let sealed = |mut processing: Processing| {
            let subjects = std::mem::replace(&mut processing.subjects, Subjects::Table);
            let people = match subjects {
                Subjects::Each(each) => Some(sealed(each.iter().map(|it| key.subject(it)))),
                Subjects::Table => None,
            };
            (processing, people)
        };
        Self { event: entry.event, processings: entry.processings.into_iter().map(sealed).collect() }
    }
}

/// Data subjects one after another, each after its length.
fn sealed(all: impl Iterator<Item = Arc<[u8]>>) -> Vec<u8> {
    let mut out = Vec::new();
    for one in all {
        out.extend_from_slice(&u16::try_from(one.len()).unwrap_or(u16::MAX).to_be_bytes());
        out.extend_from_slice(&one[..one.len().min(usize::from(u16::MAX))]);
    }
    out
}

/// The data subjects of a record; fewer where it was tampered with.
pub(super) fn people(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut all = Vec::new();
    while let Some((length, rest)) = bytes.split_at_checked(2) {
        let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
        let Some((one, left)) = rest.split_at_checked(length) else { break };
        all.push(one);
        bytes = left;
    }
    all
}

fn text(text: Option<&str>) -> Cell {
    text.map_or(Cell::Null, |it| Cell::Text(it.to_owned()))
}

fn list<T: AsRef<str>>(all: impl IntoIterator<Item = T>) -> Cell {
    let all: Vec<T> = all.into_iter().collect();
    let all: Vec<&str> = all.iter().map(AsRef::as_ref).collect();
    Cell::Text(all.join(", "))
}

fn moment(at: DateTime<Utc>) -> Cell {
    Cell::Number(at.timestamp_millis())
}

/// The cells of an event.
pub(super) fn event(event: &Event, operation: &str) -> Vec<Cell> {
    let shape = event.kept_shape();
    vec![
        moment(event.at),
        Cell::Text(operation.to_owned()),
        text(event.trace.as_deref()),
        text(Some(event.kind.name())),
        text(Some(event.action.name())),
        text(event.role.as_deref()),
        text(event.subject.as_deref()),
        text(event.client.as_deref()),
        text(event.organisation.as_deref()),
        text(event.purpose.as_deref()),
        text(event.gateway.as_deref()),
        text(Some(&event.policy)),
        list(&event.rules),
        text(event.name.as_deref()),
        text(event.shape.as_deref().map(hash_of).as_deref()),
        text(shape.as_deref()),
        list(event.datasets.iter().copied()),
        list(&event.sources),
        Cell::Number(i64::try_from(event.rows).unwrap_or(i64::MAX)),
        text(Some(event.outcome.name())),
        event.status.map_or(Cell::Null, |it| Cell::Number(it.into())),
        list(event.codes.iter().copied()),
        text(event.issuer.as_deref()),
    ]
}

/// The cells of a processing of an event.
pub(super) fn processing(of: &Event, processing: &Processing, people: Option<Vec<u8>>, operation: &str) -> Vec<Cell> {
    vec![
        moment(of.at),
        Cell::Text(operation.to_owned()),
        text(of.trace.as_deref()),
        Cell::Text(processing.activity.clone()),
        text(Some(processing.dataset)),
        list(&processing.sources),
        text(processing.released.as_deref()),
        people.map_or(Cell::Null, Cell::Bytes),
    ]
}
