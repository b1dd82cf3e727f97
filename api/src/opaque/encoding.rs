//! Bytes for rows' names, positions and pseudonyms: compact, and unambiguous. What cannot be read is nothing, never a
//! panic.

use chrono::{Datelike, NaiveDate};
use entities::{Date, Datum};

use crate::query::Position;

/// The first byte of everything that is written.
const VERSION: u8 = 1;

/// Appends values.
pub(super) struct Writer<'a>(&'a mut Vec<u8>);

/// Reads them in the same order.
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Writer<'a> {
    pub(super) fn new(bytes: &'a mut Vec<u8>) -> Self {
        bytes.push(VERSION);
        Self(bytes)
    }

    /// Seven bits a byte, lowest first, as few bytes as needed.
    fn length(&mut self, mut length: usize) {
        while length > 0x7f {
            self.0.push((length & 0x7f) as u8 | 0x80);
            length >>= 7;
        }
        self.0.push((length & 0x7f) as u8);
    }

    pub(super) fn text(&mut self, text: &str) {
        self.length(text.len());
        self.0.extend_from_slice(text.as_bytes());
    }

    pub(super) fn datum(&mut self, datum: &Datum) {
        match datum {
            Datum::Null => self.0.push(0),
            Datum::Bool(value) => self.0.extend_from_slice(&[1, u8::from(*value)]),
            Datum::Int(value) => self.tagged(2, &value.to_be_bytes()),
            Datum::Float(value) => self.tagged(3, &value.to_bits().to_be_bytes()),
            Datum::Date(date) => self.tagged(4, &date.to_chrono().num_days_from_ce().to_be_bytes()),
            Datum::Text(text) => {
                self.0.push(5);
                self.text(text);
            }
        }
    }

    fn tagged(&mut self, tag: u8, bytes: &[u8]) {
        self.0.push(tag);
        self.0.extend_from_slice(bytes);
    }

    pub(super) fn position(&mut self, position: &Position) {
        self.length(position.keys.len());
        position.keys.iter().for_each(|key| self.datum(key));
        self.text(&position.source);
        self.datum(&position.id);
        self.length(position.missed.len());
        position.missed.iter().for_each(|name| self.text(name));
    }
}

impl<'a> Reader<'a> {
    /// Nothing where the bytes are of a version that is not read here.
    pub(super) fn new(bytes: &'a [u8]) -> Option<Self> {
        let (version, rest) = bytes.split_first()?;
        (*version == VERSION).then_some(Self(rest))
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }

    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*bytes)
    }

    fn length(&mut self) -> Option<usize> {
        let mut length = 0_usize;
        for shift in [0, 7, 14, 21] {
            let byte = self.byte()?;
            length |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(length);
            }
        }
        None
    }

    pub(super) fn text(&mut self) -> Option<&'a str> {
        let length = self.length()?;
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        std::str::from_utf8(text).ok()
    }

    pub(super) fn datum(&mut self) -> Option<Datum> {
        Some(match self.byte()? {
            0 => Datum::Null,
            1 => Datum::Bool(match self.byte()? {
                0 => false,
                1 => true,
                _ => return None,
            }),
            2 => Datum::Int(i64::from_be_bytes(self.array()?)),
            3 => Datum::Float(f64::from_bits(u64::from_be_bytes(self.array()?))),
            4 => {
                let days = i32::from_be_bytes(self.array()?);
                Datum::Date(Date::from_chrono(NaiveDate::from_num_days_from_ce_opt(days)?))
            }
            5 => Datum::text(self.text()?),
            _ => return None,
        })
    }
}

/// Room is made as values come, never by a length that is only claimed.
pub(super) fn position(reader: &mut Reader<'_>) -> Option<Position> {
    let keys = (0..reader.length()?).map(|_| reader.datum()).collect::<Option<_>>()?;
    let source = reader.text()?.into();
    let id = reader.datum()?;
    let missed = (0..reader.length()?).map(|_| reader.text().map(Into::into)).collect::<Option<_>>()?;
    Some(Position { keys, source, id, missed })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn garbage_is_nothing_and_no_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            if let Some(mut reader) = Reader::new(&bytes) {
                let _ = position(&mut reader);
                let _ = reader.datum();
                let _ = reader.text();
            }
            let _ = position(&mut Reader(&bytes));
        }
    }
}
