//! The chain: each record's hash is made of the hash before it and of all that the record says, so that none can be
//! changed, taken out or moved without every later hash being another. Pure.

use sha2::{Digest, Sha256};

/// A link of a chain.
pub(super) type Hash = [u8; 32];

/// What the first record of a chain follows.
pub(super) const BEGINNING: Hash = [0; 32];

/// Says what hashes and signatures are of, so that none is taken for another's.
const RECORD: &[u8] = b"regiograph audit record v1";
const HEAD: &[u8] = b"regiograph audit head v1";

/// One of the two logs; each writer has a chain in each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Log {
    /// Who asked what.
    Event,
    /// Whose data were processed.
    Processing,
}

/// A value of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    Null,
    Number(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// A record of either log, with its place in its chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) number: i64,
    /// The month, in UTC: `2026-11`.
    pub(super) segment: String,
    /// The values of its log's columns, in their order.
    pub(super) cells: Vec<Cell>,
}

/// What a signed head says: of which chain, up to which record, and why it was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) log: String,
    pub(super) writer: String,
    pub(super) segment: String,
    pub(super) number: i64,
    pub(super) kind: String,
    pub(super) hash: Hash,
    /// Milliseconds since 1970.
    pub(super) at: i64,
    /// The id of the key that signed it.
    pub(super) key: String,
    /// Base64.
    pub(super) signature: String,
}

/// More records follow in this segment.
pub(super) const RUNNING: &str = "running";
/// The segment's last record.
pub(super) const CLOSED: &str = "closed";
/// The chain's last record: signed anew with every batch.
pub(super) const END: &str = "end";
/// The record up to which another key signed: from here on, this one does.
pub(super) const ROTATED: &str = "rotated";
/// The segment's last record, which was taken out with all others of the segment when their time was over.
pub(super) const EXPIRED: &str = "expired";

impl Log {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Event, Self::Processing];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Processing => "processing",
        }
    }

    /// Its table.
    pub(super) fn table(self) -> &'static str {
        match self {
            Self::Event => "audit_event",
            Self::Processing => "audit_processing",
        }
    }
}

/// The hash of a record that follows the one with that hash. A column that came later is hashed with its name, and only
/// where there is something in it.
pub(super) fn link(before: &Hash, (log, writer): (Log, &str), record: &Record) -> Hash {
    let mut hash = Sha256::new();
    hash.update(RECORD);
    hash.update(before);
    text(&mut hash, log.name());
    text(&mut hash, writer);
    hash.update(record.number.to_be_bytes());
    text(&mut hash, &record.segment);
    for (place, cell) in record.cells.iter().enumerate() {
        match (log.later(place), cell) {
            (Some(_), Cell::Null) => continue,
            (Some(name), _) => {
                hash.update([4]);
                text(&mut hash, name);
            }
            (None, _) => {}
        }
        match cell {
            Cell::Null => hash.update([0]),
            Cell::Number(number) => {
                hash.update([1]);
                hash.update(number.to_be_bytes());
            }
            Cell::Text(it) => {
                hash.update([2]);
                bytes(&mut hash, it.as_bytes());
            }
            Cell::Bytes(it) => {
                hash.update([3]);
                bytes(&mut hash, it);
            }
        }
    }
    hash.finalize().into()
}

impl Head {
    /// What is signed.
    pub(super) fn message(&self) -> Vec<u8> {
        let mut out = HEAD.to_vec();
        for part in [&self.log, &self.writer, &self.segment, &self.kind, &self.key] {
            out.extend_from_slice(&(part.len() as u64).to_be_bytes());
            out.extend_from_slice(part.as_bytes());
        }
        out.extend_from_slice(&self.number.to_be_bytes());
        out.extend_from_slice(&self.at.to_be_bytes());
        out.extend_from_slice(&self.hash);
        out
    }
}

fn text(hash: &mut Sha256, text: &str) {
    bytes(hash, text.as_bytes());
}

/// After their length, so that no two rows of values come to the same bytes.
fn bytes(hash: &mut Sha256, bytes: &[u8]) {
    hash.update((bytes.len() as u64).to_be_bytes());
    hash.update(bytes);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cell() -> impl Strategy<Value = Cell> {
        prop_oneof![
            Just(Cell::Null),
            any::<i64>().prop_map(Cell::Number),
            ".{0,6}".prop_map(Cell::Text),
            prop::collection::vec(any::<u8>(), 0..6).prop_map(Cell::Bytes),
        ]
    }

    fn records() -> impl Strategy<Value = Vec<Record>> {
        prop::collection::vec(prop::collection::vec(cell(), 0..4), 1..8).prop_map(|all| {
            let record = |(number, cells)| Record { number, segment: "2026-11".to_owned(), cells };
            (1_i64..).zip(all).map(record).collect()
        })
    }

    fn head(records: &[Record]) -> Hash {
        records.iter().fold(BEGINNING, |before, record| link(&before, (Log::Event, "one"), record))
    }

    proptest! {
        #[test]
        fn no_other_records_come_to_the_same_head(records in records(), other in records()) {
            prop_assert_eq!(head(&records) == head(&other), records == other);
        }

        #[test]
        fn a_record_that_is_taken_out_or_moved_shows(records in records(), place: prop::sample::Index) {
            let place = place.index(records.len());
            let mut without = records.clone();
            without.remove(place);
            prop_assert_ne!(head(&records), head(&without));
            let mut moved = records.clone();
            moved.rotate_left(1);
            prop_assert_eq!(head(&records) == head(&moved), records == moved);
        }

        #[test]
        fn a_value_that_is_changed_shows(records in records(), place: prop::sample::Index, value in cell()) {
            let mut changed = records.clone();
            let place = place.index(changed.len());
            changed[place].cells.push(value);
            prop_assert_ne!(head(&records), head(&changed));
        }
    }

    #[test]
    fn a_column_that_came_later_leaves_old_hashes_as_they_were() {
        let of = |cells: Vec<Cell>| {
            link(&BEGINNING, (Log::Event, "one"), &Record { number: 1, segment: "2026-11".to_owned(), cells })
        };
        let before = vec![Cell::Number(7); 22];
        let with = |cell: Cell| of(before.iter().cloned().chain([cell]).collect());
        assert_eq!(
            crate::secret_file::to_hex(&of(before.clone())),
            "a883f9932ea0c495cd9adb43d5ad6e017da6607790a28fa2ac02b8c969690d83"
        );
        assert_eq!(with(Cell::Null), of(before.clone()));
        assert_ne!(with(Cell::Text("a".to_owned())), of(before.clone()));
        assert_ne!(with(Cell::Text("a".to_owned())), with(Cell::Text("b".to_owned())));
    }

    #[test]
    fn chains_of_two_writers_and_of_two_logs_differ() {
        let record = Record { number: 1, segment: "2026-11".to_owned(), cells: vec![Cell::Null] };
        let of = |log, writer| link(&BEGINNING, (log, writer), &record);
        assert_ne!(of(Log::Event, "one"), of(Log::Event, "two"));
        assert_ne!(of(Log::Event, "one"), of(Log::Processing, "one"));
    }
}
